"""Spot checks: one or more rows of each table against the domain reference, figure by figure."""

from decimal import Decimal

import pytest

from catalogue.choices import EvidenceGrade, NerveFlag
from catalogue.models import (
    AdverseEventType,
    BodyRegion,
    CareMessage,
    Condition,
    DangerSign,
    InstrumentScale,
    InstrumentThreshold,
    LocalAnaestheticMaximum,
    Nerve,
    PointType,
    ScreeningItem,
    SearchTerm,
    Solution,
    Source,
    Study,
    StudyResult,
    Technique,
)

pytestmark = pytest.mark.django_db


def codes(rows):
    return [row.code for row in rows]


def test_a_nerve_has_the_row_of_the_reference():
    nerve = Nerve.objects.get(code="N013")
    assert nerve.name == "Transverse cervical"
    assert (nerve.laterality, nerve.depth_class) == ("L", "S")
    assert (nerve.points_min, nerve.points_max) == (2, 4)
    assert nerve.flags == ["VASC", "AIRWAY"]
    assert nerve.symptoms == "anterior neck pain, whiplash"
    assert nerve.source_mark == "[GK]"
    assert nerve.needs_side
    assert not nerve.allows_midline


def test_only_the_coccyx_and_a_scar_may_lie_in_the_midline():
    assert codes(Nerve.objects.exclude(laterality="L")) == ["N045", "N070"]
    assert not Nerve.objects.get(code="N070").needs_side


@pytest.mark.parametrize(
    ("flag", "count"),
    [("PTX", 8), ("VASC", 19), ("EYE", 5), ("AIRWAY", 1), ("SPINE", 3), ("MOTOR", 10), ("GEN", 5)],
)
def test_every_flag_stands_on_as_many_nerves_as_in_the_reference(flag, count):
    assert Nerve.objects.with_flag(NerveFlag(flag)).count() == count


@pytest.mark.parametrize(
    ("code", "words"),
    [("N054", "3-6 a side"), ("N056", "3 a side"), ("N033", "2-4 a digit"), ("N069", "1-2 a web space")],
)
def test_expected_points_are_words(code, words):
    assert Nerve.objects.get(code=code).expected_points == words


def test_no_snomed_code_is_shipped():
    assert not Nerve.objects.exclude(snomed_code=None).exists()


def test_the_five_kinds_of_point_are_those_of_valleix():
    assert codes(PointType.objects.all()) == [
        "bone_exit",
        "piercing",
        "hard_surface",
        "branching",
        "skin_ending",
    ]
    assert set(PointType.objects.values_list("source_mark", flat=True)) == {"[S6]"}


def test_every_region_is_used_and_some_stand_for_any_place():
    assert not BodyRegion.objects.filter(nerves=None, conditions=None).exists()
    assert codes(BodyRegion.objects.filter(body_part="unspecific")) == ["limb", "diffuse", "any"]


def test_a_condition_has_the_row_of_the_reference():
    condition = Condition.objects.get(code="CARPAL_TUNNEL")
    assert condition.icd10cm == "G56.0-"
    assert codes(condition.nerves.all()) == ["N029", "N030"]
    assert codes(condition.evidence_sources.all()) == ["S23", "S26"]
    assert condition.evidence_grade == EvidenceGrade.TRIAL_DEEP


def test_ranges_of_nerves_are_written_out():
    assert codes(Condition.objects.get(code="PLANTAR_FASCIITIS").nerves.all()) == [
        "N055",
        "N064",
        "N065",
        "N066",
        "N067",
        "N068",
    ]


@pytest.mark.parametrize(("grade", "count"), [("E1", 2), ("E1u", 6), ("E2", 9), ("E3", 28), ("P", 4)])
def test_every_grade_of_evidence_stands_on_as_many_conditions_as_in_the_reference(grade, count):
    assert Condition.objects.filter(evidence_grades__contains=[grade]).count() == count


def test_a_grade_keeps_its_doubt():
    elbow = Condition.objects.get(code="LATERAL_EPICONDYLITIS")
    assert (elbow.evidence_grades, elbow.evidence_note) == (["P"], "no gain over physiotherapy")
    assert Condition.objects.get(code="ACHILLES").evidence_grades == ["P", "E2"]


def test_superficial_pit_has_its_amounts_and_limits():
    pit = Technique.objects.get(code="PIT_SC")
    assert (pit.volume_ml_min, pit.volume_ml_max) == (Decimal("0.2"), Decimal(1))
    assert (pit.warn_point_volume_ml, pit.warn_session_volume_ml) == (Decimal(1), Decimal(40))
    assert pit.warn_dextrose_percent == Decimal(5)
    deep = Technique.objects.get(code="PIT_DEEP")
    assert (deep.warn_point_volume_ml, deep.warn_session_volume_ml) == (Decimal(10), Decimal(60))
    assert deep.is_image_guided


