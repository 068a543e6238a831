-- A clinic's own details are its settings: who changed them stands in its audit trail. Applied after every migration;
-- safe to run again. The row has no clinic_id, so the trigger of the other tables does not fit; and an operator who
-- changes it outside any clinic's context is written into that clinic's trail all the same.

CREATE OR REPLACE FUNCTION audit_clinic_change() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET timezone = 'UTC' AS $$
DECLARE
  context CONSTANT text := coalesce(current_setting('app.clinic_id', true), '');
  what jsonb;
BEGIN
  SELECT jsonb_object_agg(a.key, jsonb_build_array(b.value, a.value)) INTO what
    FROM jsonb_each(to_jsonb(NEW)) a JOIN jsonb_each(to_jsonb(OLD)) b USING (key) WHERE a.value IS DISTINCT FROM b.value;
  IF what IS NULL THEN
    RETURN NULL;
  END IF;
  PERFORM set_config('app.clinic_id', NEW.id::text, true);
  INSERT INTO audit_auditevent
    (clinic_id, at, xid, kind, table_name, row_id, patient_id, actor, request_id, reason, changes)
  VALUES (NEW.id, clock_timestamp(), pg_current_xact_id()::text::bigint, 'update', TG_TABLE_NAME, NEW.id, NULL,
    audit_actor(), coalesce(current_setting('app.request_id', true), ''),
    coalesce(current_setting('app.reason', true), ''), what);
  PERFORM set_config('app.clinic_id', context, true);
  RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER audit_update AFTER UPDATE ON accounts_clinic
  FOR EACH ROW EXECUTE FUNCTION audit_clinic_change();

REVOKE ALL ON FUNCTION audit_clinic_change() FROM PUBLIC;
