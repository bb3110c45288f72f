"""Every setting, from the environment, typed. `.env.example` says what each one means."""

from __future__ import annotations

import os
import sys
import zoneinfo
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from bootstrap_wrapper import get_bootstrap_css_dir
from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from psp.logs import configure_logging

# The system's tzdata may be older than the 2026 rule changes in western Canada; PyPI's is not.
zoneinfo.reset_tzpath(to=[])

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

DEBUG: bool = env.bool("DEBUG", default=False)
PSP_DEMO: bool = env.bool("PSP_DEMO", default=False)
PSP_HTTPS: bool = env.bool("PSP_HTTPS", default=True)
PSP_DATA = Path(env.str("PSP_DATA", default=str(BASE_DIR / ".local")))

SECRET_KEY: str = env.str("SECRET_KEY")
ALLOWED_HOSTS: list[str] = env.list("ALLOWED_HOSTS", default=[])
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", default=[])

# Secrets of the encryption layer (psp/crypto): the master keys wrap the data keys, the index key
# makes look-ups of addresses possible without storing them, the audit key seals the audit chain.
PSP_MASTER_KEYS: str = env.str("PSP_MASTER_KEYS", default="")
PSP_MASTER_KEYS_FILE: str = env.str("PSP_MASTER_KEYS_FILE", default="")
PSP_INDEX_KEY: str = env.str("PSP_INDEX_KEY")
PSP_AUDIT_KEY: str = env.str("PSP_AUDIT_KEY")
if not (PSP_MASTER_KEYS or PSP_MASTER_KEYS_FILE):
    raise ImproperlyConfigured("Set PSP_MASTER_KEYS or PSP_MASTER_KEYS_FILE: without a master key nothing can be read.")

INSTALLED_APPS = [
    "psp.apps.PspConfig",
    "psp.keys",
    "psp.audit",
    "privacy",
    "consent",
    "contact",
    "intake",
    "supporters",
    "groups",
    "sessions.apps.SessionsConfig",
    "reporting",
    "demo",
    "psp.apps.PspAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_htmx",
    "simple_history",
]

MIDDLEWARE = [
    "psp.middleware.RequestContextMiddleware",
    # Outside everything that may answer by itself, so that every answer has the headers, static files too.
    "psp.middleware.HeadersMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "psp.middleware.StaticMiddleware",
    "psp.middleware.BodyMiddleware",
    "psp.nameless.NamelessMiddleware",
    "psp.middleware.EvenAnswerMiddleware",
    "psp.middleware.OneAtATimeMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "psp.csrf.NoReferrerCsrfMiddleware",
    "psp.leaving.LeftMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "psp.middleware.SessionLimitsMiddleware",
    "psp.middleware.SecondFactorMiddleware",
    "psp.middleware.ActorMiddleware",
    "psp.middleware.SignInMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "psp.middleware.ErrorsMiddleware",
]

ROOT_URLCONF = "psp.urls"
WSGI_APPLICATION = "psp.wsgi.application"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "psp.context.page",
            ],
            "builtins": ["psp.templatetags.components"],
        },
    },
]

# --- Data -----------------------------------------------------------------------------------------


def database(name: str, owner_name: str, fallback: str = "") -> dict[str, Any]:
    """Connection settings from the environment: the owner's when migrating, else the application's."""
    as_owner = env.str("PSP_DB_ROLE", default="app") == "owner"
    url = env.str(owner_name, default="") if as_owner else ""
    config: dict[str, Any] = environ.Env.db_url_config(url or env.str(name, default=fallback))
    config["ENGINE"] = "django.db.backends.postgresql"
    config["CONN_MAX_AGE"] = 60
    # After a restart of the server the next request finds a new connection by itself.
    config["CONN_HEALTH_CHECKS"] = True
    config.setdefault("OPTIONS", {})["application_name"] = "psp"
    return config


