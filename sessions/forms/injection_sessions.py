"""One visit's page as forms: the session itself, its points, its screening, its reasons. Nothing here saves."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from catalogue.models import Technique
from patients.models import PatientCondition
from sessions.choices import ConsentSigner, Guidance, Moment, Question, TimeOutItem
from sessions.drafts import PLAIN_FIELDS, Draft, PointRow, ScoreRow, Sender
from sessions.forms.acts import ActsField
from sessions.forms.consents import QUIET, PaperTimeField, SignatureField, consent_problems, consent_row
from sessions.forms.dressing import choice, dress
from sessions.forms.injection_points import AT_MOST, PointFormSet, Tray
from sessions.forms.observations import ObservationForm
from sessions.forms.pain import PainField, clock
from sessions.forms.quick_entry import QuickEntryForm
from sessions.forms.responses import OVERALL, ResponseForm
from sessions.forms.screening import ReasonsForm, ScreeningForm
from sessions.forms.time_outs import TimeOutForm
from sessions.queries.courses import CourseChoice
from sessions.session_times import end_of_minute, start_of_session

# The four scores of the table: field → question, moment.
SCORES = {
    "rest_before": (Question.REST, Moment.BEFORE),
    "provoked_before": (Question.PROVOKED, Moment.BEFORE),
    "rest_after": (Question.REST, Moment.AFTER),
    "provoked_after": (Question.PROVOKED, Moment.AFTER),
}
OPEN, HAS = "open:", "course:"


class SessionForm(forms.Form):
    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput(attrs={"autocomplete": "off"}))
    # Who sends: this open page, and how many times it did.
    page = forms.UUIDField(required=False, widget=forms.HiddenInput(attrs={"autocomplete": "off"}))
    number = forms.IntegerField(
        min_value=0, max_value=2_000_000_000, required=False, widget=forms.HiddenInput(attrs={"autocomplete": "off"})
    )
    acts = ActsField()
    # What the page was opened on, field by field; and that both texts stand on it, for the person to choose.
    opened = forms.CharField(max_length=60_000, required=False, widget=QUIET)
    conflict = forms.CharField(max_length=1, required=False, widget=QUIET)
    course = forms.ChoiceField(label=_("Course"), required=False)
    technique = forms.ChoiceField(label=_("Technique"))
    guidance = forms.ChoiceField(label=_("Guidance"), choices=Guidance)
    needle_gauge = forms.IntegerField(label=_("Needle (G)"), min_value=14, max_value=34, required=False)
    needle_length_mm = forms.IntegerField(label=_("Needle length (mm)"), min_value=4, max_value=200, required=False)
    provoked_movement = forms.CharField(
        label=_("Movement that provokes the pain"), max_length=120, required=False, help_text=_("The same one after.")
    )
    rest_before = PainField(label=_("Pain at rest, before"))
    provoked_before = PainField(label=_("Pain on the movement, before"))
    rest_after = PainField(label=_("Pain at rest, after"))
    provoked_after = PainField(label=_("Pain on the movement, after"))
    before_time = forms.TimeField(label=_("Asked at"), required=False)
    after_time = forms.TimeField(label=_("Asked again at"), required=False)
    no_after_score_reason = forms.CharField(label=_("Why there is no score after"), max_length=200, required=False)
    amount_drawn_ml = forms.DecimalField(
        label=_("Drawn up (mL)"), min_value=0, max_digits=5, decimal_places=1, required=False
    )
    sharps_out = forms.IntegerField(label=_("Sharps opened"), min_value=0, max_value=200, required=False)
    sharps_in = forms.IntegerField(label=_("Sharps disposed of"), min_value=0, max_value=200, required=False)
    note = forms.CharField(label=_("Note"), max_length=20_000, required=False, widget=forms.Textarea(attrs={"rows": 3}))
    consent_name = forms.CharField(
        label=_("Full name, typed by the person who consents"), max_length=120, required=False
    )
    consent_as = forms.ChoiceField(label=_("Who consents"), choices=ConsentSigner, required=False)
    consent_interpreter = forms.CharField(label=_("Interpreter (full name)"), max_length=120, required=False)
    consent_on_paper_at = PaperTimeField()
    # What was drawn, and what was read: the text, the solutions and the risks that stood on the screen.
    consent_signature = SignatureField()
    consent_wording = forms.CharField(max_length=20, required=False, widget=QUIET)
    consent_risks = forms.CharField(max_length=60, required=False, widget=QUIET)
    consent_solutions = forms.CharField(max_length=900, required=False, widget=QUIET)

    def __init__(
        self,
        *args: Any,
        courses: list[CourseChoice],
        conditions: list[PatientCondition],
        techniques: Iterable[Technique],
        preparations: Iterable[Tray] = (),
        needs_guardian: bool = False,
        needs_interpreter: bool = False,
        now: datetime,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.now = now
        self.needs_guardian, self.needs_interpreter = needs_guardian, needs_interpreter
        choice(self, "technique").choices = [(str(row.pk), row.name) for row in techniques if row.retired_at is None]
        choice(self, "course").choices = [
            ("", _("No course")),
            *((f"{HAS}{row.id}", _course_words(row)) for row in courses),
            *((f"{OPEN}{row.pk}", _open_words(row)) for row in conditions),
        ]
        self.fields["preparation_id"] = forms.TypedChoiceField(
            label=_("Preparation"),
            coerce=UUID,
            empty_value=None,
            required=False,
            widget=forms.RadioSelect,
            choices=[("", _("none")), *((str(tray.row.id), tray.row.made.code) for tray in preparations)],
        )
        for name in ("before_time", "after_time"):
            self.fields[name].widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
        dress(self)

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        for field, words in consent_problems(
            typed, needs_guardian=self.needs_guardian, needs_interpreter=self.needs_interpreter, now=self.now
        ):
            self.add_error(field, words)
        return typed


def _course_words(course: CourseChoice) -> str:
    return _("%(condition)s: session %(number)s of %(planned)s") % {
        "condition": " ".join(part for part in (course.condition, course.side) if part),
        "number": course.number,
        "planned": course.planned_sessions,
    }


def _open_words(condition: PatientCondition) -> str:
    words = " ".join(part for part in (condition.name, str(condition.get_side_display())) if part)
    return _("Open a course for %(condition)s") % {"condition": words}


class SessionForms:
    """The forms of one page."""

    def __init__(
        self,
        data: Any,
        *,
        version: int,
        session: SessionForm,
        points: PointFormSet,
        screening: ScreeningForm,
        reasons: ReasonsForm,
        quick: QuickEntryForm,
        response: ResponseForm,
        observation: ObservationForm,
        time_out: TimeOutForm,
    ) -> None:
        self.quick, self.time_out = quick, time_out
        self.is_bound = data is not None
        self.version = version
        self.session, self.points, self.screening, self.reasons = session, points, screening, reasons
        self.response, self.observation = response, observation

    def is_valid(self) -> bool:
        # Every form is asked, so that the page shows all errors at once.
        answers = [*(form.is_valid() for form in self.plain_forms), self.points.is_valid()]
        return all(answers) and self._fits() and self._ends_after_it_began()

    def _ends_after_it_began(self) -> bool:
        """Whatever of the page says when it began."""
        draft, response = self.draft(), self.response
        if draft.ended_at is None:
            return True
        began_at = start_of_session(begun_at=response.begun_at, done=draft.stated_times)
        if end_of_minute(draft.ended_at) >= began_at:
            return True
        response.add_error("ended_time", _("The treatment cannot have ended before the session began."))
        return False

    def _fits(self) -> bool:
        """The rows and what the line adds to them are not too many together."""
        fits = len(self._points()) <= AT_MOST
        if not fits:
            self.quick.add_error("quick_line", _("More than 60 points with these: part them into two sessions."))
        return fits

    def _points(self) -> tuple[PointRow, ...]:
        rows = tuple(self.points.rows())
        return (*rows, *self.quick.rows(rows[-1] if rows else None))

    @property
    def plain_forms(self) -> tuple[forms.Form, ...]:
        return self.session, self.screening, self.reasons, self.quick, self.response, self.observation, self.time_out

    @property
    def errors(self) -> list[tuple[str, str, str]]:
        """Anchor, label and words of every error on the page."""
        rows = [error for form in self.plain_forms for error in _errors_of(form)]
        for number, form in enumerate(self.points.forms, start=1):
            rows += [(anchor, _in_point(number, label), words) for anchor, label, words in _errors_of(form)]
        return rows + [("points", str(_("Points")), str(error)) for error in self.points.non_form_errors()]

    def is_wrong_in_points(self) -> bool:
        return not self.points.is_valid()

    def rest_of(self, data: QueryDict) -> QueryDict:
        """``data`` without what is wrong: such a field is as stored, a table with a wrong point is left out."""
        rest = data.copy()
        for form in self.plain_forms:
            for field in form:
                if field.errors:
                    rest[field.html_name] = as_sent(field)
        if self.is_wrong_in_points():
            rest[f"{self.points.prefix}-TOTAL_FORMS"] = "0"
        return rest

    @property
    def version_typed_over(self) -> int:
        """Of the draft the page was opened on; the stored one's where the page does not say."""
        return self.session.cleaned_data.get("version") or self.version

    @property
    def sender(self) -> Sender | None:
        """Call it after ``is_valid``, whatever that said."""
        page, number = (self.session.cleaned_data.get(name) for name in ("page", "number"))
        return Sender(page, number or 0) if page else None

    def has_acts(self, *, consented: str) -> bool:
        """Typed, but done only when the page is saved on purpose: a consent, a line of points, a course to open.

        ``consented`` is whose consent is kept already: the page still shows the name.
        """
        typed = self.session.cleaned_data
        is_consent = typed["consent_name"].strip() not in ("", consented)
        return bool(is_consent or self.quick.parsed.items or typed["course"].startswith(OPEN))

    def draft_without_acts(self, stored: Draft) -> Draft:
        """What is saved while somebody types: half a name is no consent, one that the time-out confirms is."""
        draft = replace(self.draft(), points=tuple(self.points.rows()))
        if not _confirms_consent(draft, stored):
            draft = replace(draft, consent=None)
        if draft.open_for_condition_id is None:
            return draft
        return replace(draft, open_for_condition_id=None, course_id=stored.course_id)

    def draft(self) -> Draft:
        """What was typed; call it after ``is_valid``."""
        typed = self.session.cleaned_data
        plain = {name: typed[name] for name in PLAIN_FIELDS if name != "technique_id"}
        chosen = typed["course"]
        name = typed["consent_name"].strip()
        return Draft(
            technique_id=UUID(typed["technique"]),
            course_id=UUID(chosen.removeprefix(HAS)) if chosen.startswith(HAS) else None,
            open_for_condition_id=UUID(chosen.removeprefix(OPEN)) if chosen.startswith(OPEN) else None,
            answers=self.screening.answers(),
            points=self._points(),
            scores=tuple(self._scores(typed)),
            consent=consent_row(typed) if name else None,
            reasons=self.reasons.reasons(),
            cycles_injected_at=self.response.injected_at(),
            first_injected_at=self.response.first_injected_at,
            ended_at=self.response.ended_at,
            **self.observation.fields_of_draft(),
            time_out=self.time_out.row(),
            acted=self._acted(typed["acts"]),
            **plain,
        )

    def _acted(self, acts: dict[str, datetime]) -> dict[Any, datetime]:
        """By part of the page, and by the key of each score."""
        own = {name: (question, moment, 1, None, None) for name, (question, moment) in SCORES.items()}
        keys: dict[str, Any] = {**own, **dict(self.response.score_keys())}
        return {keys.get(name, name): at for name, at in acts.items()}

    def _scores(self, typed: dict[str, Any]) -> Iterator[ScoreRow]:
        """A clock that was not touched on this page is that of the scores before, not of a score tapped now."""
        acts = self._acted(typed["acts"])
        for row in self._typed_scores(typed):
            is_tapped = row.key in acts and row.key not in self.response.kept
            is_shown = self.response.shown_at(row.moment, row.cycle) is not None
            is_untouched = self.response.clock_name(row.moment, row.cycle) not in typed["acts"]
            yield replace(row, measured_at=None) if is_tapped and is_shown and is_untouched else row

    def _typed_scores(self, typed: dict[str, Any]) -> Iterator[ScoreRow]:
        times: dict[str, Any] = {Moment.BEFORE: typed["before_time"], Moment.AFTER: typed["after_time"]}
        for name, (question, moment) in SCORES.items():
            if typed[name] is not None:
                yield self.response.score_row(typed[name], times[moment], question, moment, 1, OVERALL)
        yield from self.response.scores(times)


