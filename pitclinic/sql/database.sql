-- One database of the clinic, run by a superuser inside it after roles.sql; running it again changes nothing.
CREATE EXTENSION IF NOT EXISTS btree_gist;
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS unaccent;
CREATE EXTENSION IF NOT EXISTS citext;

ALTER SCHEMA public OWNER TO pit_owner;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO pit_app, pit_worker, pit_research, pit_backup;

DO $$
BEGIN
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format('GRANT CREATE, CONNECT, TEMPORARY ON DATABASE %I TO pit_owner, pit_migrator', current_database());
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO pit_app, pit_worker, pit_research, pit_backup', current_database());
END
$$;

-- A backup ends the running segment of the log, so that the archive holds all that was counted.
GRANT EXECUTE ON FUNCTION pg_switch_wal() TO pit_backup;
