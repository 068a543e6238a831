"""The pain again: after each cycle, about 15 minutes later, and of single nerves. Nothing here saves."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from catalogue.queries import NerveChoice
from common.local_words import day_words
from common.wall_clock import instant, local_day
from sessions.choices import Moment, PointSide, Question
from sessions.drafts import Draft, ScoreRow
from sessions.forms.dressing import dress
from sessions.forms.pain import ClockField, PainCell, PainField, clock, moment_of
from sessions.response import MAX_CYCLES
from sessions.session_times import DAYS_BACK, problems

PREFIX = "response"
QUESTIONS = (Question.REST, Question.PROVOKED)
COLUMNS: dict[str, str | Promise] = {Question.REST: _("at rest"), Question.PROVOKED: _("on the movement")}
# A column of the session → the clock on the page.
FIELDS_OF = {"first_injected_at": "first_injected_time", "ended_at": "ended_time"}
# How many more cycles the page can open before it is loaded again.
CYCLES_AHEAD = 2
_NERVE_CELL = re.compile(rf"^{PREFIX}-(?P<code>[A-Z]+\d+)-(?P<side>left|right|midline)-")


@dataclass(frozen=True)
class Place:
    """A nerve with its side: what has scores of its own. ``key`` is how the page names it."""

    nerve_id: UUID | None
    side: str
    key: str
    label: str


# What a script replaces when a nerve is added to the points.
BLANK = Place(None, "", "__key__", "__place__")


@dataclass(frozen=True)
class Cell:
    """A score of one nerve as the page shows it."""

    name: str
    id: str
    label: str
    value: Any
    error: str


@dataclass(frozen=True)
class NerveRow:
    place: Place
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class CycleBlock:
    """What is asked after the injections of one cycle; the first one's own scores are the session form's."""

    number: int
    is_open: bool
    fields: dict[str, forms.BoundField]
    observed: tuple[Cell, ...]
    nerves: tuple[NerveRow, ...]
    blank: NerveRow

    @property
    def is_asked_again(self) -> bool:
        return any(cell.value not in (None, "") or cell.error for cell in self.observed)


class ResponseForm(forms.Form):
    """``nerves`` by id; ``zone``, ``day`` and when the session began say what a typed time means."""

    treated_date = forms.DateField(
        label=_("Day of the treatment"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    first_injected_time = ClockField(label=_("First injection at"))
    ended_time = ClockField(label=_("Treatment ended at"))

    def __init__(
        self,
        data: Any = None,
        *,
        stored: Draft,
        nerves: Mapping[UUID, NerveChoice],
        zone: ZoneInfo,
        day: date,
        started_at: datetime,
        now: datetime,
        begun_at: datetime | None = None,
    ) -> None:
        super().__init__(data, prefix=PREFIX)
        self.begun_at = begun_at or started_at
        self.stored, self.zone, self.day, self.started_at, self.now = stored, zone, day, started_at, now
        self.kept = {row.key: row for row in stored.scores}
        self.places = _places(stored, nerves, data or {})
        scored, injected = [row.cycle for row in stored.scores], [row.cycle or 1 for row in stored.points]
        self.last_cycle = max([1, len(stored.cycles_injected_at), *scored, *injected])
        self.shown_cycles = min(self.last_cycle + CYCLES_AHEAD, MAX_CYCLES)
        self._add_fields()
        self.initial = dict(self._initial())
        dress(self)

    @property
    def has_cycles(self) -> bool:
        """Injected again: a point has a cycle to belong to."""
        return self.last_cycle > 1

    def _add_fields(self) -> None:
        for cycle in range(1, self.shown_cycles + 1):
            self.fields[f"injected_time_{cycle}"] = ClockField(label=_("Last injection at"))
            for moment in (Moment.AFTER, Moment.OBSERVED):
                for question in QUESTIONS if (cycle, moment) != (1, Moment.AFTER) else ():
                    self.fields[_name(question, moment, cycle)] = _field(question, moment)
                if (cycle, moment) != (1, Moment.AFTER):
                    self.fields[f"{moment}_time_{cycle}"] = ClockField(label=_("Asked at"))
        for place in self.places:
            for asked in self._asked_of_nerves():
                label = f"{place.label}, {COLUMNS[asked[0]]}, {Moment(asked[1]).label}"
                self.fields[f"{place.key}-{_name(*asked)}"] = PainCell(label=label)

    def _asked_of_nerves(self) -> Iterator[tuple[str, str, int]]:
        for question in QUESTIONS:
            yield question, Moment.BEFORE, 1
            for cycle in range(1, self.shown_cycles + 1):
                yield question, Moment.AFTER, cycle

    def _initial(self) -> Iterator[tuple[str, Any]]:
        keys = {(place.nerve_id, place.side): f"{place.key}-" for place in self.places}
        for row in self.stored.scores:
            yield keys.get((row.nerve_id, row.side or ""), "") + _name(row.question, row.moment, row.cycle), row.score
        yield "treated_date", self.day
        yield "first_injected_time", clock(self.stored.first_injected_at, self.zone)
        yield "ended_time", clock(self.stored.ended_at, self.zone)
        for cycle, injected_at in enumerate(self.stored.cycles_injected_at, start=1):
            yield f"injected_time_{cycle}", clock(injected_at, self.zone)
        for cycle in range(1, self.last_cycle + 1):
            for moment in (Moment.AFTER, Moment.OBSERVED):
                yield f"{moment}_time_{cycle}", clock(self.shown_at(moment, cycle), self.zone)

    def shown_at(self, moment: str, cycle: int) -> datetime | None:
        """The time the page shows for this moment: that of the overall score asked first."""
        own = [row.measured_at for row in self.stored.scores if (row.moment, row.cycle) == (moment, cycle)]
        return min((at for at in own if at is not None), default=None)

    def score_row(self, score: int, typed: Any, question: str, moment: str, cycle: int, place: Place) -> ScoreRow:
        """A score with its time as typed for its moment."""
        row = ScoreRow(question, moment, score, None, cycle, place.nerve_id, place.side or None)
        kept = self.kept[row.key].measured_at if row.key in self.kept else None
        at = self._moment(typed, kept=kept, shown=self.shown_at(moment, cycle))
        return ScoreRow(question, moment, score, at, cycle, place.nerve_id, place.side or None)

    def scores(self, times: Mapping[str, Any]) -> Iterator[ScoreRow]:
        """What was asked beside the session form's own four; ``times`` are what that one says of the first cycle."""
        typed = self.cleaned_data
        for cycle in range(1, self.shown_cycles + 1):
            for moment in (Moment.AFTER, Moment.OBSERVED):
                for question in QUESTIONS:
                    score = typed.get(_name(question, moment, cycle))
                    if score is not None:
                        yield self.score_row(score, self._time(times, moment, cycle), question, moment, cycle, OVERALL)
        for place in self.places:
            for asked in self._asked_of_nerves():
                score = typed.get(f"{place.key}-{_name(*asked)}")
                if score is not None:
                    yield self.score_row(score, self._time(times, *asked[1:]), *asked, place)

    def score_keys(self) -> Iterator[tuple[str, tuple[str, str, int, UUID | None, str | None]]]:
        """The name on the page of each score, and its key."""
        for cycle in range(1, self.shown_cycles + 1):
            for moment in (Moment.AFTER, Moment.OBSERVED):
                for question in QUESTIONS:
                    yield f"{PREFIX}-{_name(question, moment, cycle)}", (question, moment, cycle, None, None)
        for place in self.places:
            for asked in self._asked_of_nerves():
                yield f"{PREFIX}-{place.key}-{_name(*asked)}", (*asked, place.nerve_id, place.side)

    @staticmethod
    def clock_name(moment: str, cycle: int) -> str:
        """The name on the page of the clock of a moment."""
        is_of_session = cycle == 1 and moment in (Moment.BEFORE, Moment.AFTER)
        return f"{moment}_time" if is_of_session else f"{PREFIX}-{moment}_time_{cycle}"

    def _time(self, times: Mapping[str, Any], moment: str, cycle: int) -> Any:
        if cycle == 1 and moment in times:
            return times[moment]
        return self.cleaned_data.get(f"{moment}_time_{cycle}")

    def injected_at(self) -> tuple[datetime | None, ...]:
        """When the last injection of each cycle was, as far as anything is known."""
        typed = [self.cleaned_data.get(f"injected_time_{n}") for n in range(1, self.shown_cycles + 1)]
        stored = [*self.stored.cycles_injected_at, *[None] * len(typed)]
        times = [self._moment(one, kept=kept) for one, kept in zip(typed, stored, strict=False)]
        while times and times[-1] is None:
            times.pop()
        return tuple(times)

    @property
    def chosen_day(self) -> date:
        """The day that the clocks of the page are of; call it after ``is_valid``."""
        typed: date | None = getattr(self, "cleaned_data", {}).get("treated_date")
        return typed or self.day

    def _moment(self, typed: Any, *, kept: datetime | None, shown: datetime | None = None) -> datetime | None:
        """Times kept of another day are of no use to a day that was chosen now."""
        day, since = self.chosen_day, self.started_at
        if day != self.day:
            first = self.cleaned_data.get("first_injected_time")
            kept = shown = None
            since = instant(day, first, self.zone) if first else instant(day, time(12), self.zone)
        return moment_of(typed, day=day, zone=self.zone, kept=kept, shown=shown, since=since, now=self.now)

    @property
    def first_injected_at(self) -> datetime | None:
        """As somebody said it; None leaves it to what is known."""
        return self._moment(self.cleaned_data.get("first_injected_time"), kept=self.stored.first_injected_at)

    @property
    def ended_at(self) -> datetime | None:
        return self._moment(self.cleaned_data.get("ended_time"), kept=self.stored.ended_at)

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        self.cleaned_data = typed
        self._check_day()
        found = problems(
            started_at=None,
            first_injected_at=self.first_injected_at,
            injected_at=self.injected_at(),
            ended_at=self.ended_at,
            now=self.now,
        )
        for column, words in list(found):
            self.add_error(FIELDS_OF[column], " ".join([gettext(words), *self._yesterday()]))
        return typed

    def _check_day(self) -> None:
        """Up to a week back, and then with the time of the first injection: the session begins with what was done."""
        today, day = local_day(self.now, self.zone), self.chosen_day
        first = min(self.day, local_day(self.begun_at, self.zone) - timedelta(days=DAYS_BACK))
        if day > today:
            self.add_error("treated_date", gettext("This day is still to come."))
        elif day < first:
            words = gettext("A treatment can be written down up to %(days)s days later.") % {"days": DAYS_BACK}
            self.add_error("treated_date", words)
        elif day != self.day and self.cleaned_data.get("first_injected_time") is None:
            self.add_error("first_injected_time", gettext("Enter when the first injection was on that day."))

    def _yesterday(self) -> Iterator[str]:
        """A clock that is ahead of now was yesterday's, if anything: said beside what is wrong."""
        today = local_day(self.now, self.zone)
        ahead = [self.first_injected_at, self.ended_at]
        if self.chosen_day == today and any(at is not None and at > self.now for at in ahead):
            words = gettext("If it was yesterday, choose %(day)s as the day of the treatment.")
            yield words % {"day": day_words(today - timedelta(days=1))}

    @property
    def before_rows(self) -> list[NerveRow]:
        return [self._nerve_row(place, Moment.BEFORE, 1) for place in self.places]

    @property
    def blank_before(self) -> NerveRow:
        return self._nerve_row(BLANK, Moment.BEFORE, 1)

    @property
    def cycles(self) -> list[CycleBlock]:
        return [self._block(cycle) for cycle in range(1, self.shown_cycles + 1)]

    def _block(self, cycle: int) -> CycleBlock:
        fields = {"injected": self[f"injected_time_{cycle}"], "observed_time": self[f"observed_time_{cycle}"]}
        observed = tuple(_cell(self[_name(question, Moment.OBSERVED, cycle)]) for question in QUESTIONS)
        if cycle > 1:
            fields |= {f"{question}_after": self[_name(question, Moment.AFTER, cycle)] for question in QUESTIONS}
            fields["after_time"] = self[f"after_time_{cycle}"]
        has_error = any(field.errors for field in fields.values())
        return CycleBlock(
            number=cycle,
            is_open=cycle <= self.last_cycle or has_error or any(field.value() for field in fields.values()),
            fields=fields,
            observed=observed,
            nerves=tuple(self._nerve_row(place, Moment.AFTER, cycle) for place in self.places),
            blank=self._nerve_row(BLANK, Moment.AFTER, cycle),
        )

    def _nerve_row(self, place: Place, moment: str, cycle: int) -> NerveRow:
        return NerveRow(place, tuple(self._cell(place, question, moment, cycle) for question in QUESTIONS))

    def _cell(self, place: Place, question: str, moment: str, cycle: int) -> Cell:
        name = f"{place.key}-{_name(question, moment, cycle)}"
        label = f"{place.label}, {COLUMNS[question]}"
        if name not in self.fields:
            return Cell(f"{PREFIX}-{name}", f"id_{PREFIX}-{name}", label, None, "")
        return _cell(self[name])


