"""Open a container, draw from it, make a preparation; throw away; take back what was a slip."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from accounts.actors import Actor
from catalogue.models import Solution
from common.wall_clock import local_day
from sessions import use_by
from sessions.mixtures import BICARBONATE, Mix, becomes, mix
from sessions.models import Container, Preparation, PreparationPart, SolutionLot, StockRules
from sessions.policies.preparations import (
    check_can_check,
    check_can_discard,
    check_can_draw,
    check_can_open,
    check_can_take_back,
    check_follows,
    words_of,
)
from sessions.policies.solution_lots import StockRefusedError
from sessions.queries.mixtures import draw_of, is_stated, loose_bicarbonate
from sessions.queries.solution_lots import rules_of
from sessions.queries.words import words as read_words
from sessions.services.stock_movements import put_back


@dataclass(frozen=True)
class Mixture:
    """What was mixed, as typed. ``drawn``: container → mL; ``hours``: how long it may be used.

    ``solution`` and ``volume_ml`` follow from the containers; where they are named too, they have to agree.
    """

    drawn: tuple[tuple[UUID, Decimal], ...]
    hours: int
    solution: Solution | None = None
    recipe: str = ""
    bicarbonate_percent: Decimal | None = None
    bicarbonate_ml: Decimal | None = None
    volume_ml: Decimal | None = None
    measured_ph: Decimal | None = None


def _member(by: Actor) -> UUID:
    if by.membership_id is None:
        raise StockRefusedError(_("Only a member of the clinic can do this."))
    return by.membership_id


@contextmanager
def _in_words() -> Iterator[None]:
    """A refusal of the database as a sentence: somebody was quicker than the checks before it."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        words = words_of(error)
        if words is None:
            raise
        raise StockRefusedError(words) from error


@transaction.atomic
def open_container(*, lot: SolutionLot, by: Actor, now: datetime) -> Container:
    """Open the next container of a lot. Locks the lot; raises ``StockRefusedError`` when none may be opened."""
    own = SolutionLot.objects.visible_to(by).select_related("product").select_for_update(of=("self",))
    lot = own.get(pk=lot.pk)
    taken = set(lot.containers.values_list("number", flat=True))
    check_can_open(lot, today=local_day(now, by.zone))
    product, rules = lot.product, rules_of(by)
    with _in_words():
        return Container.objects.create(
            clinic_id=by.clinic_id,
            lot=lot,
            number=next(number for number in range(1, len(taken) + 2) if number not in taken),
            volume_ml=product.pack_size_ml,
            is_single_dose=product.is_single_dose,
            opened_at=now,
            opened_by_id=_member(by),
            discard_at=use_by.discard_at(
                now,
                is_single_dose=product.is_single_dose,
                hours_once_opened=product.hours_once_opened,
                multi_dose_days=rules.multi_dose_days,
            ),
        )


@transaction.atomic
def undo_opening(*, container: Container, by: Actor, now: datetime) -> None:
    """It was not opened after all, and is back on the shelf: possible while nothing was drawn from it."""
    container = _locked_container(container.pk, by)
    if container.parts.exists():
        raise StockRefusedError(_("Something was drawn from this container: discard it instead."))
    put_back(container=container, by=by, now=now)
    container.delete()


@transaction.atomic
def discard_container(*, container: Container, reason: str, by: Actor, now: datetime) -> Container:
    """Thrown away, with what was to be used from it as it is; why stands beside it."""
    container = _locked_container(container.pk, by)
    check_can_discard(container)
    if not reason.strip():
        raise StockRefusedError(_("Say why this container is discarded."))
    container.discarded_at, container.discarded_by_id = now, _member(by)
    container.discard_reason = reason.strip()
    container.save(update_fields=["discarded_at", "discarded_by", "discard_reason"])
    own = Preparation.objects.visible_to(by).filter(parts__container=container, is_mixed=False)
    own.filter(discarded_at__isnull=True).update(discarded_at=now, discarded_by_id=_member(by))
    return container


@transaction.atomic
def take_back_container(*, container: Container, by: Actor) -> Container:
    container = _locked_container(container.pk, by)
    check_can_take_back(container)
    own = Preparation.objects.visible_to(by).filter(parts__container=container, is_mixed=False)
    own.filter(discarded_at=container.discarded_at).update(discarded_at=None, discarded_by_id=None)
    container.discarded_at, container.discarded_by_id, container.discard_reason = None, None, ""
    container.save(update_fields=["discarded_at", "discarded_by", "discard_reason"])
    return container


@transaction.atomic
def prepare(*, mixture: Mixture, by: Actor, now: datetime) -> Preparation:
    """Record a mixture and what was drawn for it. Locks the containers in the order of their ids.

    Solution, volume and beyond-use follow from the containers. Raises ``StockRefusedError``.
    """
    if not mixture.drawn:
        raise StockRefusedError(_("Choose at least one container."))
    containers = _drawable(mixture.drawn, by, now)
    balance, solution_id = _balance(mixture, containers)
    ends = [container.discard_at for container in containers]
    last_days = [container.lot.expiry_date for container in containers]
    with _in_words():
        made = Preparation.objects.create(
            clinic_id=by.clinic_id,
            solution_id=solution_id,
            needs_check=rules_of(by).needs_second_check,
            **_numbered(by, now),
            recipe=mixture.recipe.strip(),
            bicarbonate_percent=mixture.bicarbonate_percent,
            bicarbonate_ml=mixture.bicarbonate_ml,
            volume_ml=balance.volume_ml,
            measured_ph=mixture.measured_ph,
            beyond_use_at=use_by.beyond_use_at(
                now, hours=mixture.hours, containers=ends, use_by=last_days, zone=by.zone
            ),
            made_by_id=_member(by),
        )
        _write_parts(made, mixture.drawn)
    return made


