"""A clinic: the border that no record crosses."""

import secrets

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from common import countries, spoken_languages
from common.database import UUIDv7

EMERGENCY_NUMBER = "^[0-9]{2,6}$"
# A place, as its country names it; what else stands among the files of the time zones is none.
ZONE = "^(UTC|[A-Z][A-Za-z]+(/[A-Z][A-Za-z0-9_+-]+)+)$"
LANGUAGE = "^[a-z]{2,3}(-[A-Za-z0-9]+)*$"
ADDRESS_LENGTH = 300
_LINK_CODE_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


def validate_zone(value: str) -> None:
    """Raise ``ValidationError`` unless the value is the time zone of a place, by the name its country gives it."""
    if value not in countries.all_zones():
        raise ValidationError(_("“%(value)s” is not a time zone."), params={"value": value})


def new_link_code() -> str:
    """Return a neutral word of six letters that stands for the clinic in patients' links."""
    return "".join(secrets.choice(_LINK_CODE_LETTERS) for _i in range(6))


class Clinic(models.Model):
    """Name, neutral sender name, where it lies, how it is called and what it speaks. Holds nothing about any patient.

    The country decides what a phone without ``+`` means and in which order a date is typed.
    """

    id = models.UUIDField(primary_key=True, db_default=UUIDv7(), editable=False)
    name = models.CharField(_("name"), max_length=120)
    sender_name = models.CharField(
        _("sender name"),
        max_length=40,
        help_text=_("What patients see as the sender of a message. It should not tell what the clinic treats."),
    )
    link_code = models.CharField(max_length=12, unique=True, default=new_link_code, editable=False)
    country = models.CharField(_("country"), max_length=2, choices=countries.choices)
    address = models.TextField(
        _("address"),
        max_length=ADDRESS_LENGTH,
        help_text=_(
            "As patients find it: street, postcode and city, each on a line. It stands in messages about visits."
        ),
    )
    zone = models.CharField(_("time zone"), max_length=64, validators=[validate_zone])
    locale = models.CharField(_("language"), max_length=12, default="en", choices=spoken_languages.choices)
    languages = ArrayField(
        models.CharField(max_length=12, choices=spoken_languages.choices), verbose_name=_("languages spoken here")
    )
    phone = PhoneNumberField(_("phone"))
    urgent_phone = PhoneNumberField(_("phone for urgent problems"))
    emergency_number = models.CharField(
        _("emergency number"),
        max_length=6,
        validators=[RegexValidator(EMERGENCY_NUMBER, _("Write the number alone: two to six digits."))],
    )
    is_synthetic = models.BooleanField(_("made-up data"), default=False, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(emergency_number__regex=EMERGENCY_NUMBER), name="accounts_clinic_emergency_number"
            ),
            models.CheckConstraint(
                condition=models.Q(country__regex=countries.COUNTRY_CODE), name="accounts_clinic_country"
            ),
            models.CheckConstraint(condition=models.Q(address__regex=r"\S"), name="accounts_clinic_address"),
            models.CheckConstraint(condition=models.Q(zone__regex=ZONE), name="accounts_clinic_zone"),
            models.CheckConstraint(condition=models.Q(locale__regex=LANGUAGE), name="accounts_clinic_locale"),
            models.CheckConstraint(condition=models.Q(languages__len__gt=0), name="accounts_clinic_speaks"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_month_first(self) -> bool:
        """Whether 3/4/1981, typed here, is the fourth of March."""
        return countries.is_month_first(self.country)

    @property
    def address_in_a_line(self) -> str:
        return ", ".join(filter(None, map(str.strip, self.address.splitlines())))
