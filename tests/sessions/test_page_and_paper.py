"""What a record's page says, its papers say; and a name keeps its direction beside a date, whatever its script."""

import re
from html import unescape
from typing import Any

import pytest

from accounts.models import Clinic
from common.tenancy import tenant
from scheduling.models import Appointment
from sessions.choices import CoSigned
from sessions.models import InjectionSession, SignedDocument
from sessions.services import co_signatures, consents, injection_sessions, lot_changes
from sessions.views.injection_session_pages import SessionPage, get_session
from sessions.views.paper_texts import letter, procedure_note
from tests.factories.accounts import MembershipFactory
from tests.factories.treatments import actor_of
from tests.sessions.test_times_of_acts import MINUTE, NINE, STATED, Room, room

__all__ = ["room"]
ARABIC = "ليلى"
LETTER = {"recipient": "Dr Lee", "greeting": "Dear Dr Lee,", "opening": "", "closing": ""}


def signed(room: Room) -> InjectionSession:
    room.does(28, "screening-", "consent_", "rest_before", "points-0-")
    room.does(30, "sharps", "time_out-", consent_name="")
    room.does(33, **STATED)
    room.does(40, "rest_after", "observation-", **{"response-ended_time": "09:38"})
    assert room.sign(41, **room.reasons(41)).status_code == 302
    return room.stored


def papers(room: Room, minutes: float) -> tuple[list[str], str, str]:
    """What happened since, and the note and letter made now."""
    with tenant(room.clinic.pk, actor="test"):
        by = actor_of(room.client.member)  # type: ignore[attr-defined]  # the member who signs in
        page = SessionPage(get_session(by, room.stored.pk, people=("voided_by",)), by, NINE + minutes * MINUTE)
        return list(page.since_signing.sentences), text_of(procedure_note(page)), text_of(letter(page, **LETTER))


def text_of(paper: Any) -> str:
    return "\n".join(_strings(paper.blocks))


def _strings(what: Any) -> list[str]:
    if isinstance(what, str):
        return [what]
    if isinstance(what, tuple | list):
        return [one for part in what for one in _strings(part)]
    return _strings(list(vars(what).values())) if hasattr(what, "__dict__") else []


def shown(room: Room, minutes: float) -> str:
    return unescape(re.sub(r"<[^>]+>", "", room.text(minutes)))


def test_what_happened_since_the_signature_stands_on_page_and_paper(room: Room) -> None:
    member = room.client.member  # type: ignore[attr-defined]  # the member who signs in
    with tenant(room.clinic.pk, actor="test"):
        senior = actor_of(MembershipFactory(clinic=room.clinic))
        member.needs_co_signature = True
        member.save()
    session = signed(room)
    assert papers(room, 42)[0] == [
        "This record still waits for a co-signature. The clinic asks for a second name under this record."
    ]
    with tenant(room.clinic.pk, actor="test"):
        by, at = actor_of(member), NINE + 50 * MINUTE
        co_signatures.send_back(injection_session=session, comment="Which lot was it?", by=senior, now=at)
        note = injection_sessions.add_addendum(injection_session=session, text="It was 77", by=by, now=at)
        co_signatures.co_sign(
            injection_session=session,
            seen_sha256=next(one.what.content_sha256 for one in _waits(room, by) if one.what.addendum),
            by=senior,
            now=at,
            about=CoSigned.ADDENDUM,
            addendum_id=note.pk,
        )
        corrected = {"lot_number": "LOT-78", "expiry_date": room.lot.expiry_date, "reason": "mistyped"}
        lot_changes.correct(lot=room.lot, **corrected, by=senior, now=at)
        session.refresh_from_db()
        consents.withdraw(consent=session.consent, reason="No more of it", by=by, now=at)  # type: ignore[arg-type]
        injection_sessions.void(injection_session=session, reason="Wrong patient", by=by, now=at)
    sentences, note_text, letter_text = papers(room, 60)
    for words in (
        "No more of it",
        "it is lot LOT-78",
        "Addendum: co-signed by",
        "Record: Sent back by",
        "Which lot was it?",
        "The voiding by",
    ):
        assert any(words in one for one in sentences), words
    page = shown(room, 61)
    for sentence in sentences:
        assert sentence in note_text
        assert sentence in letter_text
        assert sentence.removeprefix("The consent was ") in page


def _waits(room: Room, by: Any) -> Any:
    return SessionPage(get_session(by, room.stored.pk), by, NINE).co_signing.waits  # type: ignore[union-attr]


@pytest.fixture
def arabic(clinic: Clinic, visit: Appointment, settings: Any) -> Room:
    settings.STAFF_IDLE_SECONDS, settings.SECOND_CHECK_SECONDS = 12 * 3600, None
    with tenant(clinic.pk, actor="test"):
        visit.patient.given_names, visit.patient.family_name = ARABIC, ARABIC
        visit.patient.save()
        user = visit.client.member.user  # type: ignore[attr-defined]  # the member who signs in
        user.full_name = f"{ARABIC} {ARABIC}"
        user.save()
    return Room(clinic, visit)


def torn(text: str) -> list[str]:
    """Sentences in which a digit follows such a name that is not kept apart."""
    bare = re.sub("\u2068[^\u2069]*\u2069", "", text)
    return [line for line in bare.split("\n") if re.search(f"{ARABIC}.*[0-9]", line)]


def test_a_name_written_from_the_right_tears_no_date_apart(arabic: Room) -> None:
    arabic.whole["consent_name"] = f"{ARABIC} {ARABIC}"
    arabic.does(20, "points-0-", **{"response-first_injected_time": "09:15"})
    session = signed(arabic)
    with tenant(arabic.clinic.pk, actor="test"):
        document = SignedDocument.objects.get(injection_session=session).content
        consents.withdraw(
            consent=session.consent,  # type: ignore[arg-type]  # given before
            reason="No more",
            by=actor_of(arabic.client.member),  # type: ignore[attr-defined]  # the member who signs in
            now=NINE + 50 * MINUTE,
        )
    _since, note_text, letter_text = papers(arabic, 60)
    assert "changed by" in note_text
    # What is compared and never read has its parts joined with a bar.
    said = "\n".join(one for one in re.findall(r'"((?:[^"\\]|\\.)*)"', document) if "|" not in one)
    assert "still agrees today" in said
    assert torn(said) + torn(note_text) + torn(letter_text) == []
    page = re.sub(r"<bdi[^>]*>(.*?)</bdi>", "\u2068\\1\u2069", arabic.text(61))
    lines = re.sub(r"</?(p|li|dd|dt|h1|h2|h3|div|summary|td|a|title|section)\b[^>]*>", "\n", page)
    record = lines[lines.index("Technique") :]
    assert torn(re.sub(r"<[^>]+>", "", record)) == []
