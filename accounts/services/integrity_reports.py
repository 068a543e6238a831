"""Write down how a proof over all clinics stands: counts only."""

from datetime import datetime

from accounts.choices import Proof
from accounts.models import IntegrityReport


def stands(proof: Proof, *, problem_count: int, proven_at: datetime | None, now: datetime) -> None:
    """``proven_at``: when the last of all clinics was proven to the end; None where one was not yet."""
    values: dict[str, object] = {"problem_count": problem_count}
    if proven_at is not None:
        values["proven_at"] = proven_at
    IntegrityReport.objects.update_or_create(proof=proof, defaults=values, create_defaults={**values, "begun_at": now})
