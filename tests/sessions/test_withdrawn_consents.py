"""A consent counts by what stood at the first injection: taken back during the treatment, or given anew (V09, P17)."""

import pytest

from common.tenancy import tenant
from sessions.models import Consent
from sessions.queries.injection_sessions import load
from sessions.queries.signed_documents import record_of
from tests.sessions.test_times_of_acts import NINE, STATED, Room, room

__all__ = ["room"]
NEEDLE = {"response-first_injected_time": "09:33"}
AGAIN = {"consent_name": "Aroha Example"}
LATER = {"consent_name": ""}


def treated(room: Room, *, needle: dict[str, str] = STATED, withdrawn: float = 34, **last: str) -> None:
    """Consent at 9:28, time-out at 9:30, needle at 9:33; taken back when ``withdrawn``."""
    room.does(28, "screening-", "consent_", "rest_before", "points-0-")
    room.does(30, "sharps", "time_out-", **LATER)
    room.does(33, **needle | last)
    withdraws(room, withdrawn)
    room.does(40, "rest_after", "observation-")


def withdraws(room: Room, minutes: float) -> None:
    with tenant(room.clinic.pk, actor="test"):
        consent = Consent.objects.filter(withdrawn_at=None).get()
    answer = room.at(60 * minutes, "post", "withdraw_consent", args=consent.pk, reason="Stop, it hurts")
    assert answer.status_code == 302


def about_consent(room: Room) -> list[str]:
    return [one for one in room.sentences(41) if one[:3] in ("V09", "P04", "P17")]


def chosen_by_both(room: Room) -> Consent:
    """The consent the draft stands on: page and previewed document name the same."""
    with tenant(room.clinic.pk, actor="test"):
        session = room.stored
        consent = load(session).consent
        said = record_of(session).consent
        assert consent is not None
        assert said is not None
        assert said.id == str(consent.pk)
        return consent


def test_a_treatment_is_sealed_after_the_patient_said_stop(room: Room) -> None:
    """The time-out stands as it was confirmed; nothing was injected after the withdrawal, so nothing is asked."""
    treated(room)
    assert about_consent(room) == []
    assert chosen_by_both(room).withdrawn_at is not None
    page = room.at(2460, "get", "edit").content.decode()
    assert "Withdrawn on" in page
    assert "Stop, it hurts" in page
    assert "current</span>" not in page
    assert room.sign(42, **room.reasons(42)).status_code == 302
    assert "Stop, it hurts" in room.text(43)


def test_what_came_after_the_withdrawal_is_said(room: Room) -> None:
    treated(room, needle=NEEDLE)
    asked = (
        "P17 The consent was withdrawn at 09:34, after the first injection. Write down what was injected after that."
    )
    assert about_consent(room) == [asked]
    room.does(41, **{"response-injected_time_1": "09:38"})
    asked = "P17 The consent was withdrawn at 09:34, and the last injection was at 09:38. Write down why."
    assert about_consent(room) == [asked]
    assert room.sign(42).status_code == 422
    assert room.sign(43, **room.reasons(43)).status_code == 302
    assert "As it was" in room.text(44)


@pytest.mark.parametrize(
    ("needle", "withdrawn", "said"),
    [
        (STATED, 32, "V09 There is no consent for this treatment: it was withdrawn."),
        ({}, 32, "(state the time of the first injection, if that was earlier)."),
        (STATED, 33.5, "P17 The consent was withdrawn at 09:33, in the minute of the first injection."),
    ],
)
def test_a_withdrawal_before_the_needle_stops_and_in_its_minute_asks(
    room: Room, needle: dict[str, str], withdrawn: float, said: str
) -> None:
    treated(room, needle=needle, withdrawn=withdrawn)
    assert [one for one in about_consent(room) if said in one]
    assert room.sign(42, **room.reasons(42)).status_code == (302 if withdrawn > 33 else 422)


def test_a_consent_given_after_the_needle_is_shown_beside_the_one_withdrawn_before_it(room: Room) -> None:
    treated(room, withdrawn=32)
    page = room.does(41, **AGAIN)
    assert page.status_code == 302
    found = room.at(2500, "get", "edit")
    text = " ".join(found.content.decode().split())
    assert "Signed 09:41, after the first injection 09:33." in text
    assert "Withdrawn on" in text
    line = {one.item: one.text for one in found.context["forms"].time_out.card.lines}["consent"]
    assert line == "Aroha Example, 2 Mar 2026; still agrees today"
    late = "V09 There is no consent for this treatment: it was given after the first injection."
    assert late in room.sentences(42)
    assert chosen_by_both(room).withdrawn_at is None


def test_a_consent_given_anew_leaves_what_was_injected_in_between_to_be_said(room: Room) -> None:
    treated(room, needle=NEEDLE)
    room.does(41, **AGAIN)
    (asked,) = [one for one in room.sentences(42) if one.startswith("P17")]
    assert asked.startswith("P17 The consent was withdrawn at 09:34 and given again at 09:41.")
    assert not [one for one in room.sentences(42) if one.startswith("V09")]
    assert chosen_by_both(room).withdrawn_at is not None


def test_who_takes_back_the_newest_consent_does_not_go_back_to_an_older_one(room: Room) -> None:
    room.does(20, "consent_", "points-0-")
    with tenant(room.clinic.pk, actor="test"):
        given = room.stored.consent
        assert given is not None
        fields = {field.attname: getattr(given, field.attname) for field in Consent._meta.concrete_fields}
        Consent.objects.create(**fields | {"id": None, "given_at": NINE})
    with tenant(room.clinic.pk, actor="test"):
        newest = Consent.objects.latest("given_at")
    room.at(1300, "post", "withdraw_consent", args=newest.pk, reason="No more")
    room.does(22, **LATER)
    assert "V09 There is no consent for this treatment: it was withdrawn." in room.sentences(41)
    assert chosen_by_both(room) == newest
