"""How urgent a side effect is: the table of domain.md §8, row by row, against the loaded catalogue."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.models import AdverseEventType, DangerSign
from sessions.triage import LEVELS, EventTriage, is_downgrade, most_urgent, triage

NOW = datetime(2026, 3, 6, 12, 0, tzinfo=UTC)

# event code, danger signs, condition seen, hours it has lasted → level
TABLE = [
    ("INJ_PAIN", [], False, None, "P3"),
    ("FLARE", [], False, 24, "P3"),
    ("FLARE", [], False, 72, "P3"),
    ("FLARE", [], False, 73, "P2"),
    ("FLARE", [], False, None, "P3"),
    ("BRUISE", [], False, 100, "P3"),
    ("BRUISE", [], True, None, "P1"),
    ("VASOVAGAL", [], True, None, "P1"),
    ("RASH_LOCAL", [], False, None, "P2"),
    ("NUMB_TRANSIENT", [], False, 48, "P3"),
    ("NUMB_TRANSIENT", [], False, 49, "P2"),
    ("INFECTION", [], False, None, "P1"),
    ("INFECTION", [], True, None, "P0"),
    ("ALLERGY", [], False, None, "P0"),
    ("PNEUMOTHORAX", [], False, None, "P0"),
    ("LAST", [], False, None, "P0"),
    ("NERVE_INJURY", [], False, None, "P1"),
    ("NERVE_INJURY", ["LIMB_WEAKNESS"], False, None, "P0"),
    ("OTHER", ["BREATHLESS"], False, None, "P0"),
    ("OTHER", ["SWELLING_HIVES"], False, None, "P0"),
    ("OTHER", ["COLLAPSE"], False, None, "P0"),
    ("OTHER", ["VISION_LOSS"], False, None, "P0"),
    ("OTHER", ["CAUDA"], False, None, "P0"),
    ("OTHER", ["WORST_HEADACHE"], False, None, "P0"),
    ("OTHER", ["FEVER_HOT_SITE"], False, None, "P1"),
    ("OTHER", ["PUS"], False, None, "P1"),
    ("OTHER", ["GROWING_SWELLING"], False, None, "P1"),
    ("OTHER", ["SEVERE_PAIN"], False, None, "P1"),
    ("OTHER", ["NUMBNESS_SPREADING"], False, None, "P1"),
    ("OTHER", ["PUS", "BREATHLESS"], False, None, "P0"),
    ("OTHER", [], False, None, "P2"),
    ("WRONG_SITE", [], False, None, "P1"),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("code", "signs", "has_escalated", "hours", "level"), TABLE)
def test_each_row_of_the_triage_table(code: str, signs: list[str], has_escalated: bool, hours: int, level: str) -> None:
    event = AdverseEventType.objects.get(code=code)
    told = [DangerSign.objects.get(code=sign).triage for sign in signs]

    found = triage(
        EventTriage(
            default=event.default_triage,
            escalated=event.escalated_triage,
            escalates_after_hours=event.escalates_after_hours,
        ),
        signs=told,
        has_escalated=has_escalated,
        began_at=NOW - timedelta(hours=hours) if hours else None,
        now=NOW,
    )

    assert found == level


@given(default=st.sampled_from(LEVELS), signs=st.lists(st.sampled_from(LEVELS)), escalated=st.sampled_from(LEVELS))
def test_nothing_that_is_told_makes_an_event_less_urgent(default: str, signs: list[str], escalated: str) -> None:
    event = EventTriage(default=default, escalated=escalated)
    found = triage(event, signs=signs, has_escalated=True)
    assert all(not is_downgrade(level, found) for level in [default, escalated, *signs])
    assert found in [default, escalated, *signs]


def test_an_unknown_level_is_an_error_and_not_a_calm_one() -> None:
    with pytest.raises(ValueError, match="not in tuple"):
        most_urgent(["P3", "P9"])
