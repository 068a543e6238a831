"""Worker processes to be killed. Started once; each line on its input forks real processes that sweep and may die.

A line is JSON: ``job`` (which sweep), ``now`` (the time it shall believe), ``points`` (one worker each: where it kills
itself with SIGKILL, and at which call, or null), ``kill_after`` (seconds until all are killed from outside, or null).
The answer is one line of exit codes.
"""

import json
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import django


def main() -> None:
    django.setup()
    from django.urls import get_resolver

    from reminders import tasks  # noqa: F401 - loaded before the fork
    from scheduling import tasks as scheduling_tasks  # noqa: F401 - likewise

    get_resolver().url_patterns  # noqa: B018 - likewise: letters have links

    for line in sys.stdin:
        order = json.loads(line)
        children = [_fork(order["job"], order["now"], point) for point in order["points"]]
        if order["kill_after"] is not None:
            time.sleep(order["kill_after"])
            for child in children:  # not waited for yet, so that the number is still theirs
                os.kill(child, signal.SIGKILL)
        ends = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
        sys.stdout.write(json.dumps(ends) + "\n")
        sys.stdout.flush()


def _fork(job: str, now: str, point: list[Any] | None) -> int:
    child = os.fork()
    if child:
        return child
    try:
        if point:
            _arm(*point)
        _SWEEPS[job](datetime.fromisoformat(now))
    except BaseException:
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def _sweep_messages(now: datetime) -> None:
    from accounts.models import Clinic
    from reminders.services import sweeps

    sweeps.BATCH = 3  # small claims, so that the dead leave something for the living
    for clinic in Clinic.objects.order_by("pk"):
        sweeps.sweep(clinic=clinic, owner=f"worker-{os.getpid()}", clock=lambda: now)


def _sweep_waiting_list(now: datetime) -> None:
    from accounts.models import Clinic
    from scheduling.services import freed_slots

    for clinic in Clinic.objects.order_by("pk"):
        freed_slots.sweep(clinic=clinic, clock=lambda: now)


def _sweep_pages(now: datetime) -> None:
    from accounts.models import Clinic
    from reminders.services import alarm_sweeps

    for clinic in Clinic.objects.order_by("pk"):
        alarm_sweeps.sweep(clinic=clinic, owner=f"worker-{os.getpid()}", clock=lambda: now)


_SWEEPS = {"messages": _sweep_messages, "waiting list": _sweep_waiting_list, "pages": _sweep_pages}


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _arm(name: str, nth: int) -> None:
    """Kill this process around the nth call of one of the sweep's own steps."""
    from reminders import mail
    from reminders.services import alarm_pages, delivery, planning
    from scheduling.services import freed_slots, slot_holds, slot_offers

    steps: dict[str, tuple[Any, str, bool]] = {
        "before planning": (planning, "plan", True),
        "after planning": (planning, "plan", False),
        "before the claim": (delivery, "claim", True),
        "inside the claim": (delivery, "claim", False),
        "before the mark": (delivery, "prepare", True),
        "inside the mark": (delivery, "prepare", False),
        "after the mark": (mail, "send", True),
        "after the text": (mail, "send", False),
        "inside the record": (delivery, "record", False),
        "before a round": (alarm_pages, "plan", True),
        "inside a round": (alarm_pages, "plan", False),
        "before a page": (alarm_pages, "begin", True),
        "inside a page's mark": (alarm_pages, "begin", False),
        "inside a page's record": (alarm_pages, "record", False),
        "before the pager's beat": (alarm_pages, "beat", True),
        "before the offers end": (slot_offers, "expire", True),
        "inside an offer's end": (slot_offers, "_let_go", False),
        "inside the offers' end": (slot_offers, "expire", False),
        "inside the finding": (freed_slots, "find", False),
        "before the offering": (freed_slots, "free_to_offer", False),
        "before an offer": (freed_slots, "offer_on", True),
        "after the keeping": (slot_holds, "keep", False),
        "inside an offer": (slot_offers, "make", False),
        "after an offer, uncommitted": (freed_slots, "offer_on", False),
    }
    if name == "after the record":
        mail.mail_server = _dying_server(mail.mail_server, nth + 1)
        return
    module, function, is_before = steps[name]
    setattr(module, function, _dying(getattr(module, function), nth, is_before=is_before))


def _dying(work: Callable[..., Any], nth: int, *, is_before: bool) -> Callable[..., Any]:
    calls = iter(range(1, 1_000_000))

    def inner(*args: Any, **kwargs: Any) -> Any:
        number = next(calls)
        if is_before and number == nth:
            _die()
        result = work(*args, **kwargs)
        if number == nth:
            _die()
        return result

    return inner


def _dying_server(server: Callable[..., Any], nth: int) -> Callable[..., Any]:
    calls = iter(range(1, 1_000_000))

    @contextmanager
    def inner() -> Any:
        if next(calls) == nth:
            _die()
        with server() as connection:
            yield connection

    return inner


if __name__ == "__main__":
    main()
