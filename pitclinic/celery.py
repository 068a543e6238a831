"""The Celery application: JSON only, no results, beat sweeps; nothing clinical ever travels by broker."""

import os

from celery import Celery, signals

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pitclinic.settings.production")

app = Celery("pitclinic")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@signals.worker_init.connect
@signals.beat_init.connect
def check_before_work(**kwargs: object) -> None:
    """Celery's own start-up hook: the same refusals as the web process."""
    from pitclinic.boot import check_boot

    check_boot()


@signals.worker_process_init.connect
def keep_a_connection(**kwargs: object) -> None:
    """In each forked process, before its first task."""
    from pitclinic import pool

    pool.open_in_worker()


@signals.worker_process_shutdown.connect
def say_good_bye(**kwargs: object) -> None:
    from pitclinic import pool

    pool.close()


@signals.setup_logging.connect
def keep_our_logging(**kwargs: object) -> None:
    """Celery leaves logging alone when somebody answers this hook."""
