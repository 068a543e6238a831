"""How long opened things may be used. Pure; every number comes from the clinic's stock rules (domain.md §4)."""

from collections.abc import Iterable
from datetime import datetime, timedelta


def discard_at(
    opened_at: datetime, *, is_single_dose: bool, hours_once_opened: int | None, multi_dose_days: int
) -> datetime | None:
    """When an opened container is no longer used; None where no rule says so.

    The product's own hours come first. Without them a multi-dose container has the clinic's days (28 by default); a
    single-dose one has no span of its own, because it serves one patient and no other.
    """
    if hours_once_opened is not None:
        return opened_at + timedelta(hours=hours_once_opened)
    return None if is_single_dose else opened_at + timedelta(days=multi_dose_days)


def beyond_use_at(made_at: datetime, *, hours: int, containers: Iterable[datetime | None]) -> datetime:
    """When a preparation is no longer used: after so many hours, or with the first container that ends before.

    ``containers``: when each container it was drawn from is to be discarded.
    """
    return min([made_at + timedelta(hours=hours), *(end for end in containers if end is not None)])