def test_advice_on_anti_inflammatory_tablets_belongs_to_the_technique():
    assert Technique.objects.get(code="PIT_SC").pain_relief_advice
    assert Technique.objects.get(code="PROLO_HYPERTONIC").pain_relief_advice


def test_every_dextrose_comes_from_corn_and_mannitol_does_not():
    corn = set(Solution.objects.filter(has_corn_dextrose=True).values_list("code", flat=True))
    assert corn == {"D5W_PLAIN", "D5W_BUF", "D5W_LA", "DEX125_LA", "DEX15_LA", "DEX25_LA", "DEX20_MIX"}
    assert set(codes(Solution.objects.without_corn_dextrose())) == {
        "MANN5_INJ",
        "MANN30_CREAM",
        "PROC1",
        "NS09",
    }


def test_the_achilles_mixture_is_as_its_protocol_says():
    mix = Solution.objects.get(code="DEX20_MIX")
    assert (mix.dextrose_percent, mix.max_total_ml) == (Decimal(20), Decimal(5))
    assert {(a.anaesthetic, a.percent_min, a.percent_max) for a in mix.anaesthetics.all()} == {
        ("lidocaine", Decimal("0.1"), Decimal("0.1")),
        ("ropivacaine", Decimal("0.1"), Decimal("0.1")),
    }


def test_a_solution_with_anaesthetic_names_it():
    for solution in Solution.objects.prefetch_related("anaesthetics"):
        assert bool(solution.anaesthetics.all()) == solution.has_local_anaesthetic, solution.code


def test_the_anaesthetic_table_is_complete():
    figures = {
        (row.anaesthetic, row.has_adrenaline): (row.mg_per_kg, row.max_mg)
        for row in LocalAnaestheticMaximum.objects.filter(is_alternative=False)
    }
    assert figures == {
        ("lidocaine", False): (Decimal("4.5"), 300),
        ("lidocaine", True): (7, 500),
        ("bupivacaine", False): (2, 175),
        ("bupivacaine", True): (3, 225),
        ("ropivacaine", False): (3, 200),
        ("mepivacaine", False): (Decimal("4.5"), 350),
        ("mepivacaine", True): (7, 500),
        ("procaine", False): (10, 600),
        ("procaine", True): (10, None),
    }


def test_instruments_that_improve_upwards_are_known():
    upwards = set(InstrumentScale.objects.filter(higher_is_better=True).values_list("instrument__code", flat=True))
    assert upwards == {"PSFS", "PROMIS_PF", "KOOS", "VISA_A", "EQ5D5L", "GOALS"}
    mixed = InstrumentScale.objects.filter(instrument__code="GOALS", higher_is_better=True)
    assert codes(mixed) == ["GOALS:goal", "GOALS:relief_hours"]


@pytest.mark.parametrize(
    ("code", "low", "high"),
    [
        ("NRS:score", 0, 10),
        ("VAS:score", 0, 100),
        ("PGIC:score", 1, 7),
        ("RMDQ:score", 0, 24),
        ("NDI:score", 0, 50),
        ("PAINDETECT:score", -1, 38),
        ("BCTQ:sss", 1, 5),
        ("WOMAC:likert", 0, 96),
        ("PROMIS_PI:4a", None, None),
        ("EQ5D5L:index", None, None),
    ],
)
def test_a_scale_has_the_range_of_the_reference(code, low, high):
    scale = InstrumentScale.objects.get(code=code)
    assert (scale.min_score, scale.max_score) == (low, high)


def test_the_phase_of_treatment_stays_with_the_figure():
    ended = InstrumentThreshold.objects.get(code="NRS:score:ended")
    ongoing = InstrumentThreshold.objects.get(code="NRS:score:ongoing")
    assert (ended.value, ongoing.value) == (Decimal("4.15"), Decimal("2.16"))
    assert "ended" in ended.phase
    assert "ongoing" in ongoing.phase


def test_a_range_of_sources_is_kept_as_a_range():
    dash = InstrumentThreshold.objects.get(code="QUICKDASH:score:points")
    assert (dash.value, dash.value_low, dash.value_high) == (14, 9, 20)


def test_a_study_has_the_row_of_the_reference():
    study = Study.objects.get(code="MANIQUIS_2017")
    assert (study.participants, study.control_arm) == (35, "Saline")
    fall = {
        (row.time_text, row.is_control): row.value for row in study.results.filter(kind="fall", scale__code="NRS:score")
    }
    assert fall == {
        ("15 min", False): Decimal("4.4"),
        ("15 min", True): Decimal("2.4"),
        ("2 h", False): Decimal("4.6"),
        ("2 h", True): Decimal("1.8"),
        ("4 h", False): Decimal("4.6"),
        ("4 h", True): Decimal("1.4"),
        ("48 h", False): Decimal("3.0"),
        ("48 h", True): Decimal("1.0"),
        ("2 weeks", False): Decimal("2.1"),
        ("2 weeks", True): Decimal("1.2"),
    }


