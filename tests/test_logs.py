"""The log says what happened and to which row; never what a guest wrote, nor their number."""

from __future__ import annotations

import json
import logging
import re
import sys
import time
from collections.abc import Callable

import pytest

from concierge.logs import JSONLines, Lines, request_id, without_persons
from tests.boards.browsing import Browser
from tests.outbox.carrier import refuse, running_carrier
from tests.serving import Server
from tests.webhooks.conftest import text_form


def record_of(message: str, *, failed: bool = False) -> logging.LogRecord:
    try:
        raise ValueError("DETAIL:  Failing row contains (1, cornflakes, +12025550127).")
    except ValueError:
        about = sys.exc_info() if failed else None
    return logging.LogRecord("requests_app", logging.ERROR, "file", 1, message, None, about)


def test_json_lines_carry_the_request_and_leave_persons_out() -> None:
    request_id.set("abc123")
    try:
        line = json.loads(JSONLines().format(record_of("no text to +12025550127", failed=True)))
    finally:
        request_id.set("")
    assert (line["level"], line["request"], line["message"]) == ("ERROR", "abc123", "no text to …")
    assert "ValueError: DETAIL: …" in line["exception"]
    assert "request" not in json.loads(JSONLines().format(record_of("started")))


def test_lines_for_people_leave_persons_out_too() -> None:
    style = Lines("{levelname}{request}: {message}", style="{")
    assert style.format(record_of("no text to 12025550127")) == "ERROR: no text to …"


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("message 4711 at 2026-11-25 03:42:22,894", "message 4711 at 2026-11-25 03:42:22,894"),
        ("took 0.123456789 s", "took 0.123456789 s"),
        ("To=%2B358401234567&Body=x", "To=…&Body=x"),
        ("Key (address)=(+12025550127) already exists.", "Key (address)=(…) already exists."),
        ("GET /r/LP43GR1WCB3cQ43MaVLAMg/ 200", "GET /r/…/ 200"),
        ("LINE 1: INSERT … 'two towels'", "LINE 1: …"),
    ],
)
def test_what_is_left_out(said: str, kept: str) -> None:
    assert without_persons(said) == kept


WORDS = ["two flamingo towels please", "212 Zanzibarski", "ünïcode Kakadu kaputt", "5", "STOP"]
NUMBERS = ["+12025550127", "+12025550112", "+12025559977", "+12025559978"]


@pytest.mark.services
def test_a_whole_journey_leaves_no_words_and_no_numbers_in_the_log(
    serve: Callable[..., Server],
) -> None:
    with running_carrier() as carrier:
        carrier.next.append(refuse(400, 21211))
        carrier.next.append(refuse(503, 20503))
        server = serve(
            TWILIO_ACCOUNT_SID="AC00000000000000000000000000000000",
            TWILIO_AUTH_TOKEN="12345",
            TWILIO_API_URL=carrier.url,
            LOG_FORMAT="json",
        )
        for sender in NUMBERS:
            for words in WORDS:
                form = text_form(sender, words)
                assert server.post_signed("/twilio/messages/", form)[0] == 200
        assert server.post("/twilio/messages/", text_form(NUMBERS[0], WORDS[0]))[0] == 403
        desk = Browser(server).back("front-desk")
        page = desk.get("/boards/all/")
        first = re.search(r'id="request-(\d+)"', page)
        assert first is not None
        desk.get(f"/requests/{first[1]}/")
        desk.get("/search/?q=flamingo")
        late = text_form("+12025559979", "two flamingo towels please")
        assert server.post_signed("/twilio/messages/", late)[0] == 200
        deadline = time.monotonic() + 20
        while not carrier.sent and time.monotonic() < deadline:
            time.sleep(0.05)
        assert carrier.sent
        server.stop()
        log = server.log
        lines = [json.loads(line) for line in log.splitlines() if line.startswith("{")]
    posts = [x for x in lines if x["message"] == "POST /twilio/messages/ 200"]
    assert len(posts) == len(NUMBERS) * len(WORDS) + 1
    assert len({x["request"] for x in posts}) == len(posts)
    assert all(x["milliseconds"] > 0 for x in posts)
    for secret in ["flamingo", "Zanzibar", "Kakadu", *(number[3:] for number in NUMBERS)]:
        assert secret not in log