DATABASES = {
    "default": {**database("DATABASE_URL", "DATABASE_OWNER_URL"), "ATOMIC_REQUESTS": True},
    "keys": database("KEYS_DATABASE_URL", "KEYS_DATABASE_OWNER_URL"),
}
DATABASE_ROUTERS = ["psp.keys.router.KeysRouter"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Rate limits and allauth's counters live in PostgreSQL, so that they hold across processes and
# do not depend on the broker.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "psp_cache",
        "KEY_FUNCTION": "psp.at_rest.cache_key",
        "OPTIONS": {"MAX_ENTRIES": 50_000},
    }
}

# The erasure ledger: which accounts' keys were destroyed, outside every database and every backup (privacy/ledger.py).
PSP_ERASURE_LEDGER = Path(env.str("PSP_ERASURE_LEDGER", default=str(PSP_DATA / "ledgers" / "erasures.jsonl")))

# The send ledger: which messages were handed over, by keyed digests, for a restored outbox (contact/sends.py).
PSP_SEND_LEDGER = Path(env.str("PSP_SEND_LEDGER", default=str(PSP_DATA / "ledgers" / "sends.log")))
# Backups (`manage.py backup`): the server, as an account that may replicate, and the key that they are sealed with.
PSP_BACKUP_URL: str = env.str("PSP_BACKUP_URL", default="")
PSP_BACKUP_KEY: str = env.str("PSP_BACKUP_KEY", default="")

# --- People and sign-in ---------------------------------------------------------------------------

AUTH_USER_MODEL = "psp.User"
AUTHENTICATION_BACKENDS = ["psp.accounts.backend.AccountBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username",)},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home_for_me"
LOGOUT_REDIRECT_URL = "home"

ACCOUNT_ADAPTER = "psp.accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 600
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 5
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_PREVENT_ENUMERATION = "strict"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_NOTIFICATIONS = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_CHANGE_EMAIL = False
ACCOUNT_LOGIN_BY_CODE_FORMAT = {"numeric": True, "length": 8, "dashed": True}
# More than three letters in five minutes would flood somebody's mailbox, and help to guess.
ACCOUNT_RATE_LIMITS = {
    "request_login_code": "20/m/ip,3/5m/key", "reset_password": "20/m/ip,3/5m/key",
    # Numbers of certificates that one network may try (privacy/views_erasure.py).
    "certificate": "30/h/ip",
    # Codes of certificates of courses (supporters/training/views_certificate.py): a hundred bits, so against noise.
    "course_certificate": "60/h/ip",
}  # fmt: skip
ACCOUNT_FORMS = {
    "login": "psp.accounts.forms.StaffLoginForm",
    "request_login_code": "psp.accounts.forms.RequestCodeForm",
    "confirm_login_code": "psp.accounts.forms.ConfirmCodeForm",
    "reset_password": "psp.accounts.forms.ResetPasswordForm",
    "reset_password_from_key": "psp.accounts.forms.ResetPasswordKeyForm",
    "change_password": "psp.accounts.forms.ChangePasswordForm",
    "reauthenticate": "psp.accounts.forms.ConfirmPasswordForm",
}
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("PSP_TRUSTED_PROXIES", default=0)

MFA_ADAPTER = "psp.accounts.adapter.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Rendez-vous"
MFA_TOTP_TOLERANCE = 1
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_FORMS = {
    "authenticate": "psp.accounts.forms.SecondFactorForm",
    "reauthenticate": "psp.accounts.forms.ConfirmSecondFactorForm",
    "activate_totp": "psp.accounts.forms.AddAppForm",
    "add_webauthn": "psp.accounts.forms.AddPasskeyForm",
}
# Passkeys need a secure origin; only the loopback demo has none.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PSP_HTTPS

# Seconds. Idle: since the last request. Absolute: since signing in.
SESSION_LIMITS = {
    "participant": {"idle": 20 * 60, "absolute": 4 * 3600},
    "supporter": {"idle": 30 * 60, "absolute": 10 * 3600},
    "staff": {"idle": 30 * 60, "absolute": 10 * 3600},
}

# --- Browser --------------------------------------------------------------------------------------

