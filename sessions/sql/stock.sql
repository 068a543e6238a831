-- What is injected comes from stock that may be injected. Applied after every migration; safe to run again.
-- Every refusal names a constraint, so that the application can say it in words (sessions/policies/preparations.py).
-- Times are compared with the session's own time; expiry dates with its day on the clinic's wall clock.

CREATE OR REPLACE FUNCTION sessions_local_day(moment timestamptz, clinic uuid) RETURNS date
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT (moment AT TIME ZONE c.zone)::date FROM accounts_clinic c WHERE c.id = clinic
$$;

CREATE OR REPLACE FUNCTION sessions_refuse_stock(what text, rule text) RETURNS void
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  RAISE EXCEPTION '%', what USING ERRCODE = 'check_violation', CONSTRAINT = rule;
END $$;

-- A product is what it was when its lots were received.
CREATE OR REPLACE FUNCTION sessions_guard_product() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF ((NEW.is_single_dose, NEW.pack_size_ml, NEW.solution_id, NEW.bicarbonate_percent)
     IS DISTINCT FROM (OLD.is_single_dose, OLD.pack_size_ml, OLD.solution_id, OLD.bicarbonate_percent)
     -- What nobody had stated may be stated once.
     OR OLD.substance <> '' AND (NEW.substance, NEW.substance_percent)
     IS DISTINCT FROM (OLD.substance, OLD.substance_percent))
     AND EXISTS (SELECT FROM pit_sessions_solutionlot l WHERE l.product_id = OLD.id) THEN
    PERFORM sessions_refuse_stock('a product with lots stays what it is', 'sessions_product_fixed');
  END IF;
  RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER guard_product BEFORE UPDATE ON pit_sessions_product
  FOR EACH ROW EXECUTE FUNCTION sessions_guard_product();

-- No new lot comes of a retired product. The share lock: a retirement waits for a lot that is being received.
CREATE OR REPLACE FUNCTION sessions_guard_new_lot() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  is_retired boolean;
BEGIN
  IF TG_OP = 'UPDATE' AND NEW.product_id IS NOT DISTINCT FROM OLD.product_id THEN
    RETURN NEW;
  END IF;
  SELECT p.retired_at IS NOT NULL INTO is_retired FROM pit_sessions_product p WHERE p.id = NEW.product_id FOR SHARE;
  IF is_retired THEN
    PERFORM sessions_refuse_stock('this product is retired', 'sessions_product_retired');
  END IF;
  RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER guard_new_lot BEFORE INSERT OR UPDATE ON pit_sessions_solutionlot
  FOR EACH ROW EXECUTE FUNCTION sessions_guard_new_lot();

-- A container is as its product says, opened from a lot that may be used; nothing but its discarding is added later.
CREATE OR REPLACE FUNCTION sessions_guard_container() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  later CONSTANT text[] := ARRAY['discarded_at', 'discarded_by_id', 'discard_reason'];
  of_lot record;
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF to_jsonb(NEW) - later IS DISTINCT FROM to_jsonb(OLD) - later THEN
      PERFORM sessions_refuse_stock('an opened container stays what it is', 'sessions_container_fixed');
    END IF;
    RETURN NEW;
  END IF;
  SELECT l.expiry_date, l.quantity, l.quarantined_at, p.pack_size_ml, p.is_single_dose INTO of_lot
    FROM pit_sessions_solutionlot l JOIN pit_sessions_product p ON p.id = l.product_id
    WHERE l.id = NEW.lot_id FOR NO KEY UPDATE OF l;
  IF NOT FOUND THEN
    PERFORM sessions_refuse_stock('this lot has no product', 'sessions_lot_without_product');
  ELSIF of_lot.quarantined_at IS NOT NULL THEN
    PERFORM sessions_refuse_stock('this lot is quarantined', 'sessions_lot_quarantined');
  ELSIF of_lot.expiry_date < sessions_local_day(NEW.opened_at, NEW.clinic_id) THEN
    PERFORM sessions_refuse_stock('this lot has expired', 'sessions_lot_expired');
  ELSIF of_lot.quantity = 0 THEN
    PERFORM sessions_refuse_stock('no container of this lot is left', 'sessions_lot_empty');
  END IF;
  NEW.volume_ml := of_lot.pack_size_ml;
  NEW.is_single_dose := of_lot.is_single_dose;
  RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER guard_container BEFORE INSERT OR UPDATE ON pit_sessions_container
  FOR EACH ROW EXECUTE FUNCTION sessions_guard_container();