def _confirms_consent(draft: Draft, stored: Draft) -> bool:
    """The consent is ticked now: whoever goes on typing a name that was ticked before is not done with it."""
    ticked = draft.time_out.items if draft.time_out else frozenset()
    before = stored.time_out.items if stored.time_out else frozenset()
    return TimeOutItem.CONSENT in ticked and TimeOutItem.CONSENT not in before


def as_sent(field: forms.BoundField) -> str:
    stored = field.form.get_initial_for_field(field.field, field.name)
    shown = field.field.widget.format_value(field.field.prepare_value(stored))
    return "" if shown is None else str(shown[0] if isinstance(shown, list) and shown else shown or "")


def _errors_of(form: forms.Form) -> list[tuple[str, str, str]]:
    return [(str(field.auto_id), str(field.label), str(error)) for field in form for error in field.errors]


def _in_point(number: int, label: str) -> str:
    return str(_("Point %(number)s, %(field)s") % {"number": number, "field": label})


def initial_of(draft: Draft, *, version: int, zone: ZoneInfo) -> dict[str, Any]:
    """The session form as the stored draft fills it."""
    found: dict[str, Any] = {name: getattr(draft, name) for name in PLAIN_FIELDS if name != "technique_id"}
    found["preparation_id"] = str(draft.preparation_id or "")
    found |= {"version": version, "technique": str(draft.technique_id), "page": uuid4(), "number": 0}
    found["course"] = f"{HAS}{draft.course_id}" if draft.course_id else ""
    stored = {(row.question, row.moment): row for row in draft.scores if row.cycle == 1 and not row.nerve_id}
    for name, key in SCORES.items():
        if key in stored:
            found[name] = str(stored[key].score)
    for name, moment in (("before_time", Moment.BEFORE), ("after_time", Moment.AFTER)):
        own = [row.measured_at for row in draft.scores if (row.moment, row.cycle) == (moment, 1)]
        found[name] = clock(min((at for at in own if at), default=None), zone)
    return found
