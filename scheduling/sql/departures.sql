-- Nothing new is promised to the dead, and who died or left neither waits nor is offered a time. Applied after every
-- migration; safe to run again. After the row: by then its foreign key has waited for whoever is marking the patient.

CREATE OR REPLACE FUNCTION scheduling_refuse_departed() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF EXISTS (
    SELECT FROM patients_patient p WHERE p.clinic_id = NEW.clinic_id AND p.id = NEW.patient_id
      AND (p.is_deceased OR TG_ARGV[0] = 'or_left' AND p.left_date IS NOT NULL)
  ) THEN
    RAISE EXCEPTION 'the patient has died or left (%)', TG_TABLE_NAME
      USING ERRCODE = 'check_violation', CONSTRAINT = 'scheduling_patient_is_here';
  END IF;
  RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER stays_with_the_living AFTER INSERT ON scheduling_appointment
  FOR EACH ROW WHEN (NEW.status IN ('booked', 'confirmed', 'arrived', 'in_room', 'observation'))
  EXECUTE FUNCTION scheduling_refuse_departed();

CREATE OR REPLACE TRIGGER stays_with_the_living_again AFTER UPDATE OF status, starts_at ON scheduling_appointment
  FOR EACH ROW WHEN (
    NEW.status IN ('booked', 'confirmed')
    AND (OLD.status IN ('cancelled', 'no_show') OR OLD.starts_at IS DISTINCT FROM NEW.starts_at)
  ) EXECUTE FUNCTION scheduling_refuse_departed();

CREATE OR REPLACE TRIGGER waits_while_here AFTER INSERT ON scheduling_waitingentry
  FOR EACH ROW EXECUTE FUNCTION scheduling_refuse_departed('or_left');

CREATE OR REPLACE TRIGGER waits_again_while_here AFTER UPDATE OF status ON scheduling_waitingentry
  FOR EACH ROW WHEN (OLD.status IN ('withdrawn', 'booked') AND NEW.status = 'waiting')
  EXECUTE FUNCTION scheduling_refuse_departed('or_left');

CREATE OR REPLACE TRIGGER offered_while_here AFTER INSERT ON scheduling_slotoffer
  FOR EACH ROW EXECUTE FUNCTION scheduling_refuse_departed('or_left');