CREATE OR REPLACE FUNCTION sessions_guard_preparation() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  later CONSTANT text[] := ARRAY['discarded_at', 'discarded_by_id', 'checked_at', 'checked_by_id'];
BEGIN
  IF TG_OP = 'INSERT' THEN
    NEW.made_date := sessions_local_day(NEW.made_at, NEW.clinic_id);
    RETURN NEW;
  END IF;
  IF (NEW.checked_at, NEW.checked_by_id) IS DISTINCT FROM (OLD.checked_at, OLD.checked_by_id)
      AND EXISTS (SELECT FROM pit_sessions_injectionpoint p WHERE p.preparation_id = OLD.id) THEN
    PERFORM sessions_refuse_stock('this preparation is in use', 'sessions_preparation_in_use');
  END IF;
  IF to_jsonb(NEW) - later IS DISTINCT FROM to_jsonb(OLD) - later THEN
    PERFORM sessions_refuse_stock('a preparation stays as it was made', 'sessions_preparation_fixed');
  END IF;
  RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER guard_preparation BEFORE INSERT OR UPDATE ON pit_sessions_preparation
  FOR EACH ROW EXECUTE FUNCTION sessions_guard_preparation();

-- What was drawn from a container: never more than it holds, never from one that may not be used, and never changed
-- once somebody has received the preparation.
CREATE OR REPLACE FUNCTION sessions_guard_part() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  made record;
  source record;
  drawn numeric;
BEGIN
  IF TG_OP = 'UPDATE' THEN
    PERFORM sessions_refuse_stock('what was drawn stays as written', 'sessions_part_fixed');
  END IF;
  SELECT m.id, m.made_at, m.beyond_use_at, m.clinic_id INTO made FROM pit_sessions_preparation m
    WHERE m.id = CASE TG_OP WHEN 'DELETE' THEN OLD.preparation_id ELSE NEW.preparation_id END FOR UPDATE;
  IF EXISTS (SELECT FROM pit_sessions_injectionpoint p WHERE p.preparation_id = made.id) THEN
    PERFORM sessions_refuse_stock('this preparation is in use', 'sessions_preparation_in_use');
  END IF;
  IF TG_OP = 'DELETE' THEN
    RETURN OLD;
  END IF;
  SELECT c.volume_ml, c.opened_at, c.discard_at, c.discarded_at, l.expiry_date, l.quarantined_at INTO source
    FROM pit_sessions_container c JOIN pit_sessions_solutionlot l ON l.id = c.lot_id
    WHERE c.id = NEW.container_id FOR UPDATE OF c FOR SHARE OF l;
  SELECT coalesce(sum(r.volume_ml), 0) INTO drawn FROM pit_sessions_preparationpart r
    WHERE r.container_id = NEW.container_id;
  IF drawn + NEW.volume_ml > source.volume_ml THEN
    PERFORM sessions_refuse_stock('the container does not hold that much', 'sessions_container_overdrawn');
  ELSIF source.quarantined_at IS NOT NULL THEN
    PERFORM sessions_refuse_stock('this lot is quarantined', 'sessions_lot_quarantined');
  ELSIF source.expiry_date < sessions_local_day(made.made_at, made.clinic_id) THEN
    PERFORM sessions_refuse_stock('this lot has expired', 'sessions_lot_expired');
  ELSIF source.expiry_date < sessions_local_day(made.beyond_use_at, made.clinic_id) THEN
    PERFORM sessions_refuse_stock('this preparation would outlive its lot', 'sessions_preparation_outlives_lot');
  ELSIF source.discarded_at <= made.made_at THEN
    PERFORM sessions_refuse_stock('this container was discarded', 'sessions_container_discarded');
  ELSIF source.discard_at <= made.made_at THEN
    PERFORM sessions_refuse_stock('this container is past its time', 'sessions_container_past_use');
  ELSIF source.discard_at < made.beyond_use_at THEN
    PERFORM sessions_refuse_stock('this preparation would outlive its container', 'sessions_preparation_outlives_container');
  ELSIF source.opened_at > made.made_at THEN
    PERFORM sessions_refuse_stock('this container was opened later', 'sessions_container_not_open');
  END IF;
  RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER guard_part BEFORE INSERT OR UPDATE OR DELETE ON pit_sessions_preparationpart
  FOR EACH ROW EXECUTE FUNCTION sessions_guard_part();

