"""Rooms, visit types and visits."""

from datetime import UTC, datetime, timedelta

import factory
from factory.django import DjangoModelFactory

from scheduling.models import Appointment, Equipment, Room, SlotHold, VisitType
from tests.factories.accounts import MembershipFactory
from tests.factories.patients import PatientFactory


class RoomFactory(DjangoModelFactory):
    class Meta:
        model = Room

    name = factory.Sequence(lambda n: f"Room {n}")


class VisitTypeFactory(DjangoModelFactory):
    class Meta:
        model = VisitType

    code = factory.Sequence(lambda n: f"type-{n}")
    name = factory.Sequence(lambda n: f"Visit {n}")
    duration_minutes = 30


class AppointmentFactory(DjangoModelFactory):
    class Meta:
        model = Appointment

    patient = factory.SubFactory(PatientFactory, clinic=factory.SelfAttribute("..clinic"))
    clinician = factory.SubFactory(MembershipFactory, clinic=factory.SelfAttribute("..clinic"))
    visit_type = factory.SubFactory(VisitTypeFactory, clinic=factory.SelfAttribute("..clinic"))
    starts_at = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
    ends_at = factory.LazyAttribute(lambda visit: visit.starts_at + timedelta(minutes=30))


class EquipmentFactory(DjangoModelFactory):
    class Meta:
        model = Equipment

    name = factory.Sequence(lambda n: f"Ultrasound {n}")


class SlotHoldFactory(DjangoModelFactory):
    class Meta:
        model = SlotHold

    clinician = factory.SubFactory(MembershipFactory, clinic=factory.SelfAttribute("..clinic"))
    visit_type = factory.SubFactory(VisitTypeFactory, clinic=factory.SelfAttribute("..clinic"))
    starts_at = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
    ends_at = factory.LazyAttribute(lambda hold: hold.starts_at + timedelta(minutes=30))
    expires_at = factory.LazyAttribute(lambda hold: hold.starts_at)
