"""What may be done with an opened container or a preparation in its state, and the database's refusals in words."""

from datetime import date, datetime
from decimal import Decimal

from django.db import IntegrityError
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sessions.mixtures import Mix
from sessions.models import Container, Preparation, SolutionLot
from sessions.policies.solution_lots import StockRefusedError
from sessions.strength_words import strengths_in_words

# Constraint (sessions/sql/stock.sql, sessions/models) → what the screen says.
WORDS: dict[str, str | Promise] = {
    "sessions_use_one_patient": gettext_lazy(
        "A single-dose container of this preparation has already served another patient (V24). Open a new one."
    ),
    "sessions_lot_quarantined": gettext_lazy("This lot is quarantined and cannot be chosen."),
    "sessions_lot_expired": gettext_lazy("This lot has expired and cannot be chosen."),
    "sessions_lot_unopened": gettext_lazy("No container of this lot has been opened."),
    "sessions_lot_recalled": gettext_lazy("This lot is being recalled: it stays quarantined until the recall ends."),
    "sessions_session_bottles_confirmed": gettext_lazy(
        "The time-out does not name what these points were drawn from. Confirm it again."
    ),
    "sessions_lot_empty": gettext_lazy("No container of this lot is left."),
    "sessions_lot_below_zero": gettext_lazy("There are not that many containers of this lot on the shelf."),
    "sessions_movement_taken_back_once": gettext_lazy("This is taken back already."),
    "sessions_movement_is_typed": gettext_lazy("This cannot be taken back."),
    "sessions_productlot_once": gettext_lazy("Another lot of this product has this number."),
    "sessions_lotrecall_one_open": gettext_lazy("This lot is being recalled already."),
    "sessions_lot_without_product": gettext_lazy("Say first which product this lot is of."),
    "sessions_container_overdrawn": gettext_lazy("The container does not hold that much any more."),
    "sessions_container_discarded": gettext_lazy("This container was discarded."),
    "sessions_container_past_use": gettext_lazy("This container was opened too long ago."),
    "sessions_container_not_open": gettext_lazy("This container was not open at that time."),
    "sessions_preparation_past_use": gettext_lazy("This preparation is past its beyond-use time."),
    "sessions_preparation_outlives_lot": gettext_lazy(
        "This preparation cannot be used beyond the use-by date of its lot."
    ),
    "sessions_preparation_outlives_container": gettext_lazy(
        "This preparation cannot be used longer than the container it is drawn from."
    ),
    "sessions_preparation_volume_drawn": gettext_lazy(
        "The final volume is what was drawn: add the water or saline it was filled up with as a container."
    ),
    "sessions_container_unstated": gettext_lazy(
        "Nobody has stated what one of these containers holds. State its substance and strength at the product first."
    ),
    "sessions_preparation_not_of_its_parts": gettext_lazy("These containers do not make this solution."),
    "sessions_preparation_unchecked": gettext_lazy("A colleague has to check this preparation first."),
    "sessions_preparation_second_check": gettext_lazy("Somebody other than who made it checks a preparation."),
    "sessions_preparation_discarded": gettext_lazy("This preparation was discarded."),
    "sessions_preparation_made_later": gettext_lazy("This preparation was made on a later day than the session."),
    "sessions_preparation_other_solution": gettext_lazy("This preparation holds another solution."),
    "sessions_preparation_other_lot": gettext_lazy("This preparation was not made from this lot."),
    "sessions_preparation_empty": gettext_lazy("Nothing was drawn for this preparation."),
    "sessions_preparation_in_use": gettext_lazy("Somebody has received this preparation; it stays as it is."),
}


def why_not(rule: str) -> str:
    """The sentence for a rule of the stock by its name; "" for none."""
    return str(WORDS[rule]) if rule else ""


def words_of(error: IntegrityError) -> str | None:
    """The refusal in words, or None where the database refused for another reason."""
    diagnosis = getattr(error.__cause__, "diag", None)
    words = WORDS.get(getattr(diagnosis, "constraint_name", None) or "")
    return str(words) if words is not None else None


def check_can_open(lot: SolutionLot, *, today: date) -> None:
    if lot.product_id is None:
        raise StockRefusedError(str(WORDS["sessions_lot_without_product"]))
    if lot.quarantined_at is not None:
        raise StockRefusedError(str(WORDS["sessions_lot_quarantined"]))
    if lot.expiry_date < today:
        raise StockRefusedError(str(WORDS["sessions_lot_expired"]))
    if lot.quantity == 0:
        raise StockRefusedError(str(WORDS["sessions_lot_empty"]))


def check_can_draw(container: Container, volume_ml: Decimal, *, drawn_ml: Decimal, now: datetime, today: date) -> None:
    """``drawn_ml``: what was drawn from the container before."""
    left = container.volume_ml - drawn_ml
    if container.discarded_at is not None:
        raise StockRefusedError(str(WORDS["sessions_container_discarded"]))
    if container.discard_at is not None and container.discard_at <= now:
        raise StockRefusedError(str(WORDS["sessions_container_past_use"]))
    if container.lot.quarantined_at is not None:
        raise StockRefusedError(str(WORDS["sessions_lot_quarantined"]))
    if container.lot.expiry_date < today:
        raise StockRefusedError(str(WORDS["sessions_lot_expired"]))
    if volume_ml > left:
        words = {"container": str(container), "left": f"{left:f}"}
        raise StockRefusedError(_("Container %(container)s holds %(left)s mL.") % words)


def check_follows(mixture: Mix, *, volume_ml: Decimal | None, solution: str, named: str, is_stated: bool) -> None:
    """``volume_ml`` and ``named``: what the form says it is; None and "" follow from the containers. ``solution``: the
    code of what they make, of the named one alone where one is; "" for none."""
    if not is_stated:
        raise StockRefusedError(str(WORDS["sessions_container_unstated"]))
    if volume_ml is not None and volume_ml != mixture.volume_ml:
        words = {"drawn": f"{mixture.volume_ml:f}", "typed": f"{volume_ml:f}"}
        raise StockRefusedError(
            _(
                "%(drawn)s mL were drawn, not %(typed)s mL: add the water or saline it was filled up with as a "
                "container, or leave the final volume empty."
            )
            % words
        )
    holds = strengths_in_words(mixture.strengths) or _("no active substance")
    if solution:
        return
    words = {"solution": named, "holds": holds}
    if named:
        raise StockRefusedError(_("These containers do not make “%(solution)s”: together they hold %(holds)s.") % words)
    raise StockRefusedError(
        _("These containers make no solution of the catalogue: together they hold %(holds)s.") % words
    )


def check_can_check(made: Preparation, *, is_own: bool, now: datetime) -> None:
    """``is_own``: who would check it made it."""
    if not made.needs_check:
        raise StockRefusedError(_("This preparation needs no second check."))
    if made.checked_at is not None:
        raise StockRefusedError(_("This preparation is checked already."))
    if is_own:
        raise StockRefusedError(str(WORDS["sessions_preparation_second_check"]))
    if made.discarded_at is not None:
        raise StockRefusedError(str(WORDS["sessions_preparation_discarded"]))
    if made.beyond_use_at < now:
        raise StockRefusedError(str(WORDS["sessions_preparation_past_use"]))


def check_can_discard(thing: Container | Preparation) -> None:
    if thing.discarded_at is not None:
        raise StockRefusedError(_("This is discarded already."))


def check_can_take_back(thing: Container | Preparation) -> None:
    if thing.discarded_at is None:
        raise StockRefusedError(_("This is not discarded."))
