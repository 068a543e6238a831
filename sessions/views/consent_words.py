"""The words of consent as the session page shows them: in whose language, and to whoever signs."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from common.spoken_languages import language_name
from sessions.queries.consent_wordings import base_of
from sessions.queries.injection_sessions import Loaded
from sessions.queries.session_facts import scope_of


@dataclass(frozen=True)
class ConsentRisks:
    """The risks of the region that are read together, and their names as the page sends them back."""

    names: str
    lines: list[Any]


@dataclass(frozen=True)
class ConsentWords:
    """``lacking``: the patient's language by name, where the text is in another (``language_name``)."""

    version: str
    language: str
    language_name: str
    lacking: str
    lines: Sequence[Any]
    guardian_lines: list[str]


def consent_risks(loaded: Loaded) -> ConsentRisks:
    names = sorted(scope_of(loaded).risk_flags)
    return ConsentRisks(",".join(names), [loaded.wording.risk_lines[name] for name in names])


def consent_words(loaded: Loaded) -> ConsentWords:
    wording, patient = loaded.wording, loaded.session.patient
    spoken = base_of(patient.language)
    return ConsentWords(
        wording.version,
        wording.language,
        language_name(wording.language),
        "" if spoken == wording.language else language_name(spoken),
        wording.lines,
        wording.guardian_lines_for(patient.full_name, patient.birth_date),
    )
