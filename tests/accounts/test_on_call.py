"""Who is on call: in order, only who may take a report, never empty by accident."""

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.choices import Role
from accounts.models import Clinic, OnCallPerson
from accounts.permissions import ALLOWED, Act
from accounts.services import on_call as services
from accounts.services.on_call import OnCallRefusedError
from common.tenancy import tenant
from tests.factories.accounts import MembershipFactory, on_call


def test_who_is_paged_is_who_may_take_a_report() -> None:
    assert ALLOWED[Act.WORK_ALERTS] == {Role.CLINICIAN}  # what OnCallPerson.able() asks for


def test_people_are_added_last_and_somebody_there_already_keeps_the_place(in_clinic: Clinic) -> None:
    admin = MembershipFactory(clinic=in_clinic, role=Role.CLINIC_ADMIN).as_actor()
    one, two = MembershipFactory.create_batch(2, clinic=in_clinic)
    for member, mobile in ((one, ""), (two, ""), (one, "+4915112345678")):
        services.add(by=admin, membership_id=member.pk, mobile=mobile)
    first, second = OnCallPerson.objects.in_order()
    assert (first.membership_id, str(first.mobile), second.membership_id) == (one.pk, "+4915112345678", two.pk)


def test_only_an_active_clinician_of_the_own_clinic_is_named(in_clinic: Clinic, other_clinic: Clinic) -> None:
    admin = MembershipFactory(clinic=in_clinic, role=Role.CLINIC_ADMIN)
    gone = MembershipFactory(clinic=in_clinic, is_active=False)
    with tenant(other_clinic.pk, actor="test"):
        foreign = MembershipFactory(clinic=other_clinic)
    for member in (admin, gone, foreign):
        with pytest.raises(OnCallRefusedError, match="Only a clinician"):
            services.add(by=admin.as_actor(), membership_id=member.pk, mobile="")
    assert not OnCallPerson.objects.exists()


def test_the_order_changes_and_ends_at_its_ends(in_clinic: Clinic) -> None:
    one, two, three = on_call(in_clinic, "", "", "")
    by = one.membership.as_actor()

    def names() -> list[OnCallPerson]:
        connection.check_constraints()
        return list(OnCallPerson.objects.in_order())

    services.move(by=by, person_id=three.pk, places=-1)
    assert names() == [one, three, two]
    services.move(by=by, person_id=one.pk, places=1)
    assert names() == [three, one, two]
    for person, places in ((three, -1), (two, 1)):
        services.move(by=by, person_id=person.pk, places=places)
    assert names() == [three, one, two]
    services.remove(by=by, person_id=three.pk, is_sure=False)
    assert [person.position for person in names()] == [1, 2]


def test_the_last_who_can_be_woken_goes_only_when_somebody_is_sure(in_clinic: Clinic) -> None:
    one, two = on_call(in_clinic, "", "")
    two.membership.is_active = False
    two.membership.save()
    with pytest.raises(OnCallRefusedError, match="wakes nobody"):
        services.remove(by=one.membership.as_actor(), person_id=one.pk, is_sure=False)
    services.remove(by=one.membership.as_actor(), person_id=one.pk, is_sure=True)
    assert not OnCallPerson.objects.able().exists()


def test_the_database_refuses_a_person_or_a_place_twice_and_a_place_before_the_first(in_clinic: Clinic) -> None:
    one, _two = on_call(in_clinic, "", "")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    for wrong in ({"membership": one.membership, "position": 3}, {"position": 2}, {"position": 0}):
        person = {"clinic": in_clinic, "membership": MembershipFactory(clinic=in_clinic), **wrong}
        with pytest.raises(IntegrityError), transaction.atomic():
            OnCallPerson.objects.create(**person)
