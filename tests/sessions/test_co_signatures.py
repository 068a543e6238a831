"""Where a clinic asks for it, a second clinician puts a name under a signed record; nobody can cheat."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse

from accounts.choices import Role
from accounts.models import Clinic, Membership
from accounts.services import memberships
from common.tenancy import tenant
from sessions.models import CoSignature, InjectionSession
from sessions.policies.injection_sessions import SessionRefusedError
from sessions.queries import co_sign_worklists as queries
from sessions.queries import worklists
from sessions.queries.signatures import broken_signatures, is_signature_broken
from sessions.services import co_signatures as service
from tests.factories.accounts import MembershipFactory
from tests.factories.sessions import InjectionSessionFactory, sign, signed_session, void
from tests.factories.treatments import actor_of

NOW = datetime(2026, 3, 2, 9, 5, tzinfo=UTC)
LATER = NOW + timedelta(hours=3)


@pytest.fixture
def trainee(in_clinic: Clinic) -> Membership:
    return MembershipFactory(clinic=in_clinic, needs_co_signature=True)


@pytest.fixture
def senior(in_clinic: Clinic) -> Membership:
    return MembershipFactory(clinic=in_clinic)


@pytest.fixture
def signed(in_clinic: Clinic, trainee: Membership) -> InjectionSession:
    session = signed_session(clinic=in_clinic, signed_at=NOW, clinician=trainee)
    session.refresh_from_db()
    return session


def co_sign(session: InjectionSession, member: Membership, **changes: str) -> CoSignature:
    seen = {"seen_sha256": session.content_sha256, **changes}
    return service.co_sign(injection_session=session, by=actor_of(member), now=LATER, **seen)


def test_a_record_of_somebody_who_may_sign_alone_needs_no_second_name(in_clinic: Clinic, senior: Membership) -> None:
    session = signed_session(clinic=in_clinic, signed_at=NOW, clinician=senior)
    session.refresh_from_db()
    assert session.needs_co_signature is None
    with pytest.raises(SessionRefusedError, match="needs no"):
        co_sign(session, MembershipFactory(clinic=in_clinic))


def test_another_clinician_co_signs_the_content_that_was_signed(signed: InjectionSession, senior: Membership) -> None:
    given = co_sign(signed, senior)
    assert (given.co_signed_by, given.content_sha256) == (senior, signed.content_sha256)
    assert broken_signatures(signed.clinic_id) == []


def test_the_signer_cannot(signed: InjectionSession, trainee: Membership) -> None:
    with pytest.raises(SessionRefusedError, match="their own signature"):
        co_sign(signed, trainee)


def test_the_signer_cannot_once_they_may_sign_alone(signed: InjectionSession, trainee: Membership) -> None:
    by = actor_of(MembershipFactory(clinic=signed.clinic, role=Role.CLINIC_ADMIN))
    memberships.ask_for_co_signature(by=by, membership_id=trainee.pk, is_needed=False)
    with pytest.raises(SessionRefusedError, match="their own signature"):
        co_sign(signed, trainee)


def test_somebody_who_needs_one_cannot_give_one(in_clinic: Clinic, signed: InjectionSession) -> None:
    with pytest.raises(SessionRefusedError, match="cannot give one"):
        co_sign(signed, MembershipFactory(clinic=in_clinic, needs_co_signature=True))


def test_it_is_given_once(in_clinic: Clinic, signed: InjectionSession, senior: Membership) -> None:
    co_sign(signed, senior)
    with pytest.raises(SessionRefusedError, match="already"):
        co_sign(signed, MembershipFactory(clinic=in_clinic))


def test_a_voided_record_is_not_co_signed(signed: InjectionSession, senior: Membership) -> None:
    void(signed, voided_at=LATER)
    with pytest.raises(SessionRefusedError, match="needs no"):
        co_sign(signed, senior)


def test_another_content_than_was_read_is_not_co_signed(signed: InjectionSession, senior: Membership) -> None:
    with pytest.raises(SessionRefusedError, match="not the record you read"):
        co_sign(signed, senior, seen_sha256="0" * 64)


def row(session: InjectionSession, member: Membership, **changes: object) -> CoSignature:
    fields = {
        "clinic_id": session.clinic_id,
        "injection_session": session,
        "co_signed_by": member,
        "co_signed_at": LATER,
        "content_sha256": session.content_sha256,
    }
    return CoSignature.objects.create(**{**fields, **changes})


ATTACKS: dict[str, Callable[[InjectionSession, Membership], object]] = {
    "sign for a draft": lambda s, m: row(InjectionSessionFactory(clinic=s.clinic), m),
    "sign for a record that needs none": lambda s, m: row(signed_session(clinic=s.clinic, signed_at=NOW), m),
    "sign as the signer": lambda s, _m: row(s, s.signed_by),
    "sign as a trainee": lambda s, _m: row(s, MembershipFactory(clinic=s.clinic, needs_co_signature=True)),
    "sign as the desk": lambda s, _m: row(s, MembershipFactory(clinic=s.clinic, role=Role.FRONT_DESK)),
    "sign as somebody who left": lambda s, _m: row(s, MembershipFactory(clinic=s.clinic, is_active=False)),
    "sign another content": lambda s, m: row(s, m, content_sha256="0" * 64),
    "sign before the signer": lambda s, m: row(s, m, co_signed_at=NOW - timedelta(seconds=1)),
    "sign twice": lambda s, m: [row(s, m), row(s, m)],
    "change it": lambda s, m: [row(s, m), CoSignature.objects.update(co_signed_at=NOW)],
    "give it to another": lambda s, m: [
        row(s, m),
        CoSignature.objects.update(co_signed_by=MembershipFactory(clinic=s.clinic)),
    ],
    "delete it": lambda s, m: row(s, m).delete(),
    "truncate it": lambda s, m: [row(s, m), connection.cursor().execute("TRUNCATE pit_sessions_cosignature")],
    "waive it after signing": lambda s, _m: InjectionSession.objects.filter(pk=s.pk).update(
        needs_co_signature=None, version=s.version + 1
    ),
}


@pytest.mark.parametrize("name", ATTACKS)
def test_the_database_refuses_to(name: str, signed: InjectionSession, senior: Membership) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        ATTACKS[name](signed, senior)
    assert not CoSignature.objects.exists()


def test_nobody_decides_about_the_second_name_but_the_membership(in_clinic: Clinic, trainee: Membership) -> None:
    session = InjectionSessionFactory(clinic=in_clinic, clinician=trainee)
    session.needs_co_signature = False
    sign(session, signed_at=NOW + timedelta(days=900))
    session.refresh_from_db()
    assert session.needs_co_signature is True


def test_a_superuser_who_changes_the_record_and_its_hash_is_found_by_the_co_signature(
    signed: InjectionSession, senior: Membership, as_superuser: Callable[[], None]
) -> None:
    co_sign(signed, senior)
    as_superuser()
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("UPDATE pit_sessions_injectionsession SET note = 'x'")
        cursor.execute("UPDATE pit_sessions_injectionsession s SET content_sha256 = sessions_content_hash(s)")
        cursor.execute("SET session_replication_role = DEFAULT")
    assert is_signature_broken(signed.clinic_id, signed.pk)


def test_it_waits_on_the_worklist_until_it_is_given_or_the_record_is_voided(
    in_clinic: Clinic, trainee: Membership, signed: InjectionSession, senior: Membership
) -> None:
    other = signed_session(clinic=in_clinic, signed_at=NOW + timedelta(days=1), clinician=trainee)
    signed_session(clinic=in_clinic, signed_at=NOW, clinician=senior)
    by = actor_of(senior)
    listed = queries.co_sign_rows(queries.sessions_to_co_sign(by), LATER)
    assert [(line.id, line.owner_id) for line in listed] == [(signed.pk, trainee.pk), (other.pk, trainee.pk)]
    assert worklists.counts(by, now=LATER).to_co_sign == 2

    co_sign(signed, senior)
    void(other, voided_at=LATER)

    # The voiding is another act of somebody who needs a second name.
    listed = queries.co_sign_rows(queries.sessions_to_co_sign(by), LATER)
    assert [(line.id, line.about) for line in listed] == [(other.pk, "voiding")]
    assert worklists.counts(by, now=LATER).to_co_sign == 1


def test_the_pages_from_the_setting_to_the_second_name(clinic: Clinic, staff_client: Callable[..., Client]) -> None:
    admin, trainee, senior = (
        staff_client(role, clinic=clinic) for role in (Role.CLINIC_ADMIN, Role.CLINICIAN, Role.CLINICIAN)
    )
    setting = reverse("accounts:co_signature", args=[trainee.member.pk])
    admin.post(setting, {"needed": "yes"})
    assert "with a co-signature" in admin.get(reverse("accounts:people")).content.decode()
    with tenant(clinic.pk, actor="test"):
        signed = signed_session(clinic=clinic, signed_at=NOW, clinician=trainee.member)
        signed.refresh_from_db()
    url, record = reverse("sessions:co_sign", args=[signed.pk]), reverse("sessions:view", args=[signed.pk])
    assert "Nobody co-signs their own signature" in trainee.get(record).content.decode()
    assert "Co-signed as" in senior.get(record).content.decode()
    assert str(signed.pk) in senior.get(reverse("sessions:to_co_sign")).content.decode()

    body = {"seen_sha256": signed.content_sha256, "co_signed_by": str(trainee.member.pk)}
    answer = senior.post(url, body, follow=True).content.decode()

    assert "The session is co-signed." in answer
    with tenant(clinic.pk, actor="test"):
        assert CoSignature.objects.get().co_signed_by_id == senior.member.pk


def test_an_old_sign_in_is_asked_before_a_co_signature(clinic: Clinic, staff_client: Callable[..., Client]) -> None:
    with tenant(clinic.pk, actor="test"):
        trainee = MembershipFactory(clinic=clinic, needs_co_signature=True)
        signed = signed_session(clinic=clinic, signed_at=NOW, clinician=trainee)
        signed.refresh_from_db()
    client = staff_client(Role.CLINICIAN, clinic=clinic)
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": 1.0}]
    session.save()

    answer = client.post(reverse("sessions:co_sign", args=[signed.pk]), {"seen_sha256": signed.content_sha256})

    assert answer.status_code == 302
    with tenant(clinic.pk, actor="test"):
        assert not CoSignature.objects.exists()
