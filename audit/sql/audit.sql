-- The audit trail's functions. Applied after every migration; safe to run again.
-- They belong to pit_owner and run with its rights: the application may read the trail and call these, nothing else.

CREATE OR REPLACE FUNCTION audit_write_denied() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  RAISE EXCEPTION 'the audit trail is append-only (% on %)', TG_OP, TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE OR REPLACE FUNCTION audit_actor() RETURNS text
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT coalesce(nullif(current_setting('app.actor', true), ''), 'database:' || session_user)
$$;

-- TG_ARGV[0]: an SQL expression over the row alias r that gives the patient's id, or NULL.
-- TG_ARGV[1]: the columns that are worked out from others of the row; they are no change of their own.
CREATE OR REPLACE FUNCTION audit_changes() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET timezone = 'UTC' AS $$
DECLARE
  joined bigint;
  total bigint;
  source text;
  derived text[] := coalesce(TG_ARGV[1], '{}')::text[];
BEGIN
  IF TG_OP = 'INSERT' THEN
    source := 'SELECT r.clinic_id, r.id, ' || TG_ARGV[0] || ' AS patient_id, NULL::jsonb AS changes FROM new_rows r';
  ELSIF TG_OP = 'DELETE' THEN
    source := 'SELECT r.clinic_id, r.id, ' || TG_ARGV[0] || ' AS patient_id, to_jsonb(r) - $6 AS changes FROM old_rows r';
  ELSE
    SELECT count(*) INTO total FROM old_rows;
    EXECUTE 'SELECT count(*) FROM old_rows o JOIN new_rows n ON n.id = o.id AND n.clinic_id = o.clinic_id' INTO joined;
    IF joined <> total THEN
      RAISE EXCEPTION 'a row of % may not change its id or its clinic', TG_TABLE_NAME USING ERRCODE = 'check_violation';
    END IF;
    source := 'SELECT r.clinic_id, r.id, ' || TG_ARGV[0] || ' AS patient_id, c.changes
      FROM new_rows r JOIN old_rows o ON o.id = r.id CROSS JOIN LATERAL (
        SELECT jsonb_object_agg(a.key, jsonb_build_array(b.value, a.value)) AS changes
        FROM jsonb_each(to_jsonb(r) - $6) a JOIN jsonb_each(to_jsonb(o)) b USING (key)
        WHERE a.value IS DISTINCT FROM b.value) c
      WHERE c.changes IS NOT NULL';
  END IF;
  EXECUTE 'INSERT INTO audit_auditevent
      (clinic_id, at, xid, kind, table_name, row_id, patient_id, actor, request_id, reason, changes)
    SELECT s.clinic_id, clock_timestamp(), pg_current_xact_id()::text::bigint, $1, $2, s.id, s.patient_id,
      $3, $4, $5, s.changes FROM (' || source || ') s'
  USING lower(TG_OP), TG_TABLE_NAME, audit_actor(),
    coalesce(current_setting('app.request_id', true), ''), coalesce(current_setting('app.reason', true), ''), derived;
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION audit_record(p_kind text, p_table text, p_row uuid, p_patient uuid, p_details jsonb)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF p_kind NOT IN ('view', 'export') THEN
    RAISE EXCEPTION 'only views and exports are recorded by the application' USING ERRCODE = 'check_violation';
  END IF;
  INSERT INTO audit_auditevent
    (clinic_id, at, xid, kind, table_name, row_id, patient_id, actor, request_id, reason, changes)
  VALUES (nullif(current_setting('app.clinic_id', true), '')::uuid, clock_timestamp(),
    pg_current_xact_id()::text::bigint, p_kind, p_table, p_row, p_patient, audit_actor(),
    coalesce(current_setting('app.request_id', true), ''), coalesce(current_setting('app.reason', true), ''), p_details);
END $$;

-- One event for each patient of a list or of an export, in one statement. Whoever looks at the same list again and again
-- (a board that asks by itself) leaves one event an hour for each patient on it; an export leaves one each time.
CREATE OR REPLACE FUNCTION audit_record_patients(p_kind text, p_table text, p_patients uuid[], p_details jsonb)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  clinic CONSTANT uuid := nullif(current_setting('app.clinic_id', true), '')::uuid;
BEGIN
  IF clinic IS NULL OR p_kind NOT IN ('view', 'export') THEN
    RAISE EXCEPTION 'only views and exports of a clinic are recorded by the application' USING ERRCODE = 'check_violation';
  END IF;
  INSERT INTO audit_auditevent
    (clinic_id, at, xid, kind, table_name, row_id, patient_id, actor, request_id, reason, changes)
  SELECT clinic, clock_timestamp(), pg_current_xact_id()::text::bigint, p_kind, p_table, NULL, p.id, audit_actor(),
    coalesce(current_setting('app.request_id', true), ''), coalesce(current_setting('app.reason', true), ''), p_details
  FROM (SELECT DISTINCT unnest(p_patients) AS id) p
  WHERE p_kind = 'export' OR NOT EXISTS (SELECT FROM audit_auditevent e
    WHERE e.clinic_id = clinic AND e.patient_id = p.id AND e.at > clock_timestamp() - interval '1 hour'
      AND e.actor = audit_actor() AND e.kind = 'view' AND e.table_name = p_table AND e.row_id IS NULL);
