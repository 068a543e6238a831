"""A side effect is told: its priority stands at once."""

from datetime import UTC, datetime

import pytest

from accounts.actors import machine
from accounts.models import Clinic
from catalogue.models import DangerSign as ReviewedSign
from sessions.choices import DangerSign, Priority, Source
from sessions.models import SideEffect
from sessions.services import side_effects
from tests.factories.patients import PatientFactory
from tests.factories.sessions import signed_session

NOW = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)


def _told(clinic: Clinic, signs: list[DangerSign], words: str = "") -> SideEffect:
    return side_effects.report(
        patient=PatientFactory(clinic=clinic),
        injection_session=None,
        danger_signs=signs,
        description=words,
        source=Source.PORTAL,
        by=machine(clinic, "patient:test"),
        now=NOW,
    )


def test_every_sign_of_the_catalogue_can_be_told_and_nothing_else(db):
    assert set(side_effects.CATALOGUE_CODES) == set(DangerSign)
    assert set(side_effects.CATALOGUE_CODES.values()) == set(ReviewedSign.objects.values_list("code", flat=True))


@pytest.mark.parametrize("sign", DangerSign)
def test_a_sign_gets_the_priority_the_catalogue_gives_it(in_clinic, sign):
    reviewed = ReviewedSign.objects.get(code=side_effects.CATALOGUE_CODES[sign])
    told = _told(in_clinic, [sign])
    assert told.priority == reviewed.triage
    assert (told.event_type, told.suspected_type) == (None, reviewed.adverse_event_type)


def test_the_most_urgent_sign_decides(in_clinic):
    told = _told(in_clinic, [DangerSign.PUS, DangerSign.BREATHLESS])
    assert told.priority == Priority.P0
    assert told.suspected_type.code == "PNEUMOTHORAX"
    assert told.danger_signs == ["breathless", "pus"]


def test_words_alone_are_called_about_today(in_clinic):
    told = _told(in_clinic, [], "  A bruise the size of a coin ")
    assert (told.priority, told.description, told.event_type) == (Priority.P1, "A bruise the size of a coin", None)


def test_a_report_of_nothing_is_refused(in_clinic):
    with pytest.raises(ValueError, match="sign or words"):
        _told(in_clinic, [], " ")


def test_a_report_may_belong_to_a_session(in_clinic):
    session = signed_session(clinic=in_clinic, signed_at=NOW)
    told = side_effects.report(
        patient=session.patient,
        injection_session=session,
        danger_signs=[DangerSign.FEVER],
        description="",
        source=Source.PHONE,
        by=machine(in_clinic, "test"),
        now=NOW,
    )
    assert list(session.side_effects.all()) == [told]
    assert told.status == "open"
