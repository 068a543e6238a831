-- What visits and holds take, row by row. Applied after every migration; safe to run again.
-- The application may only read it: these functions run as the owner, inside the clinic of the transaction.

REVOKE INSERT, UPDATE, DELETE ON scheduling_claim FROM pit_app, pit_worker;

-- The first place of a room, or piece of equipment, that nobody holds; the first of all when none is free, so that the
-- exclusion constraint refuses.
CREATE OR REPLACE FUNCTION scheduling_free_unit(
  clinic uuid, resource uuid, units integer, wanted tstzrange
) RETURNS smallint
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT coalesce(min(u), 1)::smallint FROM generate_series(1, units) AS u
  WHERE NOT EXISTS (
    SELECT FROM scheduling_claim c
    WHERE c.clinic_id = clinic AND c.resource_id = resource AND c.unit = u AND NOT c.is_doubled
      AND tstzrange(c.starts_at, c.ends_at, '[)') && wanted
  )
$$;

-- Claim all that one visit or hold takes. Nothing is put beside what somebody already promised twice, except by
-- promising twice again: the doubled ones stand outside the exclusion constraint.
CREATE OR REPLACE FUNCTION scheduling_claim_all(
  clinic uuid, visit uuid, slot_hold uuid, patient uuid, clinician uuid, chaperone uuid, room uuid, equipment uuid,
  visit_type uuid, from_at timestamptz, to_at timestamptz, expires timestamptz, doubled varchar[]
) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  wanted CONSTANT tstzrange := tstzrange(from_at, to_at);
  turnover interval;
  one record;
  of_unit smallint;
  clash uuid;
BEGIN
  IF EXISTS (SELECT FROM scheduling_room r WHERE r.id = room AND r.is_for_observation) THEN
    RAISE EXCEPTION 'no visit is booked into observation chairs' USING ERRCODE = 'check_violation',
      CONSTRAINT = 'scheduling_claim_no_chair';
  END IF;
  IF EXISTS (
    SELECT FROM scheduling_claim c
    WHERE c.clinic_id = clinic AND c.resource_id = room AND c.is_doubled AND c.room_block_id IS NOT NULL
      AND c.starts_at < to_at AND c.ends_at > from_at
  ) THEN
    RAISE EXCEPTION 'the room is blocked' USING ERRCODE = 'exclusion_violation', CONSTRAINT = 'scheduling_claim_once';
  END IF;
  SELECT make_interval(mins => t.turnover_minutes) INTO turnover FROM scheduling_visittype t WHERE t.id = visit_type;
  FOR one IN
    SELECT * FROM (VALUES
      ('clinician', clinician, 1, turnover),
      ('chaperone', chaperone, 1, interval '0'),
      ('room', room, (SELECT r.capacity FROM scheduling_room r WHERE r.id = room), turnover),
      ('equipment', equipment, (SELECT e.quantity FROM scheduling_equipment e WHERE e.id = equipment), turnover),
      ('patient', patient, 1, interval '0')
    ) AS wish (kind, resource, units, turnover)
    WHERE wish.resource IS NOT NULL
  LOOP
    of_unit := CASE WHEN one.units > 1 THEN scheduling_free_unit(clinic, one.resource, one.units, wanted) ELSE 1 END;
    IF one.kind <> ALL (doubled) THEN
      SELECT c.id INTO clash FROM scheduling_claim c
        WHERE c.clinic_id = clinic AND c.resource_id = one.resource AND c.unit = of_unit AND c.is_doubled
          AND c.starts_at < to_at AND c.ends_at > from_at LIMIT 1;
      IF FOUND THEN
        RAISE EXCEPTION 'it is promised twice already' USING ERRCODE = 'exclusion_violation',
          CONSTRAINT = 'scheduling_claim_once';
      END IF;
    END IF;
    INSERT INTO scheduling_claim (
      clinic_id, kind, resource_id, unit, starts_at, ends_at, free_at, expires_at, is_doubled, appointment_id, hold_id
    ) VALUES (
      clinic, one.kind, one.resource, of_unit, from_at, to_at, to_at + one.turnover, expires, one.kind = ANY (doubled),
      visit, slot_hold
    );
  END LOOP;
END $$;

CREATE OR REPLACE FUNCTION scheduling_claim_visit() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - 'patient_id' = to_jsonb(OLD) - 'patient_id' THEN
    -- Moved by a merge of two patients: whatever else the visit holds it holds on.
    UPDATE scheduling_claim SET resource_id = NEW.patient_id
      WHERE clinic_id = NEW.clinic_id AND appointment_id = NEW.id AND kind = 'patient';
    RETURN NULL;
  END IF;
  IF TG_OP = 'UPDATE' THEN
    DELETE FROM scheduling_claim WHERE clinic_id = NEW.clinic_id AND appointment_id = NEW.id;
  END IF;
  IF NEW.status NOT IN ('cancelled', 'no_show') THEN
    PERFORM scheduling_claim_all(
      NEW.clinic_id, NEW.id, NULL, NEW.patient_id, NEW.clinician_id, NEW.chaperone_id, NEW.room_id, NEW.equipment_id,
      NEW.visit_type_id, NEW.starts_at, NEW.ends_at, NULL, NEW.doubled
    );
  END IF;
  RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER claim_visit AFTER INSERT ON scheduling_appointment
  FOR EACH ROW EXECUTE FUNCTION scheduling_claim_visit();

