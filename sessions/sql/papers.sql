-- A paper is kept as it was made: its hash is the database's own, and nothing of it changes. Safe to run again.
CREATE OR REPLACE FUNCTION sessions_guard_paper() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP <> 'INSERT' THEN
    RAISE EXCEPTION 'a paper cannot change' USING ERRCODE = 'check_violation';
  END IF;
  IF substring(NEW.pdf FROM 1 FOR 5) <> '%PDF-'::bytea THEN
    RAISE EXCEPTION 'a paper is a PDF' USING ERRCODE = 'check_violation';
  END IF;
  -- The share lock: what the paper says of the record's state stays true until it is stored.
  IF NEW.of_status IS DISTINCT FROM (SELECT s.status FROM pit_sessions_injectionsession s
                                     WHERE s.id = NEW.injection_session_id FOR SHARE) THEN
    RAISE EXCEPTION 'a paper is made of the record as it stands' USING ERRCODE = 'check_violation';
  END IF;
  NEW.sha256 := encode(sha256(NEW.pdf), 'hex');
  RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER guard_paper BEFORE INSERT OR UPDATE OR DELETE ON pit_sessions_paper
  FOR EACH ROW EXECUTE FUNCTION sessions_guard_paper();
