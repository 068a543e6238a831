-- The safety gate: what a clinic has set is never rewritten, and a consent is whole. Safe to run again.

CREATE OR REPLACE FUNCTION sessions_guard_versions() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  RAISE EXCEPTION 'a version stays as it was made (%)', TG_TABLE_NAME USING ERRCODE = 'check_violation';
END $$;

CREATE OR REPLACE TRIGGER guard_versions BEFORE UPDATE OR DELETE ON pit_sessions_ruleset
  FOR EACH ROW EXECUTE FUNCTION sessions_guard_versions();
CREATE OR REPLACE TRIGGER guard_versions BEFORE UPDATE OR DELETE ON pit_sessions_consentwording
  FOR EACH ROW EXECUTE FUNCTION sessions_guard_versions();

-- Versions follow each other without a gap, so that none can be slipped in or lost.
CREATE OR REPLACE FUNCTION sessions_guard_next_rule_set() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF NEW.version <> 1 + coalesce((SELECT max(r.version) FROM pit_sessions_ruleset r WHERE r.clinic_id = NEW.clinic_id), 0) THEN
    RAISE EXCEPTION 'the versions of a rule set follow each other' USING ERRCODE = 'unique_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER guard_next BEFORE INSERT ON pit_sessions_ruleset
  FOR EACH ROW EXECUTE FUNCTION sessions_guard_next_rule_set();

-- A minor cannot consent alone (18 years, domain.md §11, §12); the strokes of a signature are bounded.
CREATE OR REPLACE FUNCTION sessions_guard_new_consent() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF NEW.signed_as <> 'guardian' AND EXISTS (
      SELECT FROM patients_patient p JOIN accounts_clinic c ON c.id = p.clinic_id
      WHERE p.id = NEW.patient_id AND p.birth_date + interval '18 years' > (NEW.given_at AT TIME ZONE c.zone)) THEN
    RAISE EXCEPTION 'a minor needs a parent or guardian to consent' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.signature IS NOT NULL AND length(NEW.signature::text) > 40000 THEN
    RAISE EXCEPTION 'a signature has too many strokes' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER guard_new_consent BEFORE INSERT ON pit_sessions_consent
  FOR EACH ROW EXECUTE FUNCTION sessions_guard_new_consent();

-- V29: relief cannot end before its session did; that it cannot end after it was told is a constraint of the table.
CREATE OR REPLACE FUNCTION sessions_guard_relief() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF NEW.ended_at < (SELECT coalesce(s.ended_at, s.started_at) FROM pit_sessions_injectionsession s WHERE s.id = NEW.injection_session_id) THEN
    RAISE EXCEPTION 'relief cannot end before its session' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER guard_relief BEFORE INSERT OR UPDATE OF ended_at ON pit_sessions_reliefreport
  FOR EACH ROW WHEN (NEW.ended_at IS NOT NULL) EXECUTE FUNCTION sessions_guard_relief();

-- A time-out is what was confirmed at that time: it may be taken back, never rewritten under its time.
CREATE OR REPLACE FUNCTION sessions_guard_time_out() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF (NEW.fingerprint, NEW.shown, NEW.words, NEW.confirmed_by_id)
     IS DISTINCT FROM (OLD.fingerprint, OLD.shown, OLD.words, OLD.confirmed_by_id)
     AND NEW.confirmed_at = OLD.confirmed_at THEN
    RAISE EXCEPTION 'a confirmed time-out stays as it was confirmed' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER guard_time_out BEFORE UPDATE ON pit_sessions_timeout
  FOR EACH ROW WHEN (OLD.confirmed_at IS NOT NULL) EXECUTE FUNCTION sessions_guard_time_out();
