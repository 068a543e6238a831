"""Who treated decides what a signature says and who puts a second name; the second name never ends in a dead end."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from accounts.choices import Role
from accounts.models import Clinic, Membership
from accounts.services import memberships
from accounts.services.memberships import MemberRefusedError
from common.tenancy import tenant
from scheduling.choices import VisitStatus
from sessions.choices import CoSigned
from sessions.models import CoSignature, CoSignatureReturn, InjectionSession
from sessions.policies.co_signatures import co_signing_of
from sessions.policies.injection_sessions import SessionRefusedError
from sessions.queries import co_sign_worklists as queries
from sessions.queries import leavers, worklists
from sessions.queries.signatures import broken_signatures
from sessions.services import co_signatures, injection_sessions
from sessions.services import leavers as leaving
from sessions.services.who_treated import say_who_treated
from tests.factories.accounts import MembershipFactory
from tests.factories.scheduling import AppointmentFactory
from tests.factories.sessions import signed_session
from tests.factories.treatments import SolutionLotFactory, a_draft, actor_of

NOW = datetime(2026, 3, 2, 9, 5, tzinfo=UTC)
LATER = NOW + timedelta(hours=3)


@pytest.fixture
def trainee(in_clinic: Clinic) -> Membership:
    return MembershipFactory(clinic=in_clinic, needs_co_signature=True)


@pytest.fixture
def senior(in_clinic: Clinic, trainee: Membership) -> Membership:
    member = MembershipFactory(clinic=in_clinic)
    trainee.supervisor = member
    trainee.save()
    return member


def a_ready_draft(member: Membership) -> InjectionSession:
    """Begun by the member in a visit of their own."""
    visit = AppointmentFactory(clinic=member.clinic, clinician=member, status=VisitStatus.ARRIVED)
    by = actor_of(member)
    begun = injection_sessions.start(appointment=visit, by=by, now=NOW)
    draft = a_draft(lot=SolutionLotFactory(clinic=member.clinic))
    return injection_sessions.save_draft(injection_session=begun, version=1, draft=draft, by=by, now=NOW)


def signed_by(member: Membership, draft: InjectionSession) -> InjectionSession:
    return injection_sessions.sign(injection_session=draft, version=draft.version, by=actor_of(member), now=NOW)


def co_sign(session: InjectionSession, member: Membership, **what: object) -> CoSignature:
    seen = {"seen_sha256": session.content_sha256, **what}
    return co_signatures.co_sign(injection_session=session, by=actor_of(member), now=LATER, **seen)  # type: ignore[arg-type]


# Whose treatment it was.
def test_a_trainees_treatment_needs_its_second_name_whoever_signs(trainee: Membership, senior: Membership) -> None:
    another = MembershipFactory(clinic=trainee.clinic)
    session = signed_by(senior, a_ready_draft(trainee))
    assert session.needs_co_signature is True
    with pytest.raises(SessionRefusedError, match="their own signature"):
        co_sign(session, senior)
    (row,) = queries.co_sign_rows(queries.sessions_to_co_sign(actor_of(another)), LATER)
    # The supervisor signed, so the second name is anybody else's who may.
    assert (row.owner_id, row.supervisor_name, row.due_at) == (senior.pk, "", NOW + timedelta(hours=24))
    assert co_sign(session, another).co_signed_by == another
    assert broken_signatures(session.clinic_id) == []


def test_a_signature_that_could_never_be_whole_is_refused(trainee: Membership, senior: Membership) -> None:
    draft = a_ready_draft(trainee)
    with pytest.raises(SessionRefusedError, match="which only you could give"):
        signed_by(senior, draft)
    session = signed_by(trainee, draft)
    assert co_sign(session, senior).co_signed_by == senior


def test_somebody_whom_nobody_could_co_sign_is_told_before_they_sign(trainee: Membership) -> None:
    with pytest.raises(SessionRefusedError, match="Nobody at the clinic may co-sign"):
        signed_by(trainee, a_ready_draft(trainee))


def test_whoever_treated_says_so_before_signing(trainee: Membership, senior: Membership) -> None:
    draft = a_ready_draft(trainee)
    draft = say_who_treated(injection_session=draft, version=2, by=actor_of(senior))
    session = signed_by(senior, draft)
    assert (session.clinician_id, session.needs_co_signature) == (senior.pk, None)
    with pytest.raises(SessionRefusedError, match="cannot change"):
        say_who_treated(injection_session=session, version=4, by=actor_of(trainee))


def test_the_pages_say_who_gave_the_treatment(clinic: Clinic, staff_client: Callable[..., Client]) -> None:
    treater, signer = (staff_client(Role.CLINICIAN, clinic=clinic) for _number in range(2))
    with tenant(clinic.pk, actor="test"):
        draft = a_ready_draft(treater.member)
    name = treater.member.user.full_name
    own, others = "I gave this treatment and this record is true.", f"{name} gave this treatment. I did not give it;"
    page, record = reverse("sessions:sign", args=[draft.pk]), reverse("sessions:view", args=[draft.pk])
    assert own in treater.get(page).content.decode()
    shown = signer.get(page).content.decode()
    assert others in shown
    assert own not in shown

    answer = signer.post(reverse("sessions:treated", args=[draft.pk]), {"version": draft.version}, follow=True)
    assert own in answer.content.decode()
    treater.post(reverse("sessions:treated", args=[draft.pk]), {"version": draft.version + 1})
    signer.post(page, {"version": draft.version + 2})
    shown = treater.get(record).content.decode()
    assert others in shown
    assert own not in shown
    note = treater.post(reverse("sessions:make_note", args=[draft.pk]), follow=True)
    assert note.status_code == 200


# Nobody is left without one who may co-sign.
def test_the_last_who_signs_alone_stays_so(in_clinic: Clinic) -> None:
    admin = actor_of(MembershipFactory(clinic=in_clinic, role=Role.CLINIC_ADMIN))
    members = [MembershipFactory(clinic=in_clinic) for _number in range(4)]

    def ask(member: Membership, supervisor: Membership | None = None) -> Membership:
        supervisor_id = supervisor.pk if supervisor else None
        return memberships.ask_for_co_signature(
            by=admin, membership_id=member.pk, is_needed=True, supervisor_id=supervisor_id
        )

    with pytest.raises(MemberRefusedError, match="Choose who co-signs"):
        ask(members[0])
    assert ask(members[0], members[3]).supervisor_id == members[3].pk
    with pytest.raises(MemberRefusedError, match="Choose who co-signs"):
        ask(members[1], members[0])
    ask(members[1], members[2])
    # Whoever needs one now hands over those they co-signed for.
    assert ask(members[2]).supervisor_id == members[3].pk
    members[1].refresh_from_db()
    assert members[1].supervisor_id == members[3].pk
    with pytest.raises(MemberRefusedError, match="the only clinician who may"):
        ask(members[3])
    for act, given in (
        (memberships.switch_off, {"now": NOW}),
        (memberships.change_role, {"role": Role.FRONT_DESK}),
    ):
        with pytest.raises(MemberRefusedError, match="the only clinician who may co-sign"):
            act(by=admin, membership_id=members[3].pk, **given)
    for values in ({"needs_co_signature": True}, {"is_active": False}, {"role": Role.AUDITOR}):
        with pytest.raises(IntegrityError, match="last clinician who may co-sign"), transaction.atomic():
            Membership.objects.filter(pk=members[3].pk).update(**values)
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.filter(pk=members[0].pk).update(supervisor=members[0].pk)


def test_a_supervisor_who_leaves_hands_over(in_clinic: Clinic, trainee: Membership, senior: Membership) -> None:
    admin = actor_of(MembershipFactory(clinic=in_clinic, role=Role.CLINIC_ADMIN))
    others = [MembershipFactory(clinic=in_clinic) for _number in range(2)]
    assert leavers.open_work(admin, senior, now=NOW).supervised == [trainee]

    leaving.hand_over(by=admin, member=senior, to=others[0])
    trainee.refresh_from_db()
    assert trainee.supervisor == others[0]

    # With several left and none chosen, any of them may; with one left, it is that one.
    memberships.switch_off(by=admin, now=NOW, membership_id=others[0].pk)
    trainee.refresh_from_db()
    assert trainee.supervisor is None
    leaving.hand_over(by=admin, member=others[0], to=trainee)
    Membership.objects.filter(pk=trainee.pk).update(supervisor=others[1])
    memberships.switch_off(by=admin, now=NOW, membership_id=others[1].pk)
    trainee.refresh_from_db()
    assert trainee.supervisor == senior


# Sent back.
def test_a_record_is_sent_back_with_a_comment_and_comes_again(trainee: Membership, senior: Membership) -> None:
    session = signed_by(trainee, a_ready_draft(trainee))
    reader, writer = actor_of(senior), actor_of(trainee)
    waits = queries.co_sign_rows(queries.sessions_to_co_sign(reader), LATER)
    assert [(row.supervisor_name, row.is_overdue) for row in waits] == [(senior.user.full_name, False)]

    given = {"injection_session": session, "now": LATER}
    with pytest.raises(SessionRefusedError, match="what is missing"):
        co_signatures.send_back(comment=" ", by=reader, **given)
    with pytest.raises(SessionRefusedError, match="their own signature"):
        co_signatures.send_back(comment="Which lot?", by=writer, **given)
    co_signatures.send_back(comment="Which lot?", by=reader, **given)
    with pytest.raises(SessionRefusedError, match="sent back already"):
        co_signatures.send_back(comment="And when?", by=reader, **given)

    assert [row.comment for row in queries.sent_back_rows(queries.sent_back(writer), LATER)] == ["Which lot?"]
    assert list(queries.sent_back(reader)) == []
    counts = worklists.counts(writer, now=LATER)
    assert (counts.to_co_sign, counts.sent_back, worklists.counts(reader, now=LATER).sent_back) == (0, 1, 0)
    session.refresh_from_db()
    assert session.status == "signed"
    assert broken_signatures(session.clinic_id) == []

    with pytest.raises(SessionRefusedError, match="asks again"):
        co_signatures.ask_again(injection_session=session, by=reader, now=LATER)
    co_signatures.ask_again(injection_session=session, by=writer, now=LATER)
    counts = worklists.counts(writer, now=LATER)
    assert (counts.to_co_sign, counts.sent_back) == (1, 0)
    with pytest.raises(SessionRefusedError, match="not sent back"):
        co_signatures.ask_again(injection_session=session, by=writer, now=LATER)
    co_signatures.send_back(comment="And when?", by=reader, **given)
    co_sign(session, senior)
    assert worklists.counts(writer, now=LATER).sent_back == 0
    assert [row.comment for row in session.returns.all()] == ["Which lot?", "And when?"]


def test_addenda_and_voidings_are_sent_back_to_their_writer_and_come_again(
    trainee: Membership, senior: Membership
) -> None:
    session = signed_by(trainee, a_ready_draft(trainee))
    reader, writer = actor_of(senior), actor_of(trainee)
    co_sign(session, senior)
    addenda = [
        injection_sessions.add_addendum(injection_session=session, text=text, by=writer, now=NOW)
        for text in ("One", "Two")
    ]
    session.refresh_from_db()
    injection_sessions.void(injection_session=session, reason="Of another patient", by=writer, now=NOW)
    session.refresh_from_db()
    given = {"injection_session": session, "now": LATER}
    for about, addendum in ((CoSigned.ADDENDUM, addenda[0]), (CoSigned.VOID, None)):
        what = {"about": about, "addendum_id": addendum.pk if addendum else None}
        co_signatures.send_back(comment=f"{about}?", by=reader, **what, **given)
        with pytest.raises(SessionRefusedError, match="sent back already"):
            co_signatures.send_back(comment="Again", by=reader, **what, **given)

    rows = queries.sent_back_rows(queries.sent_back(writer), LATER)
    assert sorted(row.comment for row in rows) == ["addendum?", "void?"]
    assert list(queries.sent_back(reader)) == []
    assert worklists.counts(reader, now=LATER).to_co_sign == 1  # the second addendum
    page = co_signing_of(session, writer)
    assert page is not None
    assert [(one.what.about, one.may_ask_again) for one in page.waits] == [
        (CoSigned.ADDENDUM, True),
        (CoSigned.ADDENDUM, False),
        (CoSigned.VOID, True),
    ]

    for row in session.returns.all():
        with pytest.raises(SessionRefusedError, match="asks again"):
            co_signatures.ask_again(return_id=row.pk, by=reader, **given)
        co_signatures.ask_again(return_id=row.pk, by=writer, **given)
    assert worklists.counts(reader, now=LATER).to_co_sign == 3
    # No dead end: what is with a writer who does not answer can be co-signed all the same.
    co_signatures.send_back(comment="Why?", by=reader, about=CoSigned.VOID, **given)
    reason = sha256(b"Of another patient").hexdigest()
    co_signatures.co_sign(seen_sha256=reason, by=reader, about=CoSigned.VOID, **given)
    assert list(queries.sent_back(writer)) == []


def test_the_database_sends_back_only_what_waits(trainee: Membership, senior: Membership) -> None:
    session = signed_by(trainee, a_ready_draft(trainee))
    third = MembershipFactory(clinic=trainee.clinic, needs_co_signature=True)
    other = signed_by(third, a_ready_draft(third))
    own = injection_sessions.add_addendum(injection_session=session, text="One", by=actor_of(trainee), now=NOW)
    foreign = injection_sessions.add_addendum(injection_session=other, text="One", by=actor_of(third), now=NOW)
    free = injection_sessions.add_addendum(injection_session=session, text="Mine", by=actor_of(senior), now=NOW)
    fields = {
        "clinic": trainee.clinic, "injection_session": session, "returned_at": LATER, "comment": "Which?",
        "returned_by": senior,
    }  # fmt: skip
    for wrong in (
        {"about": "void"},
        {"about": "addendum"},
        {"about": "record", "addendum": own},
        {"about": "addendum", "addendum": foreign},
        {"about": "addendum", "addendum": free},
        {"about": "addendum", "addendum": own, "returned_by": trainee},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            CoSignatureReturn.objects.create(**{**fields, **wrong})
    CoSignatureReturn.objects.create(**fields, about="addendum", addendum=own)
    CoSignatureReturn.objects.create(**fields)
    with pytest.raises(IntegrityError, match="one_open_an_addendum"), transaction.atomic():
        CoSignatureReturn.objects.create(**fields, about="addendum", addendum=own)


def test_the_database_keeps_what_was_sent_back(trainee: Membership, senior: Membership) -> None:
    session = signed_session(clinic=trainee.clinic, signed_at=NOW, clinician=trainee)
    fields = {"clinic": trainee.clinic, "injection_session": session, "returned_at": LATER, "comment": "Which lot?"}
    for wrong in (
        {"returned_by": trainee},
        {"returned_by": MembershipFactory(clinic=trainee.clinic, role=Role.FRONT_DESK)},
        {"returned_by": senior, "comment": ""},
        {"returned_by": senior, "returned_at": NOW - timedelta(seconds=1)},
        {"returned_by": senior, "injection_session": signed_session(clinic=trainee.clinic, signed_at=NOW)},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            CoSignatureReturn.objects.create(**{**fields, **wrong})
    row = CoSignatureReturn.objects.create(**fields, returned_by=senior)
    with pytest.raises(IntegrityError), transaction.atomic():
        CoSignatureReturn.objects.create(**fields, returned_by=senior)
    for values in ({"comment": "x"}, {"asked_again_at": LATER}, {"asked_again_at": NOW, "asked_again_by": trainee}):
        with pytest.raises(IntegrityError), transaction.atomic():
            CoSignatureReturn.objects.update(**values)
    with pytest.raises(DatabaseError), transaction.atomic():
        row.delete()


# Later acts come back.
def test_an_addendum_and_a_voiding_by_a_trainee_come_back_for_a_second_name(
    trainee: Membership, senior: Membership
) -> None:
    session = signed_by(trainee, a_ready_draft(trainee))
    writer, reader = actor_of(trainee), actor_of(senior)
    co_sign(session, senior)
    injection_sessions.add_addendum(injection_session=session, text="Read by a senior", by=reader, now=LATER)
    assert worklists.counts(reader, now=LATER).to_co_sign == 0
    added = [
        injection_sessions.add_addendum(injection_session=session, text=text, by=writer, now=LATER)
        for text in ("It was the left", "Ä second")
    ]
    assert worklists.counts(reader, now=LATER).to_co_sign == 2
    rows = queries.co_sign_rows(queries.sessions_to_co_sign(reader), LATER)
    assert [(row.id, row.about, row.supervisor_name) for row in rows] == [
        (session.pk, "addendum", senior.user.full_name)
    ] * 2
    signing = co_signing_of(session, reader)
    assert signing is not None
    assert {one.what.addendum for one in signing.waits} == set(added)
    for one in signing.waits:
        assert one.what.addendum is not None
        with pytest.raises(SessionRefusedError, match="not the record you read"):
            co_sign(session, senior, about=CoSigned.ADDENDUM, addendum_id=one.what.addendum.pk)
        what = {"about": CoSigned.ADDENDUM, "addendum_id": one.what.addendum.pk, "seen_sha256": one.what.content_sha256}
        co_sign(session, senior, **what)
        with pytest.raises(SessionRefusedError, match="already"):
            co_sign(session, senior, **what)
    assert worklists.counts(reader, now=LATER).to_co_sign == 0

    injection_sessions.void(injection_session=session, reason="Wrong patient", by=writer, now=LATER)
    session.refresh_from_db()
    signing = co_signing_of(session, reader)
    assert signing is not None
    (waits,) = signing.waits
    assert (waits.what.about, worklists.counts(reader, now=LATER).to_co_sign) == (CoSigned.VOID, 1)
    with pytest.raises(SessionRefusedError, match="their own signature"):
        co_sign(session, trainee, about=CoSigned.VOID, seen_sha256=waits.what.content_sha256)
    co_sign(session, senior, about=CoSigned.VOID, seen_sha256=waits.what.content_sha256)
    assert worklists.counts(reader, now=LATER).to_co_sign == 0
    assert broken_signatures(session.clinic_id) == []


def test_the_database_co_signs_no_other_addendum_nor_voiding(trainee: Membership, senior: Membership) -> None:
    session, other = (signed_session(clinic=trainee.clinic, signed_at=NOW, clinician=trainee) for _number in range(2))
    given = {"by": actor_of(trainee), "now": NOW}
    addendum = injection_sessions.add_addendum(injection_session=session, text="Left", **given)
    own = injection_sessions.add_addendum(injection_session=session, text="Left", by=actor_of(senior), now=NOW)
    assert (addendum.needs_co_signature, own.needs_co_signature) == (None, None)  # made by the database
    addendum.refresh_from_db()
    assert addendum.needs_co_signature is True
    (waits,) = [one for one in co_signing_of(session, actor_of(senior)).waits if one.what.addendum]  # type: ignore[union-attr]
    fields = {
        "clinic": trainee.clinic,
        "injection_session": session,
        "about": "addendum",
        "addendum": addendum,
        "co_signed_by": senior,
        "co_signed_at": LATER,
        "content_sha256": waits.what.content_sha256,
    }
    for wrong in (
        {"co_signed_by": trainee},
        {"content_sha256": "0" * 64},
        {"injection_session": other},
        {"addendum": own},
        {"addendum": None},
        {"about": "void", "addendum": None},
        {"about": "record"},
        {"co_signed_at": NOW - timedelta(seconds=1)},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            CoSignature.objects.create(**{**fields, **wrong})
    CoSignature.objects.create(**fields)
    with pytest.raises(IntegrityError), transaction.atomic():
        CoSignature.objects.create(**fields)


def test_the_pages_send_back_ask_again_and_count_in_the_bar(
    clinic: Clinic, staff_client: Callable[..., Client]
) -> None:
    trainee, senior = (staff_client(Role.CLINICIAN, clinic=clinic) for _number in range(2))
    with tenant(clinic.pk, actor="test"):
        Membership.objects.filter(pk=trainee.member.pk).update(needs_co_signature=True, supervisor=senior.member)
        session = signed_session(clinic=clinic, signed_at=NOW, clinician=trainee.member)
    record = reverse("sessions:view", args=[session.pk])
    url = {name: reverse(f"sessions:{name}", args=[session.pk]) for name in ("send_back", "ask_again", "add_addendum")}
    bar, lists = reverse("sessions:worklist_counts"), reverse("sessions:worklists")
    assert "To co-sign:" in senior.get(bar).content.decode()
    assert f"Supervisor: {senior.member.user.full_name}" in senior.get(record).content.decode()
    assert "Enter what is missing" in senior.post(url["send_back"], {"comment": ""}, follow=True).content.decode()

    senior.post(url["send_back"], {"comment": "Which lot was it?"})

    assert "Sent back to you" in trainee.get(bar).content.decode()
    assert "Which lot was it?" in trainee.get(lists).content.decode()
    assert "Which lot was it?" in trainee.get(reverse("sessions:sent_back")).content.decode()
    assert "Sent back to you" not in senior.get(bar).content.decode()
    assert "Ask for the co-signature again" not in senior.get(record).content.decode()
    assert "Ask for the co-signature again" in trainee.get(record).content.decode()
    trainee.post(url["add_addendum"], {"text": "Lot A1"})
    assert "waits for its co-signature again" in trainee.post(url["ask_again"], follow=True).content.decode()
    page = senior.get(record).content.decode()
    assert page.count('name="seen_sha256"') == 1
    assert "Lot A1" in page
    with tenant(clinic.pk, actor="test"):
        session.refresh_from_db()
    senior.post(reverse("sessions:co_sign", args=[session.pk]), {"seen_sha256": session.content_sha256})
    page = senior.get(record)
    waits = page.context["page"].co_signing.for_reader.what
    body = {"seen_sha256": waits.content_sha256, "addendum": waits.addendum.pk}
    assert (
        "is co-signed"
        in senior.post(reverse("sessions:co_sign", args=[session.pk]), body, follow=True).content.decode()
    )
    trainee.post(reverse("sessions:void", args=[session.pk]), {"reason": "Wrong patient"})
    waits = senior.get(record).context["page"].co_signing.for_reader.what
    answer = senior.post(
        reverse("sessions:co_sign_void", args=[session.pk]), {"seen_sha256": waits.content_sha256}, follow=True
    )
    assert "is co-signed" in answer.content.decode()
    assert "To co-sign:" not in senior.get(bar).content.decode()


def test_a_refused_signature_names_its_causes_at_the_top_and_leads_there(
    clinic: Clinic, staff_client: Callable[..., Client]
) -> None:
    client = staff_client(Role.CLINICIAN, clinic=clinic)
    with tenant(clinic.pk, actor="test"):
        draft = a_ready_draft(client.member)
        points = [draft.points.get()]
        InjectionSession.objects.filter(pk=draft.pk).update(sharps_in=None, version=draft.version + 1)
        assert points
    answer = client.post(reverse("sessions:sign", args=[draft.pk]), {"version": draft.version + 1})
    page = answer.content.decode()
    assert answer.status_code == 422
    summary = page[page.index("error-summary") : page.index("</ul>", page.index("error-summary"))]
    assert "The session cannot be signed yet." in summary
    assert f'href="{reverse("sessions:edit", args=[draft.pk])}#id_sharps_out"' in summary
    assert page.index("error-summary") < page.index("Technique")