CREATE OR REPLACE TRIGGER claim_visit_again AFTER UPDATE ON scheduling_appointment
  FOR EACH ROW WHEN (
    (OLD.patient_id, OLD.clinician_id, OLD.chaperone_id, OLD.room_id, OLD.equipment_id, OLD.visit_type_id,
     OLD.starts_at, OLD.ends_at, OLD.doubled, OLD.status IN ('cancelled', 'no_show'))
    IS DISTINCT FROM
    (NEW.patient_id, NEW.clinician_id, NEW.chaperone_id, NEW.room_id, NEW.equipment_id, NEW.visit_type_id,
     NEW.starts_at, NEW.ends_at, NEW.doubled, NEW.status IN ('cancelled', 'no_show'))
  ) EXECUTE FUNCTION scheduling_claim_visit();

CREATE OR REPLACE FUNCTION scheduling_claim_hold() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND OLD.patient_id <> NEW.patient_id
     AND to_jsonb(NEW) - 'patient_id' = to_jsonb(OLD) - 'patient_id' THEN
    UPDATE scheduling_claim SET resource_id = NEW.patient_id
      WHERE clinic_id = NEW.clinic_id AND hold_id = NEW.id AND kind = 'patient';
    RETURN NULL;
  END IF;
  IF TG_OP = 'UPDATE' THEN
    DELETE FROM scheduling_claim WHERE clinic_id = NEW.clinic_id AND hold_id = NEW.id;
  END IF;
  IF NEW.ended_at IS NULL THEN
    PERFORM scheduling_claim_all(
      NEW.clinic_id, NULL, NEW.id, NEW.patient_id, NEW.clinician_id, NEW.chaperone_id, NEW.room_id, NEW.equipment_id,
      NEW.visit_type_id, NEW.starts_at, NEW.ends_at, NEW.expires_at, '{}'
    );
  END IF;
  RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER claim_hold AFTER INSERT OR UPDATE ON scheduling_slothold
  FOR EACH ROW EXECUTE FUNCTION scheduling_claim_hold();

-- A blocked room: every place of it, outside the exclusion constraint, so that what is promised in it already stands until
-- somebody moves it; scheduling_claim_all lets nothing new in. In pieces no longer than a visit, as all claims are read.
CREATE OR REPLACE FUNCTION scheduling_write_block(clinic uuid, block uuid, room uuid, from_at timestamptz, to_at timestamptz)
RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  DELETE FROM scheduling_claim WHERE clinic_id = clinic AND room_block_id = block;
  INSERT INTO scheduling_claim (
    clinic_id, kind, resource_id, unit, starts_at, ends_at, free_at, is_doubled, room_block_id
  ) SELECT clinic, 'room', room, u, piece, least(piece + interval '8 hours', to_at),
      least(piece + interval '8 hours', to_at), true, block
    FROM scheduling_room r, generate_series(1, r.capacity) AS u,
      generate_series(from_at, to_at - interval '1 microsecond', interval '8 hours') AS piece
    WHERE r.id = room AND r.clinic_id = clinic
$$;

CREATE OR REPLACE FUNCTION scheduling_claim_block() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    DELETE FROM scheduling_claim WHERE clinic_id = OLD.clinic_id AND room_block_id = OLD.id;
    RETURN OLD;
  END IF;
  PERFORM scheduling_write_block(NEW.clinic_id, NEW.id, NEW.room_id, NEW.starts_at, NEW.ends_at);
  RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER claim_block AFTER INSERT OR UPDATE ON scheduling_roomblock
  FOR EACH ROW EXECUTE FUNCTION scheduling_claim_block();
CREATE OR REPLACE TRIGGER claim_block_end BEFORE DELETE ON scheduling_roomblock
  FOR EACH ROW EXECUTE FUNCTION scheduling_claim_block();

-- A room that gets more places is blocked with all of them.
CREATE OR REPLACE FUNCTION scheduling_claim_blocks_of_room() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM scheduling_write_block(b.clinic_id, b.id, b.room_id, b.starts_at, b.ends_at)
    FROM scheduling_roomblock b WHERE b.clinic_id = NEW.clinic_id AND b.room_id = NEW.id;
  RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER claim_blocks_of_room AFTER UPDATE ON scheduling_room
  FOR EACH ROW WHEN (OLD.capacity <> NEW.capacity) EXECUTE FUNCTION scheduling_claim_blocks_of_room();

REVOKE ALL ON FUNCTION scheduling_write_block FROM PUBLIC;
REVOKE ALL ON FUNCTION scheduling_claim_block FROM PUBLIC;
REVOKE ALL ON FUNCTION scheduling_claim_blocks_of_room FROM PUBLIC;

-- Whom the application could call these for, it could claim for: nobody calls them but the triggers.
REVOKE ALL ON FUNCTION scheduling_claim_all FROM PUBLIC;
REVOKE ALL ON FUNCTION scheduling_claim_visit FROM PUBLIC;
REVOKE ALL ON FUNCTION scheduling_claim_hold FROM PUBLIC;
