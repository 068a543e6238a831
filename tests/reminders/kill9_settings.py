"""The settings of the worker processes that get killed: the tests' own, with a real mail server."""

import os

from pitclinic.settings.test import *  # noqa: F403

EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST = "127.0.0.1"
EMAIL_PORT = int(os.environ.get("KILL9_SMTP_PORT", "1"))
