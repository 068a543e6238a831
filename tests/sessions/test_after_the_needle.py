"""What happens after the needle is said: a changed point, a lot set aside, a consent taken back."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

import sessions.rules
from accounts.models import Clinic
from catalogue.models import Nerve
from common.tenancy import tenant
from scheduling.models import Appointment
from sessions.models import SignedDocument, SolutionLot
from sessions.queries.recalls import sessions_of
from sessions.queries.signatures import problem_of
from sessions.rules import findings
from sessions.rules.clock import times
from sessions.rules.facts import Said, Shown, TimeOut
from sessions.services import consents, lot_changes, lot_recalls
from sessions.views.injection_session_pages import SessionPage, get_session
from sessions.views.paper_texts import letter
from tests.factories.treatments import SolutionLotFactory, a_container, a_preparation, actor_of
from tests.sessions.rule_cases import GOOD, LOT, NOW, TODAY, confirmed
from tests.sessions.test_times_of_acts import MINUTE, NINE, STATED, Room

SECOND_PLACE = {"points-1-nerve": "infrapat", "points-1-side": "right"}


@pytest.fixture
def room(clinic: Clinic, visit: Appointment, settings: Any) -> Room:
    settings.STAFF_IDLE_SECONDS, settings.SECOND_CHECK_SECONDS = 12 * 3600, None
    with tenant(clinic.pk, actor="test"):
        SolutionLot.objects.update(lot_number="2605")
    return Room(clinic, visit)


def lot_of(room: Room, number: str) -> str:
    with tenant(room.clinic.pk, actor="test"):
        return str(SolutionLotFactory(clinic=room.clinic, lot_number=number).pk)


def injected(room: Room, **points: str) -> None:
    """Confirmed at 9:30, the needle at 9:33."""
    room.does(28, "screening-", "consent_", "rest_before")
    room.does(29, "points-0-", "sharps", **points)
    confirmed_again(room, 30)
    room.does(33, **STATED)


def confirmed_again(room: Room, minutes: float) -> None:
    card = room.at(60 * minutes, "get", "edit").context["forms"].time_out.card
    items = room.whole["time_out-items"]
    room.does(minutes, **{"time_out-fingerprint": card.token, "time_out-said": card.said, "time_out-items": items})


def of_the_needle(room: Room, minutes: float) -> list[str]:
    return [one for one in room.sentences(minutes) if one.startswith("P13")]


def document(room: Room) -> Any:
    with tenant(room.clinic.pk, actor="test"):
        return json.loads(SignedDocument.objects.get().content)


# --- 1. what was injected is changed after the needle
AGAIN = "P13 Changed and confirmed again at 09:34, after the first injection at 09:33: "


def test_what_is_changed_after_the_needle_is_asked_about_and_sealed_in_words(room: Room) -> None:
    injected(room, **SECOND_PLACE, **{"points-1-lot": room.whole["points-0-lot"]})
    other = lot_of(room, "2602")
    room.does(33.5, **{"points-0-lot": other, "points-1-lot": other})
    confirmed_again(room, 34)
    room.does(40, "rest_after", "observation-")
    assert of_the_needle(room, 41) == [AGAIN + "lot 2605 → 2602."]
    assert room.sign(41).status_code == 422

    assert room.sign(42, **room.reasons(42)).status_code == 302
    (sealed,) = [row["sentence"] for row in document(room)["overrides"]]
    for text in (room.text(43), room.paper(43), sealed):
        assert AGAIN.removeprefix("P13 ") + "lot 2605 → 2602" in text


def test_each_part_of_the_card_that_is_changed_after_the_needle_is_named(room: Room) -> None:
    injected(room)
    room.does(40, "rest_after", "observation-")
    with tenant(room.clinic.pk, actor="test"):
        code = (made := a_preparation(room.clinic, a_container(room.clinic, opened_at=NINE), made_at=NINE)).code
    whole = dict(room.typed)
    mixture = {"points-0-preparation": str(made.pk), "points-0-lot": "", "points-0-solution": str(made.solution_id)}
    knee, sural = (Nerve.objects.get(code=code).name for code in ("N054", "N061"))
    changes = {
        f"{knee}: left → right": {"points-0-side": "right"},
        f"{knee} left → {sural} left": {"points-0-nerve": "sural"},
        "lot 2605 → no lot": {"points-0-lot": ""},
        f"lot 2605 → preparation {code}": mixture,
    }
    for what, change in changes.items():
        room.typed = dict(whole)
        room.does(41, **change)
        asked = "Changed after the time-out of 09:30, not confirmed again; first injection at 09:33: "
        assert of_the_needle(room, 42) == [f"P13 {asked}{what}."]
    room.typed = dict(whole)
    room.does(43)
    assert of_the_needle(room, 44) == []


def test_one_of_two_points_is_changed_while_the_other_keeps_its_lot(room: Room) -> None:
    injected(room, **SECOND_PLACE, **{"points-1-lot": room.whole["points-0-lot"]})
    room.does(33.5, **{"points-0-lot": lot_of(room, "2602")})
    confirmed_again(room, 34)
    room.does(40, "rest_after", "observation-")
    assert of_the_needle(room, 41) == [AGAIN + "lot 2605 → 2602, 2605."]


def test_a_point_added_later_and_another_order_are_no_change(room: Room) -> None:
    injected(room, **SECOND_PLACE, **{"points-1-lot": room.whole["points-0-lot"]})
    room.does(34, **{"points-0-side": "right", "points-1-side": "left"})
    later = {"points-2-nerve": "sural", "points-2-side": "left", "points-2-lot": lot_of(room, "2602")}
    room.does(35, **later)
    confirmed_again(room, 36)
    room.does(40, "rest_after", "observation-")
    assert room.sentences(41) == []


def test_a_change_before_the_stated_needle_is_none_and_one_beside_an_unstated_needle_asks_for_its_time(
    room: Room,
) -> None:
    room.does(28, "screening-", "consent_", "rest_before")
    room.does(29, "points-0-", "sharps")
    confirmed_again(room, 30)
    room.does(31, **{"points-0-lot": lot_of(room, "2602")})
    confirmed_again(room, 32)
    assert of_the_needle(room, 33) == []  # nothing was injected yet
    room.does(40, "rest_after", "observation-")
    (asked,) = of_the_needle(room, 41)
    assert "(as far as is known: state it, if it was later): lot 2605 → 2602" in asked
    room.does(42, **STATED)
    assert room.sentences(43) == []


# --- 2. a lot that is set aside after it was injected
def set_aside(room: Room, minutes: float, *, is_recall: bool = False) -> None:
    act = lot_recalls.start if is_recall else lot_changes.quarantine
    with tenant(room.clinic.pk, actor="test"):
        by = actor_of(room.client.member)  # type: ignore[attr-defined]  # the member who signs in
        act(lot=SolutionLot.objects.get(pk=room.lot.pk), reason="Particles", by=by, now=NINE + minutes * MINUTE)


@pytest.mark.parametrize("is_recall", [False, True])
def test_a_lot_set_aside_after_the_needle_is_a_warning_that_is_sealed(room: Room, is_recall: bool) -> None:
    injected(room)
    set_aside(room, 35, is_recall=is_recall)
    room.does(40, "rest_after", "observation-")
    said = "V23 Lot 2605 was quarantined at 09:35, after it was injected (first injection at 09:33)."
    assert room.sentences(41) == [said]
    assert room.sign(41).status_code == 422
    assert room.sign(42, **room.reasons(42)).status_code == 302
    for text in (room.text(43), room.paper(43)):
        assert said.removeprefix("V23 ") in text
    assert [row["rule"] for row in document(room)["overrides"]] == ["V23"]
    with tenant(room.clinic.pk, actor="test"):
        by = actor_of(room.client.member)  # type: ignore[attr-defined]  # the member who signs in
        assert [row.pk for row in sessions_of(by, room.lot)] == [room.stored.pk]


def test_a_lot_set_aside_before_the_needle_stops_and_so_does_one_beside_an_unknown_needle(room: Room) -> None:
    room.does(28, "screening-", "consent_", "rest_before")
    room.does(29, "points-0-", "sharps")
    confirmed_again(room, 30)
    set_aside(room, 32)
    room.does(40, "rest_after", "observation-")
    asked = "V23 Lot 2605 is quarantined (09:32). If it was injected before that, say when the first injection was."
    assert room.sentences(41) == [asked]
    room.does(42, **STATED)  # 9:33
    assert room.sentences(43) == [asked]
    assert room.reasons(43) == {}
    assert room.sign(43).status_code == 422


def test_a_use_by_date_that_was_corrected_is_named_once_it_is_confirmed_again() -> None:
    def read(day: str) -> Shown:
        return replace(confirmed(), said=frozenset({Said("lot", "A1", day)}))

    before = TimeOut(NOW, read("2026-05-01"))
    again = TimeOut(NOW + timedelta(minutes=5), read(LOT.expiry_date.isoformat()))
    for rows, what in (((before,), []), ((before, again), ["lot A1, use by 1 May 2026 → 2 Mar 2026."])):
        found = findings(replace(GOOD, needle_at=NOW, is_needle_stated=True, time_outs=rows))
        assert [one.english.rpartition(": ")[2] for one in found if one.rule.id == "P13"] == what


# --- 1b. each time-out says where it stands
def test_each_time_out_says_whether_it_was_before_or_after_the_first_injection(room: Room) -> None:
    injected(room)
    room.does(33.5, **{"points-0-lot": lot_of(room, "2602")})
    confirmed_again(room, 34)
    room.does(40, "rest_after", "observation-")
    assert room.sign(42, **room.reasons(42)).status_code == 302
    assert [row["words"]["order"] for row in document(room)["time_outs"]] == ["before", "after"]
    page = room.text(43).replace("<bdi>", "").replace("</bdi>", "")
    assert "2 Mar 2026 09:30, before the first injection at 09:33" in page
    assert "2 Mar 2026 09:34, after the first injection at 09:33" in page
    paper = room.paper(43)
    assert "2 Mar 2026 09:30 (Europe/Berlin), before the first injection at 09:33)" in paper
    assert "2 Mar 2026 09:34 (Europe/Berlin), after the first injection at 09:33)" in paper


# --- 3. a consent that was taken back during the session
def withdrawn(room: Room, minutes: float, why: str) -> None:
    with tenant(room.clinic.pk, actor="test"):
        by, consent = actor_of(room.client.member), room.stored.consent  # type: ignore[attr-defined]
        assert consent is not None
        consents.withdraw(consent=consent, reason=why, by=by, now=NINE + minutes * MINUTE)


def letter_of(room: Room, minutes: float) -> str:
    with tenant(room.clinic.pk, actor="test"):
        by = actor_of(room.client.member)  # type: ignore[attr-defined]  # the member who signs in
        page = SessionPage(get_session(by, room.stored.pk, people=()), by, NINE + minutes * MINUTE)
        return repr(letter(page, recipient="Dr Lee", greeting="Dear Dr Lee,", opening="", closing="").blocks)


def test_a_consent_taken_back_during_the_session_stays_in_the_record(room: Room) -> None:
    room.does(20, "screening-", "consent_", "rest_before", "points-0-", "sharps")
    withdrawn(room, 26, "Too sore just now")
    room.does(28, "consent_")
    confirmed_again(room, 30)
    room.does(33, **STATED)
    room.does(40, "rest_after", "observation-")
    assert room.sentences(41) == []
    assert room.sign(42).status_code == 302
    (kept,) = document(room)["withdrawals"]
    assert (kept["said"], kept["withdrawn"]["words"]["local"]) == ("Too sore just now", "2026-03-02T09:26:00")
    for text in (room.text(43), room.paper(43), letter_of(room, 43)):
        assert "withdrawn on 2 Mar 2026 09:26: Too sore just now" in text
    withdrawn(room, 60, "Not again")
    assert len(document(room)["withdrawals"]) == 1
    with tenant(room.clinic.pk, actor="test"):
        assert problem_of(room.clinic.pk, room.stored.pk) is None


# --- 4. every time in a sentence has one form
def test_the_times_of_a_sentence_have_one_form_with_the_day_where_the_days_differ() -> None:
    needle = NOW + timedelta(minutes=41)
    for at, said in (
        (NOW + timedelta(minutes=42), ("10:42", "10:41")),
        (NOW + timedelta(days=1), ("3 Mar 2026 10:00", "2 Mar 2026 10:41")),
    ):
        late = replace(GOOD, needle_at=needle, time_outs=(TimeOut(at, confirmed()),))
        changed = replace(late, time_outs=(TimeOut(NOW, confirmed(lot="B2")), *late.time_outs))
        for session in (late, changed):
            (found,) = [one.english for one in findings(session) if one.rule.id == "P13"]
            assert "at {}, after the first injection at {}".format(*said) in found
    other_day = replace(GOOD, needle_at=NOW, injected_date=TODAY + timedelta(days=2))
    assert times(other_day, at=NOW) == {"at": "2 Mar 2026 10:00"}


def test_no_rule_writes_a_time_by_itself() -> None:
    folder = Path(sessions.rules.__file__).parent
    own = [path.name for path in folder.glob("*.py") if any(sign in path.read_text() for sign in ("%H", "%Y", "%d"))]
    assert own == ["clock.py"]
