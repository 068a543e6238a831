"""The project's own Celery application, with a clock that stands still if told so, for workers that get killed."""

import os
from datetime import datetime, timedelta

import django

from pitclinic.celery import app

django.setup()

from reminders import tasks  # noqa: E402 - its models want the apps loaded
from reminders.services import sweeps  # noqa: E402

__all__ = ["app"]
if "KILL9_NOW" in os.environ:
    tasks.database_clock = lambda: datetime.fromisoformat(os.environ["KILL9_NOW"])
sweeps.BATCH = 3  # small claims, so that the dead leave something for the living
# For a worker with its own beat: alarms alone, and each second, so that a test need not wait for the real interval.
app.conf.beat_schedule = {
    "sweep-pages": {**app.conf.beat_schedule["sweep-pages"], "schedule": timedelta(seconds=1)},
}
