"""The words of the shelf: how its number changes, what happens to a lot, how a recall is worked."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class MovementKind(models.TextChoices):
    """Why there are more or fewer containers on the shelf."""

    STARTED = "started", _("there at the start")
    RECEIVED = "received", _("received")
    OPENED = "opened", _("opened")
    PUT_BACK = "put_back", _("put back unopened")
    WASTED = "wasted", _("wasted")
    COUNTED = "counted", _("counted")
    TAKEN_BACK = "taken_back", _("taken back")


# What was typed, and can be taken back as a slip.
TYPED = (MovementKind.RECEIVED, MovementKind.WASTED, MovementKind.COUNTED)


class LotChangeKind(models.TextChoices):
    QUARANTINED = "quarantined", _("quarantined")
    RELEASED = "released", _("released")
    CORRECTED = "corrected", _("corrected")


class ContactWay(models.TextChoices):
    """How a patient was told of a recall."""

    PHONE = "phone", _("by phone")
    IN_PERSON = "in_person", _("in person")
    MESSAGE = "message", _("by message")
    LETTER = "letter", _("by letter")


class ContactOutcome(models.TextChoices):
    """What came of it; the first two end the task."""

    REACHED = "reached", _("reached and told")
    NOT_POSSIBLE = "not_possible", _("cannot be reached any more")
    MESSAGE_LEFT = "message_left", _("asked to call back")
    NO_ANSWER = "no_answer", _("no answer")
    WRONG_NUMBER = "wrong_number", _("the number is wrong")


ENDS_THE_TASK = (ContactOutcome.REACHED, ContactOutcome.NOT_POSSIBLE)
