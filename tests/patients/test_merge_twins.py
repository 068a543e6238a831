"""What two records of one person both have, and what is chosen of either."""

from accounts.actors import Actor
from accounts.models import Clinic
from patients.choices import Purpose
from patients.models import (
    Allergy,
    ContactConsent,
    ContactPoint,
)
from patients.queries import find
from patients.services import contact_points
from tests.access import objects
from tests.factories.accounts import MembershipFactory
from tests.patients.merging import NOW, everything, merge, phone, register, snapshot, take_back


def test_a_phone_both_have_is_kept_once_with_what_was_last_decided(in_clinic: Clinic, by: Actor) -> None:
    survivor = register(by, "Brown", contacts=[phone(allowed=frozenset({Purpose.CARE}))])
    merged = register(by, "Braun", contacts=[phone(allowed=frozenset())])
    contact_points.decide(
        by=by,
        now=NOW,
        point=ContactPoint.objects.get(patient=merged),
        allowed=frozenset({Purpose.MARKETING}),
    )
    before = snapshot(in_clinic)

    made = merge(by, survivor, merged)

    point = ContactPoint.objects.get(patient=survivor)
    latest = (
        ContactConsent.objects.filter(contact_point=point, purpose=Purpose.MARKETING).order_by("-decided_at").first()
    )
    assert latest is not None
    assert latest.is_granted
    assert ContactPoint.objects.filter(patient=merged).count() == 1
    take_back(by, made)
    assert snapshot(in_clinic) == before


def test_a_phone_that_was_stopped_on_one_record_is_stopped_on_the_survivor(by: Actor) -> None:
    survivor, merged = (register(by, name, contacts=[phone()]) for name in ("Brown", "Braun"))
    contact_points.stop(by=by, now=NOW, point=ContactPoint.objects.get(patient=merged), reason="asked")

    merge(by, survivor, merged)

    assert ContactPoint.objects.get(patient=survivor).stopped_reason == "asked"


def test_an_allergy_both_have_stands_once_and_says_what_both_said(in_clinic: Clinic, by: Actor) -> None:
    survivor, merged = register(by, "Brown"), register(by, "Braun")
    for patient, reaction in ((survivor, "rash"), (merged, "could not breathe")):
        Allergy.objects.create(clinic=in_clinic, patient=patient, substance="latex", reaction=reaction, recorded_at=NOW)

    merge(by, survivor, merged)

    assert Allergy.objects.current().get(patient=survivor).reaction == "rash; could not breathe"
    assert Allergy.objects.filter(patient=survivor).count() == 2


def test_a_consent_to_pictures_both_gave_stays_once_with_each(in_clinic: Clinic, by: Actor) -> None:
    survivor, merged = everything(in_clinic)
    member = MembershipFactory(clinic=in_clinic)
    objects._picture_consent(in_clinic, survivor, member)

    made = merge(by, survivor, merged)

    assert len(made.kept_back) == 1


def test_details_are_taken_from_the_record_they_are_chosen_of(by: Actor) -> None:
    survivor, merged = register(by, "Brown"), register(by, "Braun")

    made = merge(by, survivor, merged, take=["family_name"], versions=(1, 1))

    survivor.refresh_from_db()
    assert (survivor.family_name, survivor.version) == ("Braun", 2)
    take_back(by, made)
    survivor.refresh_from_db()
    assert survivor.family_name == "Brown"
    assert [row.id for row in find(by, "Brown", today=NOW.date())] == [survivor.pk]
