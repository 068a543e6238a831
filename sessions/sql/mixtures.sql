-- What a container holds, and that a preparation is what its containers make of it (sessions/mixtures.py says the same
-- to the form; a test compares the two). Applied after every migration; safe to run again.

-- Substance → percent (g in 100 mL); null where nobody stated the strength. An ingredient nobody described: no row.
CREATE OR REPLACE FUNCTION sessions_holds(of_lot uuid) RETURNS TABLE (substance text, percent numeric)
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  WITH own AS (
    SELECT l.solution_id, c.dextrose_percent, c.mannitol_percent, coalesce(p.substance, '') AS substance,
        p.substance_percent, p.bicarbonate_percent
      FROM pit_sessions_solutionlot l LEFT JOIN pit_sessions_product p ON p.id = l.product_id
      LEFT JOIN catalogue_solution c ON c.id = l.solution_id WHERE l.id = of_lot)
  SELECT 'dextrose', o.dextrose_percent FROM own o WHERE o.dextrose_percent IS NOT NULL
  UNION ALL SELECT 'mannitol', o.mannitol_percent FROM own o WHERE o.mannitol_percent IS NOT NULL
  UNION ALL SELECT 'bicarbonate', o.bicarbonate_percent FROM own o WHERE o.bicarbonate_percent IS NOT NULL
  UNION ALL SELECT o.substance, o.substance_percent FROM own o
    WHERE o.solution_id IS NULL AND o.substance NOT IN ('', 'diluent')
  UNION ALL SELECT a.anaesthetic, CASE WHEN o.substance = a.anaesthetic THEN o.substance_percent
      WHEN a.percent_min = a.percent_max THEN a.percent_max END
    FROM own o JOIN catalogue_solutionanaesthetic a ON a.solution_id = o.solution_id AND a.retired_at IS NULL
    WHERE NOT a.is_optional OR o.substance IN ('', a.anaesthetic)
$$;

-- A strength as it is shown: the number the name promises, give or take a tenth (NEAR_ENOUGH).
CREATE OR REPLACE FUNCTION sessions_is_near(percent numeric, named numeric) RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$ SELECT coalesce(abs(percent - named) <= named * 0.1, false) $$;

-- Why what was drawn does not make this preparation; NULL where it does, and while nothing is drawn.
CREATE OR REPLACE FUNCTION sessions_mixture_problem(preparation uuid) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
DECLARE
  made pit_sessions_preparation;
  drawn record;
  named catalogue_solution;
  held jsonb;
  loose numeric;
BEGIN
  SELECT * INTO made FROM pit_sessions_preparation m WHERE m.id = preparation;
  SELECT count(*) AS parts, sum(r.volume_ml) AS ml, count(DISTINCT l.solution_id) AS solutions,
      bool_and(coalesce(l.solution_id = made.solution_id, false)) AS is_all_of_it,
      coalesce(bool_or(p.bicarbonate_percent IS NOT NULL), false) AS has_bicarbonate,
      coalesce(bool_or(c.is_buffered), false) AS is_buffered,
      bool_or(l.solution_id IS NULL AND p.bicarbonate_percent IS NULL AND coalesce(p.substance, '') = '') AS is_unstated
    INTO drawn
    FROM pit_sessions_preparationpart r JOIN pit_sessions_container k ON k.id = r.container_id
    JOIN pit_sessions_solutionlot l ON l.id = k.lot_id LEFT JOIN pit_sessions_product p ON p.id = l.product_id
    LEFT JOIN catalogue_solution c ON c.id = l.solution_id WHERE r.preparation_id = preparation;
  IF made.id IS NULL OR drawn.parts = 0 THEN
    RETURN NULL;
  END IF;
  -- Bicarbonate that came from no container of the stock.
  loose := CASE WHEN drawn.has_bicarbonate THEN 0 ELSE coalesce(made.bicarbonate_ml, 0) END;
  IF made.volume_ml <> drawn.ml + loose THEN
    RETURN 'sessions_preparation_volume_drawn';
  ELSIF drawn.is_unstated THEN
    RETURN 'sessions_container_unstated';
  ELSIF drawn.is_all_of_it AND loose = 0 THEN
    RETURN NULL;
  END IF;
  SELECT * INTO named FROM catalogue_solution c WHERE c.id = made.solution_id;
  SELECT coalesce(jsonb_object_agg(s.substance, s.percent), '{}') INTO held FROM (
    SELECT h.substance,
        CASE WHEN bool_or(h.percent IS NULL) THEN NULL ELSE sum(r.volume_ml * h.percent) / made.volume_ml END AS percent
      FROM pit_sessions_preparationpart r JOIN pit_sessions_container k ON k.id = r.container_id
      CROSS JOIN LATERAL sessions_holds(k.lot_id) h
      WHERE r.preparation_id = preparation AND h.substance <> 'bicarbonate' GROUP BY h.substance) s;
  IF NOT sessions_is_named(named, held, loose > 0 OR drawn.has_bicarbonate OR drawn.is_buffered) THEN
    RETURN 'sessions_preparation_not_of_its_parts';
  END IF;
  RETURN NULL;
