-- A clinic that has an admin keeps one. Applied after every migration; safe to run again.
-- Two admins who demote each other at the same moment: the second waits for the clinic's row, then sees what the first
-- wrote (each statement of a volatile function has a snapshot of its own), and is refused.

CREATE OR REPLACE FUNCTION accounts_keep_an_admin() RETURNS trigger
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM FROM accounts_clinic c WHERE c.id = OLD.clinic_id FOR NO KEY UPDATE;
  IF NOT EXISTS (SELECT FROM accounts_membership m JOIN accounts_user u ON u.id = m.user_id
      WHERE m.clinic_id = OLD.clinic_id AND m.role = 'clinic_admin' AND m.is_active AND u.is_active) THEN
    RAISE EXCEPTION 'the last admin of a clinic stays' USING ERRCODE = 'check_violation',
      CONSTRAINT = 'accounts_membership_last_admin';
  END IF;
  RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER keeps_an_admin AFTER UPDATE OF role, is_active ON accounts_membership FOR EACH ROW
  WHEN (OLD.role = 'clinic_admin' AND OLD.is_active AND (NEW.role <> 'clinic_admin' OR NOT NEW.is_active))
  EXECUTE FUNCTION accounts_keep_an_admin();
