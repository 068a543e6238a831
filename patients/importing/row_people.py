"""The person of one row."""

import re
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from common.phones import Phone
from patients.choices import ContactKind, Flag, NumberKind, Purpose, Sex
from patients.contacts import email_in_lower_case
from patients.importing.columns import Target
from patients.importing.departures import of_table
from patients.importing.habits import Habits, Told
from patients.importing.people import (
    NO_PHONE,
    Person,
    Problem,
    phone_or_none,
    problems_of,
    with_guardians,
    with_words,
    without_repeats,
)
from patients.importing.values import (
    reads_either_way,
    to_active,
    to_date,
    to_language,
    to_plain,
    to_sex,
    to_yes,
    to_zone,
)
from patients.records import ContactDetails, FlagDetails, NumberDetails, PatientDetails

_LENGTHS = {Target.PREFERRED_NAME: 60, Target.EMAIL: 254, Target.GUARDIAN_EMAIL: 254}
_NAMES = (Target.PREFERRED_NAME, Target.GUARDIAN_NAME, Target.EMERGENCY_NAME)
_OWN_PHONES = (Target.PHONE, Target.PHONE_2, Target.PHONE_3)
_PHONES = frozenset({*_OWN_PHONES, Target.EMERGENCY_PHONE, Target.GUARDIAN_PHONE})
_MAILBOXES = frozenset({Target.EMAIL, Target.GUARDIAN_EMAIL})
_NUMBERS = {
    Target.CLINIC_NUMBER: NumberKind.CLINIC,
    Target.NATIONAL_NUMBER: NumberKind.NATIONAL,
    Target.PREVIOUS_NUMBER: NumberKind.PREVIOUS,
}
# What people write into a cell that holds nothing. A name may be Null, so names are not asked.
_NOTHING = re.compile(r"[-–—.?/*]+|n/?a|none|null|nil|\(null\)|#n/a", re.IGNORECASE)
_NEVER_NOTHING = frozenset(
    {Target.FAMILY_NAME, Target.GIVEN_NAMES, Target.MIDDLE_NAMES, Target.NAME, Target.BIRTH_DATE}
)


