"""Every setting, read from the environment (and ``.env``) in this one place.

A wrong value stops the start with one sentence that names the setting.
"""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from concierge.counters import share_counters
from concierge.environment import Environment

BASE_DIR = Path(__file__).resolve().parent.parent

env = Environment(BASE_DIR / ".env")

DEBUG = env.yes("DEBUG", default=False)
DATA_DIR = env.path("DATA_DIR", BASE_DIR / "var")
PUBLIC_URL = env.text("PUBLIC_URL", "http://127.0.0.1:" + env.text("PORT", "8000"))
ALLOWED_HOSTS = env.names("ALLOWED_HOSTS")
SECRET_KEY = env.text("SECRET_KEY")
TWILIO_ACCOUNT_SID = env.text("TWILIO_ACCOUNT_SID")
TWILIO_AUTH_TOKEN = env.text("TWILIO_AUTH_TOKEN")
TWILIO_API_URL = env.text("TWILIO_API_URL", "https://api.twilio.com")
TWILIO_TIMEOUT_SECONDS = 14.0
"""The client's own would be none at all."""
REDIS_URL = env.text("REDIS_URL")
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", "concierge@localhost")
SENTRY_DSN = env.text("SENTRY_DSN")
METRICS_TOKEN = env.text("METRICS_TOKEN")
"""Who sends it as a bearer token may read /metrics from anywhere; empty: private addresses only."""
DATABASE_URL = env.text("DATABASE_URL")
DATABASE_CONNECTIONS = env.number("DATABASE_CONNECTIONS", default=8)
"""At most, of each process, to PostgreSQL."""
DATABASES: dict[str, Any] = {"default": env.database("DATABASE_URL")}
EMAIL_IS_SET = bool(env.text("EMAIL_URL"))
globals().update(env.email("EMAIL_URL", "console://"))
EMAIL_TIMEOUT = 14
VAPID_PRIVATE_KEY = env.text("VAPID_PRIVATE_KEY")
PUSH_SERVICES = [
    *env.names("PUSH_SERVICES"),
    "fcm.googleapis.com",
    "push.services.mozilla.com",
    "push.apple.com",
    "notify.windows.com",
]
"""Hosts that browsers' alerts may come from. We call what a browser names, so not just any."""
LOG_FORMAT = env.text("LOG_FORMAT", "lines")
LOG_REQUESTS = env.yes("LOG_REQUESTS", default=LOG_FORMAT == "json")
"""A line for each request."""
env.check()

if not urlsplit(PUBLIC_URL).hostname or urlsplit(PUBLIC_URL).scheme not in {"http", "https"}:
    raise ImproperlyConfigured(f"PUBLIC_URL must be an http(s) address, not {PUBLIC_URL!r}.")
if not urlsplit(TWILIO_API_URL).hostname:
    raise ImproperlyConfigured(f"TWILIO_API_URL must be an address, not {TWILIO_API_URL!r}.")
if TWILIO_AUTH_TOKEN and not TWILIO_ACCOUNT_SID:
    raise ImproperlyConfigured("TWILIO_ACCOUNT_SID must be set where TWILIO_AUTH_TOKEN is.")
if LOG_FORMAT not in {"lines", "json"}:
    raise ImproperlyConfigured(f"LOG_FORMAT must be lines or json, not {LOG_FORMAT!r}.")
if REDIS_URL and urlsplit(REDIS_URL).scheme not in {"redis", "rediss", "unix"}:
    raise ImproperlyConfigured("REDIS_URL must begin with redis://, rediss:// or unix://.")

try:
    DATA_DIR.mkdir(parents=True, exist_ok=True)
    if not SECRET_KEY:
        key_file = DATA_DIR / "secret-key"
        if not key_file.exists():
            # O_EXCL by "x": two processes starting at once agree on the one that came first.
            try:
                with key_file.open("x") as handle:
                    key_file.chmod(0o600)
                    handle.write(secrets.token_urlsafe(50))
            except FileExistsError:
                pass
        SECRET_KEY = key_file.read_text().strip()
except OSError as error:
    raise ImproperlyConfigured(f"DATA_DIR {str(DATA_DIR)!r} cannot be used: {error}.") from error

if REDIS_URL:
    # Several processes: each keeps its counters in a file, and /metrics of any adds them up.
    share_counters(DATA_DIR)

PUBLIC_HOST = urlsplit(PUBLIC_URL).hostname or ""
if not ALLOWED_HOSTS:
    ALLOWED_HOSTS = sorted({PUBLIC_HOST, "127.0.0.1", "localhost", "[::1]"})
if "*" in ALLOWED_HOSTS:
    raise ImproperlyConfigured("ALLOWED_HOSTS must name hosts: '*' would also open the sockets.")
SECURE = PUBLIC_URL.startswith("https://")

