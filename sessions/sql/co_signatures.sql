-- A co-signature: given once, to a signed record that needs one, by another member who may sign alone, for the very
-- content that stands there. Applied after every migration; safe to run again.
CREATE OR REPLACE FUNCTION sessions_guard_co_signature() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  s pit_sessions_injectionsession;
BEGIN
  IF TG_OP <> 'INSERT' THEN
    RAISE EXCEPTION 'a co-signature cannot change' USING ERRCODE = 'check_violation';
  END IF;
  -- The share lock makes voiding wait for this co-signature, or this co-signature see the voiding.
  SELECT * INTO s FROM pit_sessions_injectionsession q WHERE q.id = NEW.injection_session_id FOR SHARE;
  IF s.status IS DISTINCT FROM 'signed' OR s.needs_co_signature IS NOT TRUE THEN
    RAISE EXCEPTION 'only a signed session that needs a co-signature gets one' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.co_signed_at < s.signed_at OR NEW.co_signed_by_id = s.signed_by_id OR NOT EXISTS (
      SELECT FROM accounts_membership m JOIN accounts_user u ON u.id = m.user_id
      WHERE m.id = NEW.co_signed_by_id AND m.role = 'clinician' AND m.is_active AND NOT m.needs_co_signature
        AND u.is_active AND u.id <> (SELECT f.user_id FROM accounts_membership f WHERE f.id = s.signed_by_id)) THEN
    RAISE EXCEPTION 'another clinician who may sign alone co-signs' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.content_sha256 <> s.content_sha256 OR sessions_signature_problem(s) IS NOT NULL THEN
    RAISE EXCEPTION 'a co-signature covers the content that was signed' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER guard_co_signature BEFORE INSERT OR UPDATE OR DELETE ON pit_sessions_cosignature
  FOR EACH ROW EXECUTE FUNCTION sessions_guard_co_signature();
