"""A made-up person at the register: names, numbers, contacts, allergies, flags, weight."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from patients.ages import years_on
from patients.choices import NumberKind
from patients.folding import tokens
from patients.names import edition, full_name, sort_key
from patients.records import FULL_AGE, clinic_number
from pitclinic.simulation import words
from pitclinic.simulation.calendar_grid import iso
from pitclinic.simulation.names import CULTURES, Culture
from pitclinic.simulation.tables import Tables
from pitclinic.simulation.writing import Ids, text

_WEIGHTS = [culture.weight for culture in CULTURES]
_DAY = 86_400


@dataclass
class Person:
    """What the later chapters of the story need to know."""

    id: str
    name: str
    created_at: int
    birth_date: date
    clinic_number: str
    spoken_name: str = ""
    guardian: str = ""
    has_email: bool = False
    has_care_consent: bool = False
    tells_provoked: bool = False
    flags: set[str] = field(default_factory=set)
    allergies: set[str] = field(default_factory=set)


def register(
    *, rng: Random, ids: Ids, tables: Tables, number: int, created_at: int, today: date, zone: str, locale: str
) -> Person:
    """Make up a person registered at ``created_at`` (seconds since 1970) and write the rows of the register."""
    culture: Culture = rng.choices(CULTURES, _WEIGHTS)[0]
    is_female = rng.random() < 0.58
    given, family = _names(rng, culture, is_female)
    registered = date.fromisoformat(iso(created_at)[:10])
    age_days = int(min(max(rng.gauss(51, 16), 13), 92) * 365.25)
    birth_date = registered - timedelta(days=age_days)
    person = Person(
        id=ids.take(),
        name=f"{given} {family}",
        created_at=created_at,
        birth_date=birth_date,
        clinic_number=clinic_number(number + 1),
    )
    person.tells_provoked = rng.random() < 0.4
    emergency = rng.random() < 0.7
    if age_days < 18 * 365.25 + 1:
        person.guardian = f"{rng.choice(culture.female)} {family}"
    sex = "female" if is_female else ("male" if rng.random() < 0.98 else "other")
    language = culture.language if rng.random() < 0.4 else "en"
    zone = zone if rng.random() < 0.97 else "Europe/London"
    person.spoken_name = full_name(given, family, language)
    tables.patients.add(
        person.id,
        text(given),
        text(family),
        birth_date.isoformat(),
        sex,
        language,
        zone,
        text(f"{rng.choice(culture.female)} {family}") if emergency else "",
        _phone(rng) if emergency else "",
        rng.choice(words.RELATIONS) if emergency else "",
        text(person.guardian),
        iso(created_at),
        text(f"\\x{sort_key(given, family, locale=locale).hex()}"),
        edition(locale),
    )
    tables.identifiers.add(ids.take(), person.id, NumberKind.CLINIC.value, person.clinic_number)
    if rng.random() < 0.2:
        tables.identifiers.add(ids.take(), person.id, NumberKind.PREVIOUS.value, f"H{number * 7 + 100_003:07d}")
    for token, is_whole in tokens([given, family]).items():
        tables.name_tokens.add(ids.take(), person.id, text(token), "t" if is_whole else "f")
    is_minor = years_on(birth_date, today) < FULL_AGE
    _contacts(rng, tables, ids, person, number, is_minor=is_minor)
    _risks(rng, tables, ids, person, age=age_days // 365)
    tables.body_weights.add(
        ids.take(), person.id, f"{min(max(rng.gauss(77, 15), 42), 150):.1f}", registered.isoformat()
    )
    if (today - registered).days > 170:
        tables.body_weights.add(
            ids.take(),
            person.id,
            f"{min(max(rng.gauss(77, 15), 42), 150):.1f}",
            (registered + timedelta(days=160)).isoformat(),
        )
    return person


def _names(rng: Random, culture: Culture, is_female: bool) -> tuple[str, str]:
    pool = culture.female if is_female else culture.male
    given, family = rng.choice(pool), rng.choice(culture.family)
    if rng.random() < 0.25:
        given = f"{given} {rng.choice(pool)}"
    if rng.random() < 0.12:
        family = f"{family}-{rng.choice(culture.family)}"
    return given, family


def _phone(rng: Random) -> str:
    """A number out of the ranges kept for fiction (Berlin 23125, London 7946 0, Washington 555-01, Paris 99 00)."""
    last = int(rng.random() * 10_000)
    return (
        f"+493023125{last % 1000:03d}",
        f"+44207946{last % 1000:04d}",
        f"+1202555{100 + last % 100:04d}",
        f"+33199{last % 10000 // 100:04d}{last % 100:02d}",
    )[last % 4]


def _contacts(rng: Random, tables: Tables, ids: Ids, person: Person, number: int, *, is_minor: bool) -> None:
    """Of a minor they are the guardian's."""
    if rng.random() < 0.93:
        phone = _phone(rng)
        digits = "".join(letter for letter in reversed(phone) if letter.isdigit())
        _contact(rng, tables, ids, person, ("phone", phone, digits), is_preferred=False, is_guardians=is_minor)
    if rng.random() < 0.88:
        person.has_email = True
        mailbox = ("email", f"patient{number + 1}@example.org", "")
        consented = _contact(rng, tables, ids, person, mailbox, is_preferred=True, is_guardians=is_minor)
        person.has_care_consent = consented


def _contact(
    rng: Random,
    tables: Tables,
    ids: Ids,
    person: Person,
    contact: tuple[str, str, str],
    *,
    is_preferred: bool,
    is_guardians: bool,
) -> bool:
    """Write a contact point and its consents; answer whether messages of care may go there."""
    point = ids.take()
    is_shared = rng.random() < 0.04
    said = ("t" if one else "f" for one in (is_shared, is_preferred, is_guardians))
    tables.contact_points.add(point, person.id, *contact, *said)
    decided_at = iso(person.created_at)
    care = rng.random() < 0.93
    tables.contact_consents.add(ids.take(), point, "care", "t" if care else "f", decided_at)
    tables.contact_consents.add(ids.take(), point, "appointment", "t" if rng.random() < 0.96 else "f", decided_at)
    return care and not is_shared


def _risks(rng: Random, tables: Tables, ids: Ids, person: Person, *, age: int) -> None:
    recorded_at = iso(person.created_at)
    for share, substance, which in words.ALLERGIES:
        if rng.random() < share:
            person.allergies.add(substance)
            tables.allergies.add(ids.take(), person.id, substance, which, rng.choice(words.REACTIONS), recorded_at)
    for share, flag, youngest, detail in words.FLAGS:
        if age >= youngest and rng.random() < share:
            person.flags.add(flag)
            tables.risk_flags.add(ids.take(), person.id, flag, detail, recorded_at)
