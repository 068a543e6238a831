-- The only door through which an import is taken back (patients/services/import_undoing.py). Applied after every
-- migration; safe to run again. A patient whom the import made goes with all that came with them, unless anything was
-- recorded about them since: they stay whole. What it added to a patient who was here goes, unless it is in use.

-- Of these patients, those about whom something was recorded by another transaction than the import's.
CREATE OR REPLACE FUNCTION patients_in_use_since(p_import uuid, p_made uuid[]) RETURNS uuid[]
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  i patients_patientimport;
  owned record;
  more uuid[];
  used uuid[] := '{}';
BEGIN
  SELECT * INTO i FROM patients_patientimport q WHERE q.id = p_import;
  SELECT used || array(SELECT DISTINCT e.patient_id FROM audit_auditevent e WHERE e.clinic_id = i.clinic_id
    AND e.kind IN ('insert', 'update', 'delete') AND e.xid <> i.made_in AND e.patient_id = ANY (p_made)) INTO used;
  SELECT used || array(SELECT DISTINCT u.id FROM patients_patientmerge m, LATERAL (VALUES (m.survivor_id), (m.merged_id)) u (id)
    WHERE u.id = ANY (p_made)) INTO used;
  FOR owned IN SELECT * FROM patients_owned_columns() WHERE table_name NOT IN ('patients_contactpoint',
      'patients_identifier', 'patients_patientcondition', 'patients_allergy', 'patients_noknownallergy', 'patients_riskflag') LOOP
    EXECUTE format('SELECT array(SELECT DISTINCT t.%I FROM %I t WHERE t.%I = ANY ($1))', owned.column_name,
      owned.table_name, owned.column_name) INTO more USING p_made;
    used := used || more;
  END LOOP;
  RETURN used;
END $$;

CREATE OR REPLACE FUNCTION patients_take_back_import(p_import uuid, OUT gone bigint, OUT stayed uuid[], OUT removed bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  i patients_patientimport;
  part record;
  made uuid[];
BEGIN
  SELECT * INTO i FROM patients_patientimport q WHERE q.id = p_import FOR UPDATE;
  IF NOT FOUND OR i.made_in IS NULL OR i.taken_back_at IS NOT NULL THEN
    RAISE EXCEPTION 'this import made nothing, or was taken back already'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'patients_import_taken_back';
  END IF;
  -- Right after an import the planner knows nothing of its rows, and would read all of them for each patient.
  ANALYZE patients_patient, patients_nametoken, patients_identifier, patients_contactpoint, patients_contactconsent,
    patients_importedrow, patients_importedpart, patients_alikepair, patients_comparedpatient, audit_auditevent;
  made := array(SELECT q.row_id FROM patients_importedpart q WHERE q.patient_import_id = p_import
    AND q.table_name = 'patients_patient');
  PERFORM FROM patients_patient p WHERE p.id = ANY (made) ORDER BY p.id FOR UPDATE;
  SELECT array(SELECT DISTINCT u.id FROM unnest(patients_in_use_since(p_import, made)) u (id)) INTO stayed;
  made := array(SELECT m.id FROM unnest(made) m (id) WHERE m.id <> ALL (stayed));
  DELETE FROM patients_contactconsent c USING patients_contactpoint t
    WHERE c.contact_point_id = t.id AND t.patient_id = ANY (made);
  DELETE FROM patients_pairverdict t WHERE t.one_id = ANY (made) OR t.other_id = ANY (made);
  DELETE FROM patients_alikepair t WHERE t.one_id = ANY (made) OR t.other_id = ANY (made);
  DELETE FROM patients_contactpoint t WHERE t.patient_id = ANY (made);
  DELETE FROM patients_identifier t WHERE t.patient_id = ANY (made);
  DELETE FROM patients_patientcondition t WHERE t.patient_id = ANY (made);
  DELETE FROM patients_allergy t WHERE t.patient_id = ANY (made);
  DELETE FROM patients_noknownallergy t WHERE t.patient_id = ANY (made);
  DELETE FROM patients_riskflag t WHERE t.patient_id = ANY (made);
  DELETE FROM patients_comparedpatient t WHERE t.patient_id = ANY (made);
  DELETE FROM patients_nametoken t WHERE t.patient_id = ANY (made);
  DELETE FROM patients_importedrow t WHERE t.patient_id = ANY (made);
  DELETE FROM patients_importedpart t WHERE t.patient_id = ANY (made);
  DELETE FROM patients_patient p WHERE p.id = ANY (made);
  GET DIAGNOSTICS gone = ROW_COUNT;
  removed := 0;
  FOR part IN SELECT q.* FROM patients_importedpart q WHERE q.patient_import_id = p_import
      AND q.patient_id <> ALL (stayed) AND NOT EXISTS (SELECT FROM audit_auditevent e WHERE e.clinic_id = i.clinic_id
        AND e.patient_id = q.patient_id AND e.row_id = q.row_id AND e.kind IN ('update', 'delete') AND e.xid > i.made_in) LOOP
    BEGIN
      CASE part.table_name
        WHEN 'deceased' THEN
          UPDATE patients_patient p SET is_deceased = false, deceased_date = NULL WHERE p.id = part.row_id;
        WHEN 'said_inactive' THEN
          UPDATE patients_patient p SET is_said_inactive = false WHERE p.id = part.row_id;
        ELSE
          IF part.table_name = 'patients_contactpoint' THEN
            DELETE FROM patients_contactconsent c WHERE c.contact_point_id = part.row_id;
          END IF;
          EXECUTE format('DELETE FROM %I t WHERE t.id = $1', part.table_name) USING part.row_id;
      END CASE;
      removed := removed + 1;
    EXCEPTION WHEN foreign_key_violation THEN
      NULL;  -- something hangs on it: it is in use
    END;
  END LOOP;
  DELETE FROM patients_importedrow t WHERE t.patient_import_id = p_import AND t.patient_id <> ALL (stayed);
  DELETE FROM patients_importedpart t WHERE t.patient_import_id = p_import AND t.patient_id <> ALL (stayed);
  UPDATE patients_patientimport q SET taken_back_at = now() WHERE q.id = p_import;
END $$;

REVOKE ALL ON FUNCTION patients_in_use_since(uuid, uuid[]), patients_take_back_import(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION patients_take_back_import(uuid) TO pit_app, pit_worker;
