"""The words of consent in force at a clinic, a text for each language: its own newest, else the product's."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from uuid import UUID

from django.db.models import Count, Q
from django.utils.dateformat import format as written
from django.utils.functional import Promise

from accounts.actors import Actor
from accounts.models import Clinic
from common.languages import dates_for, words_for
from common.own_direction import isolated
from common.spoken_languages import CODES, language_name
from patients.models import Patient
from sessions import consent_wordings as product
from sessions.choices import ConsentSigner, RecordStatus
from sessions.models import Consent, ConsentWording, Course
from sessions.rules.amounts import months_before
from sessions.rules.consents import MONTHS_VALID


@dataclass(frozen=True)
class Wording:
    """``row_id`` is None for the product's own text, ``corrects_version`` empty where everybody signs anew."""

    version: str
    language: str
    lines: Sequence[Promise | str]
    guardian_lines: Sequence[Promise | str]
    risk_lines: Mapping[str, Promise | str]
    row_id: UUID | None = None
    corrects_version: str = ""

    def guardian_lines_for(self, name: str, birth_date: date) -> list[str]:
        """What somebody reads who signs for this person, the day of birth as the language of the text writes it."""
        with dates_for(self.language):
            day = written(birth_date, "j F Y")
        return [_filled(str(line), isolated(name), day) for line in self.guardian_lines]

    def solutions_line(self, names: Sequence[str]) -> list[str]:
        """In the language of the text, where that is translated."""
        with words_for(self.language):
            return [product.solutions_line(names)] if names else []

    def said_to(
        self, patient: Patient, *, signer: str, risks: Sequence[str], solutions: Sequence[str] = ()
    ) -> list[str]:
        """Every line that was read before the signature of this person, in order."""
        own = [str(line) for line in self.lines]
        if signer == ConsentSigner.GUARDIAN:
            own = self.guardian_lines_for(patient.full_name, patient.birth_date)
        return [*own, *self.solutions_line(solutions), *(str(self.risk_lines[name]) for name in risks)]


@dataclass(frozen=True)
class Wordings:
    """``rows``: every version of the clinic, the newest first; ``main``: the clinic's own language."""

    rows: Sequence[ConsentWording]
    main: str

    def current(self, language: str) -> Wording | None:
        """In this very language; None where there is none."""
        return next(self._versions(language), None)

    def shown_to(self, language: str) -> Wording:
        """In the language of a patient, else in the clinic's, else in the product's."""
        choices = (base_of(language), self.main, product.LANGUAGE)
        return next(found for one in choices if (found := self.current(one)))

    def standing(self, language: str) -> list[str]:
        """The versions whose signatures stand: the one in force, and those it only mended a slip of."""
        found: list[str] = []
        for one in self._versions(language):
            found.append(one.version)
            if not one.corrects_version:
                break
        return found

    @cached_property
    def all_standing(self) -> frozenset[str]:
        languages = {row.language for row in self.rows} | {product.LANGUAGE}
        return frozenset(version for language in languages for version in self.standing(language))

    def _versions(self, language: str) -> Iterator[Wording]:
        yield from (_own(row) for row in self.rows if row.language == language)
        if language == product.LANGUAGE:
            yield _product(product.CURRENT_VERSION)


def base_of(language: str) -> str:
    """``de`` of ``de-AT``."""
    return language.split("-")[0]


def wordings_of(clinic: Clinic) -> Wordings:
    rows = ConsentWording.objects.filter(clinic_id=clinic.pk).order_by("-made_at", "-id")
    return Wordings(list(rows), base_of(clinic.locale))


def wording_of_version(clinic_id: UUID, version: str) -> Wording | None:
    """The text of a version, the clinic's or the product's; None for one that never was."""
    row = ConsentWording.objects.filter(clinic_id=clinic_id, version=version).first()
    if row:
        return _own(row)
    return _product(version) if version in product.WORDINGS else None


def latest_wording(actor: Actor, language: str) -> ConsentWording | None:
    """The clinic's own newest version in a language; None while there is none."""
    return ConsentWording.objects.visible_to(actor).filter(language=language).order_by("-made_at", "-id").first()


def wording_history(actor: Actor) -> list[ConsentWording]:
    """The clinic's own versions, the newest first."""
    return list(ConsentWording.objects.visible_to(actor).select_related("made_by__user").order_by("-made_at", "-id"))


@dataclass(frozen=True)
class LanguageRow:
    """A language of the clinic, the text it has, and how many patients speak it; ``shown_name``: what they read."""

    code: str
    name: str
    version: str
    shown_name: str
    patients: int


def language_rows(actor: Actor, wordings: Wordings) -> list[LanguageRow]:
    """The languages the clinic speaks, those of its texts, and those its patients need, by name."""
    counts = Counter[str]()
    for code, number in Patient.objects.visible_to(actor).values_list("language").annotate(Count("id")).order_by():
        counts[base_of(code)] += number
    codes = {base_of(code) for code in actor.clinic.languages} | {row.language for row in wordings.rows}
    return [
        LanguageRow(
            code,
            language_name(code),
            found.version if (found := wordings.current(code)) else "",
            language_name(wordings.shown_to(code).language),
            counts[code],
        )
        for code in sorted((codes | {product.LANGUAGE} | set(counts)) & set(CODES), key=language_name)
    ]


def patients_to_sign_again(actor: Actor, versions: Sequence[str], *, now: datetime) -> int:
    """How many patients under treatment stand on a consent to these versions, which a new text would end."""
    since = months_before(now.astimezone(actor.zone).date(), MONTHS_VALID)
    under_treatment = Q(course__status=Course.Status.OPEN) | Q(
        course__isnull=True, injection_sessions__status=RecordStatus.DRAFT
    )
    rows = Consent.objects.filter(
        under_treatment,
        clinic_id=actor.clinic_id,
        wording_version__in=versions,
        withdrawn_at__isnull=True,
        given_at__date__gte=since,
    )
    return len(set(rows.values_list("patient_id", flat=True)))


def _own(row: ConsentWording) -> Wording:
    return Wording(
        row.version, row.language, row.lines, row.guardian_lines, row.risk_lines, row.pk, row.corrects_version
    )


def _product(version: str) -> Wording:
    return Wording(
        version, product.LANGUAGE, product.WORDINGS[version], product.GUARDIAN_WORDINGS[version], product.RISK_LINES
    )


def _filled(line: str, name: str, birth_date: str) -> str:
    return line.replace(product.PATIENT_MARK, name).replace(product.BIRTH_DATE_MARK, birth_date)
