-- "Asked, no allergy is known" and an allergy never stand side by side: an allergy ends it, and it is refused beside one.
-- Applied after every migration; safe to run again.

CREATE OR REPLACE FUNCTION patients_allergy_is_known() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE patients_noknownallergy n SET ended_at = a.recorded_at
    FROM (SELECT r.clinic_id, r.patient_id, max(r.recorded_at) AS recorded_at FROM new_rows r
          WHERE r.ended_at IS NULL GROUP BY r.clinic_id, r.patient_id) a
    WHERE n.clinic_id = a.clinic_id AND n.patient_id = a.patient_id AND n.ended_at IS NULL;
  RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER allergy_is_known AFTER INSERT ON patients_allergy REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION patients_allergy_is_known();

CREATE OR REPLACE FUNCTION patients_no_allergy_beside_one() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM patients_allergy a WHERE a.clinic_id = NEW.clinic_id AND a.patient_id = NEW.patient_id
      AND a.ended_at IS NULL) THEN
    RAISE EXCEPTION 'an allergy of this patient is known'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'patients_noknownallergy_contradicted';
  END IF;
  RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER no_allergy_beside_one BEFORE INSERT ON patients_noknownallergy
  FOR EACH ROW WHEN (NEW.ended_at IS NULL) EXECUTE FUNCTION patients_no_allergy_beside_one();