END $$;

-- The canonical hash of one event: the same in every session, whatever its time zone or settings.
CREATE OR REPLACE FUNCTION audit_event_hash(e audit_auditevent) RETURNS bytea
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT sha256(convert_to(jsonb_build_array(e.id, e.clinic_id, extract(epoch FROM e.at), e.xid, e.kind, e.table_name,
    e.row_id, e.patient_id, e.actor, e.request_id, e.reason, e.changes)::text, 'UTF8'))
$$;

-- Before every event.
CREATE OR REPLACE FUNCTION audit_first_id() RETURNS uuid
LANGUAGE sql IMMUTABLE AS $$ SELECT '00000000-0000-0000-0000-000000000000'::uuid $$;

-- Seal the next run of events whose transactions, and all older ones, have ended. Returns how many were sealed.
CREATE OR REPLACE FUNCTION audit_seal(p_clinic uuid, p_limit integer DEFAULT 50000) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET plan_cache_mode = force_custom_plan AS $$
DECLARE
  head audit_auditseal%ROWTYPE;
  frontier bigint := pg_snapshot_xmin(pg_current_snapshot())::text::bigint;
  run record;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('audit_seal:' || p_clinic, 0));
  SELECT * INTO head FROM audit_auditseal WHERE clinic_id = p_clinic ORDER BY number DESC LIMIT 1;
  SELECT count(*) AS n, max(q.xid) AS xid, (array_agg(q.id ORDER BY q.xid DESC, q.id DESC))[1] AS id,
      sha256(string_agg(q.h, ''::bytea ORDER BY q.xid, q.id)) AS h INTO run
    FROM (SELECT e.xid, e.id, audit_event_hash(e) AS h FROM audit_auditevent e
          WHERE e.clinic_id = p_clinic AND e.xid < frontier
            -- Planned for this link and without OR: a plan for any link at once reads the whole trail for each.
            AND (e.xid, e.id) > (coalesce(head.last_xid, -9223372036854775808), coalesce(head.last_event_id, audit_first_id()))
          ORDER BY e.xid, e.id LIMIT p_limit) q;
  IF run.n = 0 THEN RETURN 0; END IF;
  INSERT INTO audit_auditseal (clinic_id, number, sealed_at, last_xid, last_event_id, event_count, events_hash, previous_hash, hash)
  VALUES (p_clinic, coalesce(head.number, 0) + 1, clock_timestamp(), run.xid, run.id, run.n, run.h,
    coalesce(head.hash, ''::bytea),
    sha256(coalesce(head.hash, ''::bytea) || run.h || convert_to(format('%s:%s:%s:%s:%s', p_clinic,
      coalesce(head.number, 0) + 1, run.xid, run.id, run.n), 'UTF8')));
  RETURN run.n;
END $$;

DROP FUNCTION IF EXISTS audit_verify(uuid), audit_check(uuid);

