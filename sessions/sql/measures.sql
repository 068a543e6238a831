-- What an instrument gave is on the instrument's scale, in its unit, and stays as told. Safe to run again.
-- The range of one answer follows from the range of the score and its formula, as in sessions/scoring.py.

CREATE OR REPLACE FUNCTION sessions_guard_measure() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  scale catalogue_instrumentscale;
  told integer;
  low numeric;
  high numeric;
BEGIN
  IF TG_OP = 'UPDATE' AND patients_only_moves(TG_TABLE_NAME, to_jsonb(OLD), to_jsonb(NEW)) THEN
    RETURN NEW;
  END IF;
  -- What a patient told stands from the end of the check-in on, and no check-in is open for longer than its link.
  IF TG_OP = 'DELETE' AND OLD.source = 'portal' AND OLD.received_at > now() - interval '8 days' THEN
    RETURN OLD;
  END IF;
  IF TG_OP <> 'INSERT' THEN
    RAISE EXCEPTION 'a measure cannot change' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.patient_id IS DISTINCT FROM coalesce(
       (SELECT c.patient_id FROM pit_sessions_course c WHERE c.id = NEW.course_id),
       (SELECT s.patient_id FROM pit_sessions_injectionsession s WHERE s.id = NEW.injection_session_id)) THEN
    RAISE EXCEPTION 'a measure is of the patient of its course or session' USING ERRCODE = 'check_violation';
  END IF;
  SELECT * INTO scale FROM catalogue_instrumentscale WHERE id = NEW.scale_id;
  IF NEW.unit <> scale.unit THEN
    RAISE EXCEPTION 'a measure is in the unit of its scale' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.value < scale.min_score OR NEW.value > scale.max_score THEN
    RAISE EXCEPTION 'a measure lies on its scale' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.items IS NULL THEN
    RETURN NEW;
  END IF;
  SELECT count(i) INTO told FROM unnest(NEW.items) AS i;
  IF cardinality(NEW.items) IS DISTINCT FROM scale.item_count::integer THEN
    RAISE EXCEPTION 'a questionnaire has as many answers as items' USING ERRCODE = 'check_violation';
  END IF;
  IF (told >= coalesce(scale.min_answered, scale.item_count)) <> (NEW.value IS NOT NULL) THEN
    RAISE EXCEPTION 'a score needs enough answers' USING ERRCODE = 'check_violation';
  END IF;
  low := CASE scale.formula_key WHEN 'mean_minus_one_times_25' THEN 1 + scale.min_score / 25
                                WHEN 'sum_impute_one' THEN scale.min_score / scale.item_count
                                ELSE scale.min_score END;
  high := CASE scale.formula_key WHEN 'mean_minus_one_times_25' THEN 1 + scale.max_score / 25
                                 WHEN 'sum_impute_one' THEN scale.max_score / scale.item_count
                                 ELSE scale.max_score END;
  IF EXISTS (SELECT FROM unnest(NEW.items) AS i WHERE i < low OR i > high) THEN
    RAISE EXCEPTION 'an answer lies on its scale' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER guard_measure BEFORE INSERT OR UPDATE OR DELETE ON pit_sessions_measure
  FOR EACH ROW EXECUTE FUNCTION sessions_guard_measure();
