"""What the nightly walk through the signatures found, for the clinic's admin."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from accounts.actors import Actor
from sessions.choices import Breakage
from sessions.models import SignatureCheck, SignatureProblem

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

    def is_late(self, now: datetime) -> bool:
        return self.checked_at is None or (now - self.checked_at).total_seconds() > LATE_HOURS * 3600


def signature_state(actor: Actor) -> SignatureState:
    """Two queries, three where something was found."""
    checks = SignatureCheck.objects.visible_to(actor).order_by("-started_at")
    last = checks.ended().first()
    own = SignatureProblem.objects.visible_to(actor)
    since = Q(check_run=last) | Q(check_run__started_at__gt=last.started_at) if last else Q()
    rows = list(own.filter(since).order_by("session_id", "what", "row_id", "id"))
    latest = {(row.what, row.row_id): row for row in rows}
    broken = [row for row in latest.values() if row.problem != Breakage.VERSION]
    return SignatureState(
        checked_at=last.ended_at if last else None,
        checked_count=last.checked_count if last else 0,
        problems=tuple(broken[:SHOWN]),
        unknown_count=len(latest) - len(broken),
    )
