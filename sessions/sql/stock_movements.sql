-- The shelf is the sum of its movements, and never below zero. Applied after every migration; safe to run again.

CREATE OR REPLACE FUNCTION sessions_stays_as_written() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  RAISE EXCEPTION 'what was written down stays (%)', TG_TABLE_NAME
    USING ERRCODE = 'check_violation', CONSTRAINT = 'sessions_history_fixed';
END $$;

CREATE OR REPLACE TRIGGER guard_history BEFORE UPDATE OR DELETE ON pit_sessions_stockmovement
  FOR EACH ROW EXECUTE FUNCTION sessions_stays_as_written();
CREATE OR REPLACE TRIGGER guard_history BEFORE UPDATE OR DELETE ON pit_sessions_lotchange
  FOR EACH ROW EXECUTE FUNCTION sessions_stays_as_written();

-- Locks the lot, works out the difference of a count and of what is taken back, and moves the lot's number with it.
CREATE OR REPLACE FUNCTION sessions_move_stock() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  shelf integer;
  was pit_sessions_stockmovement;
BEGIN
  SELECT l.quantity INTO shelf FROM pit_sessions_solutionlot l WHERE l.id = NEW.lot_id FOR NO KEY UPDATE;
  IF NEW.kind = 'started' THEN
    IF NEW.change IS DISTINCT FROM shelf
       OR EXISTS (SELECT FROM pit_sessions_stockmovement m WHERE m.lot_id = NEW.lot_id) THEN
      PERFORM sessions_refuse_stock('a lot starts once', 'sessions_movement_starts_once');
    END IF;
    RETURN NEW;
  ELSIF NEW.kind = 'counted' THEN
    SELECT NEW.counted - coalesce(sum(m.change), 0) INTO NEW.change
      FROM pit_sessions_stockmovement m WHERE m.lot_id = NEW.lot_id;
    shelf := NEW.counted;
  ELSE
    IF NEW.kind = 'taken_back' THEN
      SELECT * INTO was FROM pit_sessions_stockmovement m WHERE m.id = NEW.takes_back_id
        AND m.lot_id = NEW.lot_id AND m.kind IN ('received', 'wasted', 'counted');
      IF NOT FOUND THEN
        PERFORM sessions_refuse_stock('this cannot be taken back', 'sessions_movement_is_typed');
      END IF;
      NEW.change := -was.change;
    END IF;
    shelf := shelf + NEW.change;
  END IF;
  IF shelf < 0 THEN
    PERFORM sessions_refuse_stock('there are not that many on the shelf', 'sessions_lot_below_zero');
  END IF;
  UPDATE pit_sessions_solutionlot l SET quantity = shelf WHERE l.id = NEW.lot_id AND l.quantity IS DISTINCT FROM shelf;
  RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER move_stock BEFORE INSERT ON pit_sessions_stockmovement
  FOR EACH ROW EXECUTE FUNCTION sessions_move_stock();

-- A lot that comes with a number starts with it.
CREATE OR REPLACE FUNCTION sessions_start_stock() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO pit_sessions_stockmovement (clinic_id, lot_id, kind, change, reason, supplier, delivery_number, moved_at)
    VALUES (NEW.clinic_id, NEW.id, 'started', NEW.quantity, '', '', '', NEW.created_at);
  RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER start_stock AFTER INSERT ON pit_sessions_solutionlot
  FOR EACH ROW WHEN (NEW.quantity > 0) EXECUTE FUNCTION sessions_start_stock();

-- Only a movement changes the number; only a reason written down releases a lot.
CREATE OR REPLACE FUNCTION sessions_guard_lot() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF NEW.quantity IS DISTINCT FROM OLD.quantity AND pg_trigger_depth() < 2 THEN
    PERFORM sessions_refuse_stock('the shelf changes by its movements', 'sessions_lot_moves');
  ELSIF NEW.quarantined_at IS NULL AND OLD.quarantined_at IS NOT NULL AND NOT EXISTS (
      SELECT FROM pit_sessions_lotchange c
      WHERE c.lot_id = NEW.id AND c.kind = 'released' AND c.changed_at >= OLD.quarantined_at) THEN
    PERFORM sessions_refuse_stock('a lot is released with a reason', 'sessions_lot_released_with_reason');
  ELSIF NEW.quarantined_at IS NULL AND OLD.quarantined_at IS NOT NULL AND EXISTS (
      SELECT FROM pit_sessions_lotrecall r WHERE r.lot_id = NEW.id AND r.ended_at IS NULL) THEN
    PERFORM sessions_refuse_stock('a recalled lot stays quarantined', 'sessions_lot_recalled');
  END IF;
  RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER guard_lot BEFORE UPDATE ON pit_sessions_solutionlot
  FOR EACH ROW EXECUTE FUNCTION sessions_guard_lot();

