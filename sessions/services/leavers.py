"""Hand a person's open work to a colleague, in one step; switch the person off or change the role with it, and back."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.choices import Role
from accounts.models import Membership
from accounts.services import clinics, memberships, on_call
from accounts.services.memberships import MemberRefusedError
from scheduling.models import SettingChange
from scheduling.services import leavers as book
from sessions.models import CourseReview, FollowUp, InjectionSession, SideEffect, VisitRecall
from sessions.queries.leavers import KINDS, kinds_of, lost_kinds
from sessions.services import side_effects

ON_CALL = "on_call"
# What was handed over: kind of work → which rows.
Handed = dict[str, list[str]]


@dataclass(frozen=True)
class RoleChange:
    """``noted``: what the new role may not do was let go; ``is_back``: what an earlier change took came back."""

    noted: SettingChange | None
    is_back: bool


@transaction.atomic
def hand_over(*, by: Actor, member: Membership, to: Membership) -> int:
    """Follow-ups and recalls, and all that a clinician answers for, are the colleague's; return how many.

    What is completed, cancelled or decided stays under the name of who did it.
    """
    return _hand_trainees(by, member, to) + sum(map(len, _hand_over(by, member, to).values()))


@transaction.atomic
def switch_off(*, by: Actor, now: datetime, member: Membership, to: Membership | None) -> SettingChange:
    """Sign the person out, hand the work over, end the weekly hours, list the visits to come.

    What nobody takes over stays on its worklist and belongs to nobody, and an alarm goes on; a draft keeps the name of
    who treated, and any clinician finishes it. Raises ``MemberRefusedError``.
    """
    if to:
        _hand_trainees(by, member, to)
    memberships.switch_off(by=by, now=now, membership_id=member.pk)
    work = _let_go(by, now, member, to, KINDS)
    return book.leave(member=member, work=work, by=by, now=now)


@transaction.atomic
def bring_back(*, by: Actor, now: datetime, member: Membership) -> None:
    """The person works here again, with the hours and the work they had, unless it is done or somebody else's by now.

    An alarm that was given back, the place on call and whom the person co-signed for stay with who has them. Raises
    ``MemberRefusedError``.
    """
    memberships.bring_back(by=by, membership_id=member.pk)
    _take_back(by, member, book.come_back(member=member, by=by, now=now))


@transaction.atomic
def change_role(*, by: Actor, now: datetime, member: Membership, role: str, to: Membership | None = None) -> RoleChange:
    """What the new role may not do is let go as if the person left; what it may do again comes back as if they did.

    Raises ``MemberRefusedError``.
    """
    clinics.hold(by=by)
    was = Membership.objects.visible_to(by).get(pk=member.pk).role
    lost = lost_kinds(was, role)
    if to and "supervised" in lost:
        _hand_trainees(by, member, to)
    changed = memberships.change_role(by=by, membership_id=member.pk, role=role)
    returning = [
        change
        for change in book.roles_changed(member=changed, by=by)
        if kinds_of(role).issuperset(change.before["work"]["kinds"])
    ]
    for change in returning:
        _take_back(by, changed, book.resume(change=change, member=changed, by=by, now=now))
    if not lost:
        return RoleChange(None, bool(returning))
    work = _let_go(by, now, changed, to, lost) | {"kinds": sorted(lost), "was": was, "became": role}
    noted = book.change_role(member=changed, was=was, is_bookable="visits" not in lost, work=work, by=by, now=now)
    return RoleChange(noted, bool(returning))


@transaction.atomic
def give_role_back(*, by: Actor, now: datetime, member: Membership) -> RoleChange:
    """The role before the last change that took work away. Raises ``MemberRefusedError`` where it changed since."""
    clinics.hold(by=by)
    standing = Membership.objects.visible_to(by).select_related("user").get(pk=member.pk)
    last = next(iter(book.roles_changed(member=standing, by=by)), None)
    if last is None or last.before["work"]["became"] != standing.role:
        raise MemberRefusedError(
            _("The role of %(name)s was changed again meanwhile. Choose the role on this page.")
            % {"name": standing.user.full_name}
        )
    return change_role(by=by, now=now, member=standing, role=last.before["work"]["was"])


def _let_go(
    by: Actor, now: datetime, member: Membership, to: Membership | None, kinds: frozenset[str]
) -> dict[str, Any]:
    """Return who has what now, as ``_take_back`` reads it."""
    handed = _hand_over(by, member, to, kinds) if to else {}
    plain = _plain_work(by, member.pk).items()
    left = {kind: _give(rows, field, None) for kind, (rows, field) in plain if kind in kinds}
    if "alerts" in kinds:
        for report in SideEffect.objects.visible_to(by).open().filter(acknowledged_by=member):
            side_effects.give_back(side_effect_id=report.pk, version=report.version, by=by, now=now)
    return {"to": str(to.pk) if to else None, "handed": handed, "left": left}


def _take_back(by: Actor, member: Membership, work: dict[str, Any]) -> None:
    if not work:
        return
    holder = UUID(work["to"]) if work["to"] else None
    for ids, owner in ((work["handed"], holder), (work["left"], None)):
        for kind, (rows, field) in (_plain_work(by, owner) | _clinical_work(by, owner)).items():
            _give(rows.filter(pk__in=ids.get(kind, [])), field, member)
    InjectionSession.objects.visible_to(by).drafts().filter(clinician=member, handed_to=member).update(
        handed_to=None, version=F("version") + 1
    )


def _hand_trainees(by: Actor, member: Membership, to: Membership) -> int:
    """Whom the person co-signs for goes to a clinician who may sign alone."""
    if to.role != Role.CLINICIAN or to.needs_co_signature:
        return 0
    return Membership.objects.visible_to(by).filter(supervisor=member).exclude(pk=to.pk).update(supervisor=to)


def _hand_over(by: Actor, member: Membership, to: Membership, kinds: frozenset[str] = KINDS) -> Handed:
    """What is of these kinds and what the colleague may have."""
    given = kinds & kinds_of(to.role)
    work = _plain_work(by, member.pk) | _clinical_work(by, member.pk)
    handed = {kind: _give(rows, field, to) for kind, (rows, field) in work.items() if kind in given}
    if "drafts" in given:
        drafts = InjectionSession.objects.visible_to(by).drafts()
        handed["drafts"] += _give(drafts.filter(clinician=member, handed_to__isnull=True), "handed_to", to)
    if ON_CALL in given:
        handed[ON_CALL] = ["place"] if on_call.hand_over(by=by, membership_id=member.pk, to=to) else []
    return handed


def _plain_work(by: Actor, owner: UUID | None) -> dict[str, tuple[QuerySet[Any], str]]:
    """What may also belong to nobody: kind → the open rows, and which field names the owner."""
    return {
        "follow_ups": (FollowUp.objects.visible_to(by).outstanding().filter(owner=owner), "owner"),
        "recalls": (VisitRecall.objects.visible_to(by).filter(owner=owner), "owner"),
        "reviews": (CourseReview.objects.visible_to(by).undecided().filter(owner=owner), "owner"),
    }


def _clinical_work(by: Actor, owner: UUID | None) -> dict[str, tuple[QuerySet[Any], str]]:
    if owner is None:
        return {}
    return {
        "alerts": (SideEffect.objects.visible_to(by).open().filter(acknowledged_by=owner), "acknowledged_by"),
        "drafts": (InjectionSession.objects.visible_to(by).drafts().filter(handed_to=owner), "handed_to"),
    }


def _give(rows: QuerySet[Any], field: str, to: Membership | None) -> list[str]:
    """Name the new owner; a page that shows the row as it was before is told so."""
    ids = list(rows.select_for_update(of=("self",)).order_by("pk").values_list("pk", flat=True))
    has_version = rows.model in (SideEffect, InjectionSession)
    values = {field: to} | ({"version": F("version") + 1} if has_version else {})
    rows.model._default_manager.filter(pk__in=ids).update(**values)
    return [str(pk) for pk in ids]
