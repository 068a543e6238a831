"""What waits for a second name, and what was sent back: the worklists of supervisors and of those they co-sign for."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F, QuerySet, Value
from django.db.models.functions import Coalesce

from accounts.actors import Actor
from sessions.choices import CoSigned
from sessions.models import CoSignatureReturn, InjectionSession
from sessions.models.co_signatures import CO_SIGN_WITHIN
from sessions.queries.worklists import Row, people_of, with_people


@dataclass(frozen=True, kw_only=True)
class CoSignRow(Row):
    """What waits for a second name; without ``supervisor_name`` any clinician who signs alone may give it."""

    about: str
    due_at: datetime
    supervisor_id: UUID | None
    supervisor_name: str


@dataclass(frozen=True, kw_only=True)
class SentBackRow(Row):
    """What is one's own, with what the supervisor, its owner here, found missing."""

    about: str
    comment: str


def sessions_to_co_sign(actor: Actor) -> QuerySet[Any]:
    """What waits for a second name, the oldest first, for ``co_sign_rows``; whose: who signed, wrote or voided."""
    own = InjectionSession.objects.visible_to(actor)
    record = _to_co_sign(own.to_co_sign(), CoSigned.RECORD, "signed_at", "signed_by", "clinician__", "signed_by__")
    addenda = _to_co_sign(
        own.addenda_to_co_sign(),
        CoSigned.ADDENDUM,
        "addenda__written_at",
        "addenda__written_by",
        "addenda__written_by__",
    )
    voids = _to_co_sign(own.voids_to_co_sign(), CoSigned.VOID, "voided_at", "voided_by", "voided_by__")
    return record.union(addenda, voids, all=True).order_by("since", "id")


def _to_co_sign(rows: QuerySet[Any], about: str, since: str, author: str, *whose: str) -> QuerySet[Any]:
    """``whose``: the people whose supervisor is asked, the first that has one."""
    people = [F(f"{member}supervisor_id") for member in whose]
    names = [F(f"{member}supervisor__user__full_name") for member in whose]
    return with_people(
        rows.order_by(),
        since=F(since),
        whose=F(f"{author}_id"),
        owner_name=F(f"{author}__user__full_name"),
        about=Value(about),
        supervisor_id=Coalesce(people[0], people[-1]),
        supervisor_name=Coalesce(*names, Value("")),
    )


def co_sign_rows(values: Iterable[dict[str, Any]], now: datetime) -> list[CoSignRow]:
    return [
        CoSignRow(
            **people_of(value),
            about=str(CoSigned(value["about"]).label),
            due_at=value["since"] + CO_SIGN_WITHIN,
            is_overdue=now - value["since"] > CO_SIGN_WITHIN,
            supervisor_id=value["supervisor_id"],
            # Who signs a trainee's treatment is never the second name.
            supervisor_name="" if value["supervisor_id"] == value["whose"] else value["supervisor_name"],
        )
        for value in values
    ]


def sent_back(actor: Actor) -> QuerySet[Any]:
    """The reader's records, addenda and voidings that were sent back, the oldest first, for ``sent_back_rows``."""
    own = CoSignatureReturn.objects.open().of_member(actor.membership_id)
    rows = InjectionSession.objects.visible_to(actor).filter(returns__in=own)
    return with_people(
        rows.order_by("returns__returned_at", "id"),
        since=F("returns__returned_at"),
        whose=F("returns__returned_by_id"),
        owner_name=F("returns__returned_by__user__full_name"),
        comment=F("returns__comment"),
        about=F("returns__about"),
    )


def sent_back_rows(values: Iterable[dict[str, Any]], now: datetime) -> list[SentBackRow]:
    return [
        SentBackRow(
            **people_of(value),
            about=str(CoSigned(value["about"]).label),
            comment=value["comment"],
            is_overdue=now - value["since"] > CO_SIGN_WITHIN,
        )
        for value in values
    ]
