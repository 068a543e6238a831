-- A signed session cannot change. Applied after every migration; safe to run again.
-- Draft → signed builds the document here (signed_documents.sql), over exactly what stands in the tables at that moment,
-- and keeps its hash; signed → voided changes nothing else; the rows of a session may change only while it is a draft.
-- Every role is held to this.
-- A merge of two records of one person moves a session as it is (docs/adr/0019): signed_patient_id keeps whom the
-- signature named, and the document names that one.

-- True where the records of one of the two members need a second name, else null, which a signature leaves out.
CREATE OR REPLACE FUNCTION sessions_need_co_signature(one uuid, other uuid) RETURNS boolean
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT true FROM accounts_membership m WHERE m.id IN (one, other) AND m.needs_co_signature LIMIT 1
$$;

CREATE OR REPLACE FUNCTION sessions_guard_session() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  voiding CONSTANT text[] :=
    ARRAY['status', 'voided_at', 'voided_by_id', 'void_reason', 'version', 'void_needs_co_signature'];
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.status <> 'draft' THEN
      RAISE EXCEPTION 'an injection session begins as a draft' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
  END IF;
  IF TG_OP = 'UPDATE' AND NEW.patient_id <> OLD.patient_id
     AND patients_only_moves(TG_TABLE_NAME, to_jsonb(OLD), to_jsonb(NEW)) THEN
    IF OLD.signed_at IS NOT NULL THEN
      NEW.signed_patient_id := sessions_signed_patient(OLD);
    END IF;
    RETURN NEW;
  END IF;
  IF TG_OP = 'DELETE' OR OLD.status = 'voided' THEN
    RAISE EXCEPTION 'an injection session is never removed or changed after voiding' USING ERRCODE = 'check_violation';
  END IF;
  IF (NEW.clinic_id, NEW.patient_id, NEW.appointment_id) IS DISTINCT FROM (OLD.clinic_id, OLD.patient_id, OLD.appointment_id) THEN
    RAISE EXCEPTION 'an injection session stays with its patient and visit' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.version <> OLD.version + 1 THEN
    RAISE EXCEPTION 'an injection session changes one version at a time' USING ERRCODE = 'check_violation';
  END IF;
  IF OLD.status = 'signed' THEN
    IF NEW.status <> 'voided' OR to_jsonb(NEW) - voiding IS DISTINCT FROM to_jsonb(OLD) - voiding THEN
      RAISE EXCEPTION 'a signed injection session cannot change' USING ERRCODE = 'check_violation';
    END IF;
    NEW.void_needs_co_signature := sessions_need_co_signature(NEW.voided_by_id, NEW.voided_by_id);
  ELSIF NEW.status = 'signed' THEN
    NEW.signed_patient_id := NULL;
    -- It follows who treated, whoever signs; and who signs, whoever treated.
    NEW.needs_co_signature := sessions_need_co_signature(NEW.clinician_id, NEW.signed_by_id);
    NEW.void_needs_co_signature := NULL;
    NEW.content_version := sessions_document_version();
    NEW.content_sha256 := sessions_keep_document(NEW);
  ELSE
    NEW.signed_patient_id := NULL;
    NEW.needs_co_signature := NULL;
    NEW.void_needs_co_signature := NULL;
    NEW.content_version := NULL;
    NEW.content_sha256 := '';
  END IF;
  RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER guard_session BEFORE INSERT OR UPDATE OR DELETE ON pit_sessions_injectionsession
  FOR EACH ROW EXECUTE FUNCTION sessions_guard_session();

-- TG_ARGV[0]: which rows of the table belong to the signed content, over the alias r.
CREATE OR REPLACE FUNCTION sessions_guard_rows() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  touched text;
  parent_status text;
  is_moved boolean;
