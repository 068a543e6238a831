-- Pictures: taken out only of a draft; afterwards struck out, once, with everything else as it was. Every role is held
-- to this. Applied after every migration; safe to run again.

CREATE OR REPLACE FUNCTION sessions_guard_picture() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  strike CONSTANT text[] := ARRAY['struck_at', 'struck_by_id', 'strike_reason'];
  s pit_sessions_injectionsession;
BEGIN
  -- The share lock makes signing wait for this picture, or this picture see the signature.
  SELECT * INTO s FROM pit_sessions_injectionsession q
    WHERE q.id = CASE WHEN TG_OP = 'DELETE' THEN OLD.injection_session_id ELSE NEW.injection_session_id END FOR SHARE;
  IF TG_OP = 'DELETE' THEN
    IF s.status IS DISTINCT FROM 'draft' THEN
      RAISE EXCEPTION 'a picture of a signed session is struck out, not removed' USING ERRCODE = 'check_violation';
    END IF;
    RETURN OLD;
  END IF;
  IF TG_OP = 'UPDATE' THEN
    IF s.status = 'draft' OR OLD.struck_at IS NOT NULL OR NEW.struck_at IS NULL
       OR to_jsonb(NEW) - strike IS DISTINCT FROM to_jsonb(OLD) - strike THEN
      RAISE EXCEPTION 'a picture cannot change' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
  END IF;
  IF s.status = 'voided' OR NEW.struck_at IS NOT NULL THEN
    RAISE EXCEPTION 'a voided session takes no picture' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.consent_id IS NOT NULL AND NOT EXISTS (
      SELECT FROM pit_sessions_pictureconsent c WHERE c.id = NEW.consent_id AND c.patient_id = s.patient_id
        AND c.withdrawn_at IS NULL AND c.given_at <= NEW.added_at FOR SHARE) THEN
    RAISE EXCEPTION 'a photograph needs this patient''s standing consent' USING ERRCODE = 'check_violation';
  END IF;
  NEW.is_part_of_draft := s.status = 'draft';
  RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER guard_picture BEFORE INSERT OR UPDATE OR DELETE ON pit_sessions_picture
  FOR EACH ROW EXECUTE FUNCTION sessions_guard_picture();

CREATE OR REPLACE FUNCTION sessions_guard_picture_content() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  wanted text;
  parent_status text;
BEGIN
  SELECT p.sha256, s.status INTO wanted, parent_status
    FROM pit_sessions_picture p JOIN pit_sessions_injectionsession s ON s.id = p.injection_session_id
    WHERE p.id = CASE WHEN TG_OP = 'DELETE' THEN OLD.picture_id ELSE NEW.picture_id END FOR SHARE OF s;
  IF TG_OP = 'UPDATE' OR (TG_OP = 'DELETE' AND parent_status IS DISTINCT FROM 'draft') THEN
    RAISE EXCEPTION 'a picture cannot change' USING ERRCODE = 'check_violation';
  END IF;
  IF TG_OP = 'DELETE' THEN
    RETURN OLD;
  END IF;
  IF encode(sha256(NEW.image), 'hex') IS DISTINCT FROM wanted
     OR substring(NEW.image FROM 1 FOR 3) <> '\xffd8ff'::bytea OR substring(NEW.thumbnail FROM 1 FOR 3) <> '\xffd8ff'::bytea THEN
    RAISE EXCEPTION 'a picture is the JPEG that its hash names' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER guard_picture_content BEFORE INSERT OR UPDATE OR DELETE ON pit_sessions_picturecontent
  FOR EACH ROW EXECUTE FUNCTION sessions_guard_picture_content();

CREATE OR REPLACE FUNCTION sessions_guard_picture_consent() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND patients_only_moves(TG_TABLE_NAME, to_jsonb(OLD), to_jsonb(NEW)) THEN
    RETURN NEW;
  END IF;
  IF TG_OP = 'DELETE' OR OLD.withdrawn_at IS NOT NULL OR NEW.withdrawn_at IS NULL
     OR to_jsonb(NEW) - ARRAY['withdrawn_at', 'withdrawn_by_id'] IS DISTINCT FROM
        to_jsonb(OLD) - ARRAY['withdrawn_at', 'withdrawn_by_id'] THEN
    RAISE EXCEPTION 'a consent cannot change' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER guard_picture_consent BEFORE UPDATE OR DELETE ON pit_sessions_pictureconsent
  FOR EACH ROW EXECUTE FUNCTION sessions_guard_picture_consent();
