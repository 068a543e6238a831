-- A point lies inside its figure and on the half that shows its side. Applied after every migration; safe to run again.
-- The rule of catalogue/atlas.py (Figure.shows): three units over the middle line still belong to the side.

CREATE OR REPLACE FUNCTION sessions_guard_place() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  drawn catalogue_nervefigure;
BEGIN
  IF NEW.figure_id IS NULL THEN
    RETURN NEW;
  END IF;
  SELECT * INTO drawn FROM catalogue_nervefigure WHERE code = NEW.figure_id;
  IF NEW.x > drawn.width OR NEW.y > drawn.height THEN
    RAISE EXCEPTION 'the point lies outside its figure' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.side <> 'midline'
     AND NOT (NEW.x <= drawn.width / 2.0 + 3 AND drawn.left_half = NEW.side)
     AND NOT (NEW.x >= drawn.width / 2.0 - 3 AND drawn.right_half = NEW.side) THEN
    RAISE EXCEPTION 'the point lies on the other side of its figure' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER guard_place BEFORE INSERT OR UPDATE ON pit_sessions_injectionpoint
  FOR EACH ROW EXECUTE FUNCTION sessions_guard_place();
