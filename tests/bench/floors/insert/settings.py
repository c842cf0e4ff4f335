"""What ``startproject`` writes, with SQLite as safe as ours (WAL, FULL, IMMEDIATE), or with
PostgreSQL and a pool as ours."""

from __future__ import annotations

import os

import dj_database_url

SECRET_KEY = "bench"
ALLOWED_HOSTS = ["127.0.0.1"]
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "tests.bench.floors.insert",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "tests.bench.floors.insert.urls"
WHERE = os.environ["FLOOR_DATABASE"]
"""A file of SQLite, or the address of a PostgreSQL."""
SQLITE = {
    "ENGINE": "django.db.backends.sqlite3",
    "NAME": WHERE,
    "CONN_MAX_AGE": None,
    "OPTIONS": {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA temp_store=MEMORY;"
            "PRAGMA mmap_size=134217728; PRAGMA cache_size=-16000;"
            "PRAGMA wal_autocheckpoint=4000;"
        ),
    },
}
POOLED = {"CONN_MAX_AGE": 0, "OPTIONS": {"pool": {"min_size": 1, "max_size": 8, "timeout": 5}}}
DATABASES = {"default": dj_database_url.parse(WHERE) | POOLED if "://" in WHERE else SQLITE}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
MAX_BODY_BYTES = 1_000_000  # these two are what ours asks of its settings
LOG_REQUESTS = False
