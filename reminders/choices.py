"""Message statuses and the fixed list of reasons to skip one."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class MessageState(models.TextChoices):
    PLANNED = "planned", _("planned")
    CLAIMED = "claimed", _("due")
    SENDING = "sending", _("sending")
    SENT = "sent", _("sent")
    UNKNOWN = "unknown", _("maybe sent")
    FAILED = "failed", _("failed")
    SKIPPED = "skipped", _("skipped")


class SkipReason(models.TextChoices):
    SESSION_VOIDED = "session_voided", _("the session was voided")
    NO_ADDRESS = "no_address", _("no usable e-mail address")
    NO_CONSENT = "no_consent", _("the patient did not allow it")
    SHARED_ADDRESS = "shared_address", _("the address is shared")
    OPEN_ALERT = "open_alert", _("a side effect is being worked on")
    EXPIRED = "expired", _("too late to be useful")
    STOPPED = "stopped", _("stopped by the clinic")


class Channel(models.TextChoices):
    EMAIL = "email", _("e-mail")