-- An opening takes one from the shelf; a container leaves the list only once it was put back.
CREATE OR REPLACE FUNCTION sessions_take_from_shelf() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  still_open integer;
BEGIN
  IF TG_OP = 'INSERT' THEN
    INSERT INTO pit_sessions_stockmovement (clinic_id, lot_id, kind, change, reason, supplier, delivery_number,
        container_number, moved_at, moved_by_id)
      VALUES (NEW.clinic_id, NEW.lot_id, 'opened', -1, '', '', '', NEW.number, NEW.opened_at, NEW.opened_by_id);
    RETURN NULL;
  END IF;
  SELECT coalesce(sum(m.change), 0) INTO still_open FROM pit_sessions_stockmovement m
    WHERE m.lot_id = OLD.lot_id AND m.container_number = OLD.number;
  IF still_open < 0 THEN
    PERFORM sessions_refuse_stock('put the container back first', 'sessions_container_put_back');
  END IF;
  RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER take_from_shelf AFTER INSERT OR DELETE ON pit_sessions_container
  FOR EACH ROW EXECUTE FUNCTION sessions_take_from_shelf();

-- GS1 General Specifications, 7.9: the digits from the right weigh 3 and 1 in turn, the last makes the sum a ten.
CREATE OR REPLACE FUNCTION sessions_guard_gtin() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF NEW.gtin ~ '^[0-9]{14}$' AND 0 <> (SELECT sum(substr(NEW.gtin, n, 1)::int * CASE n % 2 WHEN 1 THEN 3 ELSE 1 END) % 10
      FROM generate_series(1, 14) n) THEN
    PERFORM sessions_refuse_stock('the check digit of the GTIN is wrong', 'sessions_product_gtin_check_digit');
  END IF;
  RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER guard_gtin BEFORE INSERT OR UPDATE OF gtin ON pit_sessions_product
  FOR EACH ROW EXECUTE FUNCTION sessions_guard_gtin();

-- What is recalled is quarantined, so that nothing of it is chosen or signed.
CREATE OR REPLACE FUNCTION sessions_guard_recall() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM FROM pit_sessions_solutionlot l WHERE l.id = NEW.lot_id AND l.quarantined_at IS NOT NULL FOR SHARE;
  IF NOT FOUND THEN
    PERFORM sessions_refuse_stock('a recalled lot is quarantined', 'sessions_lot_recalled');
  END IF;
  RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER guard_recall BEFORE INSERT OR UPDATE ON pit_sessions_lotrecall
  FOR EACH ROW WHEN (NEW.ended_at IS NULL) EXECUTE FUNCTION sessions_guard_recall();

-- What stands on the package is corrected with a reason: each change has its row, and the last row says what stands now.
CREATE OR REPLACE FUNCTION sessions_check_lot_history() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  now_is record;
  last_at timestamptz := (SELECT max(c.changed_at) FROM pit_sessions_lotchange c
    WHERE c.lot_id = NEW.id AND c.kind = 'corrected');
BEGIN
  SELECT l.lot_number, l.expiry_date INTO now_is FROM pit_sessions_solutionlot l WHERE l.id = NEW.id;
  IF NOT FOUND THEN
    RETURN NULL;
  END IF;
  IF NOT EXISTS (
      SELECT FROM pit_sessions_lotchange c WHERE c.lot_id = NEW.id AND c.kind = 'corrected'
        AND (c.was_lot_number, c.was_expiry_date) = (OLD.lot_number, OLD.expiry_date)
        AND (c.lot_number, c.expiry_date) = (NEW.lot_number, NEW.expiry_date))
    OR NOT EXISTS (
      SELECT FROM pit_sessions_lotchange c WHERE c.lot_id = NEW.id AND c.kind = 'corrected'
        AND c.changed_at = last_at AND (c.lot_number, c.expiry_date) = (now_is.lot_number, now_is.expiry_date)) THEN
    PERFORM sessions_refuse_stock('a lot is corrected with a reason', 'sessions_lot_corrected_with_reason');
  END IF;
  RETURN NULL;
END $$;

DROP TRIGGER IF EXISTS sessions_check_lot_history ON pit_sessions_solutionlot;
CREATE CONSTRAINT TRIGGER sessions_check_lot_history AFTER UPDATE OF lot_number, expiry_date ON pit_sessions_solutionlot
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
  WHEN ((NEW.lot_number, NEW.expiry_date) IS DISTINCT FROM (OLD.lot_number, OLD.expiry_date))
  EXECUTE FUNCTION sessions_check_lot_history();
