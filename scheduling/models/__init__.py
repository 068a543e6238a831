from scheduling.models.appointments import Appointment, AppointmentMove
from scheduling.models.availability import AvailabilityBlock, Leave
from scheduling.models.rooms import Room
from scheduling.models.visit_types import VisitType

__all__ = ["Appointment", "AppointmentMove", "AvailabilityBlock", "Leave", "Room", "VisitType"]
