"""What stands behind a session and no save of its draft changes: the patient's register and the clinic's rules."""

from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from common.wall_clock import local_day
from patients.models import Allergy, BodyWeight, RiskFlag
from sessions.models import InjectionSession
from sessions.queries.consent_wordings import Wording, Wordings, wordings_of
from sessions.queries.rule_sets import rule_settings
from sessions.queries.time_outs import PatientWords, patient_words
from sessions.rules.register import Fact, Known, known_of
from sessions.rules.settings import RuleSettings

EARLIER_AT_MOST = 100


class Background:
    """Each part is read when it is first asked for, for one request."""

    def __init__(self, session: InjectionSession) -> None:
        self._session = session
        self._own = {"patient_id": session.patient_id, "clinic_id": session.clinic_id}
        self._times: dict[UUID | None, list[datetime]] = {}

    @cached_property
    def allergy_rows(self) -> list[Allergy]:
        return list(Allergy.objects.current().filter(**self._own).order_by("recorded_at", "id"))

    @cached_property
    def allergies(self) -> frozenset[str]:
        return frozenset(row.substance for row in self.allergy_rows)

    @cached_property
    def allergy_words(self) -> dict[str, str]:
        """The same, each class with the patient's own words: what is read aloud and sealed."""
        found: dict[str, list[str]] = {}
        for row in self.allergy_rows:
            found.setdefault(row.substance, []).append(str(row))
        return {substance: ", ".join(words) for substance, words in found.items()}

    @cached_property
    def said_allergies(self) -> frozenset[str]:
        """As a time-out compares them, whatever the language: two of one class are two."""
        return frozenset(f"{row.substance} {row.substance_text}".strip() for row in self.allergy_rows)

    @cached_property
    def known(self) -> dict[str, Known]:
        """What the register says to the safety questions, by the code of the item."""
        zone = ZoneInfo(self._session.clinic.zone)
        return known_of(
            [Fact(str(row), local_day(row.recorded_at, zone)) for row in self.allergy_rows],
            [
                (row.flag, Fact(_words(row), local_day(row.recorded_at, zone), row.is_to_confirm))
                for row in self.risk_flags
            ],
        )

    @cached_property
    def risk_flags(self) -> list[RiskFlag]:
        return list(RiskFlag.objects.current().filter(**self._own))

    @cached_property
    def weight(self) -> BodyWeight | None:
        """The last one that was known on the day of the session."""
        day = local_day(self._session.started_at, ZoneInfo(self._session.clinic.zone))
        rows = BodyWeight.objects.filter(measured_date__lte=day, **self._own)
        return rows.order_by("-measured_date", "-id").first()

    @cached_property
    def patient_words(self) -> PatientWords:
        return patient_words(self._session)

    @cached_property
    def wordings(self) -> Wordings:
        return wordings_of(self._session.clinic)

    @property
    def wording(self) -> Wording:
        """What is read to this patient."""
        return self.wordings.shown_to(self._session.patient.language)

    @cached_property
    def settings(self) -> RuleSettings:
        return rule_settings(self._session.clinic_id)

    def signed_times(self, course_id: UUID | None) -> list[datetime]:
        """When the signed sessions before this one began, of the course or else of the patient; the latest first."""
        if course_id not in self._times:
            self._times[course_id] = list(self._signed(course_id)[:EARLIER_AT_MOST])
        return self._times[course_id]

    def _signed(self, course_id: UUID | None) -> Any:
        session = self._session
        signed = InjectionSession.objects.signed().filter(started_at__lt=session.started_at, **self._own)
        if course_id is not None:
            signed = signed.filter(course_id=course_id)
        return signed.exclude(pk=session.pk).order_by("-started_at").values_list("started_at", flat=True)


def _words(flag: RiskFlag) -> str:
    if flag.is_to_confirm:
        return _("From the file: %(words)s. Ask.") % {"words": flag.detail or flag.get_flag_display()}
    return f"{flag.get_flag_display()} ({flag.detail})" if flag.detail else flag.get_flag_display()
