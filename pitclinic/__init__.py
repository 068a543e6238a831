"""The shell: settings, URLs, processes. It knows every app; no app imports it."""

from pitclinic.celery import app as celery_app

__all__ = ["celery_app"]
