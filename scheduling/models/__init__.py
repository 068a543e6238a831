from scheduling.models.appointments import Appointment, AppointmentMove
from scheduling.models.availability import AvailabilityBlock, Closure, ExtraHours, Leave, RoomBlock
from scheduling.models.bookable_people import BookingRule, Credential
from scheduling.models.calendar_feeds import CalendarFeed
from scheduling.models.check_in_tablets import CheckInTablet
from scheduling.models.claims import Claim
from scheduling.models.desk import DeskRules, IdentityCheck, NoShow
from scheduling.models.equipment import Equipment
from scheduling.models.rooms import Room
from scheduling.models.setting_changes import SettingChange
from scheduling.models.slot_holds import SlotHold
from scheduling.models.visit_series import VisitSeries
from scheduling.models.visit_types import VisitType
from scheduling.models.waiting import FreedSlot, SlotOffer, WaitingEntry

__all__ = [
    "Appointment",
    "AppointmentMove",
    "AvailabilityBlock",
    "BookingRule",
    "CalendarFeed",
    "CheckInTablet",
    "Claim",
    "Closure",
    "Credential",
    "DeskRules",
    "Equipment",
    "ExtraHours",
    "FreedSlot",
    "IdentityCheck",
    "Leave",
    "NoShow",
    "Room",
    "RoomBlock",
    "SettingChange",
    "SlotHold",
    "SlotOffer",
    "VisitSeries",
    "VisitType",
    "WaitingEntry",
]