@transaction.atomic
def use_as_it_is(*, container: Container, by: Actor, now: datetime) -> Preparation:
    """What is left in a container, to be injected unmixed. Raises ``StockRefusedError``."""
    container = _locked_container(container.pk, by)
    product = container.lot.product
    if product.solution_id is None:
        raise StockRefusedError(_("This is an ingredient: it is injected only in a mixture."))
    left = container.volume_ml - _drawn_from(container)
    if left <= 0:
        raise StockRefusedError(_("This container is empty."))
    check_can_draw(container, left, drawn_ml=container.volume_ml - left, now=now, today=local_day(now, by.zone))
    last = use_by.last_minute(container.lot.expiry_date, by.zone)
    ends = min(last, container.discard_at or now + timedelta(hours=rules_of(by).mix_hours))
    with _in_words():
        made = Preparation.objects.create(
            clinic_id=by.clinic_id,
            solution_id=product.solution_id,
            is_mixed=False,
            **_numbered(by, now),
            volume_ml=left,
            beyond_use_at=ends,
            made_by_id=_member(by),
        )
        _write_parts(made, ((container.pk, left),))
    return made


@transaction.atomic
def undo_preparation(*, preparation: Preparation, by: Actor) -> None:
    """It was not made after all: possible while no session names it."""
    made = _locked_preparation(preparation.pk, by)
    if made.points.exists() or made.sessions.exists():
        raise StockRefusedError(_("A session names this preparation: discard it instead."))
    made.parts.all().delete()
    made.delete()


@transaction.atomic
def check_preparation(*, preparation: Preparation, by: Actor, now: datetime) -> Preparation:
    """A second look by a colleague: from now on it can be drawn from."""
    made = _locked_preparation(preparation.pk, by)
    check_can_check(made, is_own=made.made_by_id == by.membership_id, now=now)
    made.checked_at, made.checked_by_id = now, _member(by)
    with _in_words():
        made.save(update_fields=["checked_at", "checked_by"])
    return made


@transaction.atomic
def discard_preparation(*, preparation: Preparation, by: Actor, now: datetime) -> Preparation:
    made = _locked_preparation(preparation.pk, by)
    check_can_discard(made)
    made.discarded_at, made.discarded_by_id = now, _member(by)
    made.save(update_fields=["discarded_at", "discarded_by"])
    return made


@transaction.atomic
def take_back_preparation(*, preparation: Preparation, by: Actor) -> Preparation:
    made = _locked_preparation(preparation.pk, by)
    check_can_take_back(made)
    made.discarded_at, made.discarded_by_id = None, None
    made.save(update_fields=["discarded_at", "discarded_by"])
    return made


def _locked_container(pk: UUID, by: Actor) -> Container:
    own = Container.objects.visible_to(by).select_related("lot__product")
    return own.select_for_update(of=("self",)).get(pk=pk)


def _locked_preparation(pk: UUID, by: Actor) -> Preparation:
    return Preparation.objects.visible_to(by).select_for_update().get(pk=pk)


def _drawn_from(container: Container) -> Decimal:
    return container.parts.aggregate(ml=Sum("volume_ml"))["ml"] or Decimal(0)


def _drawable(drawn: tuple[tuple[UUID, Decimal], ...], by: Actor, now: datetime) -> list[Container]:
    found = []
    for pk, volume_ml in sorted(drawn):
        container = _locked_container(pk, by)
        today = local_day(now, by.zone)
        check_can_draw(container, volume_ml, drawn_ml=_drawn_from(container), now=now, today=today)
        found.append(container)
    return found


def _balance(mixture: Mixture, containers: list[Container]) -> tuple[Mix, UUID]:
    """What the containers make, and which solution that is. Raises ``StockRefusedError`` where it is none."""
    words, drawn = read_words(), dict(mixture.drawn)
    draws = [draw_of(container, drawn[container.pk], words) for container in containers]
    if not any(BICARBONATE in draw.strengths for draw in draws):
        draws += loose_bicarbonate(mixture.bicarbonate_ml, mixture.bicarbonate_percent)
    balance = mix(draws)
    named = [mixture.solution] if mixture.solution else words.chosen_solutions
    code = becomes(balance, [words.compositions[row.pk] for row in named])
    check_follows(
        balance,
        volume_ml=mixture.volume_ml,
        solution=code,
        named=mixture.solution.name if mixture.solution else "",
        is_stated=all(is_stated(container.lot.product) for container in containers),
    )
    return balance, next(row.pk for row in named if row.code == code)


def _numbered(by: Actor, now: datetime) -> dict[str, object]:
    """Day, time and the next number of the day; whoever prepares at the same moment waits here."""
    StockRules.objects.get_or_create(clinic_id=by.clinic_id)
    StockRules.objects.visible_to(by).select_for_update().get()
    day = local_day(now, by.zone)
    last = Preparation.objects.visible_to(by).filter(made_date=day).order_by("-number").first()
    return {"made_at": now, "made_date": day, "number": last.number + 1 if last else 1}


def _write_parts(made: Preparation, drawn: tuple[tuple[UUID, Decimal], ...]) -> None:
    for container_id, volume_ml in sorted(drawn):
        PreparationPart.objects.create(
            clinic_id=made.clinic_id, preparation=made, container_id=container_id, volume_ml=volume_ml
        )
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS sessions_check_mixture IMMEDIATE")
        cursor.execute("SET CONSTRAINTS sessions_check_mixture DEFERRED")
