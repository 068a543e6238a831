"""What a treatment needs: a lot, an actor, a draft that keeps every rule."""

from datetime import date
from decimal import Decimal

import factory
from factory.django import DjangoModelFactory

from accounts.actors import Actor
from accounts.models import Membership
from catalogue.models import Nerve, ScreeningItem, Solution, Technique
from sessions.choices import Moment, PointSide, Question
from sessions.drafts import ConsentRow, Draft, PointRow, ScoreRow
from sessions.models import SolutionLot


class SolutionLotFactory(DjangoModelFactory):
    class Meta:
        model = SolutionLot

    solution = factory.LazyFunction(lambda: Solution.objects.get(code="D5W_BUF"))
    lot_number = factory.Sequence(lambda n: f"LOT{n:04}")
    expiry_date = date(2030, 1, 31)


def actor_of(member: Membership) -> Actor:
    """The member as the services see it."""
    return Membership.objects.select_related("clinic", "user").get(pk=member.pk).as_actor()


def a_draft(*, lot: SolutionLot | None = None, **changes: object) -> Draft:
    """A draft that keeps every rule: one point, screened, consented, scored before and after, sharps counted."""
    solution = Solution.objects.get(code="D5W_BUF")
    nerve = Nerve.objects.get(code="N054")
    point = PointRow(
        nerve_id=nerve.pk,
        side=PointSide.LEFT,
        volume_ml=Decimal("0.50"),
        solution_id=solution.pk,
        lot_id=lot.pk if lot else None,
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
        "consent": ConsentRow("Aroha Example"),
    }
    if lot is None:
        fields["reasons"] = {"P02:D5W_BUF": "No lot in this test"}
    return Draft(**{**fields, **changes})  # type: ignore[arg-type]
