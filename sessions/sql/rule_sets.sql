-- What no clinic can set lower, and who answers for what it weakens. Safe to run again.
-- The floors are those of sessions/rules/table.py and the bounds of sessions/rules/settings.py; a test compares them.

CREATE OR REPLACE FUNCTION sessions_rule_floors() RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
  SELECT '{
    "score_range": "stop", "no_consent": "stop", "screening_old": "stop", "screening_open": "stop", "screening_other_day": "stop_or_override",
    "screening_stop": "stop_or_override", "volume_zero": "stop", "weight_missing": "stop", "anaesthetic_stop":
    "stop", "preparation_unchecked": "stop", "lot_expired": "stop", "lot_quarantined": "stop", "lot_other": "stop", "past_use": "stop",
    "preparation_discarded": "stop", "container_shared": "stop", "allergy": "stop_or_override", "sharps_differ":
    "stop", "withdrawn_at_needle": "stop_or_override", "injected_after_withdrawal": "stop_or_override"
  }'::jsonb
$$;

-- The highest value of a limit that guards a floor.
CREATE OR REPLACE FUNCTION sessions_limit_ceilings() RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
  SELECT '{"anaesthetic_fraction_stop": 1, "months_of_weight": 12}'::jsonb
$$;

CREATE OR REPLACE FUNCTION sessions_level_rank(level text) RETURNS int LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE level WHEN 'stop' THEN 2 WHEN 'stop_or_override' THEN 1 WHEN 'warning' THEN 0 ELSE -1 END
$$;

-- Whether ``own`` stops or asks less than ``before`` in anything both of them name.
CREATE OR REPLACE FUNCTION sessions_weakens_rules(own jsonb, before jsonb) RETURNS boolean
LANGUAGE sql IMMUTABLE SET search_path = public, pg_temp AS $$
  SELECT EXISTS (
      SELECT FROM jsonb_each_text(before -> 'levels') b JOIN jsonb_each_text(own -> 'levels') o USING (key)
      WHERE sessions_level_rank(o.value) < sessions_level_rank(b.value))
    OR EXISTS (
      SELECT FROM jsonb_each_text(before -> 'limits') b JOIN jsonb_each_text(own -> 'limits') o USING (key)
      WHERE b.value IS NOT NULL AND CASE WHEN o.value IS NULL THEN true
        WHEN key = 'days_between_sessions' THEN o.value::numeric < b.value::numeric
        ELSE o.value::numeric > b.value::numeric END)
    OR EXISTS (
      SELECT FROM jsonb_each(before -> 'maximums') m CROSS JOIN LATERAL jsonb_each_text(m.value) b
      WHERE b.value IS NOT NULL AND coalesce((own -> 'maximums' -> m.key ->> b.key)::numeric > b.value::numeric, true))
$$;

CREATE OR REPLACE FUNCTION sessions_is_clinician(member uuid) RETURNS boolean
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT EXISTS (SELECT FROM accounts_membership m JOIN accounts_user u ON u.id = m.user_id
    WHERE m.id = member AND m.role = 'clinician' AND m.is_active AND u.is_active)
$$;

CREATE OR REPLACE FUNCTION sessions_guard_rule_floors() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  before jsonb;
BEGIN
  IF EXISTS (
      SELECT FROM jsonb_each_text(sessions_rule_floors()) f
      WHERE NEW.settings -> 'levels' ? f.key
        AND sessions_level_rank(NEW.settings -> 'levels' ->> f.key) < sessions_level_rank(f.value))
    OR EXISTS (
      SELECT FROM jsonb_each_text(sessions_limit_ceilings()) c
      WHERE NEW.settings -> 'limits' ? c.key
        AND coalesce((NEW.settings -> 'limits' ->> c.key)::numeric > c.value::numeric, true)) THEN
    RAISE EXCEPTION 'a rule is set below its floor' USING ERRCODE = 'check_violation',
      CONSTRAINT = 'sessions_ruleset_floor';
  END IF;
  IF NEW.agreed_by_id IS NOT NULL AND NOT sessions_is_clinician(NEW.agreed_by_id) THEN
    RAISE EXCEPTION 'a clinician agrees to weaker rules' USING ERRCODE = 'check_violation',
      CONSTRAINT = 'sessions_ruleset_clinician';
  END IF;
  -- Defaults of the product, written down for a signature, are nobody's change.
  IF NEW.agreed_by_id IS NULL AND NEW.made_by_id IS NOT NULL THEN
    SELECT r.settings INTO before FROM pit_sessions_ruleset r WHERE r.clinic_id = NEW.clinic_id
      ORDER BY r.version DESC LIMIT 1;
    IF before IS NOT NULL AND sessions_weakens_rules(NEW.settings, before) THEN
      RAISE EXCEPTION 'a clinician agrees to weaker rules' USING ERRCODE = 'check_violation',
        CONSTRAINT = 'sessions_ruleset_clinician';
    END IF;
  END IF;
  RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER guard_floors BEFORE INSERT ON pit_sessions_ruleset
  FOR EACH ROW EXECUTE FUNCTION sessions_guard_rule_floors();

-- A proposal is decided once, and agreed to by a clinician who did not ask for it.
CREATE OR REPLACE FUNCTION sessions_guard_rule_proposal() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  decision CONSTANT text[] := ARRAY['decided_at', 'decided_by_id', 'is_agreed', 'answer'];
BEGIN
  IF TG_OP = 'DELETE' OR OLD.decided_at IS NOT NULL
     OR to_jsonb(NEW) - decision IS DISTINCT FROM to_jsonb(OLD) - decision THEN
    RAISE EXCEPTION 'what was proposed and decided stays' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.is_agreed AND (NEW.decided_by_id = NEW.asked_by_id OR NOT sessions_is_clinician(NEW.decided_by_id)) THEN
    RAISE EXCEPTION 'a clinician agrees to weaker rules' USING ERRCODE = 'check_violation',
      CONSTRAINT = 'sessions_ruleset_clinician';
  END IF;
  RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER guard_proposal BEFORE UPDATE OR DELETE ON pit_sessions_ruleproposal
  FOR EACH ROW EXECUTE FUNCTION sessions_guard_rule_proposal();
