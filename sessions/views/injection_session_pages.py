"""What the pages of one session show, put together once for all of them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from django.http import Http404

from accounts.actors import Actor
from accounts.models import Membership
from common.wall_clock import local_day
from patients.queries import PatientBanner, banner
from sessions import picture_consents
from sessions.document import UnknownVersionError
from sessions.drafts import Draft
from sessions.field_merges import opened_on
from sessions.forms.consents import WithdrawalForm
from sessions.forms.injection_points import Choices, Tray, point_formset
from sessions.forms.injection_sessions import SessionForm, SessionForms, initial_of
from sessions.forms.observations import ObservationForm
from sessions.forms.pictures import PictureConsentForm, PictureForm
from sessions.forms.quick_entry import QuickEntryForm
from sessions.forms.responses import ResponseForm
from sessions.forms.screening import ReasonsForm, ScreeningForm
from sessions.forms.shown_fields import shown
from sessions.forms.time_outs import TimeOutForm
from sessions.models import (
    Consent,
    InjectionSession,
    Picture,
    PictureConsent,
    UnsavedTyping,
)
from sessions.observation import Observation, default_minutes
from sessions.policies.co_signatures import CoSigning, co_signing_of
from sessions.policies.preparations import why_not
from sessions.queries import preparations, solution_lots
from sessions.queries.courses import conditions_without_course, open_courses
from sessions.queries.injection_sessions import Loaded, draft_of, load
from sessions.queries.pictures import pictures_of, standing_consent
from sessions.queries.session_consents import scope_of
from sessions.queries.session_facts import facts_of, has_vasovagal_flag
from sessions.queries.session_times import end_of
from sessions.queries.signed_documents import record_of
from sessions.queries.unsaved_typings import typing_of
from sessions.queries.words import Words, words
from sessions.rules import Finding, findings
from sessions.rules.anaesthetic_load import AnaestheticLoad, anaesthetic_load
from sessions.rules.consents import Scope
from sessions.rules.facts import Session as Facts
from sessions.rules.register import Known, begun
from sessions.services import injection_sessions as service
from sessions.signature_meanings import meaning
from sessions.signatures import from_json, svg_path
from sessions.views.consent_words import ConsentPart, ConsentRisks, ConsentWords, consent_risks, consent_words
from sessions.views.nerve_map_pages import MapPage
from sessions.views.record_pages import RecordPage
from sessions.views.response_lines import relief_table
from sessions.views.since_signing import SinceSigning

_PATIENT_AND_COURSE = ("patient", "course__patient_condition", "consent")
PEOPLE = ("clinician", "signed_by", "voided_by", "discharge_checked_by")


def get_session(actor: Actor, session_id: UUID, *, people: Iterable[str] = ()) -> InjectionSession:
    """The session with its patient and course and those of its ``PEOPLE`` whom its page names, or a 404."""
    own = InjectionSession.objects.visible_to(actor).select_related(*_PATIENT_AND_COURSE)
    session = own.filter(pk=session_id).first()
    if session is None:
        raise Http404
    session.clinic = actor.clinic
    _name_people(session, actor, people)
    return session


def locked_session(actor: Actor, session_id: UUID) -> InjectionSession:
    """The same, held until the answer is made."""
    session = service.locked(session_id, by=actor, related=("patient",))
    if session is None:
        raise Http404
    return session


def _name_people(session: InjectionSession, actor: Actor, people: Iterable[str]) -> None:
    """One statement with all of them joined to the session took PostgreSQL 40 ms to plan."""
    ids = {name: getattr(session, f"{name}_id") for name in people}
    members = (
        Membership.objects.visible_to(actor)
        .select_related("user", "supervisor__user")
        .in_bulk({*ids.values()} - {None})
    )
    for name, key in ids.items():
        if key is not None:
            setattr(session, name, members[key])


@dataclass
class SessionPage:
    """Everything is read when it is first asked for."""

    session: InjectionSession
    actor: Actor
    now: datetime

    @cached_property
    def words(self) -> Words:
        return words()

    @cached_property
    def loaded(self) -> Loaded:
        return load(self.session, self.words)

    @cached_property
    def record(self) -> RecordPage | None:
        """What the session says; None where it was signed in a version of the document nobody here can read."""
        try:
            record = record_of(self.session)
            return RecordPage(record, self.words.atlas, self.now, None if record.ended else self.ended_at)
        except UnknownVersionError:
            return None

    @cached_property
    def stored(self) -> Draft:
        return draft_of(self.loaded)

    @cached_property
    def facts(self) -> Facts:
        return facts_of(self.loaded, now=self.now)

    @cached_property
    def findings(self) -> list[Finding]:
        return findings(self.facts)

    @cached_property
    def banner(self) -> PatientBanner | None:
        return banner(self.actor, self.session.patient_id, today=local_day(self.now, self.actor.zone))

    @cached_property
    def consent(self) -> Consent | None:
        """The row, which tells whether it was withdrawn since; a signed session keeps the one it stands on."""
        return self.session.consent if self.session.signed_at else self.loaded.consent

    @cached_property
    def pictures(self) -> list[Picture]:
        return pictures_of(self.session)

    @cached_property
    def picture_consent(self) -> PictureConsent | None:
        return standing_consent(self.session.clinic_id, self.session.patient_id)

    @property
    def picture_forms(self) -> dict[str, Any]:
        """What the part with the pictures needs, before anything was typed there."""
        return {"picture_form": PictureForm(), "picture_consent_form": PictureConsentForm()}

    @property
    def picture_wording(self) -> tuple[Any, ...]:
        return picture_consents.WORDINGS[picture_consents.CURRENT_VERSION]

    @cached_property
    def co_signing(self) -> CoSigning | None:
        return co_signing_of(self.session, self.actor)

    @cached_property
    def since_signing(self) -> SinceSigning:
        record = self.record.record if self.record else None
        return SinceSigning(self.actor, record, self.co_signing, self.consent)

    @property
    def meaning_of_signing(self) -> str:
        """What the reader's signature would say."""
        return meaning(treated_by=self.session.clinician, signer_user_id=self.actor.user_id)

    @cached_property
    def typing(self) -> UnsavedTyping | None:
        """What this member typed here and the draft could not take."""
        return typing_of(self.session, self.actor)

    @cached_property
    def consents(self) -> ConsentPart:
        return ConsentPart(self.loaded, self.facts.consent_gaps)

    @property
    def anaesthetic(self) -> AnaestheticLoad | None:
        return anaesthetic_load(self.facts)

    @cached_property
    def wording(self) -> ConsentWords:
        return consent_words(self.loaded)

    @property
    def consent_risks(self) -> ConsentRisks:
        return consent_risks(self.loaded)

    @cached_property
    def consent_scope(self) -> Scope:
        return scope_of(self.loaded)

    @property
    def withdrawal_form(self) -> WithdrawalForm:
        return WithdrawalForm()

    @property
    def signature_path(self) -> str:
        """The drawn signature of the consent as the path of an SVG; empty where the name was typed."""
        drawn = self.consent.signature if self.consent else None
        return svg_path(from_json(drawn)) if drawn else ""

    @property
    def relief_table(self) -> dict[str, Any]:
        return relief_table()

    @property
    def observation(self) -> Observation | None:
        """The observation as far as it went, None where none began."""
        session = self.session
        if session.observation_started_at is None:
            return None
        minutes = session.observation_minutes or default_minutes(has_vasovagal_flag=has_vasovagal_flag(self.loaded))
        return Observation(session.observation_started_at, minutes, session.observation_ended_at)

    @property
    def is_observation_over(self) -> bool:
        return self.observation is not None and self.observation.is_over(self.now)

    @property
    def minutes_left(self) -> str:
        """What is left of the observation, as the clock on the page shows it: ``9:05``."""
        minutes, seconds = divmod(self.observation.seconds_left(self.now) if self.observation else 0, 60)
        return f"{minutes}:{seconds:02}"

    @property
    def is_vasovagal(self) -> bool:
        return has_vasovagal_flag(self.loaded)

    @property
    def observed_minutes(self) -> int | None:
        return self.observation.minutes(self.now) if self.observation else None

    @property
    def ended_at(self) -> datetime:
        """When the treatment ended: of a draft, as it would be signed now."""
        return end_of(self.loaded, now=self.now)

    @property
    def since_words(self) -> str:
        """The first injection, or when the session began, by the clinic's clock: the injections came after that."""
        since = self.session.first_injected_at or self.session.started_at
        return f"{since.astimezone(self.actor.zone):%H:%M}"

    @cached_property
    def trays(self) -> list[Tray]:
        """What may be on the tray of this session, and what it names already; each with what speaks against it."""
        given_at = self.session.first_injected_at or self.session.started_at
        day = local_day(given_at, self.actor.zone)
        kept = set(self.loaded.preparations)
        rows = preparations.for_session(
            self.session.clinic_id,
            patient_id=self.session.patient_id,
            started_at=given_at,
            day=day,
            keep={*kept, *filter(None, [self.session.preparation_id])},
        )
        problems = {row.id: row.problem(started_at=given_at, day=day) for row in rows}
        found = [Tray(row, why_not(problems[row.id]), row.id in kept) for row in rows]
        return sorted(found, key=lambda tray: tray.why_not != "")

    @cached_property
    def map(self) -> MapPage:
        return MapPage(self.loaded)

    @cached_property
    def choices(self) -> Choices:
        day = local_day(self.session.started_at, self.actor.zone)
        lots = {lot.pk: lot for lot in solution_lots.usable(self.actor, day=day)}
        # A lot that was quarantined after it was written down stays visible; rule V23 stops the signature.
        lots |= {point.lot.pk: point.lot for point in self.loaded.points if point.lot}
        lots |= {lot.pk: lot for tray in self.trays for lot in tray.row.lots}
        return Choices(
            preparations=self.trays,
            on_tray=self.session.preparation_id,
            nerves=list(self.words.nerves.values()),
            synonyms=self.words.synonyms,
            named_nerves=self.words.named_nerves,
            point_types=self.words.point_types,
            solutions=self.words.chosen_solutions,
            lots=list(lots.values()),
            figures=self.words.figures,
        )

    def forms(self, data: Any = None, *, version: int | None = None, has_reasons: bool = True) -> SessionForms:
        """The forms on the stored draft; with ``data`` they hold what was typed instead.

        Without ``has_reasons`` the rules are not asked: nobody typed a reason, and no page is drawn.
        """
        stored, zone = self.stored, self.actor.zone
        day = local_day(self.session.started_at, zone)
        version = version or self.session.version
        known = self.loaded.background.known if has_reasons else {}
        page = SessionForms(
            data,
            version=version,
            session=SessionForm(
                data,
                initial=initial_of(stored, version=version, zone=zone),
                courses=open_courses(self.actor, self.session.patient_id),
                conditions=list(conditions_without_course(self.actor, self.session.patient_id)),
                needs_guardian=self.consent_scope.needs_guardian,
                needs_interpreter=self.consent_scope.needs_interpreter,
                preparations=self.trays,
                techniques=self.words.techniques.values(),
                now=self.now,
            ),
            points=point_formset(data, choices=self.choices, rows=stored.points),
            screening=ScreeningForm(
                data,
                items=self.words.items,
                known=known,
                near_the_lung=self.words.near_the_lung if has_reasons else (),
                initial=_screening(stored, known),
            ),
            reasons=self.reasons_form(data) if has_reasons else ReasonsForm(data, findings=[]),
            quick=QuickEntryForm(data, choices=self.choices),
            response=ResponseForm(
                data,
                stored=stored,
                nerves=self.words.nerves,
                zone=zone,
                day=day,
                started_at=self.session.started_at,
                begun_at=self.session.begun_at,
                now=self.now,
            ),
            observation=ObservationForm(
                data,
                stored=stored,
                default_minutes=default_minutes(has_vasovagal_flag=has_vasovagal_flag(self.loaded)),
            ),
            time_out=TimeOutForm(data, card=self.loaded.time_out_card),
        )
        if data is None:
            page.session.initial["opened"] = str(opened_on(shown(page)))
        return page

    def reasons_form(self, data: Any = None) -> ReasonsForm:
        return self.reasons_form_of(self.findings, data)

    def reasons_form_of(self, found: list[Finding], data: Any = None) -> ReasonsForm:
        """The fields that answer these findings, with the reasons that are stored or typed."""
        initial: dict[str, str] = {}
        for finding in found:
            initial |= ReasonsForm.initial_of(finding, self.stored.reasons.get(finding.key, ""))
        return ReasonsForm(data, findings=found, initial=initial)


def _screening(stored: Draft, known: Mapping[str, Known]) -> dict[str, str]:
    given = {item: is_yes for item, (is_yes, _detail) in stored.answers.items()}
    initial = {item: "yes" if is_yes else "no" for item, is_yes in begun(known, given).items()}
    initial |= {f"{item}_detail": one.words[:300] for item, one in known.items() if one.is_yes and item not in given}
    return initial | {f"{item}_detail": detail for item, (_is_yes, detail) in stored.answers.items()}
