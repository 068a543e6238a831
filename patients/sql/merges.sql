-- The only door through which a row changes its patient (docs/adr/0019). Applied after every migration; safe to run again.
-- Each row is written down first, with this transaction's id, and then moved: the guards of every table
-- (pitclinic/rules/patient_rows.py, sessions/sql) let go exactly what stands there. Nobody else writes that list.

CREATE OR REPLACE FUNCTION patients_refuse_merge(what text, rule text) RETURNS void
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  RAISE EXCEPTION '%', what USING ERRCODE = 'check_violation', CONSTRAINT = rule;
END $$;

-- Hold every row of the two, then the two themselves, in the order of their ids. The rows come first: whoever signs a
-- session holds it before they need the patient, and whoever books holds the patient only.
CREATE OR REPLACE FUNCTION patients_hold(p_one uuid, p_other uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET lock_timeout = '400ms' AS $$
DECLARE
  owned record;
BEGIN
  FOR owned IN SELECT * FROM patients_owned_columns() ORDER BY place LOOP
    EXECUTE format('SELECT FROM %I t WHERE t.%I IN ($1, $2) ORDER BY t.id FOR UPDATE', owned.table_name, owned.column_name)
      USING p_one, p_other;
  END LOOP;
  PERFORM FROM patients_patient p WHERE p.id IN (p_one, p_other) ORDER BY p.id FOR UPDATE;
END $$;

-- Move what is written down for this merge and way, table by table; how many rows moved.
CREATE OR REPLACE FUNCTION patients_move_written(p_merge uuid, p_back boolean) RETURNS bigint
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  owned record;
  moved bigint;
  total bigint := 0;
BEGIN
  FOR owned IN SELECT * FROM patients_owned_columns() ORDER BY place LOOP
    EXECUTE format('UPDATE %I t SET %I = m.to_patient_id FROM patients_movedrow m WHERE m.merge_id = $1
        AND m.is_reversal = $2 AND m.table_name = %L AND m.column_name = %L AND m.row_id = t.id
        AND t.%I = m.from_patient_id', owned.table_name, owned.column_name, owned.table_name, owned.column_name,
        owned.column_name) USING p_merge, p_back;
    GET DIAGNOSTICS moved = ROW_COUNT;
    total := total + moved;
  END LOOP;
  RETURN total;
END $$;

-- Everything of the merged record that is not kept back goes to the survivor.
CREATE OR REPLACE FUNCTION patients_merge(p_merge uuid) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET lock_timeout = '400ms' AS $$
DECLARE
  m patients_patientmerge;
  owned record;
BEGIN
  SELECT * INTO m FROM patients_patientmerge q WHERE q.id = p_merge FOR UPDATE;
  IF NOT FOUND OR m.reversed_at IS NOT NULL OR EXISTS (SELECT FROM patients_movedrow r WHERE r.merge_id = p_merge) THEN
    PERFORM patients_refuse_merge('this merge was made already', 'patients_merge_done');
  END IF;
  PERFORM patients_hold(m.survivor_id, m.merged_id);
  IF EXISTS (SELECT FROM patients_patient p WHERE p.id IN (m.survivor_id, m.merged_id) AND p.merged_into_id IS NOT NULL) THEN
    PERFORM patients_refuse_merge('one of the records was merged already', 'patients_merge_done');
  END IF;
  FOR owned IN SELECT * FROM patients_owned_columns() ORDER BY place LOOP
    EXECUTE format('INSERT INTO patients_movedrow (clinic_id, merge_id, table_name, column_name, row_id, from_patient_id,
        to_patient_id, is_reversal, xid)
      SELECT $1, $2, %L, %L, r.id, $3, $4, false, pg_current_xact_id()::text::bigint
      FROM (SELECT t.id FROM %I t WHERE t.%I = $3 AND NOT $5 ? t.id::text ORDER BY t.id FOR UPDATE) r',
      owned.table_name, owned.column_name, owned.table_name, owned.column_name)
      USING m.clinic_id, m.id, m.merged_id, m.survivor_id, m.kept_back;
  END LOOP;
  INSERT INTO patients_movedrow (clinic_id, merge_id, table_name, column_name, row_id, from_patient_id, to_patient_id,
      is_reversal, xid)
    VALUES (m.clinic_id, m.id, 'patients_patient', 'merged_into_id', m.merged_id, m.merged_id, m.survivor_id, false,
      pg_current_xact_id()::text::bigint);
  UPDATE patients_patient SET merged_into_id = m.survivor_id WHERE id = m.merged_id;
  RETURN patients_move_written(p_merge, false);
