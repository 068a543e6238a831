"""Make two records of one person one, and take it back. Everything moves or nothing does."""

from collections.abc import Callable, Iterable
from dataclasses import asdict, replace
from datetime import datetime
from typing import TypeVar
from uuid import UUID

import psycopg.errors
from django.core.exceptions import ValidationError
from django.db import IntegrityError, OperationalError, connection, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts.actors import Actor
from common.tenancy import set_context
from patients import twins
from patients.merge_refusals import MergeRefusedError, refusal_of
from patients.models import Patient, PatientMerge
from patients.policies import check_details
from patients.queries.comparisons import overlapping_visits
from patients.records import DETAIL_FIELDS, PatientDetails
from patients.services import alike_pairs, name_tokens

T = TypeVar("T")
# Each waits 0.4 s for whoever holds a row (patients/sql/merges.sql): they finish, the merge tries again.
TRIES = 6


def merge(
    *,
    by: Actor,
    now: datetime,
    survivor_id: UUID,
    merged_id: UUID,
    reason: str,
    versions: tuple[int, int] | None = None,
    take: Iterable[str] = (),
) -> PatientMerge:
    """Move everything of the one record to the other; ``take`` names the details whose value is the merged one's.

    Locks every row of the two, then the two in the order of their ids. ``versions`` are of the survivor and the merged
    as they were on the screen. Raises ``MergeRefusedError`` with words; nothing is changed then.
    """

    def act() -> PatientMerge:
        survivor, merged = _held(by, survivor_id, merged_id)
        if versions is not None and versions != (survivor.version, merged.version):
            raise MergeRefusedError(_("Somebody changed one of the records meanwhile. Look at both again."))
        planned = twins.plan(survivor, merged, now=now)
        _take(planned, survivor, merged, take, by=by, now=now)
        made = PatientMerge.objects.create(
            clinic=by.clinic,
            survivor=survivor,
            merged=merged,
            made_at=now,
            made_by_id=by.membership_id,
            reason=reason.strip(),
            changes=planned.changes,
            kept_back=planned.kept_back,
        )
        twins.apply(planned.changes, clinic_id=by.clinic_id)
        _count("SELECT patients_merge(%s)", made.pk)
        _refresh(by, survivor, planned.changes)
        alike_pairs.compare_again(by=by, patient_ids=[survivor.pk, merged.pk])
        alike_pairs.forget(by=by, patient_id=merged.pk)
        return made

    return _whole(by, act, reason, survivor_id, merged_id)


def reverse(*, by: Actor, now: datetime, merge: PatientMerge, reason: str) -> None:
    """Put back what the merge moved and changed; what was made since stays with the survivor, but for what hangs on a
    row that goes back. Raises ``MergeRefusedError`` with words; nothing is changed then."""

    def act() -> None:
        survivor, merged = _held(by, merge.survivor_id, merge.merged_id, is_merged=True)
        _count("SELECT patients_unmerge(%s)", merge.pk)
        twins.apply(merge.changes, clinic_id=by.clinic_id, back=True)
        _refresh(by, survivor, merge.changes)
        alike_pairs.compare_again(by=by, patient_ids=[survivor.pk, merged.pk])
        rows = PatientMerge.objects.visible_to(by).filter(pk=merge.pk)
        rows.update(reversed_at=now, reversed_by=by.membership_id, reversal_reason=reason.strip())

    _whole(by, act, reason, merge.survivor_id, merge.merged_id)


def _whole(by: Actor, act: Callable[[], T], reason: str, *pair: UUID) -> T:
    if not reason.strip():
        raise MergeRefusedError(_("Enter a reason."))
    for _attempt in range(TRIES):
        try:
            with transaction.atomic():
                before = set_context(reason=reason.strip()[:200])
                done = act()
                set_context(**before)
                return done
        except IntegrityError as error:
            raise refusal_of(error, overlaps=overlapping_visits(by, *pair)) from error
        except OperationalError as error:
            if not isinstance(error.__cause__, psycopg.errors.LockNotAvailable | psycopg.errors.DeadlockDetected):
                raise
    raise MergeRefusedError(_("Somebody is working with one of the records just now. Try again in a moment."))


def _held(by: Actor, survivor_id: UUID, merged_id: UUID, *, is_merged: bool = False) -> tuple[Patient, Patient]:
    """Both records, held with everything that is theirs."""
    if survivor_id == merged_id:
        raise MergeRefusedError(_("Choose two different records."))
    with connection.cursor() as cursor:
        cursor.execute("SELECT patients_hold(%s, %s)", [survivor_id, merged_id])
    found = Patient.objects.visible_to(by).in_bulk([survivor_id, merged_id])
    if len(found) < 2:
        raise MergeRefusedError(_("One of the records is not here."))
    survivor, merged = found[survivor_id], found[merged_id]
    if not is_merged and (survivor.merged_into_id or merged.merged_into_id):
        raise MergeRefusedError(_("One of the records was merged already."))
    return survivor, merged


def _count(statement: str, merge_id: UUID) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, [merge_id])
        moved: int = cursor.fetchone()[0]
    return moved


def _take(
    planned: twins.Plan, survivor: Patient, merged: Patient, take: Iterable[str], *, by: Actor, now: datetime
) -> None:
    chosen = {name: getattr(merged, name) for name in take if name in DETAIL_FIELDS}
    standing = PatientDetails(**{name: getattr(survivor, name) for name in DETAIL_FIELDS})
    details = replace(standing, **chosen)
    if details == standing:
        return
    try:
        check_details(details, today=now.astimezone(by.zone).date())
    except ValidationError as error:
        raise MergeRefusedError(" ".join(error.messages)) from error
    planned.change(survivor, **asdict(details))


def _refresh(by: Actor, survivor: Patient, changes: list[twins.Change]) -> None:
    """An edit form opened before meets the change; the survivor is found by the names it has now."""
    if not any(change["model"] == Patient._meta.label for change in changes):
        return
    survivor.refresh_from_db()
    place = name_tokens.columns(by.clinic, given_names=survivor.given_names, family_name=survivor.family_name)
    rows = Patient.objects.visible_to(by).filter(pk=survivor.pk)
    rows.update(version=F("version") + 1, **place)
    survivor.refresh_from_db()
    names = (survivor.given_names, survivor.family_name, survivor.preferred_name)
    name_tokens.replace(clinic_id=survivor.clinic_id, patient_id=survivor.pk, names=names)
