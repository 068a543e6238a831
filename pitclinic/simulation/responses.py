"""Cycles, scores of single nerves, the observation and the discharge check of the clinic's last weeks. No dice: every
fourth treatment has a second cycle and every third asks about its first nerve, so that nothing else moves."""

from dataclasses import dataclass

from pitclinic.simulation.calendar_grid import iso
from pitclinic.simulation.course_model import SessionNumbers
from pitclinic.simulation.tables import RESPONSE_COLUMNS
from pitclinic.simulation.visits import Visit
from pitclinic.simulation.writing import NULL, text

_MINUTE = 60
WATCHED_MINUTES = "10"  # the least of domain.md §5; the visit is signed soon after
NOTHING = (NULL,) * len(RESPONSE_COLUMNS)


@dataclass(frozen=True)
class Told:
    """One score on the table; ``is_of_nerve``: of the first nerve that was treated."""

    moment: str
    score: int
    at: str
    cycle: str = "1"
    is_of_nerve: bool = False


def columns_of(visit: Visit, number: int) -> tuple[str, ...]:
    """How the ``number``-th treatment ran, as the columns of its session."""

    def at(minutes: int) -> str:
        return iso(visit.starts + minutes * _MINUTE)

    injected = f"{{{at(10)},{at(13)}}}" if _has_two_cycles(number) else f"{{{at(10)}}}"
    return (text(injected), WATCHED_MINUTES, at(15), at(25), "t", "t", "t", at(25), visit.clinician)


def told_of(visit: Visit, number: int, numbers: SessionNumbers) -> list[Told]:
    """Before and after each cycle, and of the first nerve where somebody asked."""

    def at(minutes: int) -> str:
        return iso(visit.starts + minutes * _MINUTE)

    told = [Told("before", numbers.before, at(6)), Told("after", numbers.after, at(12))]
    if _has_two_cycles(number):
        told[1:] = [
            Told("after", (numbers.before + numbers.after + 1) // 2, at(12)),
            Told("after", numbers.after, at(15), "2"),
        ]
    if number % 3 == 0:
        told += [Told(one.moment, one.score, one.at, one.cycle, is_of_nerve=True) for one in told]
    return told


def _has_two_cycles(number: int) -> bool:
    return number % 4 == 0