END $$;

-- May what holds this carry the solution's name? ``held``: substance → percent, bicarbonate left out.
CREATE OR REPLACE FUNCTION sessions_is_named(named catalogue_solution, held jsonb, is_buffered boolean) RETURNS boolean
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
DECLARE
  has_anaesthetics boolean := EXISTS (
    SELECT FROM catalogue_solutionanaesthetic a WHERE a.solution_id = named.id AND a.retired_at IS NULL);
  one record;
BEGIN
  IF named.dextrose_percent IS NULL AND named.mannitol_percent IS NULL AND NOT has_anaesthetics THEN
    RETURN false;
  ELSIF named.is_buffered <> is_buffered AND named.dextrose_percent IS NOT NULL AND NOT has_anaesthetics THEN
    RETURN false;
  ELSIF named.is_buffered AND NOT is_buffered THEN
    RETURN false;
  END IF;
  FOR one IN SELECT v.name, v.percent FROM
      (VALUES ('dextrose', named.dextrose_percent), ('mannitol', named.mannitol_percent)) v (name, percent) LOOP
    IF NOT sessions_is_near(CASE WHEN held ? one.name THEN (held->>one.name)::numeric ELSE 0 END, coalesce(one.percent, 0)) THEN
      RETURN false;
    END IF;
  END LOOP;
  held := held - ARRAY['dextrose', 'mannitol'];
  IF has_anaesthetics <> (held <> '{}') THEN
    RETURN false;
  END IF;
  FOR one IN SELECT coalesce(a.anaesthetic, h.key) AS name, a.id, a.is_optional, a.percent_min AS low, a.percent_max AS high,
        h.key IS NOT NULL AS is_there, h.value::numeric AS percent
      FROM (SELECT * FROM catalogue_solutionanaesthetic s WHERE s.solution_id = named.id AND s.retired_at IS NULL) a
      FULL JOIN jsonb_each_text(held) h ON h.key = a.anaesthetic LOOP
    IF one.id IS NULL OR NOT (one.is_there OR one.is_optional) THEN
      RETURN false;
    ELSIF NOT one.is_there OR one.low IS NULL THEN
      CONTINUE;
    ELSIF one.percent IS NULL OR (one.low = one.high AND NOT sessions_is_near(one.percent, one.high))
        OR (one.low < one.high AND round(one.percent, 4) NOT BETWEEN one.low AND one.high) THEN
      RETURN false;
    END IF;
  END LOOP;
  RETURN true;
END $$;

-- When the last container is written down, at the latest with the transaction.
CREATE OR REPLACE FUNCTION sessions_check_mixture() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  problem text := sessions_mixture_problem(NEW.preparation_id);
BEGIN
  IF problem IS NOT NULL THEN
    PERFORM sessions_refuse_stock('what was drawn does not make this preparation', problem);
  END IF;
  RETURN NULL;
END $$;

DROP TRIGGER IF EXISTS sessions_check_mixture ON pit_sessions_preparationpart;
CREATE CONSTRAINT TRIGGER sessions_check_mixture AFTER INSERT ON pit_sessions_preparationpart
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION sessions_check_mixture();