-- Why a session may not name this preparation for a point; NULL where it may. What it was made from is looked at too.
CREATE OR REPLACE FUNCTION sessions_preparation_problem(session uuid, lot uuid, preparation uuid, solution uuid)
RETURNS text LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
DECLARE
  given record;
  made pit_sessions_preparation;
  source record;
BEGIN
  SELECT s.started_at, sessions_local_day(s.started_at, s.clinic_id) AS day INTO given
    FROM pit_sessions_injectionsession s WHERE s.id = session;
  SELECT * INTO made FROM pit_sessions_preparation m WHERE m.id = preparation;
  SELECT count(*) AS parts, bool_or(l.quarantined_at IS NOT NULL) AS is_quarantined,
      bool_or(l.expiry_date < given.day) AS is_expired, bool_or(l.id = lot) AS has_lot,
      bool_or(c.discarded_at <= given.started_at) AS is_discarded INTO source
    FROM pit_sessions_preparationpart r JOIN pit_sessions_container c ON c.id = r.container_id
    JOIN pit_sessions_solutionlot l ON l.id = c.lot_id WHERE r.preparation_id = preparation;
  RETURN CASE
    WHEN source.parts = 0 THEN 'sessions_preparation_empty'
    WHEN source.is_quarantined THEN 'sessions_lot_quarantined'
    WHEN source.is_expired THEN 'sessions_lot_expired'
    WHEN made.solution_id <> solution THEN 'sessions_preparation_other_solution'
    WHEN made.beyond_use_at < given.started_at THEN 'sessions_preparation_past_use'
    WHEN made.discarded_at <= given.started_at THEN 'sessions_preparation_discarded'
    WHEN made.made_date > given.day THEN 'sessions_preparation_made_later'
    WHEN made.needs_check AND made.checked_at IS NULL THEN 'sessions_preparation_unchecked'
    -- What was mixed has left its container; what is used as it is has not.
    WHEN NOT made.is_mixed AND source.is_discarded THEN 'sessions_container_discarded'
    WHEN lot IS NOT NULL AND NOT source.has_lot THEN 'sessions_preparation_other_lot'
    ELSE sessions_mixture_problem(preparation)
  END;
END $$;

-- After points were written: what they newly name may be used, and the uses of the containers follow the points.
CREATE OR REPLACE FUNCTION sessions_points_use_stock() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  -- Plain ids, place by place one choice: behind row-level security an id that is taken out of a jsonb finds no index,
  -- and each save would read every session of the clinic.
  chosen_sessions uuid[];
  lots uuid[];
  preparations uuid[];
  solutions uuid[];
  sessions uuid[];
  problem text;
