"""What a treatment needs: a lot, an actor, a draft that keeps every rule."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import factory
from factory.django import DjangoModelFactory

from accounts.actors import Actor
from accounts.models import Clinic, Membership
from catalogue.models import Nerve, ScreeningItem, Solution, Technique
from sessions.choices import Moment, PointSide, Question, TimeOutItem
from sessions.drafts import ConsentRow, Draft, PointRow, ScoreRow, TimeOutRow
from sessions.models import Container, Preparation, PreparationPart, Product, Recipe, RecipePart, SolutionLot
from sessions.rules.facts import Material, Place, Shown
from sessions.rules.time_outs import fingerprint
from tests.factories.accounts import MembershipFactory

# Long enough for a consent.
WORDS_OF_CONSENT = (
    "Small injections are given beside nerves that hurt. It is off-label. It may bruise, and rarely infect or harm a "
    "nerve. I may choose another way, and stop at any time."
)


class ProductFactory(DjangoModelFactory):
    """A multi-dose bottle of 50 mL; ``is_single_dose=True`` makes a bag for one patient of it."""

    class Meta:
        model = Product

    name = factory.Sequence(lambda n: f"Product {n}")
    solution = factory.LazyFunction(lambda: Solution.objects.get(code="D5W_BUF"))
    pack_size_ml = Decimal(50)
    is_single_dose = False


class SolutionLotFactory(DjangoModelFactory):
    class Meta:
        model = SolutionLot

    solution = factory.LazyFunction(lambda: Solution.objects.get(code="D5W_BUF"))
    lot_number = factory.Sequence(lambda n: f"LOT{n:04}")
    expiry_date = date(2030, 1, 31)


def a_container(clinic: Clinic, *, opened_at: datetime, lot: SolutionLot | None = None, **fields: Any) -> Container:
    """Opened by somebody; of a lot of a product of its own when none is given."""
    product = {"is_single_dose": fields.pop("is_single_dose", False)}
    lot = lot or SolutionLotFactory(clinic=clinic, product=ProductFactory(clinic=clinic, **product), quantity=20)
    return Container.objects.create(
        clinic=clinic,
        lot=lot,
        number=lot.containers.count() + 1,
        volume_ml=lot.product.pack_size_ml,
        is_single_dose=lot.product.is_single_dose,
        opened_at=opened_at,
        opened_by=MembershipFactory(clinic=clinic),
        **fields,
    )


def a_preparation(
    clinic: Clinic, *containers: Container, made_at: datetime, drawn_ml: Decimal | None = None, **fields: Any
) -> Preparation:
    """5 mL from each container, or as much of each as makes ``volume_ml``; to be used within four hours.

    ``drawn_ml`` of each container where that makes another volume than the one stated.
    """
    number = Preparation.objects.filter(clinic=clinic).count() + 1
    made_date = made_at.astimezone(ZoneInfo(clinic.zone)).date()
    given = {"made_date": made_date, "number": number, "volume_ml": 5 * max(len(containers), 1), **fields}
    given.setdefault("beyond_use_at", made_at + timedelta(hours=4))
    given.setdefault("solution", Solution.objects.get(code="D5W_BUF"))
    made = Preparation.objects.create(clinic=clinic, made_at=made_at, made_by=MembershipFactory(clinic=clinic), **given)
    for container in containers:
        share = drawn_ml or Decimal(given["volume_ml"]) / len(containers)
        PreparationPart.objects.create(clinic=clinic, preparation=made, container=container, volume_ml=share)
    return made


def a_recipe(clinic: Clinic, *, name: str = "Ours") -> Recipe:
    """Dextrose 5 % and bicarbonate, both typed each time."""
    solution = Solution.objects.get(code="D5W_BUF")
    recipe = Recipe.objects.create(clinic=clinic, name=name, solution=solution, hours=4)
    for position, (substance, percent) in enumerate((("dextrose", 5), ("bicarbonate", Decimal("8.4"))), start=1):
        RecipePart.objects.create(clinic=clinic, recipe=recipe, position=position, substance=substance, percent=percent)
    return recipe


def actor_of(member: Membership) -> Actor:
    """The member as the services see it."""
    return Membership.objects.select_related("clinic", "user").get(pk=member.pk).as_actor()


def a_time_out(
    *,
    nerve: str = "N054",
    side: str = "left",
    lot: SolutionLot | None = None,
    preparation: Preparation | None = None,
    allergies: frozenset[str] = frozenset(),
) -> TimeOutRow:
    """Everything confirmed for one point of buffered dextrose."""
    bottle = preparation.code if preparation else lot.lot_number if lot else ""
    materials = frozenset({Material("D5W_BUF", bottle)})
    shown = Shown(places=frozenset({Place(nerve, side)}), materials=materials, allergies=allergies)
    return TimeOutRow(fingerprint(shown), frozenset(TimeOutItem.values))


def a_draft(*, lot: SolutionLot | None = None, preparation: Preparation | None = None, **changes: object) -> Draft:
    """A draft that keeps every rule: one point, screened, consented, scored before and after, sharps counted,
    fit to go."""
    solution = Solution.objects.get(code="D5W_BUF")
    nerve = Nerve.objects.get(code="N054")
    point = PointRow(
        nerve_id=nerve.pk,
        side=PointSide.LEFT,
        volume_ml=Decimal("0.50"),
        solution_id=solution.pk,
        lot_id=lot.pk if lot else None,
        preparation_id=preparation.pk if preparation else None,
    )
    fields: dict[str, object] = {
        "technique_id": Technique.objects.get(code="PIT_SC").pk,
        "answers": {item.code: (item.is_concern_when_no, "") for item in ScreeningItem.objects.current()},
        "points": (point,),
        "scores": (
            ScoreRow(Question.REST, Moment.BEFORE, 6),
            ScoreRow(Question.REST, Moment.AFTER, 2),
        ),
        "sharps_out": 1,
        "sharps_in": 1,
        "is_walking": True,
        "is_free_of_dizziness": True,
        "has_dry_sites": True,
        "consent": ConsentRow("Aroha Example"),
        "time_out": a_time_out(lot=lot, preparation=preparation),
    }
    if lot is None:
        fields["reasons"] = {"P02:D5W_BUF": "No lot in this test"}
    return Draft(**{**fields, **changes})  # type: ignore[arg-type]
