"""Phone numbers and e-mail addresses in the one shape that is stored and compared."""

import phonenumbers
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from patients.choices import ContactKind

TAIL_LENGTH = 20
SHORTEST_PHONE = 5
# In some countries (US, Canada) the number does not tell which of the two it is.
_MOBILE = (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE)


def region_of(phone: object) -> str | None:
    """The country, as ISO letters, a phone number belongs to: a clinic's own tells what its patients leave out."""
    try:
        return phonenumbers.region_code_for_number(phonenumbers.parse(str(phone))) or None
    except phonenumbers.NumberParseException:
        return None


def phone_in_e164(text: str, *, region: str | None) -> str:
    """``+4930901820`` for what was typed; raises ``ValidationError`` when it can be no number."""
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException as error:
        raise ValidationError(_("This is not a phone number. Write it with its area code.")) from error
    is_long_enough = len(str(number.national_number)) >= SHORTEST_PHONE
    if number.extension or not is_long_enough or not phonenumbers.is_possible_number(number):
        raise ValidationError(_("This phone number is too short or too long."))
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def takes_code(kind: str, value: str) -> bool:
    """Whether a code can be sent there: to any mailbox, and to a mobile phone where text messages are set up."""
    if kind == ContactKind.EMAIL:
        return True
    return bool(settings.TEXT_MAIL_DOMAIN) and phonenumbers.number_type(phonenumbers.parse(value)) in _MOBILE


def text_address(phone: str) -> str:
    """Where the service for text messages takes mail for the phone."""
    return f"{phone.removeprefix('+')}@{settings.TEXT_MAIL_DOMAIN}"


def email_in_lower_case(text: str) -> str:
    """The address as it is compared; raises ``ValidationError`` when it can be no address."""
    address = text.strip().lower()
    validate_email(address)
    return address


def reversed_digits(phone: str) -> str:
    """The digits from the last to the first: a tail of the number is a beginning of this."""
    return "".join(c for c in reversed(phone) if c in "0123456789")[:TAIL_LENGTH]
