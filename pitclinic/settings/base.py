"""Settings that hold everywhere. Production, demo and tests each add their own on top."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent.parent

DEMO_MODE = False
DEBUG = False
STAFF_NEED_SECOND_FACTOR = True

INSTALLED_APPS = [
    "pitclinic.apps.PitClinicConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_htmx",
    "template_partials",
    "csp",
    "phonenumber_field",
    "django_structlog",
    "common",
    "audit",
    "accounts",
    "catalogue",
    "patients",
    "scheduling",
    "sessions.apps.SessionsConfig",
    "reminders",
    "portal",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "pitclinic.middleware.SecondTryMiddleware",
    "common.middleware.ResponseHeadersMiddleware",
    "pitclinic.middleware.EmptyAnswerMiddleware",
    "common.middleware.OddRequestMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "common.middleware.KnownMethodsMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "accounts.middleware.IdleSignOutMiddleware",
    "patients.middleware.MergedRecordMiddleware",
    "accounts.middleware.ActorMiddleware",
]

ROOT_URLCONF = "pitclinic.urls"
WSGI_APPLICATION = "pitclinic.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "pitclinic.context_processors.shell",
            ],
        },
    },
]
FORM_RENDERER = "common.form_rendering.FormRenderer"

# --- people -----------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "accounts.hashers.PatientScryptHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 15}},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "accounts.passwords.GuessedPasswordValidator"},
]
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"  # a cookie would hold patients' names
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "accounts.adapters.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "accounts.sign_in_forms.SignInForm",
    "reset_password": "accounts.password_resets.LostPasswordForm",
    "reset_password_from_key": "accounts.password_resets.NewPasswordForm",
}
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "accounts.reset_tokens.ResetTokens"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # a clinic admin invites; nobody signs up
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # no mail to strangers
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_LOGOUT_ON_GET = False
SECOND_CHECK_SECONDS: int | None = 300  # how old a password or passkey may be when a record is signed
ACCOUNT_RATE_LIMITS = {"login_failed": "20/m/ip,5/10m/key"}
MFA_ADAPTER = "accounts.adapters.MfaAdapter"
MFA_FORMS = {
    "authenticate": "accounts.second_steps.SecondStepForm",
    "add_webauthn": "accounts.second_steps.AddPasskeyForm",
    "edit_webauthn": "accounts.second_steps.RenamePasskeyForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
FACTOR_KEYS: list[str] = []  # encrypt second factors: the first, then those before it
MFA_TOTP_ISSUER = "PIT Clinic"
MFA_TOTP_TOLERANCE = 1  # the code before and the one after: people type slowly, and phones are half a minute off
USERSESSIONS_TRACK_ACTIVITY = False
STAFF_IDLE_SECONDS = 15 * 60
STAFF_SESSION_SECONDS = 12 * 60 * 60

# --- sign-in sessions and cookies -------------------------------------------------------------------------------------
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = STAFF_SESSION_SECONDS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"

# --- what a browser may do with our pages -----------------------------------------------------------------------------
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "no-referrer"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "manifest-src": [SELF],
        "base-uri": [NONE],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
    }
}
# Room for a text far too long, in any script: its field refuses it then, and the page keeps what was typed.
DATA_UPLOAD_MAX_MEMORY_SIZE = 6 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000
IMPORT_MAX_BYTES = 64 * 1024 * 1024
# By URL name; every other upload may be an import.
UPLOAD_MAX_BYTES = {"sessions:add_picture": 10 * 1024 * 1024, "accounts:logo": 2 * 1024 * 1024}

# --- data -------------------------------------------------------------------------------------------------------------
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "django_cache",
        # counters of failed tries live here: room enough that a flood of addresses does not push them out
        "OPTIONS": {"MAX_ENTRIES": 50_000},
    }
}

# --- backups: sealed files at a second place; the work folder is on this machine, and in clear ------------------------
BACKUP_KEY = ""
BACKUP_DIR = "/var/lib/pitclinic/backups"
BACKUP_WORK_DIR = "/var/lib/pitclinic/backup-work"

# --- where the head of the audit trail goes once a day, outside of this machine: an address, a file; empty: nowhere ---
AUDIT_HEAD_EMAIL = ""
AUDIT_HEAD_FILE = ""

# --- words and time ---------------------------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
# Those that have a catalogue in locale/, and no other: what a page says of its language must be what it is written in.
LANGUAGES = [("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# --- static files -----------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"] + ([BASE_DIR / "vendor"] if (BASE_DIR / "vendor").is_dir() else [])
STORAGES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "pitclinic.static_storage.ModuleManifestStorage"},
    # Uploaded tables and bundles until they are read: shared by web and worker, never served.
    "imports": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {
            "location": "/var/lib/pitclinic/imports",
            "file_permissions_mode": 0o600,
            "directory_permissions_mode": 0o700,
        },
    },
}
FILE_UPLOAD_HANDLERS = [
    "common.uploads.SizeLimitHandler",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

# --- mail -------------------------------------------------------------------------------------------------------------
DEFAULT_FROM_EMAIL = "clinic@localhost"
EMAIL_TIMEOUT = 10
# A service that takes mail to <number>@<domain> and sends it as a text message. Empty: no text message is sent.
TEXT_MAIL_DOMAIN = ""

# --- background work --------------------------------------------------------------------------------------------------
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_TASKS_PER_CHILD = 500
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 3.0
CELERY_TASK_SOFT_TIME_LIMIT = 600
CELERY_TASK_TIME_LIMIT = 660
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # a broker may be away for a night
CELERY_BROKER_CHANNEL_ERROR_RETRY = True  # and say while it starts that it is not ready
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 3600, "socket_connect_timeout": 2}
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0, "interval_step": 0.2}
CELERY_TIMEZONE = "UTC"
# Pages to whoever is on call have a queue, and a worker, that nothing else can fill.
ALARM_QUEUE = "alarms"
ALARM_SWEEP_SECONDS = 15
CELERY_TASK_ROUTES = {"reminders.tasks.sweep_pages": {"queue": ALARM_QUEUE}}
CELERY_BEAT_SCHEDULE = {
    "sweep-pages": {
        "task": "reminders.tasks.sweep_pages",
        "schedule": timedelta(seconds=ALARM_SWEEP_SECONDS),
        # While no worker takes them they do not pile up: the next one does what all of them would have done.
        "options": {"expires": 60},
    },
    "sweep-messages": {"task": "reminders.tasks.sweep_messages", "schedule": crontab(minute="*")},
    "sweep-staff-letters": {
        "task": "reminders.tasks.sweep_staff_letters",
        "schedule": timedelta(seconds=20),
        "options": {"expires": 60},
    },
    "sweep-waiting-lists": {"task": "scheduling.tasks.sweep_waiting_list", "schedule": crontab(minute="*")},
    "sweep-names": {"task": "patients.tasks.sweep_names", "schedule": crontab(minute="*")},
    "sweep-imports": {"task": "patients.tasks.sweep_imports", "schedule": crontab(minute="*")},
    "sweep-alike-patients": {"task": "patients.tasks.sweep_alike_patients", "schedule": crontab(minute="*/2")},
    "seal-audit": {"task": "accounts.tasks.seal_audit", "schedule": crontab(minute="*")},
    # Daily, in stretches: each call works for some minutes, and does nothing once the day's work is done.
    "check-audit": {
        "task": "accounts.tasks.check_audit",
        "schedule": crontab(hour="3-5", minute="*/15"),
        "options": {"expires": 600},
    },
    "check-signatures": {
        "task": "sessions.tasks.check_signatures",
        "schedule": crontab(hour="2-5", minute="5-59/15"),
        "options": {"expires": 600},
    },
    "send-audit-heads": {"task": "reminders.tasks.send_audit_heads", "schedule": crontab(hour="6", minute="0")},
    "let-old-forms-go": {"task": "accounts.tasks.let_old_forms_go", "schedule": crontab(hour="3", minute="10")},
    "let-old-typing-go": {"task": "sessions.tasks.let_old_typing_go", "schedule": crontab(hour="3", minute="20")},
}
# `database` and `boot` checks run at process start as well: see pitclinic.boot.
SILENCED_SYSTEM_CHECKS: list[str] = []

# --- logs: with the request's id, never with names, contacts, notes or tokens -----------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "pitclinic.logs.json_formatter"}},
    "filters": {"scrub": {"()": "pitclinic.logs.ScrubFilter"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "json", "filters": ["scrub"]},
    },
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "django.db.backends": {"level": "ERROR"},
        "fontTools": {"level": "ERROR"},
    },
}
