"""Phone numbers and e-mail addresses in the one shape that is stored and compared."""

import phonenumbers
from django.conf import settings
from django.core.validators import validate_email

from common import phones
from patients.choices import ContactKind

__all__ = [
    "email_in_lower_case",
    "is_mobile",
    "phone_in_e164",
    "reversed_digits",
    "takes_code",
    "text_address",
]

TAIL_LENGTH = 20
# In some countries (US, Canada) the number does not tell which of the two it is.
_MOBILE = (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE)


def phone_in_e164(text: str, *, region: str | None) -> str:
    """``+4930901820`` for what was typed, ``;ext=12`` behind it; raises ``ValidationError`` for words beside it too."""
    return phones.read_alone(text, region=region)


def takes_code(kind: str, value: str) -> bool:
    """Whether a code can be sent there: to any mailbox, and to a mobile phone where text messages are set up."""
    if kind == ContactKind.EMAIL:
        return True
    return bool(settings.TEXT_MAIL_DOMAIN) and is_mobile(value)


def is_mobile(phone: str) -> bool:
    """Whether a text can reach the number, which stands as it is stored."""
    if phones.EXTENSION in phone:
        return False
    return phonenumbers.number_type(phonenumbers.parse(phone)) in _MOBILE


def text_address(phone: str) -> str:
    """Where the service for text messages takes mail for the phone."""
    return f"{phone.removeprefix('+')}@{settings.TEXT_MAIL_DOMAIN}"


def email_in_lower_case(text: str) -> str:
    """The address as it is compared; raises ``ValidationError`` when it can be no address."""
    address = text.strip().lower()
    validate_email(address)
    return address


def reversed_digits(phone: str) -> str:
    """The digits from the last to the first: a tail of the number is a beginning of this. Without the extension."""
    return "".join(c for c in reversed(phone.partition(phones.EXTENSION)[0]) if c in "0123456789")[:TAIL_LENGTH]
