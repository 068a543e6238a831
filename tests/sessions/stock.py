"""A point as the database takes it, and what it refuses by name."""

import threading
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts.models import Clinic
from catalogue.models import Nerve, Solution
from common.tenancy import tenant
from sessions.models import InjectionPoint, InjectionSession, LotChange, SolutionLot
from sessions.policies.injection_sessions import PreparationRefusedError
from sessions.policies.solution_lots import StockRefusedError
from tests.factories.accounts import MembershipFactory


def a_point(session: InjectionSession, **fields: object) -> InjectionPoint:
    given = {"number": session.points.count() + 1, "side": "left", "volume_ml": Decimal(1), **fields}
    given.setdefault("solution", Solution.objects.get(code="D5W_BUF"))
    return InjectionPoint.objects.create(
        clinic_id=session.clinic_id,
        injection_session=session,
        nerve=Nerve.objects.get(code="N054"),
        **given,
    )


def corrected(lot: SolutionLot, **stands: Any) -> None:
    """What stands on the package was mistyped."""
    was = SolutionLot.objects.get(pk=lot.pk)
    now = {"lot_number": was.lot_number, "expiry_date": was.expiry_date, **stands}
    LotChange.objects.create(
        clinic_id=was.clinic_id,
        lot=was,
        kind="corrected",
        reason="mistyped",
        was_lot_number=was.lot_number,
        was_expiry_date=was.expiry_date,
        changed_at=timezone.now(),
        changed_by=MembershipFactory(clinic=was.clinic),
        **now,
    )
    SolutionLot.objects.filter(pk=was.pk).update(**now)


def refused(rule: str, act: Callable[[], object]) -> None:
    """The act breaks the rule of that name, in the database."""
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        act()
    assert caught.value.__cause__.diag.constraint_name == rule  # type: ignore[union-attr]


def at_once(clinic: Clinic, acts: list[Callable[[], object]]) -> list[bool]:
    """Run each act on a connection of its own; whether it was done, or refused in words."""
    gate, told = threading.Barrier(len(acts)), []

    def run(act: Callable[[], object]) -> None:
        try:
            gate.wait()
            with tenant(clinic.pk, actor="test"):
                act()
            told.append(True)
        except (PreparationRefusedError, StockRefusedError):
            told.append(False)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return told
