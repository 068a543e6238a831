"""Visit statuses and the legal moves between them: one table."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class VisitStatus(models.TextChoices):
    BOOKED = "booked", _("booked")
    CONFIRMED = "confirmed", _("confirmed")
    ARRIVED = "arrived", _("arrived")
    IN_ROOM = "in_room", _("in room")
    OBSERVATION = "observation", _("observation")
    DONE = "done", _("done")
    CANCELLED = "cancelled", _("cancelled")
    NO_SHOW = "no_show", _("no-show")
    DEFERRED = "deferred", _("deferred")
    ABORTED = "aborted", _("aborted")


class SettingKind(models.TextChoices):
    """What can be changed under visits that are promised."""

    CLOSURE = "closure", _("closure")
    LEAVE = "leave", _("leave")
    HOURS = "hours", _("weekly hours")
    EXTRA_HOURS = "extra_hours", _("hours of one day")
    ROOM = "room", _("room")
    ROOM_BLOCK = "room_block", _("blocked room")
    LEAVER = "leaver", _("a colleague who left")
    ROLE = "role", _("another role")


# What the desk enters and takes back; all else is set up by a clinic admin.
DESK_KINDS = frozenset({SettingKind.LEAVE, SettingKind.ROOM_BLOCK})

_S = VisitStatus

# from → to. Each way back is legal too, so that every move can be undone.
MOVES: dict[str, frozenset[str]] = {
    _S.BOOKED: frozenset({_S.CONFIRMED, _S.ARRIVED, _S.CANCELLED, _S.NO_SHOW}),
    _S.CONFIRMED: frozenset({_S.BOOKED, _S.ARRIVED, _S.CANCELLED, _S.NO_SHOW}),
    _S.ARRIVED: frozenset({_S.BOOKED, _S.CONFIRMED, _S.IN_ROOM, _S.DEFERRED, _S.CANCELLED, _S.NO_SHOW}),
    _S.IN_ROOM: frozenset({_S.ARRIVED, _S.OBSERVATION, _S.DONE, _S.DEFERRED, _S.ABORTED}),
    _S.OBSERVATION: frozenset({_S.IN_ROOM, _S.DONE}),
    _S.DONE: frozenset({_S.IN_ROOM, _S.OBSERVATION}),
    _S.CANCELLED: frozenset({_S.BOOKED, _S.CONFIRMED, _S.ARRIVED}),
    _S.NO_SHOW: frozenset({_S.BOOKED, _S.CONFIRMED, _S.ARRIVED}),
    _S.DEFERRED: frozenset({_S.ARRIVED, _S.IN_ROOM}),
    _S.ABORTED: frozenset({_S.IN_ROOM}),
}

# The one step forward that a tap on the day's board takes.
NEXT_STEP: dict[str, VisitStatus] = {
    _S.BOOKED: _S.ARRIVED,
    _S.CONFIRMED: _S.ARRIVED,
    _S.ARRIVED: _S.IN_ROOM,
    _S.IN_ROOM: _S.DONE,
    _S.OBSERVATION: _S.DONE,
}

# A step beside it that the board offers too.
SIDE_STEP: dict[str, VisitStatus] = {_S.IN_ROOM: _S.OBSERVATION}

# A visit can be given another time, clinician or room while nothing has been done in it.
MOVABLE_STATUSES = (_S.BOOKED, _S.CONFIRMED, _S.ARRIVED)

# The visit can be treated: a session may be started or continued from it.
TREATABLE_STATUSES = (_S.ARRIVED, _S.IN_ROOM, _S.OBSERVATION)

# The patient has come: two identifiers were asked for (domain.md §12).
HERE_STATUSES = (_S.ARRIVED, _S.IN_ROOM, _S.OBSERVATION, _S.DONE, _S.DEFERRED, _S.ABORTED)

# Statuses that no longer hold the clinician, the room and the patient.
FREE_STATUSES = (VisitStatus.CANCELLED, VisitStatus.NO_SHOW)


class CancelledBy(models.TextChoices):
    PATIENT = "patient", _("the patient")
    CLINIC = "clinic", _("the clinic")


class IdentityMark(models.TextChoices):
    """What a patient is asked for to tell who they are: two of them at check-in (domain.md §12)."""

    BIRTH_DATE = "birth_date", _("Date of birth")
    FULL_NAME = "full_name", _("Full name")
    PHONE = "phone", _("Phone")
    NUMBER = "number", _("Number")


class NoShowReason(models.TextChoices):
    """Why nobody came, as the patient told it or the desk found it."""

    NOT_REACHED = "not_reached", _("could not be reached")
    FORGOT = "forgot", _("forgot the visit")
    ILL = "ill", _("was ill")
    TRANSPORT = "transport", _("could not get here")
    BUSY = "busy", _("work or family")
    UNWANTED = "unwanted", _("did not want to come")
    OTHER = "other", _("another reason")


class Weekday(models.IntegerChoices):
    MONDAY = 0, _("Monday")
    TUESDAY = 1, _("Tuesday")
    WEDNESDAY = 2, _("Wednesday")
    THURSDAY = 3, _("Thursday")
    FRIDAY = 4, _("Friday")
    SATURDAY = 5, _("Saturday")
    SUNDAY = 6, _("Sunday")


class ClaimKind(models.TextChoices):
    """What a visit claims. Clinician and chaperone are people: nobody is both at once, of whatever visits."""

    CLINICIAN = "clinician", _("the clinician")
    CHAPERONE = "chaperone", _("the chaperone")
    ROOM = "room", _("the room")
    EQUIPMENT = "equipment", _("the equipment")
    PATIENT = "patient", _("the patient")


# What may be promised twice on purpose. A patient never is in two places.
DOUBLED = (ClaimKind.CLINICIAN, ClaimKind.CHAPERONE, ClaimKind.ROOM, ClaimKind.EQUIPMENT)


class SeriesScope(models.TextChoices):
    """How far an act on one visit of a series reaches."""

    ONE = "one", _("only this visit")
    LATER = "later", _("this and the later ones")
    ALL = "all", _("all that are still to come")


class News(models.TextChoices):
    """What a patient can be told about a visit."""

    BOOKED = "booked", _("booked")
    MOVED = "moved", _("moved")
    CANCELLED = "cancelled", _("cancelled")
    TOMORROW = "tomorrow", _("tomorrow")


class PartOfDay(models.TextChoices):
    ANY = "", _("any time")
    MORNING = "morning", _("in the morning")
    AFTERNOON = "afternoon", _("in the afternoon")
    EVENING = "evening", _("after five")


class EntryStatus(models.TextChoices):
    """Where a wish on the waiting list stands."""

    WAITING = "waiting", _("waiting")
    OFFERED = "offered", _("offered")
    BOOKED = "booked", _("booked")
    WITHDRAWN = "withdrawn", _("withdrawn")


class OfferStatus(models.TextChoices):
    OFFERED = "offered", _("offered")
    ACCEPTED = "accepted", _("accepted")
    DECLINED = "declined", _("declined")
    EXPIRED = "expired", _("expired")
    WITHDRAWN = "withdrawn", _("withdrawn")


class SlotEnd(models.TextChoices):
    """Why a freed time is no longer offered."""

    ACCEPTED = "accepted", _("accepted")
    TAKEN = "taken", _("booked otherwise")
    PAST = "past", _("too late")
    DESK = "desk", _("closed by the desk")


class WaitPriority(models.IntegerChoices):
    URGENT = 1, _("urgent")
    NORMAL = 2, _("normal")
    LOW = 3, _("can wait")
