"""``python -m tests.bench.page_worker SESSION``: opens /boards/all/ for each line it reads.

"cold" renders every card anew. Prints one JSON object a line: seconds, queries, cards.
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
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from requests_app import fragments


def main() -> None:
    browser = Client(headers={"host": "127.0.0.1"})
    browser.cookies[settings.SESSION_COOKIE_NAME] = sys.argv[1]
    for line in sys.stdin:
        with CaptureQueriesContext(connection) as queries:
            browser.get("/boards/all/")
            asked = len(queries)
        if line.strip() == "cold":
            fragments.forget()
        begun = time.perf_counter()
        page = browser.get("/boards/all/")
        seconds = time.perf_counter() - begun
        assert page.status_code == 200, page
        cards = page.content.count(b'<article id="request-')
        told = {"seconds": seconds, "queries": asked, "cards": cards}
        print(json.dumps(told), flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