# --- what runs ---------------------------------------------------------------------------------

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "channels",
    "django_htmx",
    "concierge",
    "requests_app",
    "staff",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "staff.accounts.middleware.StaffLanguageMiddleware",
    "requests_app.refusals.RefusalMiddleware",
]

ROOT_URLCONF = "concierge.urls"
ASGI_APPLICATION = "concierge.asgi.application"
AUTH_USER_MODEL = "staff.Person"
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "home"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

_FILES = "django.template.loaders.filesystem.Loader"
TEMPLATE_LOADERS: list[Any] = (
    [_FILES] if DEBUG else [("django.template.loaders.cached.Loader", [_FILES])]
)
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": TEMPLATE_LOADERS,
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "csp.context_processors.nonce",
            ],
            "builtins": ["requests_app.templatetags.words"],
        },
    }
]

# --- data --------------------------------------------------------------------------------------

if not DATABASE_URL:
    DATABASES["default"] = {"ENGINE": "django.db.backends.sqlite3", "NAME": DATA_DIR / "db.sqlite3"}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # WAL and IMMEDIATE: none of 600 transactions locked out, against 40 % with the defaults.
    # FULL: an acknowledged text must survive a power cut, NORMAL can lose the last commits.
    DATABASES["default"] |= {
        "CONN_MAX_AGE": None,  # our threads live as long as the process
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA temp_store=MEMORY;"
                "PRAGMA mmap_size=134217728; PRAGMA cache_size=-16000;"
                # 16 MB between checkpoints: the pages every text touches are copied once for many.
                "PRAGMA wal_autocheckpoint=4000;"
            ),
        },
    }
else:
    # Persistent connections leak under ASGI; the pool does their work.
    DATABASES["default"] |= {
        "CONN_MAX_AGE": 0,
        "OPTIONS": {
            # A page somewhere on the disk costs what the next one does, as it does without a moving
            # head. By the default, 4, a search read every stay there ever was (44 ms, not 3).
            "options": "-c random_page_cost=1.1",
            # Statements come again and again, and are planned once: 2.9 ms of PostgreSQL's time a
            # text instead of 4.3 (measured).
            "server_side_binding": True,
            "prepare_threshold": 5,
        }
        | DATABASES["default"].get("OPTIONS", {})
        | {"pool": {"min_size": 1, "max_size": DATABASE_CONNECTIONS, "timeout": 5}},
    }

CHANNEL_LAYERS: dict[str, Any] = {
    "default": {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {"hosts": [REDIS_URL]},
    }
    if REDIS_URL
    else {"BACKEND": "channels.layers.InMemoryChannelLayer"}
}
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "OPTIONS": {"socket_timeout": 2, "socket_connect_timeout": 2},
    }
    if REDIS_URL
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
}

MEDIA_ROOT = DATA_DIR / "media"
MEDIA_URL = "/pictures/"
STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "templates" / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "servestatic.storage.CompressedManifestStaticFilesStorage"
    },
}
FILE_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
MAX_BODY_BYTES = 64_000_000
"""A larger HTTP body is refused unread; pictures are refused long before, with a sentence."""

# --- language and time -------------------------------------------------------------------------

USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = True
LANGUAGE_CODE = "en"
LANGUAGES = [
    ("en", _("English")),
    ("tr", _("Turkish")),
    ("fi", _("Finnish")),
    ("ar", _("Arabic")),
]
LOCALE_PATHS = [BASE_DIR / "concierge" / "locale"]

# --- safety ------------------------------------------------------------------------------------

AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
SESSION_COOKIE_AGE = 60 * 60 * 12  # one shift, with room
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
CSRF_TRUSTED_ORIGINS = [f"{urlsplit(PUBLIC_URL).scheme}://{urlsplit(PUBLIC_URL).netloc}"]
SECURE_REFERRER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE else None
X_FRAME_OPTIONS = "DENY"
SILENCED_SYSTEM_CHECKS = [
    "security.W005",  # a hotel's other subdomains are not ours to decide about
    "security.W008",  # the proxy redirects to https; behind one that does not tell, we would loop
    "security.W021",  # nor is a browser's preload list
]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:", "blob:"],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    }
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "lines": {
            "()": "concierge.logs.Lines",
            "format": "{asctime} {levelname} {name}{request}: {message}",
            "style": "{",
        },
        "json": {"()": "concierge.logs.JSONLines"},
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {
        "django.request": {"level": "ERROR"},
        "autobahn": {"level": "WARNING"},
        "daphne": {"level": "WARNING"},
        "twilio": {"level": "WARNING"},
        "fontTools": {"level": "WARNING"},
    },
}

if SENTRY_DSN:
    try:
        import sentry_sdk
    except ImportError as error:
        raise ImproperlyConfigured("SENTRY_DSN is set: install sentry-sdk as well.") from error
    sentry_sdk.init(dsn=SENTRY_DSN, send_default_pii=False)
