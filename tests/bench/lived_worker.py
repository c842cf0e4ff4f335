"""``python -m tests.bench.lived_worker SESSION``: opens the page of each line it reads.

"clock" is one round of the clock. Prints one JSON object a line: seconds and status. Seconds are
of this process's work, and of waiting for a database that is another process: how long it takes
in all says more of who else is at work on this machine.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "concierge.settings")

import django

django.setup()

from django.conf import settings
from django.db import connection
from django.test import Client

from requests_app import clock


class Waiting:
    """Adds up the time in which this process waits for the database's."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self, execute: Callable[..., Any], *query: Any) -> Any:
        begun, worked = time.perf_counter(), time.process_time()
        try:
            return execute(*query)
        finally:
            worked = time.process_time() - worked
            self.seconds += max(0.0, time.perf_counter() - begun - worked)


def main() -> None:
    browser = Client(headers={"host": "127.0.0.1"})
    browser.cookies[settings.SESSION_COOKIE_NAME] = sys.argv[1]
    for line in sys.stdin:
        waiting, begun = Waiting(), time.process_time()
        status = 200
        with connection.execute_wrapper(waiting):
            if line.strip() == "clock":
                clock.tick()
            else:
                status = browser.get(line.strip()).status_code
        seconds = time.process_time() - begun
        if connection.vendor != "sqlite":
            seconds += waiting.seconds
        told = {"seconds": seconds, "status": status}
        print(json.dumps(told), flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
