"""The real deployment. Everything secret or local comes from the environment; a missing value stops the start."""

import environ

from pitclinic.settings.base import *

env = environ.Env()

# Only `restore --keys` works with the two keys empty; whatever serves refuses to start (pitclinic.boot).
SECRET_KEY = env.str("PITCLINIC_SECRET_KEY")
SECRET_KEY_FALLBACKS = env.list("PITCLINIC_SECRET_KEY_FALLBACKS", default=[])
FACTOR_KEYS = [env.str("PITCLINIC_FACTOR_KEY"), *env.list("PITCLINIC_FACTOR_KEY_FALLBACKS", default=[])]
PUBLIC_ORIGIN = env.str("PITCLINIC_PUBLIC_ORIGIN").rstrip("/")
ALLOWED_HOSTS = env.list("PITCLINIC_ALLOWED_HOSTS")
DATABASES = {"default": env.db_url("PITCLINIC_DATABASE_URL")}
DATABASES["default"].setdefault("OPTIONS", {})
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
CELERY_BROKER_URL = env.str("PITCLINIC_BROKER_URL")
vars().update(env.email_url("PITCLINIC_EMAIL_URL"))
DEFAULT_FROM_EMAIL = env.str("PITCLINIC_DEFAULT_FROM_EMAIL")
BACKUP_KEY = env.str("PITCLINIC_BACKUP_KEY", default="")
BACKUP_DIR = env.str("PITCLINIC_BACKUP_DIR", default=BACKUP_DIR)
BACKUP_WORK_DIR = env.str("PITCLINIC_BACKUP_WORK_DIR", default=BACKUP_WORK_DIR)
AUDIT_HEAD_EMAIL = env.str("PITCLINIC_AUDIT_HEAD_EMAIL", default="")
AUDIT_HEAD_FILE = env.str("PITCLINIC_AUDIT_HEAD_FILE", default="")
TEXT_MAIL_DOMAIN = env.str("PITCLINIC_TEXT_MAIL_DOMAIN", default="")

CSRF_TRUSTED_ORIGINS = [PUBLIC_ORIGIN]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = True
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
SESSION_COOKIE_NAME = "__Host-session"
CSRF_COOKIE_NAME = "__Host-csrf"
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("PITCLINIC_TRUSTED_PROXIES", default=1)
