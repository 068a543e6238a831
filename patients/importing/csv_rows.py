"""A table with a header, read row by row; the columns mean what the user said."""

import csv
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import IO, Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from common.phones import Phone
from patients.choices import ContactKind, NumberKind, Purpose, Sex
from patients.contacts import email_in_lower_case
from patients.importing.columns import ColumnMap, Target
from patients.importing.departures import of_table
from patients.importing.files import lines_of, open_text
from patients.importing.people import (
    NO_PHONE,
    FileRefusedError,
    Person,
    Problem,
    phone_or_none,
    problems_of,
    with_guardians,
    with_words,
    without_repeats,
)
from patients.importing.values import to_date, to_language, to_plain, to_sex, to_yes, to_zone
from patients.records import ContactDetails, NumberDetails, PatientDetails

DELIMITERS = (",", ";", "\t", "|")
MOST_COLUMNS = 200
MOST_ROWS = 200_000
LOOKED_AT = 20
_LENGTHS = {Target.PREFERRED_NAME: 60, Target.EMAIL: 254, Target.GUARDIAN_EMAIL: 254}
_NAMES = (Target.PREFERRED_NAME, Target.GUARDIAN_NAME, Target.EMERGENCY_NAME)
_PHONES = frozenset({Target.PHONE, Target.PHONE_2, Target.EMERGENCY_PHONE, Target.GUARDIAN_PHONE})
_NUMBERS = {
    Target.CLINIC_NUMBER: NumberKind.CLINIC,
    Target.NATIONAL_NUMBER: NumberKind.NATIONAL,
    Target.PREVIOUS_NUMBER: NumberKind.PREVIOUS,
}


@dataclass(frozen=True)
class Habits:
    """What the table leaves unsaid: the clinic's zone, language, country and order of dates."""

    zone: str
    language: str
    region: str | None
    is_month_first: bool
    today: date


@dataclass(frozen=True)
class Preview:
    """The header and the first rows, to map the columns by."""

    header: list[str]
    rows: list[list[str]]


def preview(file: IO[bytes]) -> Preview:
    """Raises ``FileRefusedError`` when there is no table to show."""
    rows = _rows(file)
    header = next(rows)
    return Preview(header=header, rows=list(itertools.islice(rows, LOOKED_AT)))


def read(file: IO[bytes], columns: ColumnMap, habits: Habits) -> Iterator[Person | list[Problem]]:
    """One person, or what is wrong with them, for every row under the header (which is row 1)."""
    rows = _rows(file)
    header = next(rows)
    _check_map(columns, len(header))
    for number, cells in enumerate(rows, start=2):
        if number > MOST_ROWS + 1:
            raise FileRefusedError(_("More than %(n)s rows. Split the file.") % {"n": MOST_ROWS})
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(header):
            reason = _("%(n)s columns where the header has %(m)s.") % {"n": len(cells), "m": len(header)}
            yield [Problem(number, "", reason)]
        else:
            row = _Row(number, {target: cells[at].strip() for target, at in columns.items()}, habits)
            yield row.person(place="|".join(header))


def _check_map(columns: ColumnMap, width: int) -> None:
    has_name = Target.NAME in columns or Target.FAMILY_NAME in columns or Target.GIVEN_NAMES in columns
    if Target.BIRTH_DATE not in columns or not has_name:
        raise FileRefusedError(_("Say which columns hold the name and the date of birth."))
    if any(target not in Target.values or not 0 <= at < width for target, at in columns.items()):
        raise FileRefusedError(_("The columns chosen are not in this file."))


def _rows(file: IO[bytes]) -> Iterator[list[str]]:
    lines = lines_of(open_text(file))
    start = list(itertools.islice(lines, LOOKED_AT))
    delimiter = ""
    if start and start[0].lower().startswith("sep=") and start[0].strip()[4:5] in DELIMITERS:
        delimiter = start.pop(0)[4]
    delimiter = delimiter or _delimiter(start)
    try:
        header = _header(start, delimiter)
        yield header
        rows = csv.reader(itertools.chain(start, lines), delimiter=delimiter)
        next(rows)
        yield from rows
    except csv.Error as error:
        raise FileRefusedError(_("A cell is too long or a quotation mark is not closed.")) from error


