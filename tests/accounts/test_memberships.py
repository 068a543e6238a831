"""The first people of a deployment come in by a command; the last admin stays."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import StringIO
from threading import Barrier
from uuid import UUID

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connections, transaction
from django.utils import timezone

from accounts.actors import Actor, machine
from accounts.choices import Role
from accounts.models import Clinic, Invitation, Membership, StaffLetter, User
from accounts.services import invitations, memberships
from accounts.services.memberships import MemberRefusedError
from audit.models import AuditEvent
from common.tenancy import tenant
from scheduling.models import SettingChange, VisitType
from tests.factories.accounts import ClinicFactory, MembershipFactory
from tests.factories.scheduling import AppointmentFactory

PERSON = {"email": "Admin@Example.org", "name": "Ada Admin", "role": Role.CLINIC_ADMIN}
DETAILS = {
    "country": "DE",
    "address": ["Musterweg 1", "10115 Berlin"],
    "zone": "Europe/Berlin",
    "phone": "030 901820",
    "urgent_phone": "+4930901821",
}


def told(**given: object) -> str:
    out = StringIO()
    call_command("add_member", stdout=out, **{"clinic": "First", **PERSON, **given})
    return out.getvalue()


def test_a_new_clinic_invites_its_first_admin_and_shows_the_link_only_at_a_terminal_or_when_asked(db: None) -> None:
    assert "/invitation/" not in told(**DETAILS)

    clinic = Clinic.objects.get(name="First")
    with tenant(clinic.pk):
        (invitation,) = Invitation.objects.filter(clinic=clinic)
        assert (invitation.email, invitation.role) == ("admin@example.org", Role.CLINIC_ADMIN)
        assert VisitType.objects.filter(clinic=clinic).exists()
        assert StaffLetter.objects.filter(clinic=clinic).planned().count() == 1
    assert not User.objects.exists()
    again = re.search(r"/invitation/(\S+)/", told(show_link=True))
    assert again
    assert invitations.find(again[1])[1] == invitation


def test_a_new_clinic_without_its_details_or_an_address_is_refused_and_leaves_nothing(db: None) -> None:
    with pytest.raises(CommandError, match="zone"):
        told()
    with pytest.raises(CommandError, match="no e-mail address"):
        told(**DETAILS, email="nobody")

    assert not Clinic.objects.exists()
    assert not User.objects.exists()


def test_somebody_who_is_a_member_already_gets_the_new_role_but_the_only_admin_keeps_it(db: None) -> None:
    told(**DETAILS)
    clinic = Clinic.objects.get()
    with tenant(clinic.pk, actor="test"):
        invitation = Invitation.objects.get()
        user = invitations.accept_as_new(
            clinic=clinic, invitation_id=invitation.pk, password="four words nobody guesses", now=timezone.now()
        )
        with pytest.raises(CommandError, match="only clinic admin"):
            told(role=Role.AUDITOR)
        MembershipFactory(clinic=clinic, role=Role.CLINIC_ADMIN)
        told(role=Role.AUDITOR)
        assert Membership.objects.get(clinic=clinic, user=user).role == Role.AUDITOR


def test_a_name_that_differs_by_blanks_or_capitals_is_asked_about_and_makes_no_clinic(db: None) -> None:
    told(**DETAILS)
    for name in ("first", "First ", "  FIRST", "Ｆirst"):
        with pytest.raises(CommandError, match="Did you mean First"):
            told(**DETAILS, clinic=name)
    assert Clinic.objects.count() == 1


def test_the_command_hands_over_what_the_new_role_may_not_do(in_clinic: Clinic) -> None:
    visit = AppointmentFactory(clinic=in_clinic, starts_at=timezone.now() + timedelta(days=1))
    MembershipFactory(clinic=in_clinic)
    said = told(clinic=in_clinic.name, email=visit.clinician.user.email, role=Role.FRONT_DESK)
    assert "Visits to move: 1." in said
    assert SettingChange.objects.get(kind="role").visits == [visit.pk]


@pytest.fixture
def admin(in_clinic: Clinic) -> Actor:
    return MembershipFactory(clinic=in_clinic, role=Role.CLINIC_ADMIN).as_actor()


def test_the_last_admin_is_neither_switched_off_nor_demoted(in_clinic: Clinic, admin: Actor) -> None:
    by = machine(in_clinic, "test")
    acts = (
        lambda: memberships.switch_off(by=by, now=timezone.now(), membership_id=admin.membership_id),
        lambda: memberships.change_role(by=by, membership_id=admin.membership_id, role=Role.CLINICIAN),
    )
    for act in acts:
        with pytest.raises(MemberRefusedError, match="only clinic admin"):
            act()
    own = Membership.objects.filter(pk=admin.membership_id)
    for change in ({"is_active": False}, {"role": Role.CLINICIAN}):
        with pytest.raises(IntegrityError, match="last admin"), transaction.atomic():
            own.update(**change)
    with pytest.raises(IntegrityError, match="last admin"), transaction.atomic():
        Membership.objects.filter(clinic=in_clinic).update(role=Role.AUDITOR)


def test_nobody_changes_their_own_role_or_switches_themselves_off(in_clinic: Clinic, admin: Actor) -> None:
    MembershipFactory(clinic=in_clinic, role=Role.CLINIC_ADMIN)
    own = admin.membership_id
    for act in (
        lambda: memberships.switch_off(by=admin, now=timezone.now(), membership_id=own),
        lambda: memberships.change_role(by=admin, membership_id=own, role=Role.CLINICIAN),
        lambda: memberships.reset_second_factor(by=admin, now=timezone.now(), membership_id=own, reason="lost"),
    ):
        with pytest.raises(MemberRefusedError, match="for yourself"):
            act()


@pytest.mark.django_db(transaction=True)
def test_two_admins_who_demote_each_other_at_the_same_moment_leave_one() -> None:
    """At the services and, past them, at the table itself."""
    for through_services in (True, False):
        clinic = ClinicFactory()
        with tenant(clinic.pk, actor="test"):
            one, other = MembershipFactory.create_batch(2, clinic=clinic, role=Role.CLINIC_ADMIN)
        gate = Barrier(2)

        def demote(by: Actor, pk: UUID, *, gate: Barrier = gate, through: bool = through_services) -> str:
            try:
                gate.wait(timeout=60)
                with tenant(by.clinic_id, actor=by.audit_name):
                    if through:
                        memberships.change_role(by=by, membership_id=pk, role=Role.CLINICIAN)
                    else:
                        Membership.objects.filter(pk=pk).update(role=Role.CLINICIAN)
            except (MemberRefusedError, IntegrityError) as error:
                return type(error).__name__
            finally:
                connections.close_all()
            return "done"

        with ThreadPoolExecutor(2) as pool:
            ends = list(pool.map(demote, (one.as_actor(), other.as_actor()), (other.pk, one.pk)))
        with tenant(clinic.pk):
            assert Membership.objects.filter(clinic=clinic).admins().count() == 1
        assert sorted(ends) == sorted(["done", "MemberRefusedError" if through_services else "IntegrityError"])


def test_a_lost_second_step_is_reset_with_its_reason_in_the_trail_and_a_letter(in_clinic: Clinic, admin: Actor) -> None:
    member = MembershipFactory(clinic=in_clinic)
    Authenticator.objects.create(user=member.user, type=Authenticator.Type.TOTP, data={})
    when = {"now": timezone.now(), "reason": "phone lost"}

    with tenant(in_clinic.pk, actor=admin.audit_name):
        memberships.reset_second_factor(by=admin, membership_id=member.pk, **when)

    assert not Authenticator.objects.filter(user=member.user).exists()
    (letter,) = StaffLetter.objects.filter(membership=member)
    event = AuditEvent.objects.get(table_name="accounts_staffletter", row_id=letter.pk)
    assert (event.reason, event.actor) == ("phone lost", admin.audit_name)
    with pytest.raises(MemberRefusedError, match="no second step"):
        memberships.reset_second_factor(by=admin, membership_id=member.pk, **when)


def test_who_is_switched_off_cannot_come_back_through_an_old_link(in_clinic: Clinic, admin: Actor) -> None:
    member = MembershipFactory(clinic=in_clinic)
    old = Invitation.objects.create(
        clinic=in_clinic,
        email=member.user.email,
        full_name="x",
        role="clinician",
        token_hash=bytes(32),
        issued_at=timezone.now(),
        expires_at=timezone.now() + timedelta(days=1),
    )
    memberships.switch_off(by=admin, now=timezone.now(), membership_id=member.pk)
    old.refresh_from_db()
    assert old.withdrawn_at is not None


def test_whoever_runs_the_server_helps_an_only_admin_with_a_lost_second_step(in_clinic: Clinic, admin: Actor) -> None:
    user = User.objects.get(pk=admin.user_id)
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={})
    given = {"clinic": in_clinic.name, "email": user.email, "reason": "phone lost", "stdout": StringIO()}
    for wrong in ({"clinic": "Nowhere"}, {"email": "nobody@example.org"}):
        with pytest.raises(CommandError):
            call_command("reset_second_step", **{**given, **wrong})
    call_command("reset_second_step", **given)
    assert not Authenticator.objects.filter(user=user).exists()
    with pytest.raises(CommandError, match="no second step"):
        call_command("reset_second_step", **given)
