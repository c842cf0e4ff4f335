"""The site's settings, cut off from whoever runs the tests: no ``.env``, no carrier, own folder.

``TEST_DATABASE_URL`` chooses another database server (the suite sets it for PostgreSQL).
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile

_folder = tempfile.mkdtemp(prefix="concierge-tests-")
atexit.register(shutil.rmtree, _folder, ignore_errors=True)

# What is in the environment wins over ``.env``, and what is set here over both.
os.environ |= {
    "ALLOWED_HOSTS": "",
    "DATABASE_URL": os.environ.get("TEST_DATABASE_URL", ""),
    "DATA_DIR": _folder,
    "DEBUG": "false",
    "DEFAULT_FROM_EMAIL": "concierge@demo.example",
    "EMAIL_URL": "memory://",
    "PUBLIC_URL": "http://127.0.0.1:8000",
    "REDIS_URL": os.environ.get("TEST_REDIS_URL", ""),
    "SECRET_KEY": "only for tests, which keep no secrets of anybody's",
    "PUSH_SERVICES": "",
    "SENTRY_DSN": "",
    "TWILIO_ACCOUNT_SID": "",
    "TWILIO_API_URL": "https://api.twilio.invalid",
    "TWILIO_AUTH_TOKEN": "",
    "VAPID_PRIVATE_KEY": "",
}

from concierge.settings import *  # noqa: F403
from concierge.settings import DATA_DIR, DATABASES

if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A real file: threads see one another's rows, and it locks as it will lock in a hotel.
    DATABASES["default"]["TEST"] = {"NAME": DATA_DIR / "test.sqlite3"}
