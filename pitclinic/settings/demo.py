"""The demo on one machine: one-click sign-in as each role, made-up patients, loopback only."""

from pathlib import Path

import environ

from pitclinic.settings.base import *
from pitclinic.settings.base import BASE_DIR

env = environ.Env()

DEMO_MODE = True
STAFF_NEED_SECOND_FACTOR = False
SECOND_CHECK_SECONDS = None  # its people have no password

RUN_DIR = Path(env.str("PITCLINIC_RUN_DIR", default=str(BASE_DIR / ".run")))
SECRET_KEY = env.str("PITCLINIC_SECRET_KEY")
PUBLIC_ORIGIN = env.str("PITCLINIC_PUBLIC_ORIGIN", default="http://127.0.0.1:8000").rstrip("/")
ALLOWED_HOSTS = env.list("PITCLINIC_ALLOWED_HOSTS", default=["127.0.0.1", "localhost"])
DATABASES = {"default": env.db_url("PITCLINIC_DATABASE_URL")}
DATABASES["default"].setdefault("OPTIONS", {})
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
CELERY_BROKER_URL = env.str("PITCLINIC_BROKER_URL")
CSRF_TRUSTED_ORIGINS = [PUBLIC_ORIGIN]
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True

LOGIN_URL = "demo:people"

STORAGES["imports"]["OPTIONS"]["location"] = str(RUN_DIR / "imports")
STATIC_ROOT = RUN_DIR / "staticfiles"  # of its own: another demo of this code clears what it collects

# Real mail files, which the demo's outbox page reads.
EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = str(RUN_DIR / "mail")
DEFAULT_FROM_EMAIL = "clinic@demo.localhost"
TEXT_MAIL_DOMAIN = "text.demo.localhost"
