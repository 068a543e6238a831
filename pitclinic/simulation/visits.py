"""Visits in the calendar: what stands in a slot as at the present minute, and how it came there."""

from dataclasses import dataclass
from random import Random

from pitclinic.simulation import words
from pitclinic.simulation.calendar_grid import Slot, iso
from pitclinic.simulation.set_up import Staffed
from pitclinic.simulation.tables import Tables
from pitclinic.simulation.writing import Ids, text
from scheduling.choices import VisitStatus

_MINUTE = 60
_DAY = 86_400
_S = VisitStatus
# The way to a status: the moves before it, with minutes from the start of the visit.
_WAYS: dict[str, tuple[tuple[str, int], ...]] = {
    _S.BOOKED: (),
    _S.CONFIRMED: ((_S.CONFIRMED, -2 * 1440),),
    _S.CANCELLED: ((_S.CANCELLED, -1440),),
    _S.NO_SHOW: ((_S.NO_SHOW, 30),),
    _S.ARRIVED: ((_S.CONFIRMED, -2 * 1440), (_S.ARRIVED, -8)),
    _S.IN_ROOM: ((_S.CONFIRMED, -2 * 1440), (_S.ARRIVED, -8), (_S.IN_ROOM, 1)),
    _S.OBSERVATION: ((_S.ARRIVED, -8), (_S.IN_ROOM, 1), (_S.OBSERVATION, 22)),
    _S.DONE: ((_S.CONFIRMED, -2 * 1440), (_S.ARRIVED, -8), (_S.IN_ROOM, 1), (_S.DONE, 29)),
    _S.DEFERRED: ((_S.ARRIVED, -8), (_S.DEFERRED, 5)),
}


@dataclass(frozen=True)
class Visit:
    id: str
    patient: str
    slot: Slot
    starts: int
    ends: int
    status: str
    clinician: str

    @property
    def was_held(self) -> bool:
        return self.status in (_S.DONE, _S.OBSERVATION, _S.IN_ROOM)


class VisitBook:
    """Writes visits. ``moves_since``: older visits are written without the history of their moves."""

    def __init__(self, *, rng: Random, ids: Ids, tables: Tables, staffed: Staffed, now: int, moves_since: int) -> None:
        self.rng, self.ids, self.tables, self.staffed = rng, ids, tables, staffed
        self.now, self.moves_since = now, moves_since
        self._lines: list[tuple[int, tuple[str, ...]]] = []

    def write(self, *, patient: str, slot: Slot, kind: str, status: str) -> Visit:
        visit_kind = self.staffed.visit_types[kind]
        starts, ends = slot.starts, slot.starts + visit_kind.minutes * _MINUTE
        clinician = self.staffed.clinicians[slot.clinician]
        visit = Visit(self.ids.take(), patient, slot, starts, ends, status, clinician)
        cancelled_by, reason = self._cancelling(status)
        line = (
            visit.id,
            patient,
            clinician,
            self.staffed.rooms[slot.clinician],
            visit_kind.id,
            iso(starts),
            iso(ends),
            status,
            cancelled_by,
            text(reason),
        )
        self._lines.append((starts, line))
        if starts >= self.moves_since:
            self._moves(visit)
        return visit

    def flush(self) -> None:
        """Hand the batch's visits over in the order of time, which the exclusion constraint's index likes."""
        self._lines.sort()
        for _starts, line in self._lines:
            self.tables.appointments.add(*line)
        self._lines = []

    def status_of(self, slot: Slot, kind: str) -> str:
        """What a visit of this slot has come to by now."""
        ends = slot.starts + self.staffed.visit_types[kind].minutes * _MINUTE
        chance = self.rng.random()
        if ends <= self.now:
            return self._past(chance)
        if slot.starts <= self.now:
            return self._present(chance, left=ends - self.now)
        if slot.starts - self.now < 20 * _MINUTE and chance < 0.7:
            return _S.ARRIVED
        return _S.CONFIRMED if chance < 0.55 and slot.starts - self.now < 3 * _DAY else _S.BOOKED

    def _past(self, chance: float) -> str:
        if chance < 0.06:
            return _S.NO_SHOW
        if chance < 0.10:
            return _S.CANCELLED
        return _S.DEFERRED if chance < 0.105 else _S.DONE

    def _present(self, chance: float, *, left: int) -> str:
        if chance < 0.08:
            return _S.CONFIRMED  # late
        if left < 12 * _MINUTE:
            return _S.OBSERVATION
        return _S.IN_ROOM if chance < 0.85 else _S.ARRIVED

    def _cancelling(self, status: str) -> tuple[str, str]:
        if status != _S.CANCELLED:
            return "", ""
        if self.rng.random() < 0.85:
            return "patient", self.rng.choice(words.CANCEL_REASONS)
        return "clinic", self.rng.choice(words.CLINIC_CANCEL_REASONS)

    def _moves(self, visit: Visit) -> None:
        came_from = ""
        made_at = visit.starts - 6 * _DAY
        self._move(visit, came_from, _S.BOOKED, made_at)
        came_from = _S.BOOKED
        for status, minutes in _WAYS[visit.status]:
            made_at = max(made_at + _MINUTE, visit.starts + minutes * _MINUTE)
            self._move(visit, came_from, status, made_at)
            came_from = status

    def _move(self, visit: Visit, came_from: str, status: str, seconds: int) -> None:
        by = visit.clinician if status in (_S.IN_ROOM, _S.OBSERVATION, _S.DONE) else self.staffed.desk
        at = min(seconds, self.now)
        self.tables.moves.add(self.ids.take(), visit.id, came_from, status, iso(at), by)