def test_the_sham_line_is_the_one_of_the_reference(django_assert_num_queries):
    with django_assert_num_queries(1):
        line = [(row.study.code, row.time_text, float(row.value)) for row in StudyResult.objects.sham_reference()]
    assert sorted(line) == [
        ("AXILLARY_2026", "2 weeks", 1.9),
        ("AXILLARY_2026", "immediately", 1.5),
        ("MANIQUIS_2017", "15 min", 2.4),
        ("MANIQUIS_2017", "2 weeks", 1.2),
        ("RABAGO_2013", "52 weeks", 7.6),
    ]


@pytest.mark.parametrize("code", ["WU_2017", "KIM_2024", "REZASOLTANI_2017", "LYFTOGT_PILOTS"])
def test_figures_that_could_not_be_read_are_empty(code):
    assert not Study.objects.get(code=code).results.exists()


def test_a_study_without_a_number_of_patients_has_none():
    assert Study.objects.get(code="LYFTOGT_PILOTS").participants is None


def test_a_clinic_page_is_marked_as_one():
    assert Source.objects.get(code="S1").is_clinic_page
    assert not Source.objects.get(code="S23").is_clinic_page


@pytest.mark.parametrize(
    ("code", "triage", "escalated"),
    [
        ("ALLERGY", "P0", ""),
        ("PNEUMOTHORAX", "P0", ""),
        ("LAST", "P0", ""),
        ("INFECTION", "P1", "P0"),
        ("NERVE_INJURY", "P1", "P0"),
        ("RASH_LOCAL", "P2", ""),
        ("FLARE", "P3", "P2"),
        ("BRUISE", "P3", "P1"),
        ("NUMB_TRANSIENT", "P3", "P2"),
        ("INJ_PAIN", "P3", ""),
    ],
)
def test_a_side_effect_has_its_triage(code, triage, escalated):
    event = AdverseEventType.objects.get(code=code)
    assert (event.default_triage, event.escalated_triage) == (triage, escalated)


def test_wrong_site_and_wrong_solution_are_incidents():
    assert codes(AdverseEventType.objects.filter(is_incident=True)) == ["WRONG_SITE", "WRONG_SOLUTION"]


def test_danger_signs_are_seven_to_page_for_and_five_to_call_for():
    assert DangerSign.objects.filter(triage="P0").count() == 7
    assert DangerSign.objects.filter(triage="P1").count() == 5


def test_screening_blocks_what_the_reference_blocks():
    effects = dict(ScreeningItem.objects.values_list("code", "effect"))
    assert effects == {
        "ALLERGY": "hard_block",
        "INFECTION": "hard_block",
        "BLEEDING": "soft_block",
        "PREGNANCY": "soft_block",
        "DIABETES": "flag",
        "FAINTING": "flag",
        "RED_FLAGS": "hard_block",
        "PLEURA": "flag",
        "IMMUNITY": "soft_warning",
        "MEAL": "soft_warning",
    }
    assert "corn" in ScreeningItem.objects.get(code="ALLERGY").options


def test_the_ladder_has_its_times():
    ladder = {
        m.code: (m.anchor, m.offset_hours_min, m.offset_hours_max, m.offset_days, m.offset_months)
        for m in CareMessage.objects.all()
    }
    assert ladder == {
        "care_0h": ("session_closed", 2, 4, None, None),
        "check_24h": ("session_closed", None, None, 1, None),
        "check_72h": ("session_closed", None, None, 3, None),
        "check_7d": ("session_closed", None, None, 7, None),
        "pre_visit": ("next_visit", -48, -48, None, None),
        "course_6w": ("last_session", None, None, 42, None),
        "course_3m": ("last_session", None, None, None, 3),
        "course_6m": ("last_session", None, None, None, 6),
        "course_12m": ("last_session", None, None, None, 12),
    }
    week = CareMessage.objects.get(code="check_7d")
    assert (week.merged_into_code, week.merged_when_next_visit_within_days) == ("pre_visit", 8)


def test_messages_fit_one_text_and_say_nothing_clinical():
    private = ("pain", "nerve", "inject", "dextrose", "score", "treat", "knee", "drug", "therapy")
    for message in CareMessage.objects.all():
        assert len(message.body) <= 160
        assert message.body.startswith("{clinic}: ")
        assert not [word for word in private if word in message.body.casefold()], message.code


def test_other_treatments_are_kept_apart_from_pit():
    apart = SearchTerm.objects.filter(relation="keep_apart").values_list("term", "technique__code")
    assert dict(apart) == {
        "neural therapy": "NEURAL_THERAPY",
        "prolotherapy": "PROLO_HYPERTONIC",
        "hydrodissection": "HYDRODISSECTION",
    }
    assert codes(SearchTerm.objects.filter(is_trademark=True)) == ["lyftogt"]
