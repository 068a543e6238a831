"""Patients and what they come with."""

from datetime import date

import factory
from factory.django import DjangoModelFactory

from patients.choices import ContactKind
from patients.models import ContactPoint, Patient
from patients.names import edition, sort_key


class PatientFactory(DjangoModelFactory):
    class Meta:
        model = Patient

    given_names = factory.Sequence(lambda n: f"Given{n}")
    family_name = factory.Sequence(lambda n: f"Family{n}")
    birth_date = date(1970, 5, 17)
    zone = "Europe/Berlin"
    sort_key = factory.LazyAttribute(lambda one: sort_key(one.given_names, one.family_name, locale="en"))
    named_by = edition("en")


class EmailFactory(DjangoModelFactory):
    class Meta:
        model = ContactPoint

    patient = factory.SubFactory(PatientFactory)
    clinic = factory.SelfAttribute("patient.clinic")
    kind = ContactKind.EMAIL
    value = factory.Sequence(lambda n: f"patient{n}@example.org")
