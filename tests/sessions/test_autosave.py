"""Nothing typed is lost, at the server: saved, kept beside the draft, given back, never under another visit."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.choices import Role
from accounts.models import Clinic
from audit.models import AuditEvent
from common.tenancy import tenant
from sessions.models import Consent, Course, InjectionSession, UnsavedTyping
from sessions.services import injection_sessions as service
from tests.factories.accounts import MembershipFactory
from tests.factories.sessions import InjectionSessionFactory, PatientConditionFactory
from tests.factories.treatments import a_draft, actor_of
from tests.sessions.test_session_pages import filled as filled_for_good


@pytest.fixture
def client(clinic: Clinic, staff_client: Callable[..., Client]) -> Client:
    return staff_client(Role.CLINICIAN, clinic=clinic)


@pytest.fixture
def session(clinic: Clinic) -> InjectionSession:
    with tenant(clinic.pk, actor="test"):
        return InjectionSessionFactory(clinic=clinic)


PAGE = str(uuid4())


def filled(session: InjectionSession, *, number: int = 1, **changes: Any) -> dict[str, Any]:
    """As an open page sends it while somebody types; nobody has signed for the consent yet."""
    return filled_for_good(session, consent_name="") | {"page": PAGE, "number": str(number)} | changes


def autosave(client: Client, session: InjectionSession, **typed: Any) -> HttpResponse:
    return client.post(reverse("sessions:autosave", args=[session.pk]), filled(session, **typed))


def edit_url(session: InjectionSession) -> str:
    return reverse("sessions:edit", args=[session.pk])


def stored(clinic: Clinic, session: InjectionSession) -> InjectionSession:
    with tenant(clinic.pk, actor="test"):
        return InjectionSession.objects.get(pk=session.pk)


def kept(clinic: Clinic) -> list[UnsavedTyping]:
    with tenant(clinic.pk, actor="test"):
        return list(UnsavedTyping.objects.all())


def test_what_is_typed_becomes_the_draft(clinic: Clinic, client: Client, session: InjectionSession) -> None:
    answer = autosave(client, session, note="typed").json()

    assert (answer["state"], answer["version"]) == ("saved", 2)
    assert answer["saved_at"]
    assert answer["open"] >= 1
    assert stored(clinic, session).note == "typed"
    assert kept(clinic) == []


def test_a_save_that_changes_nothing_writes_nothing(clinic: Clinic, client: Client, session: InjectionSession) -> None:
    autosave(client, session)
    with tenant(clinic.pk, actor="test"):
        before = AuditEvent.objects.count()

    answer = autosave(client, session, number=2, version="2").json()

    assert answer["version"] == 2
    with tenant(clinic.pk, actor="test"):
        assert AuditEvent.objects.count() == before


def test_a_save_is_no_visit_of_the_page(clinic: Clinic, client: Client, session: InjectionSession) -> None:
    autosave(client, session)

    with tenant(clinic.pk, actor="test"):
        assert not AuditEvent.objects.filter(kind="view").exists()


@pytest.mark.parametrize(
    ("field", "value"), [("points-0-volume_ml", "0."), ("points-0-nerve", "peron"), ("points-1-side", "left")]
)
def test_what_does_not_validate_yet_is_kept_as_typed_and_the_rest_is_saved(
    clinic: Clinic, client: Client, session: InjectionSession, field: str, value: str
) -> None:
    typed = {field: value, "note": "half a point above"}
    answer = autosave(client, session, **typed)

    assert (answer.status_code, answer.json()["state"]) == (200, "saved")
    [wrong] = answer.json()["wrong"]
    assert wrong["words"]
    assert wrong["label"].startswith(f"Point {int(field.split('-')[1]) + 1}, ")
    assert wrong["field"].startswith("id_points-")
    now = stored(clinic, session)
    assert (now.version, now.note) == (2, "half a point above")
    page = client.get(edit_url(session)).content.decode()
    assert "is back" in page
    assert "half a point above" in page
    assert value in page


def test_a_wrong_field_is_named_and_everything_else_is_saved(
    clinic: Clinic, client: Client, session: InjectionSession
) -> None:
    autosave(client, session, amount_drawn_ml="4.0")
    wrong: list[dict[str, str]] = [{"amount_drawn_ml": "8.09"}, {"sharps_out": "-1"}, {"after_time": "25:00"}]
    for number, typed in enumerate(wrong, start=2):
        note = f"beside {number}"
        answer = autosave(client, session, number=number, note=note, **({"amount_drawn_ml": "4.0"} | typed)).json()
        [name] = typed
        assert (answer["state"], [one["field"] for one in answer["wrong"]]) == ("saved", [f"id_{name}"])
        assert answer["wrong"][0]["label"]
        assert answer["wrong"][0]["words"]
        now = stored(clinic, session)
        assert (now.note, now.amount_drawn_ml) == (note, Decimal(4))
        page = client.get(edit_url(session)).content.decode()
        assert typed[name] in page  # as it was typed, with what is wrong of it


def test_a_good_save_lets_the_kept_typing_go(clinic: Clinic, client: Client, session: InjectionSession) -> None:
    autosave(client, session, **{"points-0-volume_ml": "x"})
    assert len(kept(clinic)) == 1

    autosave(client, session, number=2)

    assert kept(clinic) == []
    assert 'id="typed-again"' not in client.get(edit_url(session)).content.decode()


@pytest.mark.parametrize("drawn", ["", "[[[100, 90], [190, 210], [280, 90], [370, 210], [460, 90]]]"])
def test_a_consent_that_the_time_out_confirms_is_given_then_and_once(
    drawn: str, clinic: Clinic, client: Client, session: InjectionSession
) -> None:
    """Typed, confirmed, injected, scored, and the page saved on purpose a while later: never given after the needle."""
    typed = {"consent_name": "Aroha Example", "consent_signature": drawn}
    for number in (1, 2):
        assert autosave(client, session, number=number, **typed).json()["state"] == "saved"
    asked = filled_for_good(session) | typed | {"version": "3", "page": PAGE, "number": "3"}
    client.post(edit_url(session), asked)

    with tenant(clinic.pk, actor="test"):
        given, time_out = Consent.objects.get(), session.time_outs.get()
        assert given.given_at == time_out.confirmed_at == stored(clinic, session).first_injected_at
        assert dict(time_out.words)["consent"].startswith("Aroha Example, ")
    assert kept(clinic) == []


def test_a_name_that_is_typed_after_it_was_ticked_is_no_consent_yet(
    clinic: Clinic, client: Client, session: InjectionSession
) -> None:
    autosave(client, session)
    assert autosave(client, session, number=2, consent_name="Aro").json()["state"] == "saved"
    with tenant(clinic.pk, actor="test"):
        assert not Consent.objects.exists()


def test_half_a_name_is_no_consent_yet(clinic: Clinic, client: Client, session: InjectionSession) -> None:
    typed = {"consent_name": "Aro", "quick_line": "sural r 3x.4", "note": "saved", "time_out-items": []}
    answer = autosave(client, session, **typed).json()

    assert answer["state"] == "saved"
    with tenant(clinic.pk, actor="test"):
        assert not Consent.objects.exists()
        assert session.points.count() == 1
    page = client.get(edit_url(session)).content.decode()
    assert 'value="Aro"' in page
    assert 'value="sural r 3x.4"' in page


def test_typing_opens_no_course(clinic: Clinic, client: Client, session: InjectionSession) -> None:
    with tenant(clinic.pk, actor="test"):
        condition = PatientConditionFactory(clinic=clinic, patient=session.patient)

    for number in (1, 2):
        autosave(client, session, number=number, version=str(number), note=str(number), course=f"open:{condition.pk}")

    with tenant(clinic.pk, actor="test"):
        assert not Course.objects.exists()
    assert stored(clinic, session).note == "2"
    assert len(kept(clinic)) == 1


def test_somebody_elses_save_is_told_and_both_texts_are_there(
    clinic: Clinic, client: Client, session: InjectionSession, staff_client: Callable[..., Client]
) -> None:
    other = staff_client(Role.CLINICIAN, clinic=clinic)
    autosave(other, session, note="theirs", page=str(uuid4()))

    answer = autosave(client, session, note="mine")

    assert (answer.status_code, answer.json()["state"]) == (409, "conflict")
    assert stored(clinic, session).note == "theirs"
    page = client.get(edit_url(session)).content.decode()
    assert "What differs" in page
    assert "mine" in page
    assert "theirs" in page
    assert 'id="typed-again"' not in other.get(edit_url(session)).content.decode()


def test_a_save_whose_answer_was_lost_is_no_conflict_with_oneself(
    clinic: Clinic, client: Client, session: InjectionSession
) -> None:
    autosave(client, session, note="first")

    answer = autosave(client, session, number=2, note="first and more")

    assert answer.json()["version"] == 3
    assert stored(clinic, session).note == "first and more"


def test_an_older_send_of_the_same_page_never_wins(clinic: Clinic, client: Client, session: InjectionSession) -> None:
    autosave(client, session, number=5, note="newest")

    late = autosave(client, session, number=4, note="older")

    assert late.json()["state"] == "saved"
    assert stored(clinic, session).note == "newest"
    assert kept(clinic) == []


def test_an_older_unfinished_send_does_not_replace_a_newer_one(
    clinic: Clinic, client: Client, session: InjectionSession
) -> None:
    autosave(client, session, number=5, **{"points-0-volume_ml": "newest"})
    autosave(client, session, number=4, **{"points-0-volume_ml": "older"})

    assert kept(clinic)[0].typed["points-0-volume_ml"] == ["newest"]


def test_what_is_typed_after_the_signature_is_shown_beside_the_record(
    clinic: Clinic, client: Client, session: InjectionSession
) -> None:
    with tenant(clinic.pk, actor="test"):
        by = actor_of(session.clinician)
        then = session.started_at
        service.save_draft(injection_session=session, version=1, draft=a_draft(), by=by, now=then)
        service.sign(injection_session=session, version=2, by=by, now=then)

    answer = autosave(client, session, note="one thing more", version="2")

    assert (answer.status_code, answer.json()["state"]) == (409, "closed")
    record = client.get(reverse("sessions:view", args=[session.pk])).content.decode()
    assert "is not in this record" in record
    assert "one thing more" in record


def test_the_signer_is_told_of_what_is_not_in_the_draft(client: Client, session: InjectionSession) -> None:
    autosave(client, session)
    autosave(client, session, number=2, version="2", **{"points-0-volume_ml": "x"})

    assert "is not in this record" in client.get(reverse("sessions:sign", args=[session.pk])).content.decode()


def test_a_member_sees_only_the_own_typing(
    clinic: Clinic, client: Client, session: InjectionSession, staff_client: Callable[..., Client]
) -> None:
    autosave(client, session, **{"points-0-volume_ml": "mine alone"})

    other = staff_client(Role.CLINICIAN, clinic=clinic)

    assert "mine alone" not in other.get(edit_url(session)).content.decode()


def test_typing_is_thrown_away_on_purpose_only(clinic: Clinic, client: Client, session: InjectionSession) -> None:
    autosave(client, session, **{"points-0-volume_ml": "mine"})

    client.post(reverse("sessions:throw_away", args=[session.pk]))

    assert kept(clinic) == []
    assert "mine" not in client.get(edit_url(session)).content.decode()


def test_a_page_without_scripts_keeps_what_it_could_not_save(
    clinic: Clinic, client: Client, session: InjectionSession
) -> None:
    refused = client.post(edit_url(session), filled(session, note="typed", **{"points-0-volume_ml": "x"}))

    assert "Point 1, mL: Write a number, like 2.5." in refused.content.decode()
    assert kept(clinic)[0].typed["note"] == ["typed"]


MOVES: dict[str, Callable[[InjectionSession, InjectionSession], object]] = {
    "another patient": lambda own, other: InjectionSession.objects.filter(pk=own.pk).update(
        patient=other.patient, version=2
    ),
    "another visit": lambda own, other: InjectionSession.objects.filter(pk=own.pk).update(
        appointment=other.appointment, version=2
    ),
    "another patient and visit": lambda own, other: InjectionSession.objects.filter(pk=own.pk).update(
        appointment=other.appointment, patient=other.patient, version=2
    ),
}


@pytest.mark.parametrize("where", MOVES)
def test_a_draft_never_moves_to(where: str, clinic: Clinic, session: InjectionSession) -> None:
    with tenant(clinic.pk, actor="test"):
        other = InjectionSessionFactory(clinic=clinic)
        InjectionSession.objects.filter(pk=other.pk).update(
            status="voided", voided_at=timezone.now(), voided_by=other.clinician, void_reason="x", version=2
        )
        with pytest.raises(DatabaseError), transaction.atomic():
            MOVES[where](session, other)


def test_another_clinics_typing_cannot_be_kept_here(
    other_clinic: Clinic, clinic: Clinic, session: InjectionSession
) -> None:
    with tenant(other_clinic.pk, actor="test"):
        stranger = MembershipFactory(clinic=other_clinic)
        typing = UnsavedTyping(
            clinic=other_clinic,
            injection_session_id=session.pk,
            member=stranger,
            version=1,
            typed={},
            typed_at=timezone.now(),
        )
        with pytest.raises(DatabaseError), transaction.atomic():
            typing.save()


def test_a_save_asks_the_database_as_often_for_three_points_as_for_one(
    client: Client, session: InjectionSession, figure: Callable[[str, float], None]
) -> None:
    point = {name: value for name, value in filled(session).items() if name.startswith("points-0")}
    more = {name.replace("-0-", f"-{row}-"): value for row in (1, 2) for name, value in point.items()}
    autosave(client, session)
    autosave(client, session, number=2, version="2", note="warm")
    counts = []
    for number, typed in ((3, {"note": "one"}), (4, more), (5, more | {"note": "three"})):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert autosave(client, session, number=number, version=str(number), **typed).json()["state"] == "saved"
        counts.append(len(asked))
    figure("draft_save_queries", counts[2])
    assert counts[0] == counts[2]
    assert counts[2] <= 34


def test_points_that_are_sent_again_unchanged_stay_in_the_draft(
    clinic: Clinic, client: Client, session: InjectionSession
) -> None:
    """The page was drawn before its rows were stored, and says so in its INITIAL_FORMS."""
    whole = {"points-0-nerve": "N054 Infrapatellar branch of saphenous"}  # as the page puts it, once chosen
    autosave(client, session, note="first", **whole)
    before = stored(clinic, session)
    with tenant(clinic.pk, actor="test"):
        count = before.points.count()

    answer = autosave(client, session, number=2, version=str(before.version), note="second", **whole).json()
    client.post(
        edit_url(session), filled(session, number=3, version=str(answer["version"]), note="third", act="save", **whole)
    )

    after = stored(clinic, session)
    with tenant(clinic.pk, actor="test"):
        assert (after.note, after.points.count()) == ("third", count)
    assert count > 0


def test_a_note_as_long_as_a_book_waits_and_its_field_is_named(
    client: Client, clinic: Clinic, session: InjectionSession
) -> None:
    answer = autosave(client, session, note="n" * 450_000)
    assert answer.status_code == 200
    assert [wrong["field"] for wrong in answer.json()["wrong"] if "450000" in wrong["words"]] == ["id_note"]
    assert kept(clinic)[0].typed["note"] == ["n" * 450_000]


def test_nul_in_a_name_of_a_field_is_no_part_of_what_is_kept(
    client: Client, clinic: Clinic, session: InjectionSession
) -> None:
    answer = autosave(client, session, **{"no\0te": "\0", "needle_gauge": "no number"})
    assert answer.status_code == 200
    assert "\0" not in "".join(kept(clinic)[0].typed)


@pytest.mark.parametrize("sent", [{}, {"note": "but no page"}])
def test_what_is_no_page_is_refused_and_nothing_is_kept(
    client: Client, clinic: Clinic, session: InjectionSession, sent: dict[str, str]
) -> None:
    answer = client.post(reverse("sessions:autosave", args=[session.pk]), sent)
    assert answer.status_code == 400
    assert kept(clinic) == []
