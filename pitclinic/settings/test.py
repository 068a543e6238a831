"""Tests: real PostgreSQL with migrations, mail kept in memory, no broker unless a test starts one."""

import environ

from pitclinic.settings.base import *

env = environ.Env()

SECRET_KEY = "only-for-tests-0123456789-0123456789-0123456789-abcdef"
FACTOR_KEYS = ["only-for-tests-of-factors-0123456789-0123456789-abcdef"]
PUBLIC_ORIGIN = "http://testserver"
ALLOWED_HOSTS = ["testserver", "127.0.0.1", "localhost"]
DATABASES = {
    "default": env.db_url("PITCLINIC_TEST_DATABASE_URL", default="postgres://postgres@127.0.0.1:5432/postgres")
}
CELERY_BROKER_URL = env.str("PITCLINIC_TEST_BROKER_URL", default="memory://")
STAFF_NEED_SECOND_FACTOR = True
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    "imports": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
}
WHITENOISE_AUTOREFRESH = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
LOGGING_CONFIG = None
