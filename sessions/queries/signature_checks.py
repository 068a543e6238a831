"""What the nightly walk through the signatures found, for the clinic's admin."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from accounts.actors import Actor
from sessions.choices import Breakage
from sessions.models import InjectionSession, SignatureCheck, SignatureProblem

# A daily walk that is several hours late.
LATE_HOURS = 30
SHOWN = 50


@dataclass(frozen=True)
class SignatureState:
    """``checked_at``: the end of the last whole walk. ``problems`` of it, or of the one under way; of ``unknown``
    records nothing can be said, because a newer program signed them."""

    checked_at: datetime | None
    checked_count: int
    problems: tuple[SignatureProblem, ...]
    unknown_count: int
    sessions: Mapping[UUID, InjectionSession]

    @property
    def named(self) -> list[tuple[SignatureProblem, InjectionSession | None]]:
        """Each problem with its session; None where that is gone."""
        return [(row, self.sessions.get(row.session_id)) for row in self.problems]

    def is_late(self, now: datetime) -> bool:
        return self.checked_at is None or (now - self.checked_at).total_seconds() > LATE_HOURS * 3600


def signature_state(actor: Actor) -> SignatureState:
    """Two queries, four where something was found."""
    checks = SignatureCheck.objects.visible_to(actor).order_by("-started_at")
    last = checks.ended().first()
    own = SignatureProblem.objects.visible_to(actor)
    since = Q(check_run=last) | Q(check_run__started_at__gt=last.started_at) if last else Q()
    rows = list(own.filter(since).order_by("session_id", "what", "row_id", "id"))
    latest = {(row.what, row.row_id): row for row in rows}
    broken = [row for row in latest.values() if row.problem != Breakage.VERSION]
    ids = {row.session_id for row in broken[:SHOWN]}
    own_sessions = InjectionSession.objects.visible_to(actor).select_related("patient")
    return SignatureState(
        sessions=own_sessions.in_bulk(ids) if ids else {},
        checked_at=last.ended_at if last else None,
        checked_count=last.checked_count if last else 0,
        problems=tuple(broken[:SHOWN]),
        unknown_count=len(latest) - len(broken),
    )
