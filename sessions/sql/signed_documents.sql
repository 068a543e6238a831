-- What is signed: an explicit document, one builder for each version (docs/adr/0031). Applied after every migration;
-- safe to run again. Every key is named here; a number is text by its meaning (0.5, not 0.50), a time is UTC with the
-- clinic's own clock beside it, a choice is its code. What stands under a key "words" is as it was shown and frozen: a
-- name may change afterwards. All else is rebuilt from the rows and must come out the same.
-- CONTRIBUTING.md, "What is signed", says how a key is added and when a version 2 begins.

-- Whom the signature of this session names.
CREATE OR REPLACE FUNCTION sessions_signed_patient(s pit_sessions_injectionsession) RETURNS uuid
LANGUAGE sql IMMUTABLE AS $$ SELECT coalesce(s.signed_patient_id, s.patient_id) $$;

CREATE OR REPLACE FUNCTION sessions_number(n numeric) RETURNS text
LANGUAGE sql IMMUTABLE AS $$ SELECT trim_scale(n)::text $$;

CREATE OR REPLACE FUNCTION sessions_moment(t timestamptz, zone text) RETURNS jsonb
LANGUAGE sql STABLE AS $$
  SELECT CASE WHEN t IS NOT NULL THEN jsonb_build_object(
    'utc', to_char(t AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
    'words', jsonb_build_object('local', to_char(t AT TIME ZONE zone, 'YYYY-MM-DD"T"HH24:MI:SS'))) END
$$;

CREATE OR REPLACE FUNCTION sessions_person(member uuid) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT CASE WHEN member IS NOT NULL THEN jsonb_build_object('id', member, 'words',
    (SELECT jsonb_build_object('name', u.full_name) FROM accounts_membership m JOIN accounts_user u ON u.id = m.user_id
     WHERE m.id = member)) END
$$;

CREATE OR REPLACE FUNCTION sessions_solution(solution uuid) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT jsonb_build_object('id', solution, 'words', (SELECT jsonb_build_object(
      'code', c.code, 'name', c.name, 'composition', c.composition,
      'dextrose_percent', sessions_number(c.dextrose_percent), 'mannitol_percent', sessions_number(c.mannitol_percent),
      'anaesthetics', (SELECT jsonb_agg(jsonb_build_object('name', a.anaesthetic,
                           'percent', CASE WHEN a.percent_min = a.percent_max THEN sessions_number(a.percent_max) END,
                           'at_most', CASE WHEN a.percent_min < a.percent_max THEN sessions_number(a.percent_max) END)
                         ORDER BY a.id)
                       FROM catalogue_solutionanaesthetic a WHERE a.solution_id = c.id AND a.retired_at IS NULL))
    FROM catalogue_solution c WHERE c.id = solution))
$$;

CREATE OR REPLACE FUNCTION sessions_lot(lot uuid) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT CASE WHEN lot IS NOT NULL THEN jsonb_build_object('id', lot, 'words', (SELECT jsonb_build_object(
      'number', l.lot_number, 'use_by', l.expiry_date::text, 'maker', nullif(l.maker, ''), 'product', p.name,
      -- What a container of it holds: nothing for water, no percent for a strength nobody stated.
      'holds', (SELECT coalesce(jsonb_agg(jsonb_build_object('name', h.substance, 'percent', sessions_number(h.percent))
                  ORDER BY h.substance), '[]') FROM sessions_holds(l.id) h))
    FROM pit_sessions_solutionlot l LEFT JOIN pit_sessions_product p ON p.id = l.product_id WHERE l.id = lot)) END
$$;

-- What the signer says: that they gave this treatment, or that a colleague did. One person may have two memberships.
CREATE OR REPLACE FUNCTION sessions_statement(s pit_sessions_injectionsession) RETURNS text
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT CASE WHEN count(DISTINCT m.user_id) = 1 THEN 'treated' ELSE 'read' END
  FROM accounts_membership m WHERE m.id IN (s.clinician_id, s.signed_by_id)
$$;

-- The latest instant the first injection of a draft can have been, once something shows that it was.
CREATE OR REPLACE FUNCTION sessions_needle_at(s pit_sessions_injectionsession) RETURNS timestamptz
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT CASE
    WHEN s.is_first_injection_stated AND date_trunc('minute', s.first_injected_at) = s.first_injected_at
      THEN s.first_injected_at + interval '59.999999 seconds'
    WHEN s.is_first_injection_stated OR s.ended_at IS NOT NULL OR s.no_after_score_reason <> ''
      OR EXISTS (SELECT FROM unnest(s.cycles_injected_at) c WHERE c IS NOT NULL)
      OR EXISTS (SELECT FROM pit_sessions_painscore p WHERE p.injection_session_id = s.id AND p.source = 'clinician'
        AND p.moment IN ('after', 'observed'))
      OR EXISTS (SELECT FROM pit_sessions_timeout t WHERE t.injection_session_id = s.id AND t.confirmed_at IS NOT NULL)
      THEN s.first_injected_at END
$$;

-- The consent the session stands on: its own once it is signed; while it is a draft as
-- sessions/queries/session_consents.py chooses, by what stood at the first injection.
CREATE OR REPLACE FUNCTION sessions_consent_of(s pit_sessions_injectionsession) RETURNS uuid
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  WITH needle AS (SELECT sessions_needle_at(s) AS at),
  own AS (SELECT c.* FROM pit_sessions_consent c WHERE c.clinic_id = s.clinic_id AND CASE
      WHEN s.course_id IS NOT NULL THEN c.course_id = s.course_id
      ELSE c.id = s.consent_id OR (c.patient_id = s.patient_id AND c.course_id IS NULL
        AND c.given_at >= coalesce(s.begun_at, s.started_at)) END),
  ends AS (SELECT c.id, c.given_at, n.at, n.at IS NULL OR c.given_at <= n.at AS is_in_time,
      (SELECT min(w.withdrawn_at) FROM own w WHERE w.withdrawn_at >= c.given_at) AS ended_at
    FROM own c CROSS JOIN needle n)
  SELECT CASE WHEN s.signed_at IS NOT NULL THEN s.consent_id ELSE coalesce(
    (SELECT e.id FROM ends e ORDER BY
       e.is_in_time AND (e.ended_at IS NULL
         OR coalesce(s.is_first_injection_stated AND e.ended_at >= date_trunc('minute', e.at), false)) DESC,
       e.ended_at IS NULL DESC, e.is_in_time DESC, e.given_at DESC, e.id DESC LIMIT 1), s.consent_id) END
$$;

-- A merge moves rows as they are: what lies with the session's patient is said of the one the signature names.
CREATE OR REPLACE FUNCTION sessions_patient_then(patient uuid, s pit_sessions_injectionsession) RETURNS uuid
LANGUAGE sql IMMUTABLE AS $$ SELECT CASE WHEN patient = s.patient_id THEN coalesce(s.signed_patient_id, s.patient_id) ELSE patient END $$;

CREATE OR REPLACE FUNCTION sessions_consent_v1(s pit_sessions_injectionsession, zone text) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT jsonb_build_object(
      'id', c.id, 'recorded', c.created_at AT TIME ZONE 'UTC', 'patient', sessions_patient_then(c.patient_id, s),
      'course', c.course_id, 'given', sessions_moment(c.given_at, zone), 'stated', sessions_moment(c.stated_at, zone),
      'signed_name', c.signed_name, 'signed_as', c.signed_as, 'taken_by', sessions_person(c.taken_by_id),
      'interpreter_name', nullif(c.interpreter_name, ''), 'wording_version', c.wording_version, 'wording', c.wording_id,
      'language', c.language, 'read', to_jsonb(c.words),
      'technique', c.technique_id, 'solution_classes', to_jsonb(c.solution_classes), 'risk_flags', to_jsonb(c.risk_flags),
      'drawn_sha256', encode(sha256(convert_to(nullif(c.signature, 'null')::text, 'UTF8')), 'hex'))
    FROM pit_sessions_consent c WHERE c.id = sessions_consent_of(s)
$$;

CREATE OR REPLACE FUNCTION sessions_points_v1(session uuid) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT jsonb_agg(jsonb_build_object(
      'id', p.id, 'recorded', p.created_at AT TIME ZONE 'UTC', 'number', sessions_number(p.number),
      'nerve', jsonb_build_object('id', p.nerve_id, 'words',
        (SELECT jsonb_build_object('code', n.code, 'name', n.name) FROM catalogue_nerve n WHERE n.id = p.nerve_id)),
      'side', p.side,
      'place', CASE WHEN p.point_type_id IS NOT NULL THEN jsonb_build_object('id', p.point_type_id, 'words',
        (SELECT jsonb_build_object('code', t.code, 'name', t.name) FROM catalogue_pointtype t
         WHERE t.id = p.point_type_id)) END,
      'volume_ml', sessions_number(p.volume_ml), 'depth', p.depth, 'depth_mm', sessions_number(p.depth_mm),
      'solution', sessions_solution(p.solution_id), 'lot', sessions_lot(p.lot_id), 'preparation', p.preparation_id,
      'cycle', sessions_number(p.cycle),
      'figure', CASE WHEN coalesce(p.figure_id, p.x::text, p.y::text) IS NOT NULL THEN jsonb_build_object(
        'code', p.figure_id, 'x', sessions_number(p.x), 'y', sessions_number(p.y)) END) ORDER BY p.number, p.id)
    FROM pit_sessions_injectionpoint p WHERE p.injection_session_id = session
$$;

-- What the points were drawn from, each with the containers it was made of.
CREATE OR REPLACE FUNCTION sessions_preparations_v1(session uuid, zone text) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT jsonb_agg(jsonb_build_object(
      'id', m.id, 'recorded', m.created_at AT TIME ZONE 'UTC', 'made_date', m.made_date::text,
      'number', sessions_number(m.number), 'made', sessions_moment(m.made_at, zone),
      'made_by', sessions_person(m.made_by_id), 'needs_check', nullif(m.needs_check, false),
      'checked', sessions_moment(m.checked_at, zone), 'checked_by', sessions_person(m.checked_by_id), 'beyond_use', sessions_moment(m.beyond_use_at, zone),
      'solution', sessions_solution(m.solution_id), 'is_mixed', m.is_mixed, 'recipe', nullif(m.recipe, ''),
      'volume_ml', sessions_number(m.volume_ml), 'measured_ph', sessions_number(m.measured_ph),
      'bicarbonate_percent', sessions_number(m.bicarbonate_percent), 'bicarbonate_ml', sessions_number(m.bicarbonate_ml),
      'parts', (SELECT jsonb_agg(jsonb_build_object(
            'id', r.id, 'recorded', r.created_at AT TIME ZONE 'UTC', 'volume_ml', sessions_number(r.volume_ml),
            'container', c.id, 'container_number', sessions_number(c.number), 'container_ml', sessions_number(c.volume_ml),
            'is_single_dose', c.is_single_dose, 'opened', sessions_moment(c.opened_at, zone), 'lot', sessions_lot(c.lot_id))
          ORDER BY r.id)
        FROM pit_sessions_preparationpart r JOIN pit_sessions_container c ON c.id = r.container_id
        WHERE r.preparation_id = m.id)) ORDER BY m.id)
    FROM pit_sessions_preparation m WHERE m.id IN (
      SELECT p.preparation_id FROM pit_sessions_injectionpoint p WHERE p.injection_session_id = session)
$$;

-- Consents of this treatment that were taken back while it was given and written down, with the patient's words.
CREATE OR REPLACE FUNCTION sessions_withdrawals_v1(s pit_sessions_injectionsession, zone text) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT jsonb_agg(jsonb_build_object(
      'id', c.id, 'patient', sessions_patient_then(c.patient_id, s), 'course', c.course_id,
      'given', sessions_moment(c.given_at, zone), 'signed_name', c.signed_name, 'signed_as', c.signed_as,
      'withdrawn', sessions_moment(c.withdrawn_at, zone), 'withdrawn_by', sessions_person(c.withdrawn_by_id),
      'said', c.withdrawal_reason) ORDER BY c.withdrawn_at, c.id)
    FROM pit_sessions_consent c
    WHERE c.clinic_id = s.clinic_id AND c.patient_id = s.patient_id
      AND (c.course_id IS NULL OR c.course_id = s.course_id)
      AND c.withdrawn_at >= s.started_at AND (s.signed_at IS NULL OR c.withdrawn_at <= s.signed_at)
$$;

-- Where a time-out stands beside the first injection, which was at any time in its minute where it is stated by that.
CREATE OR REPLACE FUNCTION sessions_needle_order(s pit_sessions_injectionsession, t timestamptz) RETURNS text
LANGUAGE sql STABLE AS $$
  SELECT CASE
    WHEN t <= s.first_injected_at THEN 'before'
    WHEN s.is_first_injection_stated AND extract(second FROM s.first_injected_at) = 0
      AND t < s.first_injected_at + interval '1 minute' THEN 'before'
    WHEN t > s.first_injected_at THEN 'after' END
$$;

CREATE OR REPLACE FUNCTION sessions_safety_v1(s pit_sessions_injectionsession, zone text) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT jsonb_build_object(
    'withdrawals', sessions_withdrawals_v1(s, zone),
    'screening', (SELECT jsonb_agg(jsonb_build_object(
          'id', a.id, 'recorded', a.created_at AT TIME ZONE 'UTC', 'item', a.item, 'is_yes', a.is_yes,
          'detail', nullif(a.detail, ''), 'words', jsonb_build_object('name', i.name, 'question', i.question,
            'is_concern', a.is_yes <> i.is_concern_when_no)) ORDER BY i.position NULLS LAST, a.item)
        FROM pit_sessions_screeninganswer a LEFT JOIN catalogue_screeningitem i ON i.code = a.item
        WHERE a.injection_session_id = s.id),
    'overrides', (SELECT jsonb_agg(jsonb_build_object(
          'id', o.id, 'recorded', o.created_at AT TIME ZONE 'UTC', 'rule', o.rule, 'subject', nullif(o.subject, ''),
          'sentence', o.sentence, 'reason_code', o.reason_code, 'reason', nullif(o.reason, ''),
          'by', sessions_person(o.overridden_by_id), 'at', sessions_moment(o.overridden_at, zone)) ORDER BY o.rule, o.subject)
        FROM pit_sessions_ruleoverride o WHERE o.injection_session_id = s.id),
    'time_outs', (SELECT jsonb_agg(jsonb_build_object(
          'id', t.id, 'recorded', t.created_at AT TIME ZONE 'UTC', 'fingerprint', t.fingerprint, 'shown', t.shown,
          'said', t.words, 'items', to_jsonb(t.items), 'confirmed', sessions_moment(t.confirmed_at, zone),
          'words', jsonb_build_object('order', sessions_needle_order(s, t.confirmed_at)),
          'confirmed_by', sessions_person(t.confirmed_by_id)) ORDER BY t.created_at, t.id)
        FROM pit_sessions_timeout t WHERE t.injection_session_id = s.id))
$$;

-- The scores asked on the table; those told at home are no part of what is signed.
CREATE OR REPLACE FUNCTION sessions_scores_v1(s pit_sessions_injectionsession, zone text) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT jsonb_agg(jsonb_build_object(
      'id', n.id, 'recorded', n.created_at AT TIME ZONE 'UTC', 'patient', sessions_patient_then(n.patient_id, s),
      'question', n.question, 'moment', n.moment,
      'cycle', sessions_number(n.cycle), 'side', n.side,
      'nerve', CASE WHEN n.nerve_id IS NOT NULL THEN jsonb_build_object('id', n.nerve_id, 'words',
        (SELECT jsonb_build_object('code', v.code, 'name', v.name) FROM catalogue_nerve v WHERE v.id = n.nerve_id)) END,
      'score', sessions_number(n.score), 'measured', sessions_moment(n.measured_at, zone),
      'received', sessions_moment(n.received_at, zone), 'source', n.source) ORDER BY n.measured_at, n.id)
    FROM pit_sessions_painscore n WHERE n.injection_session_id = s.id
      AND n.moment IN ('before', 'after', 'observed') AND n.source = 'clinician'
$$;

CREATE OR REPLACE FUNCTION sessions_pictures_v1(session uuid, zone text) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT jsonb_agg(jsonb_build_object(
      'id', i.id, 'recorded', i.created_at AT TIME ZONE 'UTC', 'kind', i.kind, 'side', i.side,
      'caption', nullif(i.caption, ''), 'width', sessions_number(i.width), 'height', sessions_number(i.height),
      'sha256', i.sha256, 'consent', i.consent_id, 'is_part_of_draft', i.is_part_of_draft,
      'added', sessions_moment(i.added_at, zone), 'added_by', sessions_person(i.added_by_id)) ORDER BY i.added_at, i.id)
    FROM pit_sessions_picture i WHERE i.injection_session_id = session AND i.is_part_of_draft
$$;

CREATE OR REPLACE FUNCTION sessions_document_v1(s pit_sessions_injectionsession) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = public, pg_temp SET timezone = 'UTC' SET datestyle = 'ISO, YMD' AS $$
  SELECT jsonb_strip_nulls(jsonb_build_object(
    'document', 'injection session', 'version', '1', 'id', s.id, 'recorded', s.created_at AT TIME ZONE 'UTC',
    -- Voiding raises the version of the row, not of what was signed.
    'record_version', sessions_number(s.version - CASE WHEN s.status = 'voided' THEN 1 ELSE 0 END),
    'clinic', jsonb_build_object('id', s.clinic_id, 'words', jsonb_build_object(
      'name', k.name, 'sender_name', k.sender_name, 'address', k.address, 'phone', k.phone, 'zone', k.zone)),
    'patient', jsonb_build_object('id', sessions_signed_patient(s), 'words', (SELECT jsonb_build_object(
        'given_names', p.given_names, 'family_name', p.family_name, 'language', p.language, 'birth_date', p.birth_date::text,
        'numbers', (SELECT jsonb_agg(jsonb_build_object('system', i.system, 'value', i.value) ORDER BY i.created_at, i.id)
                    FROM patients_identifier i WHERE i.patient_id = p.id AND NOT i.is_former))
      FROM patients_patient p WHERE p.id = sessions_signed_patient(s))),
    'visit', s.appointment_id,
    'course', CASE WHEN s.course_id IS NOT NULL THEN jsonb_build_object('id', s.course_id, 'words',
      (SELECT jsonb_build_object('condition', pc.name, 'side', nullif(pc.side, ''), 'icd10cm', nullif(pc.icd10cm_code, ''))
       FROM pit_sessions_course c JOIN patients_patientcondition pc ON pc.id = c.patient_condition_id
       WHERE c.id = s.course_id)) END,
    'clinician', sessions_person(s.clinician_id),
    'started', sessions_moment(s.started_at, k.zone), 'begun', sessions_moment(s.begun_at, k.zone), 'screened', sessions_moment(s.screened_at, k.zone),
    'first_injected', sessions_moment(s.first_injected_at, k.zone), 'is_first_injection_stated', s.is_first_injection_stated,
    'first_stated', sessions_moment(s.first_stated_at, k.zone), 'first_restated', sessions_moment(s.first_restated_at, k.zone),
    'first_restated_by', sessions_person(s.first_restated_by_id),
    'ended', sessions_moment(s.ended_at, k.zone), 'is_end_stated', s.is_end_stated,
    'technique', jsonb_build_object('id', s.technique_id, 'words',
      (SELECT jsonb_build_object('code', t.code, 'name', t.name) FROM catalogue_technique t WHERE t.id = s.technique_id)),
    'guidance', s.guidance,
    'needle', jsonb_build_object('gauge', sessions_number(s.needle_gauge), 'length_mm', sessions_number(s.needle_length_mm)),
    'provoked_movement', nullif(s.provoked_movement, ''), 'amount_drawn_ml', sessions_number(s.amount_drawn_ml),
    'sharps', jsonb_build_object('out', sessions_number(s.sharps_out), 'in', sessions_number(s.sharps_in)),
    'tray', CASE WHEN s.preparation_id IS NOT NULL THEN jsonb_build_object('id', s.preparation_id, 'words',
      (SELECT jsonb_build_object('code', to_char(m.made_date, 'DDMM') || '-' || m.number) FROM pit_sessions_preparation m
       WHERE m.id = s.preparation_id)) END,
    'consent', sessions_consent_v1(s, k.zone),
    'points', sessions_points_v1(s.id), 'preparations', sessions_preparations_v1(s.id, k.zone),
    'cycles', (SELECT jsonb_agg(jsonb_build_object('number', c.n::text, 'injected', sessions_moment(c.t, k.zone)) ORDER BY c.n)
               FROM unnest(s.cycles_injected_at) WITH ORDINALITY c (t, n)),
    'scores', sessions_scores_v1(s, k.zone), 'no_after_score_reason', nullif(s.no_after_score_reason, ''),
    'observation', jsonb_build_object('minutes', sessions_number(s.observation_minutes),
      'started', sessions_moment(s.observation_started_at, k.zone), 'ended', sessions_moment(s.observation_ended_at, k.zone)),
    'discharge', jsonb_build_object('is_walking', s.is_walking, 'is_free_of_dizziness', s.is_free_of_dizziness,
      'has_dry_sites', s.has_dry_sites, 'note', nullif(s.discharge_note, ''),
      'checked', sessions_moment(s.discharge_checked_at, k.zone), 'checked_by', sessions_person(s.discharge_checked_by_id)),
    'pictures', sessions_pictures_v1(s.id, k.zone), 'note', nullif(s.note, ''),
    'signature', CASE WHEN s.signed_at IS NOT NULL THEN jsonb_build_object('signed', sessions_moment(s.signed_at, k.zone),
      'signed_by', sessions_person(s.signed_by_id), 'statement', sessions_statement(s), 'needs_co_signature', s.needs_co_signature,
      'rules', CASE WHEN s.rule_set_id IS NOT NULL THEN jsonb_build_object('id', s.rule_set_id, 'words',
        (SELECT jsonb_build_object('version', r.version::text, 'made', sessions_moment(r.made_at, k.zone) #> '{words,local}')
         FROM pit_sessions_ruleset r WHERE r.id = s.rule_set_id)) END) END
  ) || sessions_safety_v1(s, k.zone)) FROM accounts_clinic k WHERE k.id = s.clinic_id
$$;

-- The registry: which version a signature gets today, and the builder of each. None: nobody here knows this version.
CREATE OR REPLACE FUNCTION sessions_document_version() RETURNS smallint LANGUAGE sql IMMUTABLE AS $$ SELECT 1::smallint $$;

CREATE OR REPLACE FUNCTION sessions_document(s pit_sessions_injectionsession, version smallint) RETURNS jsonb
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
BEGIN
  RETURN CASE version WHEN 1 THEN sessions_document_v1(s) END;
END $$;

CREATE OR REPLACE FUNCTION sessions_document_sha256(content text) RETURNS text
LANGUAGE sql IMMUTABLE AS $$ SELECT encode(sha256(convert_to(content, 'UTF8')), 'hex') $$;

-- What the hash would be if the session were signed as it stands.
CREATE OR REPLACE FUNCTION sessions_content_hash(s pit_sessions_injectionsession) RETURNS text
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT sessions_document_sha256(sessions_document(s, coalesce(s.content_version, sessions_document_version()))::text)
$$;

-- Keep the document of a session that is being signed; the caller is the guard of that session. Returns its hash.
CREATE OR REPLACE FUNCTION sessions_keep_document(s pit_sessions_injectionsession) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  made CONSTANT text := sessions_document(s, s.content_version)::text;
BEGIN
  INSERT INTO pit_sessions_signeddocument (id, clinic_id, injection_session_id, content)
    VALUES (md5('signed document of ' || s.id)::uuid, s.clinic_id, s.id, made)
    ON CONFLICT (clinic_id, injection_session_id) DO UPDATE SET content = made;
  RETURN sessions_document_sha256(made);
END $$;

REVOKE ALL ON FUNCTION sessions_keep_document(pit_sessions_injectionsession) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sessions_keep_document(pit_sessions_injectionsession) TO pit_app, pit_worker;

-- A document is written while its session is still a draft, that is by its signature; then it stays.
CREATE OR REPLACE FUNCTION sessions_guard_document() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF (SELECT s.status FROM pit_sessions_injectionsession s
      WHERE s.id = CASE WHEN TG_OP = 'DELETE' THEN OLD.injection_session_id ELSE NEW.injection_session_id END)
     IS DISTINCT FROM 'draft' OR TG_OP = 'UPDATE' AND NEW.injection_session_id <> OLD.injection_session_id THEN
    RAISE EXCEPTION 'a signed document cannot change' USING ERRCODE = 'check_violation';
  END IF;
  RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;

CREATE OR REPLACE TRIGGER guard_document BEFORE INSERT OR UPDATE OR DELETE ON pit_sessions_signeddocument
  FOR EACH ROW EXECUTE FUNCTION sessions_guard_document();

-- The document without its frozen words.
CREATE OR REPLACE FUNCTION sessions_without_words(d jsonb) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE SET search_path = public, pg_temp AS $$
BEGIN
  RETURN CASE jsonb_typeof(d)
    WHEN 'object' THEN (SELECT coalesce(jsonb_object_agg(e.key, sessions_without_words(e.value)), '{}')
                        FROM jsonb_each(d) e WHERE e.key <> 'words')
    WHEN 'array' THEN (SELECT coalesce(jsonb_agg(sessions_without_words(e.value) ORDER BY e.n), '[]')
                       FROM jsonb_array_elements(d) WITH ORDINALITY e (value, n))
    ELSE d END;
END $$;

-- What is wrong with a signed session, in one word; null: nothing.
--   document  the kept document is gone, or no longer the one whose hash was signed
--   version   a version that this program does not know: nobody can say
--   rows      the rows no longer say what the document says
--   trail     the audit event of the signature is gone, or names another hash
--   place     it lies with another patient than its signature and the merges say
--   unsigned  a document without a signature
--   co_signature  the second name was given to another content
CREATE OR REPLACE FUNCTION sessions_signature_problem(s pit_sessions_injectionsession) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
DECLARE
  kept text := (SELECT d.content FROM pit_sessions_signeddocument d WHERE d.injection_session_id = s.id);
  stored jsonb;
  rebuilt jsonb;
BEGIN
  IF s.signed_at IS NULL OR s.status = 'draft' THEN
    RETURN 'unsigned';
  END IF;
  IF kept IS NULL OR sessions_document_sha256(kept) <> s.content_sha256 THEN
    RETURN 'document';
  END IF;
  stored := kept::jsonb;
  IF stored->>'version' IS DISTINCT FROM s.content_version::text THEN
    RETURN 'document';
  END IF;
  -- One event tells of the signature: its hash, which a seal of the trail covers (audit/sql/audit.sql).
  IF (SELECT coalesce(array_agg(e.changes->'content_sha256'->>1), '{}') FROM audit_auditevent e
      WHERE e.clinic_id = s.clinic_id AND e.row_id = s.id AND e.changes ? 'content_sha256'
        AND e.kind = 'update' AND e.table_name = 'pit_sessions_injectionsession') <> ARRAY[s.content_sha256::text] THEN
    RETURN 'trail';
  END IF;
  IF s.patient_id <> coalesce((SELECT m.to_patient_id FROM patients_movedrow m
      WHERE m.clinic_id = s.clinic_id AND m.table_name = 'pit_sessions_injectionsession' AND m.row_id = s.id
      ORDER BY m.id DESC LIMIT 1), sessions_signed_patient(s)) THEN
    RETURN 'place';
  END IF;
  IF EXISTS (SELECT FROM pit_sessions_cosignature c
             WHERE c.injection_session_id = s.id AND c.about = 'record' AND c.content_sha256 <> s.content_sha256) THEN
    RETURN 'co_signature';
  END IF;
  rebuilt := sessions_document(s, s.content_version);
  IF rebuilt IS NULL THEN
    RETURN 'version';
  ELSIF stored <> rebuilt AND sessions_without_words(stored) <> sessions_without_words(rebuilt) THEN
    RETURN 'rows';
  END IF;
  RETURN NULL;
END $$;
