"""What follows a signed session: check-ins, relief, side effects, the call back."""

from dataclasses import dataclass
from random import Random

from pitclinic.simulation import words
from pitclinic.simulation.calendar_grid import Grid, iso
from pitclinic.simulation.course_model import SessionNumbers
from pitclinic.simulation.persona import Person
from pitclinic.simulation.reference import Reference
from pitclinic.simulation.set_up import Staffed
from pitclinic.simulation.tables import Tables
from pitclinic.simulation.treatment import SIGNED_AFTER_MINUTES
from pitclinic.simulation.visits import Visit
from pitclinic.simulation.writing import NULL, Ids, text

_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400
CARE_HOURS = 3
STEPS = (("check_24h", 1), ("check_72h", 3), ("check_7d", 7))
FOLLOW_UP_DAYS = 7
# event, share of sessions, hours after the session, triage, severity, share of P-level reports by the patient
_BRUISE, _FLARE, _FAINT, _INFECTION, _RASH = "BRUISE", "FLARE", "VASOVAGAL", "INFECTION", "RASH_LOCAL"
SIDE_EFFECTS = (
    (_BRUISE, 0.15, 20, "P3", 1),
    (_FLARE, 0.15, 30, "P3", 1),
    (_FAINT, 0.01, 0, "P2", 1),
    (_RASH, 0.004, 26, "P2", 1),
    (_INFECTION, 0.0005, 60, "P1", 2),
)
SERIOUS_SHARE = 1 / 8_000


@dataclass
class Afterwards:
    """``messages_since``: of older sessions the sent messages are not kept."""

    rng: Random
    ids: Ids
    tables: Tables
    staffed: Staffed
    reference: Reference
    grid: Grid
    now: int
    messages_since: int

    def write(self, person: Person, session: str, visit: Visit, numbers: SessionNumbers) -> None:
        ended = visit.starts + SIGNED_AFTER_MINUTES * _MINUTE
        has_told_end = False
        if visit.starts >= self.messages_since:
            self._message(person, session, "care_0h", self._same_day(visit, ended))
        for step, days in STEPS:
            due = self.grid.at(visit.slot.day + days, 10 * 60)
            if due > self.now:
                break
            answered = numbers.at_home.get(step)
            if visit.starts >= self.messages_since:
                self._message(person, session, step, due)
            if answered is not None:
                has_told_end = self._answer(person, session, step, answered, due, ended, numbers, has_told_end)
        self._side_effects(person, session, visit)
        self._follow_up(person, session, visit, numbers)

    def _same_day(self, visit: Visit, ended: int) -> int:
        """Three hours after the session, or at 08:00 when that falls into the night."""
        due = ended + CARE_HOURS * _HOUR
        evening = self.grid.at(visit.slot.day, 20 * 60)
        return due if due < evening else self.grid.at(visit.slot.day + 1, 8 * 60)

    def _message(self, person: Person, session: str, step: str, due: int) -> None:
        if due > self.now:
            return
        may_go = person.has_email and person.has_care_consent
        why = "" if may_go else ("no_consent" if person.has_email else "no_address")
        self.tables.messages.add(
            self.ids.take(),
            person.id,
            session,
            step,
            f"session:{session}:{step}:email",
            iso(due),
            iso(due),
            iso(due + _DAY),
            "sent" if may_go else "skipped",
            why,
            "1" if may_go else "0",
            iso(due + 40) if may_go else NULL,
        )

    def _answer(
        self,
        person: Person,
        session: str,
        step: str,
        score: int,
        due: int,
        ended: int,
        numbers: SessionNumbers,
        has_told_end: bool,
    ) -> bool:
        at = due + int(self.rng.random() * 5 * _HOUR)
        if at > self.now:
            return has_told_end
        when = iso(at)
        source = "portal" if self.rng.random() < 0.93 else "phone"
        overall = ("1", NULL, NULL)
        self.tables.pain_scores.add(
            self.ids.take(), person.id, session, "now", step, str(score), when, when, source, *overall
        )
        if has_told_end:
            return True
        relief_end = ended + int(numbers.relief_hours * _HOUR)
        has_ended = relief_end <= at
        self.tables.relief_reports.add(
            self.ids.take(),
            person.id,
            session,
            when,
            "t" if has_ended else "f",
            iso(relief_end) if has_ended else NULL,
        )
        return has_ended

    def _side_effects(self, person: Person, session: str, visit: Visit) -> None:
        for event, share, hours, priority, severity in SIDE_EFFECTS:
            if self.rng.random() < share:
                reported = visit.starts + 22 * _MINUTE + int(hours * _HOUR * (0.6 + self.rng.random()))
                self.side_effect(person, session, visit, event, reported, priority, severity)
        if self.rng.random() < SERIOUS_SHARE:
            reported = visit.starts + 30 * _HOUR
            self.side_effect(person, session, visit, "INFECTION", reported, "P1", 3, is_serious=True)

    def side_effect(
        self,
        person: Person,
        session: str,
        visit: Visit,
        event: str,
        reported: int,
        priority: str,
        severity: int,
        *,
        is_serious: bool = False,
    ) -> None:
        """Write a report; the ones of the last day are still open, those of the day before are taken.

        What a patient told has a kind once a clinician has judged it.
        """
        if reported > self.now:
            return
        age = self.now - reported
        if priority == "P3" and age > 6 * _HOUR:
            age += 3 * _DAY  # only logged: nobody waits with it
        status = "open" if age < _DAY else ("acknowledged" if age < 2 * _DAY else "closed")
        taken = iso(min(reported + 50 * _MINUTE, self.now)) if status != "open" else NULL
        is_closed = status == "closed"
        self.tables.side_effects.add(
            self.ids.take(),
            person.id,
            session,
            self.reference.event_types[event] if is_closed or event == _FAINT else NULL,
            priority,
            text(words.SIDE_EFFECT_WORDS[event]),
            "clinician" if event == _FAINT else "portal",
            iso(reported),
            iso(max(reported - 2 * _HOUR, visit.starts + 20 * _MINUTE)),
            status,
            taken,
            NULL if status == "open" else visit.clinician,
            str(severity) if is_closed else NULL,
            "t" if is_serious else "f",
            "probable" if is_closed else "",
            text(_result(severity)) if is_closed else "",
            iso(min(reported + 2 * _DAY, self.now)) if is_closed else NULL,
            visit.clinician if is_closed else NULL,
        )

    def _follow_up(self, person: Person, session: str, visit: Visit, numbers: SessionNumbers) -> None:
        due = self.grid.at(visit.slot.day + FOLLOW_UP_DAYS, 10 * 60)
        chance = self.rng.random()
        is_done = due + 8 * _HOUR < self.now and (due < self.now - 5 * _DAY or chance < 0.6)
        self.tables.follow_ups.add(
            self.ids.take(),
            person.id,
            session,
            iso(due),
            visit.clinician if chance < 0.5 else self.staffed.desk,
            iso(due + int(chance * 6 * _HOUR)) if is_done else NULL,
            visit.clinician if is_done else NULL,
            _outcome(chance, numbers) if is_done else "",
            "",
        )


def _outcome(chance: float, numbers: SessionNumbers) -> str:
    if chance > 0.9:
        return "not_reached"
    later = numbers.at_home.get("check_7d", numbers.after + 1)
    if later < numbers.before:
        return "better"
    return "same" if later == numbers.before else "worse"


def _result(severity: int) -> str:
    return "Gone without treatment." if severity == 1 else "Treated, healed."
