"""What a file says about one person, and what is wrong with a row of it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from django.core.exceptions import ValidationError

from patients.ages import years_on
from patients.choices import ContactKind, Purpose
from patients.folding import fold
from patients.policies import check_departure_day, check_details
from patients.records import FULL_AGE, AllergyDetails, ConditionDetails, ContactDetails, NumberDetails, PatientDetails


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
    row: int
    details: PatientDetails
    contacts: tuple[ContactDetails, ...] = ()
    numbers: tuple[NumberDetails, ...] = ()
    conditions: tuple[ConditionDetails, ...] = ()
    allergies: tuple[AllergyDetails, ...] = ()
    needs_interpreter: bool = False
    is_deceased: bool = False
    deceased_date: date | None = None
    is_said_inactive: bool = False

    @property
    def content_key(self) -> tuple[str, date]:
        """What makes two people without a number the same: folded name and birth date."""
        return content_key(self.details.given_names, self.details.family_name, self.details.birth_date)


def content_key(given_names: str, family_name: str, birth_date: date) -> tuple[str, date]:
    return (f"{fold(given_names)}|{fold(family_name)}", birth_date)


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
    unique = list({(contact.kind, contact.value): contact for contact in contacts}.values())
    return tuple(
        replace(contact, is_preferred=place == 0 and not contact.is_guardians) for place, contact in enumerate(unique)
    )