END $$;

-- Exactly the rows that came with the merge go back, and what was made since and hangs on one of them (a session of a
-- visit that goes back); whatever else was made since stays with the survivor.
CREATE OR REPLACE FUNCTION patients_unmerge(p_merge uuid) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET lock_timeout = '400ms' AS $$
DECLARE
  m patients_patientmerge;
  owned record;
  link record;
  found_more bigint;
  added bigint;
  is_joined boolean;
  moved bigint;
BEGIN
  SELECT * INTO m FROM patients_patientmerge q WHERE q.id = p_merge FOR UPDATE;
  IF NOT FOUND OR m.reversed_at IS NOT NULL OR EXISTS (
      SELECT FROM patients_movedrow r WHERE r.merge_id = p_merge AND r.is_reversal) THEN
    PERFORM patients_refuse_merge('this merge was taken back already', 'patients_merge_done');
  END IF;
  PERFORM patients_hold(m.survivor_id, m.merged_id);
  IF NOT EXISTS (SELECT FROM patients_patient p WHERE p.id = m.merged_id AND p.merged_into_id = m.survivor_id) THEN
    PERFORM patients_refuse_merge('this merge was not made', 'patients_merge_done');
  ELSIF EXISTS (SELECT FROM patients_patient p WHERE p.id = m.survivor_id AND p.merged_into_id IS NOT NULL) THEN
    PERFORM patients_refuse_merge('the survivor was merged since', 'patients_merge_later_one');
  END IF;
  FOR owned IN SELECT * FROM patients_owned_columns() ORDER BY place LOOP
    EXECUTE format('INSERT INTO patients_movedrow (clinic_id, merge_id, table_name, column_name, row_id, from_patient_id,
        to_patient_id, is_reversal, xid)
      SELECT r.clinic_id, r.merge_id, r.table_name, r.column_name, r.row_id, r.to_patient_id, r.from_patient_id, true,
        pg_current_xact_id()::text::bigint
      FROM patients_movedrow r JOIN %I t ON t.id = r.row_id AND t.%I = r.to_patient_id
      WHERE r.merge_id = $1 AND NOT r.is_reversal AND r.table_name = %L AND r.column_name = %L',
      owned.table_name, owned.column_name, owned.table_name, owned.column_name) USING m.id;
  END LOOP;
  LOOP
    found_more := 0;
    FOR link IN SELECT * FROM patients_hanging_rows() LOOP
      EXECUTE format('INSERT INTO patients_movedrow (clinic_id, merge_id, table_name, column_name, row_id,
          from_patient_id, to_patient_id, is_reversal, xid)
        SELECT $2, $1, %L, %L, c.id, $3, $4, true, pg_current_xact_id()::text::bigint
        FROM %I c JOIN patients_movedrow r ON r.merge_id = $1 AND r.is_reversal AND r.table_name = %L
          AND r.row_id = c.%I
        WHERE c.%I = $3 AND c.created_at > $5
        ON CONFLICT (clinic_id, merge_id, table_name, column_name, row_id, is_reversal) DO NOTHING',
        link.child, link.child_patient, link.child, link.parent, link.child_column, link.child_patient)
        USING m.id, m.clinic_id, m.survivor_id, m.merged_id, m.created_at;
      GET DIAGNOSTICS added = ROW_COUNT;
      found_more := found_more + added;
    END LOOP;
    EXIT WHEN found_more = 0;
  END LOOP;
  INSERT INTO patients_movedrow (clinic_id, merge_id, table_name, column_name, row_id, from_patient_id, to_patient_id,
      is_reversal, xid)
    VALUES (m.clinic_id, m.id, 'patients_patient', 'merged_into_id', m.merged_id, m.survivor_id, m.merged_id, true,
      pg_current_xact_id()::text::bigint);
  UPDATE patients_patient SET merged_into_id = NULL WHERE id = m.merged_id;
  moved := patients_move_written(p_merge, true);
  -- What was joined since (the survivor's session under a course that goes back) would now be of two patients.
  FOR link IN SELECT * FROM patients_hanging_rows() LOOP
    EXECUTE format('SELECT EXISTS (SELECT FROM %I c JOIN %I p ON p.id = c.%I WHERE c.%I IN ($1, $2) AND p.%I IN ($1, $2)
        AND c.%I <> p.%I)', link.child, link.parent, link.child_column, link.child_patient, link.parent_patient,
        link.child_patient, link.parent_patient) INTO is_joined USING m.survivor_id, m.merged_id;
    IF is_joined THEN
      PERFORM patients_refuse_merge(format('%s of one record hangs on %s of the other', link.child, link.parent),
        'patients_merge_joined');
    END IF;
  END LOOP;
  RETURN moved;
