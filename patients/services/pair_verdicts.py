"""What the clinic says of two records that look alike: told apart, or asked to be merged. The last word holds."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.actors import Actor
from patients.models import PairVerdict


@transaction.atomic
def say(*, by: Actor, now: datetime, one: UUID, other: UUID, verdict: PairVerdict.Verdict, note: str = "") -> None:
    """Remember it for the pair, in whichever order it is named. Both are patients of the clinic."""
    first, second = sorted((one, other))
    PairVerdict.objects.update_or_create(
        clinic=by.clinic,
        one_id=first,
        other_id=second,
        defaults={"verdict": verdict, "said_at": now, "said_by_id": by.membership_id, "note": note.strip()},
    )


def unsay(*, by: Actor, one: UUID, other: UUID) -> None:
    """Nobody has said anything of the pair."""
    first, second = sorted((one, other))
    PairVerdict.objects.visible_to(by).filter(one_id=first, other_id=second).delete()
