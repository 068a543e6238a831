"""The time-out before each made-up treatment: the card that the page would have shown of it, confirmed whole."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from patients.choices import allergy_words
from pitclinic.simulation import words
from pitclinic.simulation.calendar_grid import iso
from pitclinic.simulation.persona import Person
from pitclinic.simulation.tables import Tables
from pitclinic.simulation.visits import Visit
from pitclinic.simulation.writing import Ids, text
from sessions.choices import TimeOutItem
from sessions.models import Consent
from sessions.queries.time_outs import OnCard, PatientWords, card_of, words_of_patient
from sessions.rules import facts
from sessions.rules.time_outs import as_json

# Between the score before and the needle.
CONFIRMED_AFTER_SECONDS = 8 * 60
_ALL = f"{{{','.join(TimeOutItem.values)}}}"


@dataclass(frozen=True)
class _Known:
    """What the register says of a made-up person."""

    patient_words: PatientWords
    allergy_words: Mapping[str, str]
    said_allergies: frozenset[str]


def confirm(
    tables: Tables,
    ids: Ids,
    *,
    person: Person,
    session: str,
    visit: Visit,
    points: Sequence[facts.Point],
    consent: Consent | None,
    zone: ZoneInfo,
) -> None:
    """By whoever treated, a moment before the needle."""
    card = card_of(_known(person), points, [], OnCard(consent) if consent else None, zone)
    said = [[line.label, line.text] for line in card.lines]
    tables.time_outs.add(
        ids.take(),
        session,
        card.fingerprint,
        text(json.dumps(as_json(card.shown))),
        text(json.dumps(said)),
        text(_ALL),
        iso(visit.starts + CONFIRMED_AFTER_SECONDS),
        visit.clinician,
    )


def _known(person: Person) -> _Known:
    rows = [(substance, which) for _share, substance, which in words.ALLERGIES if substance in person.allergies]
    return _Known(
        words_of_patient(person.spoken_name, person.birth_date, person.clinic_number),
        {substance: allergy_words(substance, which) for substance, which in rows},
        frozenset(f"{substance} {which}".strip() for substance, which in rows),
    )