-- One row for each link that does not hold, of those after p_after and up to p_until.
CREATE OR REPLACE FUNCTION audit_verify(p_clinic uuid, p_after bigint DEFAULT 0, p_until bigint DEFAULT NULL)
RETURNS TABLE (number bigint, problem text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET plan_cache_mode = force_custom_plan AS $$
DECLARE
  link audit_auditseal%ROWTYPE;
  before audit_auditseal%ROWTYPE;
  run record;
  expected bigint := p_after + 1;
BEGIN
  SELECT * INTO before FROM audit_auditseal s WHERE s.clinic_id = p_clinic AND s.number = p_after;
  FOR link IN SELECT * FROM audit_auditseal s WHERE s.clinic_id = p_clinic AND s.number > p_after
      AND s.number <= coalesce(p_until, 9223372036854775807) ORDER BY s.number LOOP
    number := link.number;
    IF link.number <> expected THEN problem := 'missing link before'; RETURN NEXT; END IF;
    IF link.previous_hash <> coalesce(before.hash, ''::bytea) THEN problem := 'broken link to the one before'; RETURN NEXT; END IF;
    IF link.hash <> sha256(link.previous_hash || link.events_hash || convert_to(format('%s:%s:%s:%s:%s', p_clinic,
        link.number, link.last_xid, link.last_event_id, link.event_count), 'UTF8')) THEN
      problem := 'changed link'; RETURN NEXT;
    END IF;
    SELECT count(*) AS n, sha256(string_agg(audit_event_hash(e), ''::bytea ORDER BY e.xid, e.id)) AS h INTO run
      FROM audit_auditevent e
      WHERE e.clinic_id = p_clinic AND (e.xid, e.id) <= (link.last_xid, link.last_event_id)
        AND (e.xid, e.id) > (coalesce(before.last_xid, -9223372036854775808), coalesce(before.last_event_id, audit_first_id()));
    IF run.n <> link.event_count THEN
      problem := format('%s events where %s were sealed', run.n, link.event_count); RETURN NEXT;
    ELSIF run.h IS DISTINCT FROM link.events_hash THEN
      problem := 'changed event'; RETURN NEXT;
    END IF;
    expected := link.number + 1;
    before := link;
  END LOOP;
END $$;

-- Recompute the next stretch of the chain, of about p_events events, and write down what was found: what the audit page
-- says of it. It goes on where the last one stopped; after the head of the chain the next one begins anew.
CREATE OR REPLACE FUNCTION audit_check(p_clinic uuid, p_events bigint DEFAULT 200000)
RETURNS TABLE (is_whole boolean, problem_count bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  before audit_auditcheck%ROWTYPE;
  reached bigint;
  head bigint := coalesce((SELECT max(s.number) FROM audit_auditseal s WHERE s.clinic_id = p_clinic), 0);
  broken bigint;
  first text;
BEGIN
  IF p_clinic IS DISTINCT FROM nullif(current_setting('app.clinic_id', true), '')::uuid THEN
    RAISE EXCEPTION 'only the trail of the clinic in context is checked' USING ERRCODE = 'insufficient_privilege';
  END IF;
  PERFORM pg_advisory_xact_lock(hashtextextended('audit_check:' || p_clinic, 0));
  SELECT * INTO before FROM audit_auditcheck c WHERE c.clinic_id = p_clinic ORDER BY c.checked_at DESC, c.id DESC LIMIT 1;
  IF before.is_whole IS NOT FALSE OR before.last_number > head THEN
    before := NULL;
  END IF;
  SELECT q.number INTO reached FROM (
    SELECT s.number, sum(s.event_count) OVER (ORDER BY s.number) AS events, row_number() OVER (ORDER BY s.number) AS n
    FROM audit_auditseal s WHERE s.clinic_id = p_clinic AND s.number > coalesce(before.last_number, 0)) q
    WHERE q.events <= p_events OR q.n = 1 ORDER BY q.number DESC LIMIT 1;
  reached := coalesce(reached, before.last_number, 0);
  SELECT count(*), (array_agg(v.number || ': ' || v.problem ORDER BY v.number))[1] INTO broken, first
    FROM audit_verify(p_clinic, coalesce(before.last_number, 0), reached) v;
  is_whole := reached >= head;
  problem_count := coalesce(before.problem_count, 0) + broken;
  INSERT INTO audit_auditcheck (clinic_id, checked_at, last_number, is_whole, problem_count, first_problem)
  VALUES (p_clinic, clock_timestamp(), reached, is_whole, problem_count,
    coalesce(nullif(before.first_problem, ''), first, ''));
  RETURN NEXT;
END $$;

CREATE OR REPLACE TRIGGER audit_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_auditevent
  FOR EACH STATEMENT EXECUTE FUNCTION audit_write_denied();
CREATE OR REPLACE TRIGGER audit_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_auditseal
  FOR EACH STATEMENT EXECUTE FUNCTION audit_write_denied();
CREATE OR REPLACE TRIGGER audit_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_auditcheck
  FOR EACH STATEMENT EXECUTE FUNCTION audit_write_denied();
REVOKE ALL ON FUNCTION audit_changes(), audit_record(text, text, uuid, uuid, jsonb),
  audit_record_patients(text, text, uuid[], jsonb), audit_seal(uuid, integer), audit_verify(uuid, bigint, bigint),
  audit_check(uuid, bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION audit_record(text, text, uuid, uuid, jsonb) TO pit_app, pit_worker;
GRANT EXECUTE ON FUNCTION audit_record_patients(text, text, uuid[], jsonb) TO pit_app, pit_worker;
GRANT EXECUTE ON FUNCTION audit_seal(uuid, integer) TO pit_worker;
GRANT EXECUTE ON FUNCTION audit_verify(uuid, bigint, bigint), audit_check(uuid, bigint) TO pit_app, pit_worker;
