-- The backup writes how it went; it may change nothing else.
GRANT INSERT, UPDATE ON accounts_backupreport TO pit_backup;