_prefix = "__Host-" if PSP_HTTPS else "psp_"
SESSION_COOKIE_NAME = f"{_prefix}session"
CSRF_COOKIE_NAME = f"{_prefix}csrf"
LANGUAGE_COOKIE_NAME = f"{_prefix}language"
# Says that this browser has just left by the quick exit, and nothing else (psp/leaving.py).
LEFT_COOKIE_NAME = f"{_prefix}left"
LEFT_COOKIE_SECURE = PSP_HTTPS
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = PSP_HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_ENGINE = "psp.at_rest"
SESSION_COOKIE_AGE = 12 * 3600
CSRF_FAILURE_VIEW = "psp.views.csrf_failure"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

SECURE_SSL_REDIRECT = PSP_HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 31_536_000 if PSP_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = PSP_HTTPS
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "no-referrer"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if env.bool("PSP_BEHIND_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# Where the quick exit leads: a page about something else that everybody looks at.
PSP_QUICK_EXIT_URL: str = env.str("PSP_QUICK_EXIT_URL", default="https://weather.gc.ca/")
PSP_QUICK_EXIT_ORIGIN = "{0.scheme}://{0.netloc}".format(urlsplit(PSP_QUICK_EXIT_URL))

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        # Chromium applies this to redirects after a form too, and the quick exit is one.
        "form-action": [SELF, PSP_QUICK_EXIT_ORIGIN],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    }
}

# Nothing is ever uploaded: bodies are small forms.
DATA_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
DATA_UPLOAD_MAX_NUMBER_FILES = 0

