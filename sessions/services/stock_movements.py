"""What comes to the shelf and what leaves it: an act writes a movement, and the database moves the number with it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from sessions.models import Container, SolutionLot, StockMovement
from sessions.policies.preparations import words_of
from sessions.policies.solution_lots import StockRefusedError, check_reason
from sessions.stock_choices import MovementKind


@dataclass(frozen=True)
class Delivery:
    """How many containers came, from whom, under which number, on which day."""

    quantity: int
    delivered_date: date
    supplier: str = ""
    delivery_number: str = ""


@transaction.atomic
def deliver(*, lot: SolutionLot, delivery: Delivery, by: Actor, now: datetime) -> StockMovement:
    """A delivery of a lot, the first or another one."""
    return _move(
        lot,
        by,
        now,
        kind=MovementKind.RECEIVED,
        change=delivery.quantity,
        supplier=delivery.supplier.strip(),
        delivery_number=delivery.delivery_number.strip(),
        delivered_date=delivery.delivered_date,
    )


@transaction.atomic
def waste(*, lot: SolutionLot, quantity: int, reason: str, by: Actor, now: datetime) -> StockMovement:
    """Throw away unopened containers. Raises ``StockRefusedError`` when there are fewer, or without a reason."""
    check_reason(reason)
    return _move(lot, by, now, kind=MovementKind.WASTED, change=-quantity, reason=reason.strip())


@transaction.atomic
def count(*, lot: SolutionLot, counted: int, reason: str = "", by: Actor, now: datetime) -> StockMovement:
    """What stands on the shelf from now on; the movement's ``change`` is the difference to what was written down."""
    return _move(lot, by, now, kind=MovementKind.COUNTED, counted=counted, reason=reason.strip())


@transaction.atomic
def put_back(*, container: Container, by: Actor, now: datetime) -> StockMovement:
    """A container that was not opened after all."""
    lot = container.lot
    return _move(lot, by, now, kind=MovementKind.PUT_BACK, change=1, container_number=container.number)


@transaction.atomic
def take_back(*, movement: StockMovement, by: Actor, now: datetime) -> StockMovement:
    """A delivery, a waste or a count that was a slip; once. Raises ``StockRefusedError`` where fewer than none would
    be left."""
    return _move(movement.lot, by, now, kind=MovementKind.TAKEN_BACK, takes_back_id=movement.pk)


def member_of(by: Actor) -> UUID:
    """Who did it, by name. Raises ``StockRefusedError`` where nobody of the clinic did."""
    if by.membership_id is None:
        raise StockRefusedError(_("Only a member of the clinic can do this."))
    return by.membership_id


@contextmanager
def in_words() -> Iterator[None]:
    """A refusal of the database as a sentence."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        words = words_of(error)
        if words is None:
            raise
        raise StockRefusedError(words) from error


def _move(lot: SolutionLot, by: Actor, now: datetime, **columns: Any) -> StockMovement:
    """Locks the lot, so that what it says afterwards is what this movement made of it."""
    own = SolutionLot.objects.visible_to(by).select_for_update().get(pk=lot.pk)
    with in_words():
        movement = StockMovement.objects.create(
            clinic_id=by.clinic_id, lot=own, moved_at=now, moved_by_id=member_of(by), **columns
        )
    movement.refresh_from_db()
    return movement