OVERALL = Place(None, "", "", "")


def _cell(field: forms.BoundField) -> Cell:
    return Cell(field.html_name, str(field.auto_id), str(field.label), field.value(), str(next(iter(field.errors), "")))


def _name(question: str, moment: str, cycle: int) -> str:
    return f"{question}_{moment}_{cycle}"


def _field(question: str, moment: str) -> forms.Field:
    if moment == Moment.OBSERVED:
        return PainCell(label=COLUMNS[question])
    words = {Question.REST: _("Pain at rest, after"), Question.PROVOKED: _("Pain on the movement, after")}
    return PainField(label=words[Question(question)])


def _places(stored: Draft, nerves: Mapping[UUID, NerveChoice], data: Mapping[str, Any]) -> list[Place]:
    """The nerves of the points, of the scores and of what was typed, each with its side once."""
    codes = {nerve.code: nerve.id for nerve in nerves.values()}
    matches = [match for name in data if (match := _NERVE_CELL.match(name)) and match["code"] in codes]
    wanted = [(point.nerve_id, point.side) for point in stored.points]
    wanted += [(row.nerve_id, row.side) for row in stored.scores if row.nerve_id and row.side]
    wanted += [(codes[match["code"]], match["side"]) for match in matches]
    return [
        Place(nerve_id, side, f"{nerves[nerve_id].code}-{side}", f"{nerves[nerve_id].name}, {PointSide(side).label}")
        for nerve_id, side in dict.fromkeys(wanted)
    ]
