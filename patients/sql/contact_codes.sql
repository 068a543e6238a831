-- A contact is verified by a code only when one that was sent to that very phone or mailbox was used at that time; a
-- changed phone or mailbox is verified no more, and its codes have ended. Applied after every migration.

CREATE OR REPLACE FUNCTION patients_guard_verification() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND (NEW.kind, NEW.value) IS DISTINCT FROM (OLD.kind, OLD.value) THEN
    NEW.verified_at := NULL;
    NEW.verified_by_id := NULL;
    NEW.verified_how := '';
  ELSIF NEW.verified_how IN ('code', 'link')
     AND (TG_OP = 'INSERT' OR (NEW.verified_how, NEW.verified_at) IS DISTINCT FROM (OLD.verified_how, OLD.verified_at))
     AND NOT EXISTS (
       SELECT FROM patients_contactcode k JOIN patients_contactpoint c ON c.id = k.contact_point_id
       WHERE k.clinic_id = NEW.clinic_id AND c.clinic_id = NEW.clinic_id AND c.kind = NEW.kind AND c.value = NEW.value
         AND k.used_at = NEW.verified_at AND k.used_how = NEW.verified_how) THEN
    RAISE EXCEPTION 'no code that was sent to this contact was used then'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'patients_contactpoint_code_used';
  END IF;
  RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER guard_verification
  BEFORE INSERT OR UPDATE OF kind, value, verified_at, verified_how ON patients_contactpoint
  FOR EACH ROW EXECUTE FUNCTION patients_guard_verification();

CREATE OR REPLACE FUNCTION patients_end_codes() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF (NEW.kind, NEW.value) IS DISTINCT FROM (OLD.kind, OLD.value)
     OR NEW.stopped_at IS NOT NULL OR NEW.verified_at IS NOT NULL THEN
    UPDATE patients_contactcode k SET ended_at = now()
    WHERE k.clinic_id = NEW.clinic_id AND k.contact_point_id = NEW.id AND k.used_at IS NULL AND k.ended_at IS NULL;
  END IF;
  RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER end_codes AFTER UPDATE OF kind, value, stopped_at, verified_at ON patients_contactpoint
  FOR EACH ROW EXECUTE FUNCTION patients_end_codes();

-- Of a code only its wrong tries grow, and it is used or ended once.
CREATE OR REPLACE FUNCTION patients_guard_code() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  later CONSTANT text[] := ARRAY['tries', 'used_at', 'used_how', 'ended_at'];
BEGIN
  IF OLD.used_at IS NOT NULL OR OLD.ended_at IS NOT NULL OR NEW.tries < OLD.tries
     OR to_jsonb(NEW) - later IS DISTINCT FROM to_jsonb(OLD) - later THEN
    RAISE EXCEPTION 'a code that was used or has ended stays so'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'patients_contactcode_stays';
  END IF;
  RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER guard_code BEFORE UPDATE ON patients_contactcode
  FOR EACH ROW EXECUTE FUNCTION patients_guard_code();
