"""Write down how a proof over all clinics stands: counts only."""

from datetime import datetime

from accounts.choices import Proof
from accounts.models import IntegrityReport


def found(proof: Proof, *, problem_count: int, now: datetime) -> None:
    """Somebody asked and was told of problems: they stand until the nightly proof has counted all clinics again."""
    values = {"problem_count": problem_count}
    report, is_new = IntegrityReport.objects.get_or_create(proof=proof, defaults=values | {"begun_at": now})
    if not is_new and report.problem_count < problem_count:
        IntegrityReport.objects.filter(pk=report.pk).update(**values)


def stands(proof: Proof, *, problem_count: int, proven_at: datetime | None, now: datetime) -> None:
    """``proven_at``: when the last of all clinics was proven to the end; None where one was not yet."""
    values: dict[str, object] = {"problem_count": problem_count}
    if proven_at is not None:
        values["proven_at"] = proven_at
    IntegrityReport.objects.update_or_create(proof=proof, defaults=values, create_defaults={**values, "begun_at": now})
