"""The project's own Celery application with a clock that stands still, for workers that get killed."""

import os
from datetime import datetime

import django

from pitclinic.celery import app

django.setup()

from reminders import tasks  # noqa: E402 - its models want the apps loaded
from reminders.services import sweeps  # noqa: E402

__all__ = ["app"]
tasks.database_clock = lambda: datetime.fromisoformat(os.environ["KILL9_NOW"])
sweeps.BATCH = 3  # small claims, so that the dead leave something for the living
