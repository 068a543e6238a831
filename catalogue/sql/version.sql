-- The catalogue's version: drawn anew by whatever writes a row of it, in the same transaction. Applied after every
-- migration, so that a new table of the catalogue is watched as well.

CREATE OR REPLACE FUNCTION catalogue_has_changed() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE catalogue_catalogueversion SET token = gen_random_uuid();
    RETURN NULL;
END
$$;

INSERT INTO catalogue_catalogueversion (id, token)
SELECT 1, gen_random_uuid() WHERE NOT EXISTS (SELECT FROM catalogue_catalogueversion);

DO $$
DECLARE
    name text;
BEGIN
    FOR name IN
        SELECT tablename FROM pg_tables
        WHERE schemaname = 'public' AND starts_with(tablename, 'catalogue_') AND tablename <> 'catalogue_catalogueversion'
    LOOP
        EXECUTE format(
            'CREATE OR REPLACE TRIGGER catalogue_has_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON %I'
            ' FOR EACH STATEMENT EXECUTE FUNCTION catalogue_has_changed()', name
        );
    END LOOP;
END
$$;
