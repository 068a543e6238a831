-- Run once by the database container after roles.sql; the passwords come from its environment.
\getenv migrator PITCLINIC_DB_MIGRATOR_PASSWORD
\getenv app PITCLINIC_DB_APP_PASSWORD
\getenv worker PITCLINIC_DB_WORKER_PASSWORD
\getenv research PITCLINIC_DB_RESEARCH_PASSWORD
\getenv backup PITCLINIC_DB_BACKUP_PASSWORD
ALTER ROLE pit_migrator PASSWORD :'migrator';
ALTER ROLE pit_app PASSWORD :'app';
ALTER ROLE pit_worker PASSWORD :'worker';
ALTER ROLE pit_research PASSWORD :'research';
ALTER ROLE pit_backup PASSWORD :'backup';
