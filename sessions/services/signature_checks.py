"""Walk through all that is signed, a stretch at a time, and write down what is not what was signed."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction

from accounts.actors import Actor
from sessions.choices import Breakage, Proven
from sessions.models import SignatureCheck, SignatureProblem
from sessions.queries.signatures import Found, gone_sessions, stretch

# A walk a day; what makes it late is not its own length.
EVERY = timedelta(hours=20)
# Who asks again within this time goes on with what was begun.
ASKED_LATELY = timedelta(hours=1)
PRESSED_TWICE = timedelta(seconds=10)
# Rows of one transaction: seconds at most, whatever the clinic holds.
AT_ONCE = {Proven.SESSION: 200, Proven.PICTURE: 40, Proven.PAPER: 100}
_NEXT = {Proven.SESSION: Proven.PICTURE, Proven.PICTURE: Proven.PAPER}


def check_now(*, by: Actor, asked_at: datetime, is_over: Callable[[], bool]) -> bool:
    """Walk through all that is signed, or go on with a walk of the last hour; whether it came to the end before the
    time was over. What was asked and answered just now is not walked again: somebody pressed twice."""
    ended = SignatureCheck.objects.visible_to(by).ended().order_by("-ended_at").first()
    if ended is not None and ended.ended_at is not None and asked_at - ended.ended_at < PRESSED_TWICE:
        return True
    while True:
        check = go_on(by=by, now=asked_at, is_asked=True)
        if check is not None and check.ended_at is not None and check.started_at > asked_at - ASKED_LATELY:
            return True
        if is_over():
            return False


@transaction.atomic
def go_on(*, by: Actor, now: datetime, is_asked: bool = False) -> SignatureCheck | None:
    """The next stretch of the walk that is under way, or the first of a new one; None where none is due.

    ``is_asked``: somebody wants to know, however lately it was walked.
    """
    check = SignatureCheck.objects.visible_to(by).select_for_update().filter(ended_at__isnull=True).first()
    if check is None:
        last = SignatureCheck.objects.visible_to(by).order_by("-started_at").first()
        if last is not None and not is_asked and now - last.started_at < EVERY:
            return None
        check = SignatureCheck.objects.create(clinic_id=by.clinic_id, started_at=now)
    stage = Proven(check.stage)
    looked = stretch(by.clinic_id, stage, after=check.reached, limit=AT_ONCE[stage])
    _write_down(check, looked.found)
    check.checked_count += looked.checked
    check.reached = looked.last
    if looked.last is None:
        _end_stage(check, stage, now=now)
    check.save(update_fields=["checked_count", "reached", "stage", "ended_at"])
    return check


def _end_stage(check: SignatureCheck, stage: Proven, *, now: datetime) -> None:
    if stage == Proven.SESSION:
        gone = gone_sessions(check.clinic_id)
        _write_down(check, tuple(Found(stage, session_id, session_id, Breakage.GONE) for session_id in gone))
    if stage in _NEXT:
        check.stage = _NEXT[stage]
    else:
        check.ended_at = max(now, check.started_at)


def _write_down(check: SignatureCheck, found: tuple[Found, ...]) -> None:
    """Once each; a walk that goes on after a fault may look at a row again."""
    SignatureProblem.objects.bulk_create(
        [
            SignatureProblem(
                clinic_id=check.clinic_id,
                check_run=check,
                what=one.what,
                row_id=one.row_id,
                session_id=one.session_id,
                problem=one.problem,
            )
            for one in found
        ],
        ignore_conflicts=True,
    )