def _header(start: list[str], delimiter: str) -> list[str]:
    header = next(csv.reader(start, delimiter=delimiter), [])
    if len([heading for heading in header if heading.strip()]) < 2:
        raise FileRefusedError(_("There is no table here: the first line should name at least two columns."))
    if len(header) > MOST_COLUMNS:
        raise FileRefusedError(_("More than %(n)s columns.") % {"n": MOST_COLUMNS})
    return [heading.strip()[:80] for heading in header]


def _delimiter(start: list[str]) -> str:
    """The sign that parts the first lines into most columns, the same number in each line where that can be."""

    def score(delimiter: str) -> tuple[bool, int]:
        try:
            widths = [len(row) for row in csv.reader(start[:-1] or start, delimiter=delimiter) if row]
        except csv.Error:
            return (False, 0)
        return (len(set(widths)) == 1 and widths[0] > 1, widths[0]) if widths else (False, 0)

    return max(DELIMITERS, key=score)


class _Row:
    """The cells of one row by target, turned into a person one value at a time."""

    def __init__(self, number: int, cells: dict[str, str], habits: Habits) -> None:
        self.number = number
        self.cells = cells
        self.habits = habits
        self.problems: list[Problem] = []
        self.unread_phones: list[tuple[str, str]] = []

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
            needs_interpreter=needs_interpreter,
            place=place,
            is_deceased=is_deceased,
            deceased_date=deceased_date,
            unread_phones=tuple(self.unread_phones),
        )

    def _death(self) -> tuple[bool, date | None]:
        deceased, died = self.cells.get(Target.DECEASED, ""), self.cells.get(Target.DECEASED_DATE, "")
        try:
            return of_table(deceased, died, is_month_first=self.habits.is_month_first)
        except ValidationError as error:
            self._refuse(Target.DECEASED_DATE if died else Target.DECEASED, " ".join(error.messages))
            return False, None

    def _check_cells(self) -> None:
        for target, text in self.cells.items():
            if target in _PHONES:
                continue  # the number is taken out of whatever came with it
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
        found: date | None = self._try(
            Target.BIRTH_DATE, lambda text: to_date(text, is_month_first=self.habits.is_month_first)
        )
        return found

    def _details(self, birth_date: date) -> PatientDetails:
        given, family = self._names()
        said = {target.value: self.cells.get(target, "") for target in _NAMES}
        guardian, emergency = (self._phone(target) for target in (Target.GUARDIAN_PHONE, Target.EMERGENCY_PHONE))
        named = with_words(said[Target.GUARDIAN_NAME.value], guardian.words)
        return PatientDetails(
            given_names=given,
            family_name=family,
            birth_date=birth_date,
            sex=self._optional(Target.SEX, to_sex, Sex.UNKNOWN) or Sex.UNKNOWN,
            language=self._optional(Target.LANGUAGE, to_language, self.habits.language) or "",
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

    def _names(self) -> tuple[str, str]:
        whole = self.cells.get(Target.NAME, "")
        given, family = self.cells.get(Target.GIVEN_NAMES, ""), self.cells.get(Target.FAMILY_NAME, "")
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
            self.unread_phones.append((target.value, written))
        return phone or NO_PHONE

    def _email(self, text: str) -> Phone:
        return Phone(email_in_lower_case(text))

    def _contacts(self, born: date) -> tuple[ContactDetails, ...]:
        agreed = {Purpose.CARE: Target.AGREES_CARE, Purpose.APPOINTMENT: Target.AGREES_APPOINTMENT}
        allowed = frozenset(purpose for purpose, target in agreed.items() if self._optional(target, to_yes, False))
        read = [(ContactKind.PHONE, self._phone(target)) for target in (Target.PHONE, Target.PHONE_2)]
        read.append((ContactKind.EMAIL, self._optional(Target.EMAIL, self._email, NO_PHONE) or NO_PHONE))
        found = [
            ContactDetails(
                kind=kind, value=one.value, allowed=allowed, note=self._fitting(Target.PHONE, one.words, 120)
            )
            for kind, one in read
            if one.value
        ]
        if mailbox := self._optional(Target.GUARDIAN_EMAIL, email_in_lower_case, ""):
            found = with_guardians(found, mailbox, born=born, today=self.habits.today, allowed=allowed)
        return without_repeats(found)

    def _numbers(self) -> tuple[NumberDetails, ...]:
        return tuple(
            NumberDetails(system=kind, value=value)
            for target, kind in _NUMBERS.items()
            if (value := self.cells.get(target, ""))
        )
