"""A clinic: the border that no record crosses."""

import secrets
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from common.database import UUIDv7

EMERGENCY_NUMBER = "^[0-9]{2,6}$"
_LINK_CODE_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


def validate_zone(value: str) -> None:
    """Raise ``ValidationError`` unless the value names an IANA time zone."""
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError) as error:
        raise ValidationError(_("“%(value)s” is not a time zone."), params={"value": value}) from error


def new_link_code() -> str:
    """Return a neutral word of six letters that stands for the clinic in patients' links."""
    return "".join(secrets.choice(_LINK_CODE_LETTERS) for _i in range(6))


class Clinic(models.Model):
    """Name, neutral sender name, zone, phones and locale. Holds nothing about any patient."""

    id = models.UUIDField(primary_key=True, db_default=UUIDv7(), editable=False)
    name = models.CharField(_("name"), max_length=120)
    sender_name = models.CharField(
        _("sender name"),
        max_length=40,
        help_text=_("What patients see as the sender of a message. It should not tell what the clinic treats."),
    )
    link_code = models.CharField(max_length=12, unique=True, default=new_link_code, editable=False)
    zone = models.CharField(_("time zone"), max_length=64, validators=[validate_zone])
    locale = models.CharField(_("language"), max_length=12, default="en")
    phone = PhoneNumberField(_("phone"))
    urgent_phone = PhoneNumberField(_("phone for urgent problems"))
    emergency_number = models.CharField(
        _("emergency number"),
        max_length=6,
        default="112",
        validators=[RegexValidator(EMERGENCY_NUMBER, _("Write the digits alone, like 112."))],
    )
    is_synthetic = models.BooleanField(_("made-up data"), default=False, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(emergency_number__regex=EMERGENCY_NUMBER), name="accounts_clinic_emergency_number"
            ),
        ]

    def __str__(self) -> str:
        return self.name
