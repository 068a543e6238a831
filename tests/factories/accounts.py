"""Clinics and people. Rows of a clinic need its context: use the ``in_clinic`` fixture or ``tenant``."""

import factory
from factory.django import DjangoModelFactory

from accounts.choices import Role
from accounts.models import Clinic, Membership, OnCallPerson, User
from common.countries import emergency_number_of


class ClinicFactory(DjangoModelFactory):
    class Meta:
        model = Clinic

    name = factory.Sequence(lambda n: f"Clinic {n}")
    sender_name = "The clinic"
    country = "DE"
    address = "Musterweg 1\n10115 Berlin"
    zone = "Europe/Berlin"
    languages = ["en", "de"]
    phone = "+4930901820"
    urgent_phone = "+4930901821"
    emergency_number = factory.LazyAttribute(lambda clinic: emergency_number_of(clinic.country))


class UserFactory(DjangoModelFactory):
    class Meta:
        model = User

    email = factory.Sequence(lambda n: f"person{n}@example.org")
    full_name = factory.Sequence(lambda n: f"Person {n}")


class MembershipFactory(DjangoModelFactory):
    class Meta:
        model = Membership

    user = factory.SubFactory(UserFactory)
    role = Role.CLINICIAN


def on_call(clinic: Clinic, *mobiles: str) -> list[OnCallPerson]:
    """Put a new clinician on call for each phone given (may be empty), the first to be paged first."""
    return [
        OnCallPerson.objects.create(
            clinic=clinic, membership=MembershipFactory(clinic=clinic), position=position, mobile=mobile
        )
        for position, mobile in enumerate(mobiles, start=1)
    ]
