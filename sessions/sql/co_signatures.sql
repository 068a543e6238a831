-- A co-signature: given once, to what needs one (a signed record, an addendum, a voiding), by another member who may sign
-- alone, for the very content that stands there; or the record is sent back. Applied after every migration; safe to run
-- again.

-- A clinician who may sign alone, and is not the person behind ``author``.
CREATE OR REPLACE FUNCTION sessions_may_co_sign(member uuid, author uuid) RETURNS boolean
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT EXISTS (SELECT FROM accounts_membership m JOIN accounts_user u ON u.id = m.user_id
    WHERE m.id = member AND m.role = 'clinician' AND m.is_active AND NOT m.needs_co_signature AND u.is_active
      AND u.id <> (SELECT f.user_id FROM accounts_membership f WHERE f.id = author))
$$;

-- Whether a second name is needed under this, whose first one it is, since when, and the hash of what is read.
CREATE OR REPLACE FUNCTION sessions_second_name(
  s pit_sessions_injectionsession, about text, addendum uuid,
  OUT needed boolean, OUT author uuid, OUT since timestamptz, OUT content text)
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
BEGIN
  IF about = 'addendum' THEN
    SELECT a.needs_co_signature, a.written_by_id, a.written_at, encode(sha256(convert_to(a.text, 'UTF8')), 'hex')
      INTO needed, author, since, content
      FROM pit_sessions_addendum a WHERE a.id = addendum AND a.injection_session_id = s.id;
  ELSIF about = 'void' THEN
    needed := s.status = 'voided' AND s.void_needs_co_signature;
    author := s.voided_by_id;
    since := s.voided_at;
    content := encode(sha256(convert_to(s.void_reason, 'UTF8')), 'hex');
  ELSE
    needed := s.status = 'signed' AND s.needs_co_signature;
    author := s.signed_by_id;
    since := s.signed_at;
    content := s.content_sha256;
  END IF;
END $$;

CREATE OR REPLACE FUNCTION sessions_guard_co_signature() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  s pit_sessions_injectionsession;
  own record;
BEGIN
  IF TG_OP <> 'INSERT' THEN
    RAISE EXCEPTION 'a co-signature cannot change' USING ERRCODE = 'check_violation';
  END IF;
  -- The share lock makes voiding wait for this co-signature, or this co-signature see the voiding.
  SELECT * INTO s FROM pit_sessions_injectionsession q WHERE q.id = NEW.injection_session_id FOR SHARE;
  own := sessions_second_name(s, NEW.about, NEW.addendum_id);
  IF own.needed IS NOT TRUE THEN
    RAISE EXCEPTION 'only what needs a co-signature gets one' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.co_signed_at < own.since OR NEW.co_signed_by_id = own.author
     OR NOT sessions_may_co_sign(NEW.co_signed_by_id, own.author) THEN
    RAISE EXCEPTION 'another clinician who may sign alone co-signs' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.content_sha256 <> own.content OR (NEW.about = 'record' AND sessions_signature_problem(s) IS NOT NULL) THEN
    RAISE EXCEPTION 'a co-signature covers the content that was signed' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER guard_co_signature BEFORE INSERT OR UPDATE OR DELETE ON pit_sessions_cosignature
  FOR EACH ROW EXECUTE FUNCTION sessions_guard_co_signature();

-- Sent back by somebody who could have co-signed; nothing but that it was asked again is ever added.
CREATE OR REPLACE FUNCTION sessions_guard_return() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  s pit_sessions_injectionsession;
  own record;
  again CONSTANT text[] := ARRAY['asked_again_at', 'asked_again_by_id'];
BEGIN
  IF TG_OP = 'INSERT' THEN
    SELECT * INTO s FROM pit_sessions_injectionsession q WHERE q.id = NEW.injection_session_id FOR SHARE;
    own := sessions_second_name(s, NEW.about, NEW.addendum_id);
    IF own.needed IS NOT TRUE OR NEW.returned_at < own.since
       OR NEW.asked_again_at IS NOT NULL OR NOT sessions_may_co_sign(NEW.returned_by_id, own.author)
       OR EXISTS (SELECT FROM pit_sessions_cosignature c WHERE c.injection_session_id = s.id AND c.about = NEW.about
                  AND c.addendum_id IS NOT DISTINCT FROM NEW.addendum_id) THEN
      RAISE EXCEPTION 'only who may co-sign a waiting record sends it back' USING ERRCODE = 'check_violation';
    END IF;
  ELSIF TG_OP = 'DELETE' OR OLD.asked_again_at IS NOT NULL
     OR to_jsonb(NEW) - again IS DISTINCT FROM to_jsonb(OLD) - again THEN
    RAISE EXCEPTION 'what was sent back stays as it was' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER guard_return BEFORE INSERT OR UPDATE OR DELETE ON pit_sessions_cosignaturereturn
  FOR EACH ROW EXECUTE FUNCTION sessions_guard_return();
