"""``python -m tests.bench.lived_worker SESSION``: opens the page of each line it reads.

"clock" is one round of the clock. Prints one JSON object a line: seconds and status.
"""

from __future__ import annotations

import json
import os
import sys
import time

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "concierge.settings")

import django

django.setup()

from django.conf import settings
from django.test import Client

from requests_app import clock


def main() -> None:
    browser = Client(headers={"host": "127.0.0.1"})
    browser.cookies[settings.SESSION_COOKIE_NAME] = sys.argv[1]
    for line in sys.stdin:
        begun = time.perf_counter()
        status = 200
        if line.strip() == "clock":
            clock.tick()
        else:
            status = browser.get(line.strip()).status_code
        told = {"seconds": time.perf_counter() - begun, "status": status}
        print(json.dumps(told), flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
