-- The people of the database, once per cluster, run by a superuser; running it again changes nothing.
-- pit_owner owns every object and cannot log in; what each role may touch is granted after every migrate.
-- Who may pass the row-level security of a clinic: nobody who serves a request. pit_backup alone reads all rows.
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['pit_owner', 'pit_migrator', 'pit_app', 'pit_worker', 'pit_research', 'pit_backup'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) THEN
            EXECUTE format('CREATE ROLE %I', name);
        END IF;
    END LOOP;
END
$$;

ALTER ROLE pit_owner NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS NOREPLICATION;
ALTER ROLE pit_migrator LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS NOREPLICATION;
ALTER ROLE pit_app LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS NOREPLICATION;
ALTER ROLE pit_worker LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS NOREPLICATION;
ALTER ROLE pit_research LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS NOREPLICATION;
ALTER ROLE pit_backup LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE BYPASSRLS REPLICATION;

-- The migrator becomes the owner as it logs in, so that everything it makes belongs to pit_owner.
GRANT pit_owner TO pit_migrator;
ALTER ROLE pit_migrator SET role = 'pit_owner';

-- A request that hangs gives its locks back. The migrator and the backup have no limits: they are watched by a person.
ALTER ROLE pit_app SET statement_timeout = '10s';
ALTER ROLE pit_app SET lock_timeout = '3s';
ALTER ROLE pit_app SET idle_in_transaction_session_timeout = '30s';
ALTER ROLE pit_worker SET statement_timeout = '10s';
ALTER ROLE pit_worker SET lock_timeout = '3s';
ALTER ROLE pit_worker SET idle_in_transaction_session_timeout = '30s';
ALTER ROLE pit_research SET statement_timeout = '10s';
ALTER ROLE pit_research SET lock_timeout = '3s';
ALTER ROLE pit_research SET idle_in_transaction_session_timeout = '30s';
ALTER ROLE pit_research SET default_transaction_read_only = on;

GRANT pg_read_all_data TO pit_backup;
