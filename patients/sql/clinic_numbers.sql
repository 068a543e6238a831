-- Each number that a clinic gives is told to the log of changes in clear: a restore to a moment reads there what was given
-- after it (pitclinic/backups/given_numbers.py), so that no number on somebody's card is given again. Applied after every
-- migration.

CREATE OR REPLACE FUNCTION patients_tell_number() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM pg_logical_emit_message(true, 'pitclinic.number', NEW.clinic_id || ' ' || NEW.number);
  RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER tell_number AFTER INSERT OR UPDATE OF number ON patients_lastclinicnumber
  FOR EACH ROW EXECUTE FUNCTION patients_tell_number();
