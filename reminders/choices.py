"""Message states, the fixed list of reasons to skip one, and the steps of the ladder sent today."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class MessageState(models.TextChoices):
    PLANNED = "planned", _("planned")
    HELD = "held", _("held")
    CLAIMED = "claimed", _("due")
    SENDING = "sending", _("sending")
    SENT = "sent", _("sent")
    UNKNOWN = "unknown", _("maybe sent")
    FAILED = "failed", _("failed")
    SKIPPED = "skipped", _("skipped")


# Somebody has to look: it may not have arrived, and the machine will not try again.
STUCK = (MessageState.FAILED, MessageState.UNKNOWN)
# Not yet on its way, so that it can still be stopped; what is held leaves only when a person says so.
WAITING = (MessageState.PLANNED, MessageState.HELD, MessageState.CLAIMED)


class SkipReason(models.TextChoices):
    SESSION_VOIDED = "session_voided", _("the session was voided")
    DECEASED = "deceased", _("the patient has died")
    LEFT = "left", _("the patient has left the clinic")
    NO_GUARDIAN = "no_guardian", _("a minor, and the guardian has no usable e-mail address")
    NO_ADDRESS = "no_address", _("no usable e-mail address")
    NO_CONSENT = "no_consent", _("the patient did not allow it")
    SHARED_ADDRESS = "shared_address", _("the address is shared")
    OPEN_ALERT = "open_alert", _("a side effect is being worked on")
    EXPIRED = "expired", _("too late to be useful")
    NOTHING_NEW = "nothing_new", _("nothing to tell any more")
    STOPPED = "stopped", _("stopped by the clinic")


class Channel(models.TextChoices):
    EMAIL = "email", _("e-mail")
    TEXT = "text", _("text message")


class Step(models.TextChoices):
    """The ladder of domain.md §6, whose values are codes of ``catalogue.CareMessage`` and moments of a pain score; then
    what is told about visits.
    """

    CARE_0H = "care_0h", _("same day")
    CHECK_24H = "check_24h", _("day 1")
    CHECK_72H = "check_72h", _("day 3")
    CHECK_7D = "check_7d", _("day 7")
    VISIT_BOOKED = "visit_booked", _("visit booked")
    VISIT_MOVED = "visit_moved", _("visit moved")
    VISIT_CANCELLED = "visit_cancelled", _("visit cancelled")
    VISIT_TOMORROW = "visit_tomorrow", _("visit tomorrow")
    SLOT_OFFER = "slot_offer", _("free time offered")
    CONTACT_CODE = "contact_code", _("code to confirm a contact")


# Steps after a session, each with a link to a check-in.
LADDER = (Step.CARE_0H, Step.CHECK_24H, Step.CHECK_72H, Step.CHECK_7D)
# Steps about a visit's time.
VISIT_STEPS = (Step.VISIT_BOOKED, Step.VISIT_MOVED, Step.VISIT_CANCELLED, Step.VISIT_TOMORROW)


class PageState(models.TextChoices):
    """How one page to one person stands."""

    PLANNED = "planned", _("planned")
    SENDING = "sending", _("sending")
    SENT = "sent", _("sent")
    UNKNOWN = "unknown", _("maybe sent")
    FAILED = "failed", _("failed")
    SKIPPED = "skipped", _("skipped")


class PageSkip(models.TextChoices):
    """Why a page that was planned did not leave."""

    TAKEN = "taken", _("the report was taken")
    LATER = "later", _("a later page took its place")
    OFF = "off", _("no longer on call")
