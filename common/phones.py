"""A telephone number as people write it: the number itself, its extension, and the words beside it."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

import phonenumbers
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

SHORTEST = 5
EXTENSION = ";ext="
# The longest run of digits in a text is its number. Letters never stand for digits: "Mama" is no 6262.
_RUN = re.compile(r"\(?\+?[\s(]*\d(?:[\d\s().\-/·\u2010-\u2015\u2212]*\d)?")
_EXTENSION = re.compile(
    r"[\s,;(]*(?:ext\s*=|(?:extension|extn|ext|durchwahl|dw|poste|interno|int|доб|x)\b\.?|x|#)\s*[:.]?\s*(\d{1,7})(?!\d)\)?",
    re.IGNORECASE,
)
_LABEL = re.compile(r"(?:tel|telefon|telephone|telefono|téléphone|phone|fon|ph)", re.IGNORECASE)
_AROUND = " \t,;:.-–—/()[]"
_WRITTEN_WHOLE = (
    phonenumbers.CountryCodeSource.FROM_NUMBER_WITH_PLUS_SIGN,
    phonenumbers.CountryCodeSource.FROM_NUMBER_WITH_IDD,
)


@dataclass(frozen=True)
class Phone:
    """``value`` is E.164, with ``;ext=12`` behind it where there is an extension; ``words`` stood beside the number."""

    value: str
    words: str = ""


def read(text: str, *, region: str | None) -> Phone:
    """What was typed, taken apart. ``region``: the country, as ISO letters, of a number without ``+``.

    Raises ``ValidationError`` where there is no number, or more than one, or none that can be called: its area code is
    missing, or its country has no such number. Nothing of the digits is left out or made up.
    """
    plain = _plain(text)
    parts = _parts(plain)
    if parts is None:
        raise ValidationError(_how_to_write(region))
    run, words, extension = parts
    try:
        number = phonenumbers.parse(run, region, keep_raw_input=True)
    except phonenumbers.NumberParseException as error:
        raise ValidationError(_how_to_write(region)) from error
    is_callable = phonenumbers.is_valid_number(number) and _is_whole(number, run, region)
    if not is_callable or not _says_what_was_typed(number, run, region):
        raise ValidationError(_how_to_write(region))
    written = str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
    return Phone(value=f"{written}{EXTENSION}{extension}" if extension else written, words=words)


def read_alone(text: str, *, region: str | None) -> str:
    """The number, where nothing may stand beside it. Raises ``ValidationError`` that names the words."""
    phone = read(text, region=region)
    if phone.words:
        said = _("Write only the number here, without “%(words)s”. An extension is written like ext. 12.")
        raise ValidationError(said % {"words": phone.words})
    return phone.value


@lru_cache(maxsize=4096)
def shown(value: str) -> str:
    """``+49 30 901820 ext. 12``; what is no number with its country stands as it is."""
    try:
        number = phonenumbers.parse(value)
    except phonenumbers.NumberParseException:
        return value
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL))


def calling_code(region: str) -> str:
    """``+49``; ``""`` where nobody numbers phones."""
    code = phonenumbers.country_code_for_region(region)
    return f"+{code}" if code else ""


def _plain(text: str) -> str:
    """Digits of every script as 0 to 9; the invisible marks that come with a copied number are gone."""
    kept = (c for c in unicodedata.normalize("NFKC", text) if unicodedata.category(c) != "Cf")
    return "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in kept)


def _how_to_write(region: str | None) -> str:
    """The one sentence for what is no number, with the numbers of the country as examples."""
    example = phonenumbers.example_number(region) if region else None
    if example is None:
        words = _("This is not a phone number we can call. Write it with + and the country, like %(abroad)s.")
        return words % {"abroad": "+49 30 23125000"}
    words = _(
        "This is not a phone number we can call. Write it with its area code, like %(here)s, or with + and the"
        " country, like %(abroad)s."
    )
    return words % {
        "here": phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.NATIONAL),
        "abroad": phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.INTERNATIONAL),
    }


def _parts(text: str) -> tuple[str, str, str] | None:
    """The run of digits, the words around it, the extension."""
    match = max(_RUN.finditer(text), key=lambda run: len(_digits(run[0])), default=None)
    if match is None:
        return None
    before, after = text[: match.start()], text[match.end() :]
    extension = _EXTENSION.match(after)
    if extension:
        after = after[extension.end() :]
    words = " ".join(filter(None, (" ".join(side.split()).strip(_AROUND) for side in (before, after))))
    if len(_digits(words)) >= SHORTEST:
        raise ValidationError(_("This holds more than one phone number. Write one here."))
    return match[0].strip(), "" if _LABEL.fullmatch(words) else words, extension[1] if extension else ""


def _digits(text: str) -> str:
    return "".join(c for c in text if c in "0123456789")


def _says_what_was_typed(number: phonenumbers.PhoneNumber, run: str, region: str | None) -> bool:
    """Whether the digits typed are the number's own, behind nothing but what is dialled before them."""
    typed = _digits(run)
    if typed == _digits(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)):
        return True
    national, country = phonenumbers.national_significant_number(number), str(number.country_code)
    home = phonenumbers.region_code_for_number(number)
    prefixes = {"", phonenumbers.ndd_prefix_for_region(home or "", True) or ""}
    before = typed.removesuffix(national)
    if typed != before + national:
        return False
    if number.country_code_source == phonenumbers.CountryCodeSource.FROM_NUMBER_WITH_IDD:
        plan = phonenumbers.PhoneMetadata.metadata_for_region(region or "", None)
        dialled = re.match(plan.international_prefix, before) if plan and plan.international_prefix else None
        before = before[dialled.end() :] if dialled else before
    return before in prefixes | {country + prefix for prefix in prefixes}


def _is_whole(number: phonenumbers.PhoneNumber, run: str, region: str | None) -> bool:
    """Whether the area code is there: a number as it is dialled next door is no number of the whole country."""
    if number.country_code_source in _WRITTEN_WHOLE:
        return True
    if phonenumbers.is_possible_number_with_reason(number) != phonenumbers.ValidationResult.IS_POSSIBLE:
        return False
    national = phonenumbers.national_significant_number(number)
    if _digits(run) != national or phonenumbers.number_type(number) == phonenumbers.PhoneNumberType.MOBILE:
        return True
    plan = phonenumbers.PhoneMetadata.metadata_for_region(region or "", None)
    if plan is None or plan.fixed_line is None or plan.general_desc is None:
        return False
    # Where every number has one length, a local one would be shorter; elsewhere the country's own way of writing tells
    # whether an area code begins with a prefix.
    lengths = plan.fixed_line.possible_length or plan.general_desc.possible_length
    if len(lengths) == 1:
        return len(national) == lengths[0]
    at_home = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)
    return bool(phonenumbers.is_valid_number(number)) and _digits(at_home) == national
