"""The base of every Celery task that works for one clinic."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from accounts.actors import Actor, machine
from accounts.models import Clinic
from common.tenancy import tenant

R = TypeVar("R")


def in_clinic(name: str) -> Callable[[Callable[..., R]], Callable[..., R | None]]:
    """Run a function ``(actor, **kwargs)`` inside the clinic named by ``clinic_id``, in one transaction.

    A clinic that no longer exists ends the call quietly: a task tolerates a missing row.
    """

    def decorate(work: Callable[..., R]) -> Callable[..., R | None]:
        @wraps(work)
        def inner(*, clinic_id: str, **kwargs: Any) -> R | None:
            clinic = Clinic.objects.filter(pk=clinic_id).first()
            if clinic is None:
                return None
            actor = machine(clinic, f"task:{name}")
            with tenant(clinic.pk, actor=actor.audit_name):
                return work(actor, **kwargs)

        return inner

    return decorate


def for_each_clinic(name: str, work: Callable[[Actor], Any]) -> None:
    """Run ``work`` once for every clinic, each in its own transaction and context."""
    for clinic in Clinic.objects.order_by("pk"):
        actor = machine(clinic, f"task:{name}")
        with tenant(clinic.pk, actor=actor.audit_name):
            work(actor)