class RowReader:
    """The cells of one row by target, turned into a person one value at a time."""

    def __init__(self, number: int, cells: dict[str, str], habits: Habits, told: Told) -> None:
        self.number = number
        self.cells = {
            target: "" if target not in _NEVER_NOTHING and _NOTHING.fullmatch(text) else text
            for target, text in cells.items()
        }
        self.habits = habits
        self.told = told
        self.problems: list[Problem] = []
        self.to_check: list[tuple[str, str]] = []

    def person(self, *, place: str) -> Person | list[Problem]:
        self._check_cells()
        birth_date = self._birth_date()
        if self.problems or birth_date is None:
            return self.problems
        details = self._details(birth_date)
        contacts, numbers = self._contacts(birth_date), self._numbers()
        needs_interpreter = bool(self._optional(Target.NEEDS_INTERPRETER, to_yes, False))
        is_deceased, deceased_date = self._death()
        self.problems += problems_of(self.number, details, today=self.habits.today, deceased_date=deceased_date)
        return self.problems or Person(
            self.number,
            details,
            contacts=contacts,
            numbers=numbers,
            flags=(FlagDetails(Flag.INTERPRETER),) if needs_interpreter else (),
            place=place,
            is_deceased=is_deceased,
            deceased_date=deceased_date,
            is_said_inactive=not is_deceased and not self._optional(Target.ACTIVE, to_active, True),
            to_check=tuple(self.to_check),
        )

    def _death(self) -> tuple[bool, date | None]:
        deceased, died = self.cells.get(Target.DECEASED, ""), self.cells.get(Target.DECEASED_DATE, "")
        try:
            return of_table(deceased, died, to_day=lambda text: self._day(text, with_time=True))
        except ValidationError as error:
            self._refuse(Target.DECEASED_DATE if died else Target.DECEASED, " ".join(error.messages))
            return False, None

    def _day(self, text: str, *, with_time: bool = False) -> date:
        """Raises ``ValidationError``. Where rows disagree about the order, only a date that reads one way is one."""
        if self.told.other_order is not None and reads_either_way(text):
            reason = _("Day and month stand the other way round in row %(row)s. Write this date like 1970-06-05.")
            raise ValidationError(reason % {"row": self.told.other_order})
        habits = self.habits
        past_of = habits.today if habits.are_years_short else None
        return to_date(text, is_month_first=habits.is_month_first, past_of=past_of, with_time=with_time)

    def _check_cells(self) -> None:
        for target, text in self.cells.items():
            if target in _PHONES or target in _MAILBOXES:
                continue  # what is none becomes a note
            if len(text) > _LENGTHS.get(Target(target), 120):
                self._refuse(target, _("This is too long."))
            else:
                self.cells[target] = self._try(target, to_plain) or ""

    def _try(self, target: str, read: Any) -> Any:
        """The value, or None and a problem noted."""
        try:
            return read(self.cells.get(target, ""))
        except ValidationError as error:
            return self._refuse(target, " ".join(error.messages))

    def _refuse(self, target: str, reason: str) -> None:
        self.problems.append(Problem(self.number, target, reason))

    def _optional(self, target: Target, read: Any, default: Any) -> Any:
        return self._try(target, read) if self.cells.get(target) else default

    def _birth_date(self) -> date | None:
        found: date | None = self._try(Target.BIRTH_DATE, self._day)
        return found

    def _details(self, birth_date: date) -> PatientDetails:
        given, family = self._names()
        said = {target.value: self.cells.get(target, "") for target in _NAMES}
        self._part_emergency_contact()
        guardian, emergency = (self._phone(target) for target in (Target.GUARDIAN_PHONE, Target.EMERGENCY_PHONE))
        said[Target.EMERGENCY_NAME.value] = self.cells.get(Target.EMERGENCY_NAME, "")
        named = with_words(said[Target.GUARDIAN_NAME.value], guardian.words)
        return PatientDetails(
            given_names=given,
            family_name=family,
            birth_date=birth_date,
            sex=self._optional(Target.SEX, self._sex, Sex.UNKNOWN) or Sex.UNKNOWN,
            language=self._language(),
            zone=self._optional(Target.ZONE, to_zone, self.habits.zone) or "",
            guardian_phone=guardian.value,
            emergency_contact_phone=emergency.value,
            emergency_contact_relation=self._fitting(Target.EMERGENCY_PHONE, emergency.words, 60),
            **said | {Target.GUARDIAN_NAME.value: self._fitting(Target.GUARDIAN_PHONE, named, 120)},
        )

    def _fitting(self, target: Target, words: str, length: int) -> str:
        if len(words) > length:
            self._refuse(target, _("This is too long."))
        return words

    def _language(self) -> str:
        """The clinic's where the row says none, or one nobody knows: that becomes a note."""
        written = self.cells.get(Target.LANGUAGE, "")
        try:
            return to_language(written) if written else self.habits.language
        except ValidationError:
            self.to_check.append((Target.LANGUAGE.value, written))
            return self.habits.language

    def _sex(self, text: str) -> Sex:
        return to_sex(text, is_hombre_o_mujer=self.told.is_hombre_o_mujer)

    def _part_emergency_contact(self) -> None:
        """“John 0400000000” in one cell is a name and a phone."""
        whole = self.cells.get(Target.EMERGENCY_NAME, "")
        if self.cells.get(Target.EMERGENCY_PHONE) or not any(letter.isdecimal() for letter in whole):
            return
        phone = phone_or_none(whole, region=self.habits.region)
        if phone and phone.value:
            self.cells[Target.EMERGENCY_NAME], self.cells[Target.EMERGENCY_PHONE] = phone.words, phone.value

    def _names(self) -> tuple[str, str]:
        whole = self.cells.get(Target.NAME, "")
        parts = (self.cells.get(Target.GIVEN_NAMES, ""), self.cells.get(Target.MIDDLE_NAMES, ""))
        given, family = " ".join(filter(None, parts)), self.cells.get(Target.FAMILY_NAME, "")
        if given or family or not whole:
            return given, family
        if "," in whole:
            family, _comma, given = whole.partition(",")
        else:
            given, _space, family = whole.rpartition(" ")
        return given.strip(), family.strip()

    def _phone(self, target: Target) -> Phone:
        """The number; what is none that can be called is kept as it is written."""
        written = self.cells.get(target, "")
        phone = phone_or_none(written, region=self.habits.region)
        if phone is None:
            self.to_check.append((target.value, written))
        return phone or NO_PHONE

    def _mailbox(self, target: Target) -> str:
        """The address; what is none is kept as it is written."""
        written = self.cells.get(target, "")
        try:
            return email_in_lower_case(written) if written else ""
        except ValidationError:
            self.to_check.append((target.value, written))
            return ""

    def _contacts(self, born: date) -> tuple[ContactDetails, ...]:
        agreed = {Purpose.CARE: Target.AGREES_CARE, Purpose.APPOINTMENT: Target.AGREES_APPOINTMENT}
        allowed = frozenset(purpose for purpose, target in agreed.items() if self._optional(target, to_yes, False))
        read = [(ContactKind.PHONE, self._phone(target)) for target in _OWN_PHONES]
        read.append((ContactKind.EMAIL, Phone(self._mailbox(Target.EMAIL))))
        found = [
            ContactDetails(
                kind=kind, value=one.value, allowed=allowed, note=self._fitting(Target.PHONE, one.words, 120)
            )
            for kind, one in read
            if one.value
        ]
        if mailbox := self._mailbox(Target.GUARDIAN_EMAIL):
            found = with_guardians(found, mailbox, born=born, today=self.habits.today, allowed=allowed)
        return without_repeats(found)

    def _numbers(self) -> tuple[NumberDetails, ...]:
        return tuple(
            NumberDetails(system=kind, value=value)
            for target, kind in _NUMBERS.items()
            if (value := self.cells.get(target, ""))
        )