BEGIN
  IF TG_OP = 'INSERT' THEN
    SELECT array_agg(c.injection_session_id), array_agg(c.lot_id), array_agg(c.preparation_id), array_agg(c.solution_id)
      INTO chosen_sessions, lots, preparations, solutions FROM (
        SELECT DISTINCT n.injection_session_id, n.lot_id, n.preparation_id, n.solution_id
        FROM new_rows n WHERE coalesce(n.lot_id, n.preparation_id) IS NOT NULL) c;
  ELSIF TG_OP = 'UPDATE' THEN
    SELECT array_agg(c.injection_session_id), array_agg(c.lot_id), array_agg(c.preparation_id), array_agg(c.solution_id)
      INTO chosen_sessions, lots, preparations, solutions FROM (
        SELECT DISTINCT n.injection_session_id, n.lot_id, n.preparation_id, n.solution_id
        FROM new_rows n JOIN old_rows o ON o.id = n.id
        WHERE coalesce(n.lot_id, n.preparation_id) IS NOT NULL
          AND (n.injection_session_id, n.lot_id, n.preparation_id, n.solution_id)
            IS DISTINCT FROM (o.injection_session_id, o.lot_id, o.preparation_id, o.solution_id)) c;
  END IF;
  IF TG_OP <> 'INSERT' THEN
    sessions := ARRAY(SELECT DISTINCT o.injection_session_id FROM old_rows o WHERE o.preparation_id IS NOT NULL);
    DELETE FROM pit_sessions_containeruse u WHERE u.injection_session_id = ANY (sessions) AND NOT EXISTS (
      SELECT FROM pit_sessions_injectionpoint p
      JOIN pit_sessions_preparationpart r ON r.preparation_id = p.preparation_id
      WHERE p.injection_session_id = u.injection_session_id AND r.container_id = u.container_id);
  END IF;
  IF coalesce(cardinality(chosen_sessions), 0) = 0 THEN
    RETURN NULL;
  END IF;
  -- Whoever quarantines, discards or changes them now waits for this writer, or is seen by it.
  PERFORM FROM pit_sessions_preparation m
    WHERE m.id = ANY (preparations) ORDER BY m.id FOR SHARE;
  PERFORM FROM pit_sessions_solutionlot l
    WHERE l.id = ANY (lots) ORDER BY l.id FOR SHARE;
  SELECT CASE WHEN l.quarantined_at IS NOT NULL THEN 'sessions_lot_quarantined' ELSE 'sessions_lot_expired' END
    INTO problem FROM unnest(chosen_sessions, lots) AS c(session, lot)
    JOIN pit_sessions_solutionlot l ON l.id = c.lot
    JOIN pit_sessions_injectionsession s ON s.id = c.session
    JOIN accounts_clinic a ON a.id = s.clinic_id
    WHERE l.quarantined_at IS NOT NULL OR l.expiry_date < (s.started_at AT TIME ZONE a.zone)::date LIMIT 1;
  IF problem IS NULL THEN
    SELECT f.said INTO problem FROM (
      SELECT sessions_preparation_problem(c.session, c.lot, c.preparation, c.solution) AS said
      FROM unnest(chosen_sessions, lots, preparations, solutions) AS c(session, lot, preparation, solution)
      WHERE c.preparation IS NOT NULL) f
    WHERE f.said IS NOT NULL LIMIT 1;
  END IF;
  IF problem IS NOT NULL THEN
    PERFORM sessions_refuse_stock('this cannot be chosen for a point of this session', problem);
  END IF;
  INSERT INTO pit_sessions_containeruse (clinic_id, injection_session_id, patient_id, container_id, is_single_dose)
    SELECT DISTINCT s.clinic_id, s.id, s.patient_id, k.id, k.is_single_dose
    FROM unnest(chosen_sessions, preparations) AS c(session, preparation)
    JOIN pit_sessions_injectionsession s ON s.id = c.session
    JOIN pit_sessions_preparationpart r ON r.preparation_id = c.preparation
    JOIN pit_sessions_container k ON k.id = r.container_id ORDER BY k.id
    ON CONFLICT (clinic_id, injection_session_id, container_id) DO NOTHING;
  RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER stock_insert AFTER INSERT ON pit_sessions_injectionpoint REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION sessions_points_use_stock();
CREATE OR REPLACE TRIGGER stock_update AFTER UPDATE ON pit_sessions_injectionpoint
  REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION sessions_points_use_stock();
CREATE OR REPLACE TRIGGER stock_delete AFTER DELETE ON pit_sessions_injectionpoint REFERENCING OLD TABLE AS old_rows
  FOR EACH STATEMENT EXECUTE FUNCTION sessions_points_use_stock();

-- A use says what is true: whose session, what kind of container; it ends only when no point of
-- a session that stands is left.
CREATE OR REPLACE FUNCTION sessions_guard_use() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND patients_only_moves(TG_TABLE_NAME, to_jsonb(OLD), to_jsonb(NEW)) THEN
    RETURN NEW;
  ELSIF TG_OP = 'UPDATE' THEN
    PERFORM sessions_refuse_stock('the use of a container cannot change', 'sessions_use_fixed');
  ELSIF TG_OP = 'DELETE' THEN
    IF EXISTS (SELECT FROM pit_sessions_injectionpoint p
        JOIN pit_sessions_injectionsession s ON s.id = p.injection_session_id AND s.status <> 'voided'
        JOIN pit_sessions_preparationpart r ON r.preparation_id = p.preparation_id
        WHERE p.injection_session_id = OLD.injection_session_id AND r.container_id = OLD.container_id) THEN
      PERFORM sessions_refuse_stock('this container was used in this session', 'sessions_use_fixed');
    END IF;
    RETURN OLD;
  END IF;
  -- The same points make the same row.
  NEW.id := md5(NEW.injection_session_id::text || NEW.container_id::text)::uuid;
  SELECT s.patient_id INTO NEW.patient_id FROM pit_sessions_injectionsession s WHERE s.id = NEW.injection_session_id;
  SELECT c.is_single_dose INTO NEW.is_single_dose FROM pit_sessions_container c WHERE c.id = NEW.container_id;
  RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER guard_use BEFORE INSERT OR UPDATE OR DELETE ON pit_sessions_containeruse
  FOR EACH ROW EXECUTE FUNCTION sessions_guard_use();

