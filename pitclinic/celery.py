"""The Celery application: JSON only, no results, beat sweeps; nothing clinical ever travels by broker."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pitclinic.settings.production")

app = Celery("pitclinic")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