BEGIN
  IF TG_OP = 'UPDATE' THEN
    EXECUTE 'SELECT bool_and(n.id IS NOT NULL AND coalesce(patients_only_moves($1, to_jsonb(o), to_jsonb(n)), false))
      FROM old_rows o LEFT JOIN new_rows n ON n.id = o.id' INTO is_moved USING TG_TABLE_NAME;
    IF is_moved THEN
      RETURN NULL;
    END IF;
  END IF;
  touched := CASE TG_OP
    WHEN 'INSERT' THEN 'SELECT * FROM new_rows'
    WHEN 'DELETE' THEN 'SELECT * FROM old_rows'
    ELSE 'SELECT * FROM new_rows UNION ALL SELECT * FROM old_rows' END;
  -- The share lock makes signing wait for this change, or this change see the signature.
  -- An array, because a join with rows without statistics is planned as one loop in another.
  FOR parent_status IN EXECUTE 'SELECT s.status FROM pit_sessions_injectionsession s WHERE s.id = ANY (ARRAY(
      SELECT DISTINCT r.injection_session_id FROM (' || touched || ') r WHERE ' || TG_ARGV[0] || ')) FOR SHARE'
  LOOP
    IF parent_status <> 'draft' THEN
      RAISE EXCEPTION 'a signed injection session cannot change (%)', TG_TABLE_NAME USING ERRCODE = 'check_violation';
    END IF;
  END LOOP;
  RETURN NULL;
END $$;

DO $$
DECLARE
  guarded record;
BEGIN
  FOR guarded IN SELECT * FROM (VALUES
    ('pit_sessions_injectionpoint', 'true'),
    ('pit_sessions_screeninganswer', 'true'),
    ('pit_sessions_ruleoverride', 'true'),
    ('pit_sessions_timeout', 'true'),
    ('pit_sessions_painscore', 'r.moment IN (''before'', ''after'', ''observed'') AND r.source = ''clinician''')
  ) AS t(name, condition) LOOP
    EXECUTE format('CREATE OR REPLACE TRIGGER guard_insert AFTER INSERT ON %I REFERENCING NEW TABLE AS new_rows
      FOR EACH STATEMENT EXECUTE FUNCTION sessions_guard_rows(%L)', guarded.name, guarded.condition);
    EXECUTE format('CREATE OR REPLACE TRIGGER guard_update AFTER UPDATE ON %I REFERENCING OLD TABLE AS old_rows
      NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION sessions_guard_rows(%L)', guarded.name, guarded.condition);
    EXECUTE format('CREATE OR REPLACE TRIGGER guard_delete AFTER DELETE ON %I REFERENCING OLD TABLE AS old_rows
      FOR EACH STATEMENT EXECUTE FUNCTION sessions_guard_rows(%L)', guarded.name, guarded.condition);
  END LOOP;
END $$;

-- A consent is what was read and signed: nothing but its withdrawal, once, is ever added to it.
CREATE OR REPLACE FUNCTION sessions_guard_consent() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  withdrawal CONSTANT text[] := ARRAY['withdrawn_at', 'withdrawn_by_id', 'withdrawal_reason'];
BEGIN
  IF TG_OP = 'UPDATE' AND patients_only_moves(TG_TABLE_NAME, to_jsonb(OLD), to_jsonb(NEW)) THEN
    RETURN NEW;
  END IF;
  IF TG_OP = 'DELETE' OR OLD.withdrawn_at IS NOT NULL
     OR to_jsonb(NEW) - withdrawal IS DISTINCT FROM to_jsonb(OLD) - withdrawal THEN
    RAISE EXCEPTION 'a consent cannot change' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER guard_consent BEFORE UPDATE OR DELETE ON pit_sessions_consent
  FOR EACH ROW EXECUTE FUNCTION sessions_guard_consent();

-- An addendum is written to a signed or voided record and stays as written.
CREATE OR REPLACE FUNCTION sessions_guard_addendum() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP <> 'INSERT' THEN
    RAISE EXCEPTION 'an addendum cannot change' USING ERRCODE = 'check_violation';
  END IF;
  IF (SELECT s.status FROM pit_sessions_injectionsession s WHERE s.id = NEW.injection_session_id) = 'draft' THEN
    RAISE EXCEPTION 'a draft needs no addendum' USING ERRCODE = 'check_violation';
  END IF;
  NEW.needs_co_signature := sessions_need_co_signature(NEW.written_by_id, NEW.written_by_id);
  RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER guard_addendum BEFORE INSERT OR UPDATE OR DELETE ON pit_sessions_addendum
  FOR EACH ROW EXECUTE FUNCTION sessions_guard_addendum();
