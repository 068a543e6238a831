-- What happens to a person's sign-in belongs into the trail of each clinic they work at, also where no clinic is in
-- context: at the sign-in page nobody is anybody yet. The function appends and does nothing else. It reaches the clinics
-- of that one person only, and it knows these kinds only. Applied after every migration; safe to run again.

CREATE OR REPLACE FUNCTION accounts_record_person(p_user uuid, p_kind text, p_request text, p_details jsonb)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  clinic CONSTANT text := coalesce(current_setting('app.clinic_id', true), '');
  person CONSTANT text := coalesce(current_setting('app.user_id', true), '');
  request CONSTANT text := left(coalesce(nullif(current_setting('app.request_id', true), ''), p_request), 64);
  actor CONSTANT text := coalesce(nullif(current_setting('app.actor', true), ''), 'user:' || p_user);
  own uuid[];
  one uuid;
  is_known boolean;
BEGIN
  IF p_kind NOT IN ('sign_in', 'sign_in_failed', 'locked_out', 'sign_out', 'password_reset', 'password_changed',
      'factor_added', 'factor_removed', 'factors_reset', 'recovery_made', 'recovery_used')
      OR length(p_details::text) > 300 THEN
    RAISE EXCEPTION 'no event of a sign-in' USING ERRCODE = 'check_violation';
  END IF;
  -- Row-level security holds here too: the memberships of one person are seen by being that person.
  PERFORM set_config('app.user_id', p_user::text, true);
  own := ARRAY(SELECT m.clinic_id FROM accounts_membership m WHERE m.user_id = p_user AND m.is_active);
  IF own = '{}' THEN -- who works nowhere any more, and tries all the same
    own := ARRAY(SELECT m.clinic_id FROM accounts_membership m WHERE m.user_id = p_user);
  END IF;
  FOREACH one IN ARRAY own LOOP
    PERFORM set_config('app.clinic_id', one::text, true);
    -- An admin of another clinic is nobody here.
    is_known := one::text = clinic OR actor NOT LIKE 'user:%' OR EXISTS (SELECT FROM accounts_membership m
      WHERE m.clinic_id = one AND 'user:' || m.user_id = actor);
    INSERT INTO audit_auditevent
      (clinic_id, at, xid, kind, table_name, row_id, patient_id, actor, request_id, reason, changes)
    VALUES (one, clock_timestamp(), pg_current_xact_id()::text::bigint, p_kind, 'accounts_user', p_user, NULL,
      CASE WHEN is_known THEN actor ELSE 'elsewhere' END, request,
      CASE WHEN one::text = clinic THEN coalesce(current_setting('app.reason', true), '') ELSE '' END, p_details);
  END LOOP;
  PERFORM set_config('app.clinic_id', clinic, true), set_config('app.user_id', person, true);
END $$;

REVOKE ALL ON FUNCTION accounts_record_person(uuid, text, text, jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION accounts_record_person(uuid, text, text, jsonb) TO pit_app, pit_worker;
