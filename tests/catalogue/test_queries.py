"""Lists and searches other apps use, each in one query."""

import pytest

from catalogue import queries
from catalogue.choices import NerveFlag
from catalogue.models import Condition, Nerve

pytestmark = pytest.mark.django_db


def found(text):
    return {nerve.code for nerve in queries.search_nerves(text)}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("GON", "N009"),
        ("lfcn", "N049"),
        ("lateral cutaneous nerve of thigh", "N049"),
        ("saph infra", "N054"),
        ("baxter’s", "N066"),
        ("Bàxter", "N066"),
        ("common fibular", "N058"),
        ("n070", "N070"),
        ("  Scar ", "N070"),
    ],
)
def test_a_nerve_is_found_by_any_of_its_names(text, code):
    assert code in found(text)


def test_words_are_found_from_their_beginning_in_any_order():
    assert found("thigh cut") == found("cut thigh") >= {"N048", "N049"}
    assert "N009" not in found("ccipital")


def test_a_code_prefix_finds_its_decade():
    assert found("N06") == {f"N06{digit}" for digit in range(10)}


def test_nothing_is_found_for_a_word_nobody_uses():
    assert found("quux") == set()
    assert found("100%_") == set()


def test_nerves_come_with_their_regions_in_one_query(django_assert_num_queries):
    with django_assert_num_queries(1):
        nerves = queries.nerves_for_choices()
    assert len(nerves) == 70
    assert nerves[0].label == "N001 Supraorbital (V1)"
    assert nerves[0].regions == ("face", "head")
    assert nerves[0].has_flag(NerveFlag.EYE)


def test_the_nerves_of_a_region_still_name_all_their_regions(django_assert_num_queries):
    with django_assert_num_queries(1):
        knee = {nerve.code: nerve for nerve in queries.nerves_for_choices(region="knee")}
    assert set(knee) == {"N054", "N055", "N056", "N057", "N058"}
    assert knee["N055"].regions == ("knee", "leg")


@pytest.mark.usefixtures("as_owner")
def test_retired_nerves_are_not_offered():
    Nerve.objects.filter(code="N001").update(retired_at="2026-01-01T00:00Z")
    assert len(queries.nerves_for_choices()) == 69
    assert "N001" not in found("supraorbital")


def test_a_search_is_one_query(django_assert_num_queries):
    with django_assert_num_queries(1):
        queries.search_nerves("cut")
    with django_assert_num_queries(1):
        list(queries.search_conditions("knee"))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("tennis elbow", "LATERAL_EPICONDYLITIS"),
        ("cts", "CARPAL_TUNNEL"),
        ("G56.0", "CARPAL_TUNNEL"),
        ("g56.03", "CARPAL_TUNNEL"),
        ("M17.0", "KNEE_OA"),
        ("meralgia paresthetica", "MERALGIA"),
        ("knee osteo", "KNEE_OA"),
    ],
)
def test_a_condition_is_found_by_name_synonym_or_code(text, code):
    assert code in {condition.code for condition in queries.search_conditions(text)}


@pytest.mark.parametrize(
    ("condition", "side", "codes"),
    [
        ("KNEE_OA", "right", ["M17.11"]),
        ("KNEE_OA", "bilateral", ["M17.0"]),
        ("CRPS1", "left", ["G90.512", "G90.522"]),
        ("LOW_BACK_PAIN", None, ["M54.50", "M54.59"]),
        ("ACHILLES", "bilateral", [""]),
        ("WHIPLASH", None, [""]),
    ],
)
def test_a_condition_offers_the_codes_of_a_side_in_one_query(django_assert_num_queries, condition, side, codes):
    key = Condition.objects.get(code=condition).pk
    with django_assert_num_queries(1):
        options = queries.icd10cm_options(key, side)
    assert [option.code for option in options] == codes
    assert all(bool(option.reason) is not bool(option.code) for option in options)


def test_solutions_are_those_the_technique_allows_in_one_query(django_assert_num_queries):
    with django_assert_num_queries(1):
        codes = [solution.code for solution in queries.solution_choices("PIT_SC")]
    assert set(codes) == {"D5W_PLAIN", "D5W_BUF", "D5W_LA", "MANN5_INJ", "NS09"}
    assert codes[-1] == "NS09"
    assert {s.code for s in queries.solution_choices("PROLO_HYPERTONIC")} == {
        "DEX125_LA",
        "DEX15_LA",
        "DEX25_LA",
        "DEX20_MIX",
    }


@pytest.mark.parametrize(
    ("choices", "count"),
    [
        (queries.condition_choices, 48),
        (queries.technique_choices, 6),
        (queries.point_type_choices, 5),
        (queries.adverse_event_choices, 20),
        (queries.screening_items, 10),
    ],
)
def test_choices_are_one_query(django_assert_num_queries, choices, count):
    with django_assert_num_queries(1):
        assert len(list(choices())) == count


def test_danger_signs_come_with_their_event_in_one_query(django_assert_num_queries):
    with django_assert_num_queries(1):
        signs = [
            (sign.triage, sign.adverse_event_type and sign.adverse_event_type.code) for sign in queries.danger_signs()
        ]
    assert signs[0] == ("P0", "PNEUMOTHORAX")


def test_the_most_urgent_events_come_first():
    assert queries.adverse_event_choices().first().default_triage == "P0"
