-- Who has arrived was asked who they are, and a visit nobody came to has its reason. Applied after every migration;
-- safe to run again. Visits that are written as they were elsewhere (an import, the simulation) are inserted; only a
-- change of status is asked for its proof. A status the visit has had before may be taken back without it.

CREATE OR REPLACE FUNCTION scheduling_ask_for_proof() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF EXISTS (
    SELECT FROM scheduling_appointmentmove m
    WHERE m.clinic_id = NEW.clinic_id AND m.appointment_id = NEW.id AND m.from_status = NEW.status
  ) THEN
    RETURN NEW;
  END IF;
  IF NEW.status = 'no_show' THEN
    IF NOT EXISTS (
      SELECT FROM scheduling_noshow n WHERE n.clinic_id = NEW.clinic_id AND n.appointment_id = NEW.id
    ) THEN
      RAISE EXCEPTION 'nobody said why the patient did not come' USING ERRCODE = 'check_violation',
        CONSTRAINT = 'scheduling_appointment_no_show_has_reason';
    END IF;
  ELSIF NOT EXISTS (
    SELECT FROM scheduling_identitycheck i WHERE i.clinic_id = NEW.clinic_id AND i.appointment_id = NEW.id
  ) THEN
    RAISE EXCEPTION 'nobody asked who has arrived' USING ERRCODE = 'check_violation',
      CONSTRAINT = 'scheduling_appointment_arrived_is_identified';
  END IF;
  RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER ask_for_proof BEFORE UPDATE OF status ON scheduling_appointment
  FOR EACH ROW WHEN (
    OLD.status <> NEW.status AND (
      NEW.status = 'no_show'
      OR NEW.status IN ('arrived', 'in_room', 'observation', 'done', 'deferred', 'aborted')
         AND OLD.status IN ('booked', 'confirmed', 'cancelled', 'no_show')
    )
  ) EXECUTE FUNCTION scheduling_ask_for_proof();
