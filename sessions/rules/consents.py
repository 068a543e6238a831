"""Does the consent on file stand for what is about to be injected? (domain.md §12, rule V09.)"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sessions.rules.amounts import months_before
from sessions.rules.facts import Solution

# Regions whose own risk needs its own line in the consent.
RISKS = frozenset({"PTX", "EYE", "SPINE", "GEN"})
MONTHS_VALID = 12


def _(sentence: str) -> str:
    """Mark a sentence for translation; it is translated when it is shown."""
    return sentence


@dataclass(frozen=True)
class Scope:
    """What a treatment needs consent for, or what a consent was given for.

    ``standing_versions``: other wordings that do as well: of another language, or before a slip in them was mended.
    """

    technique: str
    wording_version: str
    solution_classes: frozenset[str] = frozenset()
    risk_flags: frozenset[str] = frozenset()
    needs_guardian: bool = False
    needs_interpreter: bool = False
    standing_versions: frozenset[str] = frozenset()

    def takes(self, wording_version: str) -> bool:
        return wording_version == self.wording_version or wording_version in self.standing_versions


@dataclass(frozen=True)
class Given:
    """A consent on file: what for, when, and by whom it was signed; ``withdrawn_at`` where it was taken back."""

    scope: Scope
    given_date: date
    given_at: datetime | None = None
    is_withdrawn: bool = False
    is_by_guardian: bool = False
    has_interpreter: bool = False
    withdrawn_at: datetime | None = None

    def stood(self, injected_at: datetime | None, *, is_stated: bool) -> bool:
        """Not withdrawn, or only after the first injection; in its very minute nobody can tell, and a rule asks (P17).

        A needle that nobody stated may have come after the withdrawal.
        """
        if not self.is_withdrawn:
            return True
        return is_stated and injected_at is not None and not is_before(self.withdrawn_at, injected_at)


def is_before(withdrawn_at: datetime | None, injected_at: datetime) -> bool:
    """By the minute, which is how an injection is stated."""
    return withdrawn_at is None or withdrawn_at < injected_at.replace(second=0, microsecond=0)


def chosen(rows: Sequence[Given], injected_at: datetime | None, *, is_stated: bool) -> int | None:
    """Which of these, the newest first, the treatment stands on.

    One that was given before the first injection and stood then; else one that stands now, however late; else one
    that was given in time and withdrawn; else the newest.
    """
    in_time = [injected_at is None or row.given_at is None or row.given_at <= injected_at for row in rows]
    stood = [row.stood(injected_at, is_stated=is_stated) for row in rows]
    ranks = (
        (soon and stands for soon, stands in zip(in_time, stood, strict=True)),
        (not row.is_withdrawn for row in rows),
        in_time,
        (True for _row in rows),
    )
    return next((number for rank in ranks for number, fits in enumerate(rank) if fits), None)


def solution_class(solution: Solution) -> str:
    """The class of a solution: a change of class needs a new signature, a change inside one does not."""
    if solution.has_local_anaesthetic:
        return "local_anaesthetic"
    if solution.dextrose_percent is None:
        return "without_dextrose"
    return "dextrose_weak" if solution.dextrose_percent <= 5 else "dextrose_strong"


def gaps(
    given: Given | None,
    needed: Scope,
    today: date,
    *,
    injected_at: datetime | None = None,
    is_stated: bool = False,
    confirmed_at: datetime | None = None,
) -> tuple[str, ...]:
    """Why no consent covers the treatment, in words; nothing when it does.

    ``injected_at`` is the first injection: what was signed after it was no consent to it. None: it is still to come.
    Only where nobody stated it (``is_stated``) is its time asked for. ``confirmed_at``: the last time-out, which says
    that a consent is there.
    """
    if given is None:
        return (_("none was given yet"),)
    if not given.stood(injected_at, is_stated=is_stated):
        if injected_at is None or is_stated:
            return (_("it was withdrawn"),)
        return (_("it was withdrawn (state the time of the first injection, if that was earlier)"),)
    is_late = injected_at is not None and given.given_at is not None and given.given_at > injected_at
    is_foretold = confirmed_at is not None and given.given_at is not None and given.given_at > confirmed_at
    found = {
        _("it was given after the time-out that confirms it"): is_foretold and not is_late,
        _("it was given after the first injection"): is_late and is_stated,
        _("it was given after the first injection (state its time, if that was later)"): is_late and not is_stated,
    }
    return (*(why for why, is_so in found.items() if is_so), *uncovered(given, needed, today))


def uncovered(given: Given, needed: Scope, today: date) -> tuple[str, ...]:
    """What of the treatment it was not given for, in words, whenever it was given."""
    found = {
        _("it is older than 12 months"): given.given_date < months_before(today, MONTHS_VALID),
        _("a minor needs a parent or guardian"): needed.needs_guardian and not given.is_by_guardian,
        _("the interpreter is not named"): needed.needs_interpreter and not given.has_interpreter,
        _("it was given for another technique"): given.scope.technique != needed.technique,
        _("its wording has changed since"): not needed.takes(given.scope.wording_version),
        _("it was given for other solutions"): not needed.solution_classes <= given.scope.solution_classes,
        _("the region has a risk it does not name"): not needed.risk_flags <= given.scope.risk_flags,
    }
    return tuple(why for why, is_so in found.items() if is_so)