-- A record struck out no longer says who received what.
CREATE OR REPLACE FUNCTION sessions_end_uses() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  DELETE FROM pit_sessions_containeruse u WHERE u.injection_session_id = NEW.id;
  RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER end_uses AFTER UPDATE OF status ON pit_sessions_injectionsession
  FOR EACH ROW WHEN (NEW.status = 'voided') EXECUTE FUNCTION sessions_end_uses();

-- V23 and P11 when a session is signed, tray or none, time-out or none: what was chosen while it might be used may have
-- been set aside or run out since, or never been opened. Compared with the first injection, as sessions/rules does.
CREATE OR REPLACE FUNCTION sessions_guard_signed_stock() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  needle timestamptz := coalesce(NEW.first_injected_at, NEW.started_at);
  preparations uuid[] := ARRAY(SELECT DISTINCT p.preparation_id FROM pit_sessions_injectionpoint p
    WHERE p.injection_session_id = NEW.id AND p.preparation_id IS NOT NULL);
  alone uuid[] := ARRAY(SELECT DISTINCT p.lot_id FROM pit_sessions_injectionpoint p
    WHERE p.injection_session_id = NEW.id AND p.lot_id IS NOT NULL AND p.preparation_id IS NULL);
  lots uuid[] := alone || ARRAY(SELECT DISTINCT c.lot_id FROM pit_sessions_preparationpart r
    JOIN pit_sessions_container c ON c.id = r.container_id WHERE r.preparation_id = ANY (preparations));
  problem text;
BEGIN
  -- Whoever sets one of them aside now waits for this writer, or is seen by it.
  PERFORM FROM pit_sessions_preparation m WHERE m.id = ANY (preparations) ORDER BY m.id FOR SHARE;
  PERFORM FROM pit_sessions_solutionlot l WHERE l.id = ANY (lots) ORDER BY l.id FOR SHARE;
  SELECT CASE WHEN l.expiry_date < sessions_local_day(needle, NEW.clinic_id) THEN 'sessions_lot_expired'
      ELSE 'sessions_lot_quarantined' END
    INTO problem FROM pit_sessions_solutionlot l
    WHERE l.id = ANY (lots) AND (l.expiry_date < sessions_local_day(needle, NEW.clinic_id)
      -- What was injected before its lot was set aside is what was injected.
      OR l.quarantined_at <= coalesce(NEW.first_injected_at, 'infinity')) LIMIT 1;
  IF problem IS NULL THEN
    SELECT CASE WHEN m.beyond_use_at < needle THEN 'sessions_preparation_past_use'
        WHEN m.discarded_at <= needle THEN 'sessions_preparation_discarded'
        ELSE 'sessions_preparation_unchecked' END
      INTO problem FROM pit_sessions_preparation m
      WHERE m.id = ANY (preparations) AND (m.beyond_use_at < needle OR m.discarded_at <= needle
        OR m.needs_check AND coalesce(m.checked_at > coalesce(NEW.first_injected_at, NEW.signed_at), true)) LIMIT 1;
  END IF;
  -- A lot by itself whose containers are counted, and none of which was ever opened.
  IF problem IS NULL AND EXISTS (
      SELECT FROM pit_sessions_solutionlot l WHERE l.id = ANY (alone) AND l.product_id IS NOT NULL
        AND l.quantity IS NOT NULL AND NOT EXISTS (
          SELECT FROM pit_sessions_container c WHERE c.lot_id = l.id AND c.opened_at <= NEW.signed_at))
    AND NOT EXISTS (
      SELECT FROM pit_sessions_ruleoverride o WHERE o.injection_session_id = NEW.id AND o.rule = 'P11') THEN
    problem := 'sessions_lot_unopened';
  END IF;
  IF problem IS NOT NULL THEN
    PERFORM sessions_refuse_stock('this was not injected from stock that may be used', problem);
  END IF;
  RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER guard_signed_stock BEFORE UPDATE ON pit_sessions_injectionsession
  FOR EACH ROW WHEN (OLD.status = 'draft' AND NEW.status = 'signed') EXECUTE FUNCTION sessions_guard_signed_stock();
