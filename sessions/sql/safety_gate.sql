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

-- Words that say nothing are no consent, and a slip is mended in the text that is in force. The figures are those of
-- sessions/policies/consent_wordings.py.
CREATE OR REPLACE FUNCTION sessions_guard_new_wording() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  newest text := (SELECT w.version FROM pit_sessions_consentwording w
    WHERE w.clinic_id = NEW.clinic_id AND w.language = NEW.language ORDER BY w.made_at DESC, w.id DESC LIMIT 1);
BEGIN
  IF EXISTS (
      SELECT FROM (VALUES (NEW.lines), (NEW.guardian_lines)) t (lines)
      WHERE length(btrim(regexp_replace(array_to_string(t.lines, ' '), '\s+', ' ', 'g'))) < 150) OR EXISTS (
      SELECT FROM unnest(ARRAY['PTX', 'EYE', 'SPINE', 'GEN']) r (risk)
      WHERE length(btrim(coalesce(NEW.risk_lines ->> r.risk, ''))) < 15) THEN
    RAISE EXCEPTION 'the words of consent are too short' USING ERRCODE = 'check_violation',
      CONSTRAINT = 'sessions_consentwording_short';
  END IF;
  IF position('{patient}' IN array_to_string(NEW.guardian_lines, ' ')) = 0 THEN
    RAISE EXCEPTION 'the words of a guardian name the patient' USING ERRCODE = 'check_violation',
      CONSTRAINT = 'sessions_consentwording_patient';
  END IF;
  IF NEW.corrects_version <> '' AND NEW.corrects_version <> coalesce(newest, NEW.corrects_version) THEN
    RAISE EXCEPTION 'only the text in force is corrected' USING ERRCODE = 'check_violation',
      CONSTRAINT = 'sessions_consentwording_corrects';
  END IF;
  RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER guard_new_wording BEFORE INSERT ON pit_sessions_consentwording
  FOR EACH ROW EXECUTE FUNCTION sessions_guard_new_wording();

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

-- P11: a bottle that nobody confirmed today does not get into a signed record by itself. Where a time-out was confirmed,
-- one of them names what each point was drawn from; beside a tray of the same solution that does not hold its lot, a lot
-- by itself is named too. Else a clinician wrote down why (P04, P11). As sessions/rules says it, of the rows.
CREATE OR REPLACE FUNCTION sessions_guard_bottles() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF EXISTS (
      SELECT FROM pit_sessions_injectionpoint p
        JOIN catalogue_solution c ON c.id = p.solution_id
        LEFT JOIN pit_sessions_solutionlot l ON l.id = p.lot_id
        LEFT JOIN pit_sessions_preparation m ON m.id = p.preparation_id
        LEFT JOIN pit_sessions_preparation tray ON tray.id = NEW.preparation_id AND tray.solution_id = p.solution_id
      WHERE p.injection_session_id = NEW.id AND coalesce(p.preparation_id, p.lot_id) IS NOT NULL
        AND NOT EXISTS (
          SELECT FROM pit_sessions_timeout t
          WHERE t.injection_session_id = NEW.id AND t.confirmed_at IS NOT NULL
            AND t.shown -> 'materials' @> jsonb_build_array(jsonb_build_array(
              c.code, coalesce(to_char(m.made_date, 'DDMM') || '-' || m.number, l.lot_number))))
        AND (EXISTS (SELECT FROM pit_sessions_timeout t
                     WHERE t.injection_session_id = NEW.id AND t.confirmed_at IS NOT NULL)
          OR (p.preparation_id IS NULL AND tray.id IS NOT NULL AND NOT EXISTS (
            SELECT FROM pit_sessions_preparationpart r JOIN pit_sessions_container k ON k.id = r.container_id
            WHERE r.preparation_id = tray.id AND k.lot_id = p.lot_id))))
    AND NOT EXISTS (
      SELECT FROM pit_sessions_ruleoverride o WHERE o.injection_session_id = NEW.id AND o.rule IN ('P04', 'P11')) THEN
    RAISE EXCEPTION 'a bottle that was not confirmed today is not signed' USING ERRCODE = 'check_violation',
      CONSTRAINT = 'sessions_session_bottles_confirmed';
  END IF;
  RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER guard_bottles BEFORE UPDATE ON pit_sessions_injectionsession
  FOR EACH ROW WHEN (OLD.status = 'draft' AND NEW.status = 'signed') EXECUTE FUNCTION sessions_guard_bottles();
