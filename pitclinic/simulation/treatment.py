"""What is written down in the treatment room: screening, points, scores, and the list of sessions to sign."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from random import Random

from patients.choices import Flag
from pitclinic.simulation import responses, time_outs, words
from pitclinic.simulation.calendar_grid import Grid, iso
from pitclinic.simulation.course_model import SessionNumbers
from pitclinic.simulation.persona import Person
from pitclinic.simulation.reference import ConditionFacts, NerveFacts, Reference
from pitclinic.simulation.set_up import Staffed
from pitclinic.simulation.tables import Tables
from pitclinic.simulation.visits import Visit
from pitclinic.simulation.writing import NULL, Ids, text
from sessions.models import Consent
from sessions.rules import facts
from sessions.rules.consents import RISKS
from sessions.rules.register import ALLERGY, CAUTIONS, PLEURA, SAYS_YES
from sessions.rules.table import RULES

_MINUTE = 60
SIGNED_AFTER_MINUTES = 26
# What sessions.rules.consents calls the class of each solution used here.
SOLUTION_CLASSES = {"D5W_BUF": "dextrose_weak", "D5W_PLAIN": "dextrose_weak", "MANN5_INJ": "without_dextrose"}
_MEAL_ITEM = "MEAL"


@dataclass(frozen=True)
class Treatment:
    """How a course is injected: the same through the whole course."""

    course: str
    condition: ConditionFacts
    side: str
    technique: str
    solution: str
    movement: str
    nerves: tuple[NerveFacts, ...]


@dataclass
class TreatmentRoom:
    """Writes sessions. ``answers_since``: older sessions are written without their screening answers."""

    rng: Random
    ids: Ids
    tables: Tables
    staffed: Staffed
    reference: Reference
    grid: Grid
    answers_since: int
    recent: int = 0
    to_sign: list[str] = field(default_factory=list)
    to_void: list[str] = field(default_factory=list)
    consents: dict[str, Consent] = field(default_factory=dict)

    def plan(self, person: Person, *, course: str, condition: ConditionFacts, side: str) -> Treatment:
        rng = self.rng
        nerves = sorted(rng.sample(condition.nerves, min(len(condition.nerves), 1 + int(rng.random() * 2))), key=_id)
        solution = "D5W_PLAIN" if condition.is_deep or rng.random() < 0.15 else "D5W_BUF"
        return Treatment(
            course=course,
            condition=condition,
            side=side,
            technique="PIT_DEEP" if condition.is_deep else "PIT_SC",
            solution="MANN5_INJ" if "corn" in person.allergies else solution,
            movement=rng.choice(words.MOVEMENTS),
            nerves=tuple(nerves),
        )

    def consent(self, person: Person, treatment: Treatment, visit: Visit) -> None:
        risks = RISKS & {flag for nerve in treatment.nerves for flag in nerve.flags}
        given_at = visit.starts + 5 * _MINUTE
        own = Consent(
            pk=self.ids.take(),
            signed_name=person.guardian or person.name,
            given_at=datetime.fromtimestamp(given_at, UTC),
        )
        self.consents[treatment.course] = own
        self.tables.consents.add(
            str(own.pk),
            person.id,
            treatment.course,
            self.reference.techniques[treatment.technique],
            text(f"{{{SOLUTION_CLASSES[treatment.solution]}}}"),
            text(f"{{{','.join(sorted(risks))}}}"),
            text(own.signed_name),
            "guardian" if person.guardian else "patient",
            text(words.INTERPRETER if Flag.INTERPRETER in person.flags else ""),
            iso(given_at),
            visit.clinician,
        )

    def write(
        self, person: Person, treatment: Treatment, visit: Visit, numbers: SessionNumbers, *, is_finished: bool
    ) -> str:
        """Write one session as a draft; a finished one is signed by :func:`sign` after the rows below it are in."""
        rng = self.rng
        session = self.ids.take()
        points = self._points(treatment, person) if is_finished else []
        drawn = sum(volume for *_place, volume in points)
        needles = 1 + len(points) // 8
        is_recent = visit.starts >= self.answers_since
        tray, code = self._tray(treatment, visit) if points else (NULL, "")
        self.recent += bool(is_recent and points)
        self.tables.sessions.add(
            session,
            person.id,
            visit.id,
            treatment.course,
            visit.clinician,
            self.reference.techniques[treatment.technique],
            "ultrasound" if treatment.condition.is_deep else "palpation",
            "25" if treatment.condition.is_deep else "30",
            "38" if treatment.condition.is_deep else "13",
            tray,
            text(treatment.movement),
            f"{drawn / 100:.1f}" if points else NULL,
            str(needles) if points else NULL,
            str(needles) if points else NULL,
            text(rng.choice(words.NOTES)) if points else "",
            iso(visit.starts + 2 * _MINUTE),
            iso(visit.starts + 4 * _MINUTE),
            *(responses.columns_of(visit, self.recent) if is_recent and points else responses.NOTHING),
        )
        if visit.starts >= self.answers_since:
            self._screening(person, visit, session, {nerve for nerve, *_more in points})
            self._time_out(person, treatment, visit, session, points, code)
        self._write_points(session, treatment, visit, points, tray)
        self._scores(person, session, visit, numbers, points, is_finished=is_finished)
        if is_finished:
            (self.to_void if rng.random() < 0.002 else self.to_sign).append(session)
        return session

    def _points(self, treatment: Treatment, person: Person) -> list[tuple[NerveFacts, str, int]]:
        """``(nerve, side, hundredths of a mL)`` for each point."""
        rng = self.rng
        sides = ("left", "right") if treatment.side == "bilateral" else (treatment.side,)
        found: list[tuple[NerveFacts, str, int]] = []
        for nerve in treatment.nerves:
            low, high = nerve.points_min, min(nerve.points_max, nerve.points_min + 2)
            for side in ("midline",) if nerve.allows_midline else sides:
                for _n in range(low + int(rng.random() * (high - low + 1))):
                    volume = 200 + 50 * int(rng.random() * 5) if nerve.is_deep else 30 + 10 * int(rng.random() * 6)
                    found.append((nerve, side, volume))
        return found

    def _write_points(
        self, session: str, treatment: Treatment, visit: Visit, points: list[tuple[NerveFacts, str, int]], tray: str
    ) -> None:
        if not points:
            return
        rng, reference = self.rng, self.reference
        day = self.grid.date_of(visit.slot.day)
        lot = self.staffed.stock.lot_for(treatment.solution, day)
        solution = reference.solutions[treatment.solution]
        for number, (nerve, side, volume) in enumerate(points, start=1):
            self.tables.points.add(
                self.ids.take(),
                session,
                str(number),
                nerve.id,
                side,
                rng.choice(reference.point_types),
                f"{volume / 100:.2f}",
                "deep" if nerve.is_deep else "subcutaneous",
                "20" if nerve.is_deep else str(3 + int(rng.random() * 3)),
                solution,
                lot,
                tray,
            )

    def _time_out(
        self,
        person: Person,
        treatment: Treatment,
        visit: Visit,
        session: str,
        points: list[tuple[NerveFacts, str, int]],
        code: str,
    ) -> None:
        """``code``: of the preparation on the tray; empty where the lot stands alone."""
        if not points:
            return
        stock = self.staffed.stock
        lot = stock.packages[stock.lot_for(treatment.solution, self.grid.date_of(visit.slot.day))]
        solution = facts.Solution(treatment.solution, self.reference.solution_names[treatment.solution])
        made = facts.Preparation(code, datetime.max.replace(tzinfo=UTC), (lot,), treatment.solution) if code else None
        shown = [
            facts.Point(
                number, facts.Nerve(nerve.code, nerve.name), side, Decimal(ml) / 100, solution, False, lot, made
            )
            for number, (nerve, side, ml) in enumerate(points, start=1)
        ]
        time_outs.confirm(
            self.tables,
            self.ids,
            person=person,
            session=session,
            visit=visit,
            points=shown,
            consent=self.consents.get(treatment.course),
            zone=self.grid.zone,
        )

    def _tray(self, treatment: Treatment, visit: Visit) -> tuple[str, str]:
        """An ampoule of its own for what is recent; older sessions name their lot alone."""
        stock, day = self.staffed.stock, self.grid.date_of(visit.slot.day)
        if not stock.is_told_from(treatment.solution, day):
            return NULL, ""
        return stock.open_for(self.tables, self.ids, clinician=visit.clinician, day=day, at=visit.starts + _MINUTE)

    def _screening(self, person: Person, visit: Visit, session: str, nerves: set[NerveFacts]) -> None:
        for item in self.reference.screening_items:
            is_yes = self._answer(person, item) or (item == PLEURA and any(one.is_near_the_lung for one in nerves))
            detail = words.allergies_said(person.allergies) if item == ALLERGY else ""
            self.tables.screening_answers.add(self.ids.take(), session, item, "t" if is_yes else "f", text(detail))
        for item, flags in CAUTIONS.items():
            if person.flags & flags:
                self._override(session, visit, item)

    def _override(self, session: str, visit: Visit, item: str) -> None:
        self.tables.overrides.add(
            self.ids.take(),
            session,
            RULES["caution"].id,
            item,
            visit.clinician,
            iso(visit.starts + 4 * _MINUTE),
            text(words.OVERRIDE_REASON),
        )

    def _answer(self, person: Person, item: str) -> bool:
        if item == _MEAL_ITEM:
            return self.rng.random() < 0.9
        if item == ALLERGY:
            return bool(person.allergies)
        return bool(person.flags & SAYS_YES.get(item, frozenset()))

    def _scores(
        self,
        person: Person,
        session: str,
        visit: Visit,
        numbers: SessionNumbers,
        points: list[tuple[NerveFacts, str, int]],
        *,
        is_finished: bool,
    ) -> None:
        before_at, after_at = iso(visit.starts + 6 * _MINUTE), iso(visit.starts + 20 * _MINUTE)
        told = [responses.Told("before", numbers.before, before_at)]
        if is_finished:
            told.append(responses.Told("after", numbers.after, after_at))
        if is_finished and visit.starts >= self.answers_since:
            told = responses.told_of(visit, self.recent, numbers)
        for one in told:
            place = (points[0][0].id, points[0][1]) if one.is_of_nerve else (NULL, NULL)
            asked = [("rest", one.score)]
            if person.tells_provoked:
                asked.append(("provoked", min(one.score + (2 if one.moment == "before" else 1), 10)))
            for question, score in asked:
                row = (question, one.moment, str(score), one.at, one.at, "clinician", one.cycle, *place)
                self.tables.pain_scores.add(self.ids.take(), person.id, session, *row)


def _id(nerve: NerveFacts) -> str:
    return nerve.id