END $$;

REVOKE ALL ON FUNCTION patients_hold(uuid, uuid), patients_merge(uuid), patients_unmerge(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION patients_hold(uuid, uuid), patients_merge(uuid), patients_unmerge(uuid) TO pit_app;

-- A record merged into another stays as it was, and only the door says that it was merged.
CREATE OR REPLACE FUNCTION patients_guard_merged() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.merged_into_id IS NOT NULL THEN
      PERFORM patients_refuse_merge('a new record is merged into none', 'patients_row_stays');
    END IF;
  ELSIF NEW.merged_into_id IS DISTINCT FROM OLD.merged_into_id THEN
    IF to_jsonb(NEW) - 'merged_into_id' IS DISTINCT FROM to_jsonb(OLD) - 'merged_into_id'
       OR NOT patients_may_move('patients_patient', NEW.id, coalesce(OLD.merged_into_id, NEW.id),
                                coalesce(NEW.merged_into_id, NEW.id)) THEN
      PERFORM patients_refuse_merge('a record is merged by the database alone', 'patients_row_stays');
    END IF;
  ELSIF OLD.merged_into_id IS NOT NULL AND NEW IS DISTINCT FROM OLD THEN
    RAISE EXCEPTION 'a record that was merged into another stays as it was'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'patients_merged_away', DETAIL = OLD.merged_into_id::text;
  END IF;
  RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER guard_merged BEFORE INSERT OR UPDATE ON patients_patient
  FOR EACH ROW EXECUTE FUNCTION patients_guard_merged();

-- A merge says for ever what it said; nothing but its reversal, once, is added to it.
CREATE OR REPLACE FUNCTION patients_guard_merge() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  later CONSTANT text[] := ARRAY['reversed_at', 'reversed_by_id', 'reversal_reason'];
BEGIN
  IF TG_OP = 'DELETE' OR OLD.reversed_at IS NOT NULL
     OR to_jsonb(NEW) - later IS DISTINCT FROM to_jsonb(OLD) - later
     OR NOT EXISTS (SELECT FROM patients_movedrow r WHERE r.merge_id = OLD.id AND r.is_reversal
                      AND r.xid = pg_current_xact_id()::text::bigint) THEN
    PERFORM patients_refuse_merge('a merge cannot change', 'patients_row_stays');
  END IF;
  RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER guard_merge BEFORE UPDATE OR DELETE ON patients_patientmerge
  FOR EACH ROW EXECUTE FUNCTION patients_guard_merge();

CREATE OR REPLACE FUNCTION patients_guard_moved_row() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM patients_refuse_merge('what was moved stays written', 'patients_row_stays');
  RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER guard_moved_row BEFORE UPDATE OR DELETE ON patients_movedrow
  FOR EACH ROW EXECUTE FUNCTION patients_guard_moved_row();
