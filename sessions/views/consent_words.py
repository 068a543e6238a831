"""The words of consent as the session page shows them: in whose language, and to whoever signs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from common.spoken_languages import language_name
from sessions.models import Consent
from sessions.queries.consent_wordings import base_of
from sessions.queries.injection_sessions import Loaded
from sessions.queries.session_consents import ended_at, named_solutions, scope_of


@dataclass(frozen=True)
class ConsentRisks:
    """The solutions and the risks of the region that are read together, and both as the page sends them back."""

    names: str
    lines: list[Any]
    solutions: str
    solution_lines: list[str]


@dataclass(frozen=True)
class ConsentWords:
    """``lacking``: the patient's language by name, where the text is in another (``language_name``)."""

    version: str
    language: str
    language_name: str
    lacking: str
    lines: Sequence[Any]
    guardian_lines: list[str]


@dataclass(frozen=True)
class ConsentLine:
    """One consent: ``needle_at`` where it was given after the first injection, ``is_current`` where it covers all."""

    row: Consent
    needle_at: datetime | None
    is_current: bool = False


@dataclass(frozen=True)
class ConsentPart:
    """The consent the session stands on, with why it does not cover the treatment, and those beside it: given or
    withdrawn since the page was begun."""

    loaded: Loaded
    gaps: tuple[str, ...]

    @property
    def gap_words(self) -> list[str]:
        return [_(word) for word in self.gaps]

    @property
    def is_asked(self) -> bool:
        """Whether the words are there to be read: also after a withdrawal, so that it can be given again."""
        own = self.loaded.consent
        return own is None or bool(self.gaps) or (self.is_withdrawn and self.loaded.consent_anew is None)

    @property
    def is_withdrawn(self) -> bool:
        own = self.loaded.consent
        return own is not None and ended_at(own, self.loaded.consents) is not None

    @property
    def lines(self) -> list[ConsentLine]:
        """The one it stands on first."""
        own = self.loaded.consent
        if own is None:
            return []
        is_current = not self.gaps and not self.is_withdrawn
        return [self._line(own, is_current), *(self._line(row) for row in self.loaded.consents if self._is_beside(row))]

    def _line(self, row: Consent, is_current: bool = False) -> ConsentLine:
        needle_at = self.loaded.needle_at
        is_late = needle_at is not None and row.given_at > needle_at
        return ConsentLine(row, self.loaded.session.first_injected_at if is_late else None, is_current)

    def _is_beside(self, row: Consent) -> bool:
        session = self.loaded.session
        since = session.begun_at or session.started_at
        is_of_today = row.given_at >= since or (row.withdrawn_at is not None and row.withdrawn_at >= since)
        return row != self.loaded.consent and is_of_today


def consent_risks(loaded: Loaded) -> ConsentRisks:
    names = sorted(scope_of(loaded).risk_flags)
    solutions = named_solutions(loaded)
    return ConsentRisks(
        ",".join(names),
        [loaded.wording.risk_lines[name] for name in names],
        ",".join(one.code for one in solutions),
        loaded.wording.solutions_line([one.name for one in solutions]),
    )


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
