"""Name who is on call, in order; each act holds the clinic's list, so that two of them cannot mix."""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.choices import Role
from accounts.models import Clinic, Membership, OnCallPerson


class OnCallRefusedError(Exception):
    """This cannot be done with the list as it stands; the text says why."""


@transaction.atomic
def add(*, by: Actor, membership_id: UUID, mobile: str) -> OnCallPerson:
    """Put a clinician last in the list; somebody who is in it already keeps the place and gets the phone."""
    people = _locked(by)
    member = Membership.objects.visible_to(by).clinicians().filter(pk=membership_id).first()
    if member is None:
        raise OnCallRefusedError(_("Only a clinician who works here can take a report."))
    found = next((person for person in people if person.membership_id == member.pk), None)
    if found:
        return _with_mobile(found, mobile)
    position = max((person.position for person in people), default=0) + 1
    return OnCallPerson.objects.create(clinic_id=by.clinic_id, membership=member, position=position, mobile=mobile)


@transaction.atomic
def change_mobile(*, by: Actor, person_id: UUID, mobile: str) -> OnCallPerson:
    """Text messages go to this phone from now on; none without one."""
    _locked(by)
    return _with_mobile(OnCallPerson.objects.visible_to(by).get(pk=person_id), mobile)


@transaction.atomic
def move(*, by: Actor, person_id: UUID, places: int) -> None:
    """Move a person by so many places, up (negative) or down; at the end of the list nothing happens."""
    people = _locked(by)
    index = next(index for index, person in enumerate(people) if person.pk == person_id)
    other = min(max(index + places, 0), len(people) - 1)
    people.insert(other, people.pop(index))
    _number(people)


@transaction.atomic
def remove(*, by: Actor, person_id: UUID, is_sure: bool) -> None:
    """Take a person off the list. Raises ``OnCallRefusedError`` when nobody would be left and nobody is sure of it."""
    people = _locked(by)
    left = [person for person in people if person.pk != person_id]
    if not any(person.is_able for person in left) and not is_sure:
        raise OnCallRefusedError(_("Then nobody is on call: an urgent report wakes nobody."))
    OnCallPerson.objects.visible_to(by).filter(pk=person_id).delete()
    _number(left)


@transaction.atomic
def hand_over(*, by: Actor, membership_id: UUID, to: Membership) -> bool:
    """Give the place of one member to another clinician, without the phone; False where there is no place to give.

    Somebody who is in the list already keeps their own place, and the other one is removed.
    """
    people = _locked(by)
    place = next((person for person in people if person.membership_id == membership_id), None)
    if place is None or to.role != Role.CLINICIAN or not to.is_active:
        return False
    if any(person.membership_id == to.pk for person in people):
        OnCallPerson.objects.visible_to(by).filter(pk=place.pk).delete()
        _number([person for person in people if person.pk != place.pk])
    else:
        place.membership, place.mobile = to, ""
        place.save(update_fields=["membership", "mobile"])
    return True


def _locked(by: Actor) -> list[OnCallPerson]:
    """The list as it stands, which nobody else changes until the transaction ends."""
    Clinic.objects.select_for_update(no_key=True).get(pk=by.clinic_id)
    return list(OnCallPerson.objects.visible_to(by).in_order())


def _with_mobile(person: OnCallPerson, mobile: str) -> OnCallPerson:
    person.mobile = mobile
    person.save(update_fields=["mobile"])
    return person


def _number(people: list[OnCallPerson]) -> None:
    for position, person in enumerate(people, start=1):
        if person.position != position:
            person.position = position
            person.save(update_fields=["position"])