# --- Languages and time ---------------------------------------------------------------------------

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("fr", _("French"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "America/Toronto"

# --- Files ----------------------------------------------------------------------------------------

STATIC_URL = "static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(PSP_DATA / "static")))
# Bootstrap comes from its wheel: its style sheet only, no script.
STATICFILES_DIRS: list[Any] = [BASE_DIR / "static", ("bootstrap/css", get_bootstrap_css_dir())]
# The demo and the tests serve straight from the source; a deployment collects once when its image is built.
WHITENOISE_USE_FINDERS = not STATIC_ROOT.is_dir()
WHITENOISE_ALLOW_ALL_ORIGINS = False
WHITENOISE_MAX_AGE = 3600 if not DEBUG else 0

CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

# --- Mail and work in the background --------------------------------------------------------------

vars().update(env.email("EMAIL_URL", default="smtp://localhost:25"))
EMAIL_TIMEOUT = 15
DEFAULT_FROM_EMAIL: str = env.str("DEFAULT_FROM_EMAIL", default="Rendez-vous <rendez-vous@localhost>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
# Who sends text messages: "gc_notify", "local" (the demo's mailbox) or "none".
GC_NOTIFY_API_KEY: str = env.str("GC_NOTIFY_API_KEY", default="")
GC_NOTIFY_TEMPLATE_ID: str = env.str("GC_NOTIFY_TEMPLATE_ID", default="")
GC_NOTIFY_URL: str = env.str("GC_NOTIFY_URL", default="https://api.notification.canada.ca")
GC_NOTIFY_TIMEOUT: float = env.float("GC_NOTIFY_TIMEOUT", default=15.0)
PSP_SMS: str = env.str("PSP_SMS", default="") or ("gc_notify" if GC_NOTIFY_API_KEY else "local" if PSP_DEMO else "none")
# Who makes meetings by video: "teams" (Microsoft Graph) or "none", where people type links. The organizer is the
# account, by its object id, that opens the rooms.
GRAPH_TENANT: str = env.str("GRAPH_TENANT", default="")
GRAPH_CLIENT: str = env.str("GRAPH_CLIENT", default="")
GRAPH_SECRET: str = env.str("GRAPH_SECRET", default="")
GRAPH_ORGANIZER: str = env.str("GRAPH_ORGANIZER", default="")
GRAPH_URL: str = env.str("GRAPH_URL", default="https://graph.microsoft.com")
GRAPH_SIGN_IN_URL: str = env.str("GRAPH_SIGN_IN_URL", default="https://login.microsoftonline.com")
GRAPH_TIMEOUT: float = env.float("GRAPH_TIMEOUT", default=10.0)
PSP_VIDEO: str = env.str("PSP_VIDEO", default="") or ("teams" if GRAPH_SECRET else "none")
# Where links in messages lead: scheme and host as people reach them, without a path.
_host = (
    f"https://{(ALLOWED_HOSTS or ['localhost'])[0].lstrip('.')}"
    if PSP_HTTPS
    else f"http://127.0.0.1:{env.int('PORT', default=8000)}"
)
PSP_PUBLIC_URL: str = env.str("PSP_PUBLIC_URL", default=_host).rstrip("/")

REDIS_URL: str = env.str("REDIS_URL")
CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 3600,
    "socket_connect_timeout": 1,
    "socket_timeout": 5,
    "max_retries": 0,
}
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TIMEZONE = "UTC"
# How often beat sweeps the outbox and seals the access log, in seconds.
PSP_SWEEP_SECONDS: float = env.float("PSP_SWEEP_SECONDS", default=60.0)
# How many senders share a large number of messages that are due at once, each with one connection to the mail server.
PSP_SENDERS: int = env.int("PSP_SENDERS", default=4)
# How often accounts are opened for those who join, in seconds: apart from the moment when their interest was taken up.
PSP_OPENING_SECONDS: float = env.float("PSP_OPENING_SECONDS", default=60.0 if PSP_DEMO else 3600.0)
CELERY_BEAT_SCHEDULE = {
    "send-due": {"task": "contact.tasks.send_due", "schedule": PSP_SWEEP_SECONDS, "options": {"expires": 55}},
    "seal-audit": {"task": "psp.audit.tasks.seal_audit", "schedule": PSP_SWEEP_SECONDS, "options": {"expires": 55}},
    "mend-formation-runs": {
        "task": "groups.tasks.mend_runs",
        "schedule": PSP_SWEEP_SECONDS,
        "options": {"expires": 55},
    },
    "finish-erasures": {
        "task": "privacy.tasks.finish_erasures",
        "schedule": PSP_SWEEP_SECONDS,
        "options": {"expires": 55},
    },
    # In the middle of the night by the program's clock.
    "run-retention": {"task": "privacy.tasks.run_retention", "schedule": crontab(hour=7, minute=30)},
    # A while after the settling days are over by every clock of the program.
    "freeze-closed-periods": {
        "task": "reporting.tasks.freeze_closed_periods",
        "schedule": crontab(hour=8, minute=15),
        "options": {"expires": 6 * 3600},
    },
    "find-unusual": {"task": "privacy.tasks.find_unusual", "schedule": 3600.0, "options": {"expires": 3000}},
    "note-texts": {"task": "contact.tasks.note_texts", "schedule": 3600.0, "options": {"expires": 3000}},
    "ask-again": {"task": "contact.tasks.ask_again", "schedule": 3600.0, "options": {"expires": 3000}},
    "forget-formings": {"task": "groups.tasks.forget_formings", "schedule": crontab(hour=7, minute=45)},
    "offer-calls": {"task": "sessions.tasks.offer_calls", "schedule": 3600.0, "options": {"expires": 3000}},
    "forget-wellbeing": {"task": "supporters.tasks.forget_wellbeing", "schedule": crontab(hour=7, minute=40)},
    "forget-after-sessions": {"task": "sessions.tasks.forget_after", "schedule": crontab(hour=7, minute=50)},
    "forget-incidents": {"task": "supporters.tasks.forget_incidents", "schedule": crontab(hour=7, minute=55)},
    # Before the program's working day begins.
    "check-who-may-lead": {"task": "supporters.tasks.check_morning", "schedule": crontab(hour=10, minute=0)},
    "forget-calls": {"task": "intake.tasks.forget_calls", "schedule": 900.0, "options": {"expires": 800}},
    "finish-merges": {"task": "intake.tasks.finish_merges", "schedule": 3600.0, "options": {"expires": 3000}},
    "forget-drafts": {"task": "intake.tasks.forget_drafts", "schedule": 900.0, "options": {"expires": 800}},
    "mind-invitations": {
        "task": "groups.tasks.mind_invitations",
        "schedule": PSP_SWEEP_SECONDS,
        "options": {"expires": 55},
    },
    "mind-covers": {"task": "sessions.tasks.mind_covers", "schedule": 900.0, "options": {"expires": 800}},
    "open-boxes": {"task": "sessions.tasks.open_boxes", "schedule": 900.0, "options": {"expires": 800}},
    "empty-boxes": {"task": "sessions.tasks.empty_boxes", "schedule": crontab(hour=8, minute=15)},
    "open-evaluations": {"task": "supporters.tasks.open_evaluations", "schedule": 3600.0, "options": {"expires": 3000}},
    "tend-evaluations": {"task": "supporters.tasks.tend_evaluations", "schedule": crontab(hour=8, minute=20)},
    # In the morning by the program's clock.
    "tell-ending": {"task": "supporters.tasks.tell_ending", "schedule": crontab(hour=13, minute=0)},
    "match-names": {"task": "intake.tasks.match_names", "schedule": PSP_SWEEP_SECONDS, "options": {"expires": 55}},
    "offer-places": {"task": "groups.tasks.offer_places", "schedule": PSP_SWEEP_SECONDS, "options": {"expires": 55}},
    "tend-video": {"task": "sessions.tasks.tend_video", "schedule": PSP_SWEEP_SECONDS, "options": {"expires": 55}},
    "widen-talks": {"task": "supporters.tasks.widen_talks", "schedule": PSP_SWEEP_SECONDS, "options": {"expires": 55}},
    "forget-talks": {"task": "supporters.tasks.forget_talks", "schedule": crontab(hour=7, minute=55)},
    "forget-wishes": {"task": "supporters.tasks.forget_wishes", "schedule": crontab(hour=8, minute=5)},
    "forget-pay-names": {"task": "supporters.tasks.forget_pay_names", "schedule": crontab(hour=8, minute=10)},
    "forget-feeds": {"task": "sessions.tasks.forget_feeds", "schedule": crontab(hour=8, minute=0)},
    "open-accounts": {
        "task": "supporters.tasks.open_accounts",
        "schedule": PSP_OPENING_SECONDS,
        "options": {"expires": 3000},
    },
    "forget-noted": {"task": "supporters.tasks.forget_noted", "schedule": crontab(hour=8, minute=20)},
    "publish-waits": {"task": "reporting.tasks.publish_waits", "schedule": 3600.0, "options": {"expires": 3000}},
    "clear-sessions": {"task": "psp.tasks.clear_expired", "schedule": 3600.0, "options": {"expires": 3000}},
}

# --- Program settings (docs/rules.md, 12) ---------------------------------------------------------

# How many applications one network may send in an hour; a shared office or base counts as one.
PSP_APPLICATIONS_PER_HOUR: int = env.int("PSP_APPLICATIONS_PER_HOUR", default=20)
# How many codes one address may be sent in an hour for a form that is finished later, and for how long that is kept.
PSP_CODES_PER_HOUR: int = env.int("PSP_CODES_PER_HOUR", default=5)
PSP_DRAFT_DAYS: int = env.int("PSP_DRAFT_DAYS", default=14)
# How long groups that were thought of stay on the desk after the last change, in days.
PSP_FORMING_DAYS: int = env.int("PSP_FORMING_DAYS", default=90)
# For how many days after a session those who lead may note and correct who was there; afterwards a coordinator does.
PSP_ATTENDANCE_LATE_DAYS: int = env.int("PSP_ATTENDANCE_LATE_DAYS", default=14)
# Coming to an informal group without a place: for how many minutes a code is good, how many codes somebody who leads
# may type in an hour, and how many days later what became of one is forgotten.
PSP_DROP_IN_MINUTES: int = env.int("PSP_DROP_IN_MINUTES", default=10)
PSP_DROP_INS_PER_HOUR: int = env.int("PSP_DROP_INS_PER_HOUR", default=30)
PSP_DROP_IN_DAYS: int = env.int("PSP_DROP_IN_DAYS", default=60)
# For how many days what somebody who led said about a session for themselves is kept; and a talk that was asked for, or
# that something was missing before they led, once it is over.
PSP_DEBRIEF_DAYS: int = env.int("PSP_DEBRIEF_DAYS", default=90)
# For how many days a report of something that happened is kept once it is closed (the law asks for two years after the
# last administrative use), and for how many days what was learned from it, which names nobody.
PSP_INCIDENT_DAYS: int = env.int("PSP_INCIDENT_DAYS", default=731)
PSP_LESSON_DAYS: int = env.int("PSP_LESSON_DAYS", default=1827)
# For how many days after the last session of an informal group a call can be asked for.
PSP_FOLLOW_UP_DAYS: int = env.int("PSP_FOLLOW_UP_DAYS", default=30)
# For how many days an earlier signature still counts after a new text begins, and how many days before the end
# people are asked once more. A text keeps the period with which it was published.
PSP_CONSENT_GRACE_DAYS: int = env.int("PSP_CONSENT_GRACE_DAYS", default=60)
PSP_CONSENT_ASK_AGAIN_DAYS: int = env.int("PSP_CONSENT_ASK_AGAIN_DAYS", default=14)
# Until how many hours before it a person may move an intake meeting, and how often they may change its time.
PSP_MEETING_MOVE_HOURS: int = env.int("PSP_MEETING_MOVE_HOURS", default=4)
PSP_MEETING_CHANGES: int = env.int("PSP_MEETING_CHANGES", default=3)
# How many minutes before a meeting by video its link is on the person's page; it goes when the meeting ends.
PSP_MEETING_LINK_MINUTES: int = env.int("PSP_MEETING_LINK_MINUTES", default=15)
# A short call before applying: its length and the pause after it in minutes, the notice in hours, how many days
# ahead, and how many calls one network may book in an hour.
PSP_CALL_MINUTES: int = env.int("PSP_CALL_MINUTES", default=15)
PSP_CALL_PAUSE_MINUTES: int = env.int("PSP_CALL_PAUSE_MINUTES", default=5)
PSP_CALL_NOTICE_HOURS: int = env.int("PSP_CALL_NOTICE_HOURS", default=2)
PSP_CALL_HORIZON_DAYS: int = env.int("PSP_CALL_HORIZON_DAYS", default=14)
PSP_CALLS_PER_HOUR: int = env.int("PSP_CALLS_PER_HOUR", default=5)
# However many networks they come from: how many short calls one coordinator takes in a day.
PSP_CALLS_PER_DAY: int = env.int("PSP_CALLS_PER_DAY", default=6)
# Within how many working days the program means to answer an application; said to people, not enforced.
PSP_ANSWER_WORKING_DAYS: int = env.int("PSP_ANSWER_WORKING_DAYS", default=5)
# What is worth a look in the access log: so many files within so many minutes, and so many refusals, files outside
# working hours, or files opened from another region in a day. Working hours are Monday to Friday.
PSP_UNUSUAL_FILES: int = env.int("PSP_UNUSUAL_FILES", default=20)
PSP_UNUSUAL_MINUTES: int = env.int("PSP_UNUSUAL_MINUTES", default=15)
PSP_UNUSUAL_REFUSALS: int = env.int("PSP_UNUSUAL_REFUSALS", default=10)
PSP_UNUSUAL_OUTSIDE: int = env.int("PSP_UNUSUAL_OUTSIDE", default=5)
PSP_UNUSUAL_GLASS: int = env.int("PSP_UNUSUAL_GLASS", default=3)
PSP_WORK_STARTS: int = env.int("PSP_WORK_STARTS", default=7)
PSP_WORK_ENDS: int = env.int("PSP_WORK_ENDS", default=20)
# How often an hour one coordinator may ask whether another region has a file.
PSP_SEARCHES_ELSEWHERE_PER_HOUR: int = env.int("PSP_SEARCHES_ELSEWHERE_PER_HOUR", default=10)
# How many days before a session its meeting by video is made.
PSP_VIDEO_DAYS: int = env.int("PSP_VIDEO_DAYS", default=14)
# How often an hour one calendar may be fetched, and how often one network may try addresses that lead nowhere. After
# how many days without any group the address of a calendar ends by itself.
PSP_FEED_FETCHES_PER_HOUR: int = env.int("PSP_FEED_FETCHES_PER_HOUR", default=60)
PSP_FEED_MISSES_PER_HOUR: int = env.int("PSP_FEED_MISSES_PER_HOUR", default=60)
PSP_FEED_IDLE_DAYS: int = env.int("PSP_FEED_IDLE_DAYS", default=30)
# Who answers questions about privacy; empty: whom the privacy notice names.
PSP_PRIVACY_EMAIL: str = env.str("PSP_PRIVACY_EMAIL", default="")
PSP_PRIVACY_PHONE: str = env.str("PSP_PRIVACY_PHONE", default="")
# Where anybody can read the program's source, up to the branch, for links to its tests; empty: they are named only.
PSP_SOURCE_URL: str = env.str("PSP_SOURCE_URL", default="").rstrip("/")
# After how many days without anybody acting an application is called overdue on the desk.
PSP_OVERDUE_DAYS: int = env.int("PSP_OVERDUE_DAYS", default=7)
# Counts below this are hidden in every report. Never below 5: no table can be proven safe with less.
PSP_SUPPRESSION_THRESHOLD: int = env.int("PSP_SUPPRESSION_THRESHOLD", default=10)
# Feedback without a name: for how many days after a session a code works, how many answers a batch has at least (never
# fewer than 5), after how many days of waiting a small one goes into a coarser batch, and when it is thrown away.
PSP_FEEDBACK_DAYS: int = env.int("PSP_FEEDBACK_DAYS", default=14)
PSP_FEEDBACK_THRESHOLD: int = env.int("PSP_FEEDBACK_THRESHOLD", default=10)
PSP_FEEDBACK_MERGE_DAYS: int = env.int("PSP_FEEDBACK_MERGE_DAYS", default=60)
PSP_FEEDBACK_DROP_DAYS: int = env.int("PSP_FEEDBACK_DROP_DAYS", default=365)
# For how many days after the last day to answer what cohorts said about their training is kept, without a name: it is
# counted with the fiscal year in which that day was, so for well over a year.
PSP_EVALUATION_DAYS: int = env.int("PSP_EVALUATION_DAYS", default=731)
# For how many days after the last session of a group its members may still answer the questions about it.
PSP_QUESTIONNAIRE_DAYS: int = env.int("PSP_QUESTIONNAIRE_DAYS", default=28)
# The shortest period that figures are given for: month, quarter or year. The shorter, the more must be hidden.
PSP_REPORT_FINEST: str = env.str("PSP_REPORT_FINEST", default="month")
# How many days after the end of a period its figures are counted, once and for all.
PSP_REPORT_SETTLE_DAYS: int = env.int("PSP_REPORT_SETTLE_DAYS", default=10)
# So many periods of a figure at most are counted and proven while somebody waits for a page; the worker does the rest.
PSP_REPORT_PROOFS_IN_PAGE: int = env.int("PSP_REPORT_PROOFS_IN_PAGE", default=6)
# How long the proof of one series and period may take before its figures are refused.
PSP_REPORT_PROOF_SECONDS: float = env.float("PSP_REPORT_PROOF_SECONDS", default=20.0)
# And how long where nobody waits: at night, for what could not be proven in that time.
PSP_REPORT_PATIENT_SECONDS: float = env.float("PSP_REPORT_PATIENT_SECONDS", default=300.0)
# Under which licence published figures may be used, by its short name, as in "OGL-Canada-2.0"; stands in JSON files.
PSP_REPORT_LICENCE: str = env.str("PSP_REPORT_LICENCE", default="notspecified")

SIMPLE_HISTORY_HISTORY_ID_USE_UUID = False
SIMPLE_HISTORY_REVERT_DISABLED = True

LOGGING_CONFIG = None
configure_logging(
    env.str("LOG_LEVEL", default="INFO"), to_stderr="pytest" not in sys.modules or "PSP_LOG" in os.environ
)
# W003 looks for Django's CSRF middleware by its name only; psp.E002 looks for ours, which is one of its kind.
SILENCED_SYSTEM_CHECKS = ["security.W003"]
TEST_RUNNER = "django.test.runner.DiscoverRunner"
