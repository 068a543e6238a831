"""What a file says about one person, and what is wrong with a row of it."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import date

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from common import phones
from common.lines import cleaned_line
from common.phones import Phone
from patients.ages import years_on
from patients.choices import ContactKind, Purpose
from patients.identity import spelled
from patients.policies import check_departure_day, check_details
from patients.records import (
    FILE_NOTE_LENGTH,
    FULL_AGE,
    AllergyDetails,
    ConditionDetails,
    ContactDetails,
    FlagDetails,
    NumberDetails,
    PatientDetails,
)


class FileRefusedError(Exception):
    """The file as a whole cannot be read; the message is fit for the screen and repeats nothing from the file."""


@dataclass(frozen=True)
class Problem:
    """What is wrong with a row. ``reason`` never repeats the value."""

    row: int
    field: str
    reason: str


@dataclass(frozen=True)
class Person:
    """``source``: the address under which the file's system knows the person everywhere, where it has one.

    ``to_check``: (whose, as it is written) of what is no number that can be called.
    ``says_none_known``: that no allergy is known.
    ``place`` is what tells this file's rows from those of another system: the table's heads, or the person's id there.
    """

    row: int
    details: PatientDetails
    contacts: tuple[ContactDetails, ...] = ()
    numbers: tuple[NumberDetails, ...] = ()
    conditions: tuple[ConditionDetails, ...] = ()
    allergies: tuple[AllergyDetails, ...] = ()
    flags: tuple[FlagDetails, ...] = ()
    says_none_known: bool = False
    source: str = ""
    place: str = ""
    is_deceased: bool = False
    deceased_date: date | None = None
    is_said_inactive: bool = False
    to_check: tuple[tuple[str, str], ...] = ()

    @property
    def content_key(self) -> "ContentKey":
        """Name and birth date as they are spelled: where nothing else is known, this is not enough to be one person."""
        return content_key(self.details.given_names, self.details.family_name, self.details.birth_date)

    @property
    def row_mark(self) -> str:
        """A checksum of everything said; of what the clinic's habits added, nothing. Equal: nothing new is said."""
        details = replace(self.details, zone="", language="")
        said = {**asdict(replace(self, row=0, details=details)), "name": self.content_key[:2]}
        return _checksum("row", _without_blanks(said))

    @property
    def source_mark(self) -> str:
        return _checksum("source", self.source) if self.source else ""


ContentKey = tuple[str, str, date]


def content_key(given_names: str, family_name: str, birth_date: date) -> ContentKey:
    return (spelled(given_names), spelled(family_name), birth_date)


def _without_blanks(value: object) -> object:
    """So that a column this product learns to read later changes no mark of a row that leaves it empty."""
    if isinstance(value, dict):
        return {name: _without_blanks(one) for name, one in value.items() if one}
    if isinstance(value, list | tuple):
        return [_without_blanks(one) for one in value]
    return sorted(map(str, value)) if isinstance(value, frozenset) else str(value)


def _checksum(kind: str, said: object) -> str:
    words = json.dumps([kind, said], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(words.encode("utf-8", "surrogatepass")).hexdigest()


NO_PHONE = Phone("")
LONGEST_NOTED = 60


def phone_or_none(written: str, *, region: str | None) -> Phone | None:
    """The number; None for what is none that can be called, ``NO_PHONE`` where nothing is written."""
    if not written.strip():
        return NO_PHONE
    try:
        return phones.read(written, region=region)
    except ValidationError:
        return None


# Of these somebody asks even where the patient is here already.
OF_HEALTH = frozenset({"allergy", "condition", "ruled_out"})


def note_of(unread: Iterable[tuple[str, str]]) -> str:
    """What a file holds in place of phones, for somebody to check: whose it is, and how it is written."""
    words = {
        "guardian_phone": _("Guardian's phone as written: %(text)s"),
        "emergency_contact_phone": _("Emergency contact's phone as written: %(text)s"),
        "email": _("E-mail as written: %(text)s"),
        "allergy": _("Allergy in the file that could not be read: %(text)s"),
        "condition": _("Condition in the file that could not be read: %(text)s"),
        "ruled_out": _("The file says: %(text)s"),
        "language": _("Language as written: %(text)s"),
        "number": _("Number as written: %(text)s"),
        "guardian_email": _("Guardian's e-mail as written: %(text)s"),
    }
    usual = _("Phone as written: %(text)s")
    said = (words.get(whose, usual) % {"text": _shortened(text)} for whose, text in unread)
    return " · ".join(filter(None, said))[:FILE_NOTE_LENGTH]


def _shortened(text: str) -> str:
    try:
        return cleaned_line(" ".join(text.split()))[:LONGEST_NOTED] or "?"
    except ValidationError:
        return "?"


def with_words(name: str, words: str) -> str:
    """A name, and what stood beside its phone: ``Leila Quist (mother)``."""
    return f"{name} ({words})" if name and words else name or words


def problems_of(row: int, details: PatientDetails, *, today: date, deceased_date: date | None = None) -> list[Problem]:
    """What the register itself would refuse."""
    try:
        check_details(details, today=today)
        check_departure_day(deceased_date, birth_date=details.birth_date, today=today, field="deceased_date")
    except ValidationError as error:
        return [Problem(row, name, " ".join(said)) for name, said in error.message_dict.items()]
    return []


def with_guardians(
    own: list[ContactDetails], mailbox: str, *, born: date, today: date, allowed: frozenset[Purpose] = frozenset()
) -> list[ContactDetails]:
    """The contacts with the guardian's mailbox. Where it is given as the patient's own too, it is the guardian's of a
    minor and the patient's of everybody else."""
    is_minor = years_on(born, today) < FULL_AGE
    kept = [one for one in own if one.value != mailbox or not is_minor]
    if any(one.value == mailbox for one in kept):
        return kept
    return [*kept, ContactDetails(ContactKind.EMAIL, mailbox, allowed=allowed, is_guardians=True)]


def without_repeats(contacts: Iterable[ContactDetails]) -> tuple[ContactDetails, ...]:
    """Each contact once, the first preferred."""
    unique: dict[tuple[str, str], ContactDetails] = {}
    for contact in contacts:
        first = unique.setdefault((contact.kind, contact.value), contact)
        unique[contact.kind, contact.value] = replace(first, note=first.note or contact.note)
    return tuple(
        replace(contact, is_preferred=place == 0 and not contact.is_guardians)
        for place, contact in enumerate(unique.values())
    )
