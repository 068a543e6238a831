"""A consent covers what its words named, and the page says at once where that is not enough (V09, P04)."""

from typing import Any

from catalogue.models import Solution
from common.tenancy import tenant
from sessions.models import Consent
from tests.sessions.test_times_of_acts import Room, room

__all__ = ["room"]
POINTS = ("points-0-", "points-TOTAL", "points-INITIAL")


def read_on(room: Room) -> dict[str, str]:
    """What the open page sends back with a name: the text and what it named."""
    page = room.at(300, "get", "edit").context["page"]
    risks = page.consent_risks
    return {
        "consent_wording": page.wording.version,
        "consent_solutions": risks.solutions,
        "consent_risks": risks.names,
    }


def consents_first(room: Room, **changes: str) -> Consent:
    """Consent before any point, as the page has it."""
    rows = {name: value for name, value in room.whole.items() if name.startswith("points-0-")}
    empty = rows | {"points-0-nerve": "", "points-0-side": "", "points-0-lot": ""}
    answer = room.does(6, "consent_", "screening-", **{**empty, **read_on(room), **changes})
    assert answer.status_code == 302, answer.content.decode()
    room.typed |= {"consent_name": ""}
    with tenant(room.clinic.pk, actor="test"):
        return Consent.objects.get()


def consent_line(page: Any) -> tuple[str, bool]:
    card = page.context["forms"].time_out.card
    return next(line.text for line in card.lines if line.item == "consent"), "consent" in card.closed


def test_a_consent_before_the_points_covers_the_solutions_it_named(room: Room) -> None:
    given = consents_first(room)
    assert given.solution_classes == ["dextrose_weak"]
    assert [line for line in given.words or () if line.startswith("What may be injected: Dextrose 5 %")]
    room.does(10, *POINTS, "sharps", "rest_before")
    page = room.at(660, "get", "edit")
    assert consent_line(page) == ("Aroha Example, 2 Mar 2026; still agrees today", False)
    assert "does not cover" not in page.content.decode()
    room.does(12, "time_out-")
    assert [one for one in room.sentences(13) if one[:3] in ("V09", "P04")] == []


def test_what_the_words_did_not_name_is_not_covered_and_cannot_be_confirmed(room: Room) -> None:
    consents_first(room)
    with tenant(room.clinic.pk, actor="test"):
        other = str(Solution.objects.filter(has_local_anaesthetic=True).first().pk)  # type: ignore[union-attr]
    stronger = {"points-0-solution": other, "points-0-lot": ""}
    live = room.does(10, *POINTS, "sharps", "rest_before", how="totals", **stronger).content.decode()
    assert live.count("it was given for other solutions") >= 3  # the consent, the time-out and the gate
    assert "Read it together again" in live
    room.does(11, **stronger)
    page = room.at(700, "get", "edit")
    said, is_closed = consent_line(page)
    assert is_closed
    assert said.endswith("does not cover this treatment: it was given for other solutions. Read it together again")
    card = page.context["forms"].time_out.card
    items = {"time_out-items": [line.item for line in card.lines]}
    room.does(12, **items, **{"time_out-fingerprint": card.token, "time_out-said": card.said})
    assert "P04 The time-out before the injection is not confirmed: consent." in room.sentences(13)

    room.does(14, consent_name="Aroha Example", **read_on(room))
    page = room.at(900, "get", "edit")
    assert consent_line(page) == ("Aroha Example, 2 Mar 2026; still agrees today", False)


def test_words_that_name_no_solution_cover_none(room: Room) -> None:
    assert consents_first(room, consent_solutions="", consent_risks="").solution_classes == []
    room.does(10, *POINTS)
    assert "V09 There is no consent for this treatment: it was given for other solutions." in room.sentences(11)
