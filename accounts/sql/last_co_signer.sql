-- Where somebody's records need a second name, somebody is left who may give it. Applied after every migration; safe to
-- run again. The clinic's row is held as for the last admin, so that two who act at once come one after the other.

CREATE OR REPLACE FUNCTION accounts_keep_a_co_signer() RETURNS trigger
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
DECLARE
  needing bigint;
  able bigint;
BEGIN
  PERFORM FROM accounts_clinic c WHERE c.id = OLD.clinic_id FOR NO KEY UPDATE;
  SELECT count(*) FILTER (WHERE m.needs_co_signature), count(*) FILTER (WHERE NOT m.needs_co_signature)
    INTO needing, able
    FROM accounts_membership m JOIN accounts_user u ON u.id = m.user_id
    WHERE m.clinic_id = OLD.clinic_id AND m.role = 'clinician' AND m.is_active AND u.is_active;
  IF needing > 0 AND able = 0 THEN
    RAISE EXCEPTION 'the last clinician who may co-sign stays' USING ERRCODE = 'check_violation',
      CONSTRAINT = 'accounts_membership_last_co_signer';
  END IF;
  RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER keeps_a_co_signer AFTER UPDATE OF role, is_active, needs_co_signature ON accounts_membership
  FOR EACH ROW WHEN (OLD.role = 'clinician' AND OLD.is_active AND NOT OLD.needs_co_signature
    AND (NEW.role <> 'clinician' OR NOT NEW.is_active OR NEW.needs_co_signature))
  EXECUTE FUNCTION accounts_keep_a_co_signer();
