"""What is written to the log: lines for people, or JSON (LOG_FORMAT=json); each with the number of
the request it belongs to, and none with a guest's words or telephone number.

Our own messages name rows by their number. What libraries and databases say is not ours to word:
PostgreSQL quotes the row it refuses, Twilio the number it cannot reach. So both are taken out here,
at the last place before the log, tracebacks included.
"""

from __future__ import annotations

import json
import logging
import os
import re
from contextvars import ContextVar
from datetime import UTC, datetime

request_id: ContextVar[str] = ContextVar("request_id", default="")

_GIVEN = re.compile(r"[\w.-]{1,64}")
_NUMBERS = re.compile(r"(?:\+|%2[bB])\d[\d ()-]{5,18}\d|(?<![\w.:-])\d{9,15}(?![\w.:-])")
_QUOTED_ROWS = re.compile(r"\b((?:DETAIL|CONTEXT|STATEMENT|LINE \d+):).*")
_ROOM_TOKENS = re.compile(r"/(r|live)/[\w-]{20,43}(?=[/\s'\"?]|$)")


def new_request_id(given: str = "") -> str:
    """The proxy's own (X-Request-ID), where it is one; else eight random characters."""
    return given if given and _GIVEN.fullmatch(given) else os.urandom(4).hex()


def without_persons(text: str) -> str:
    """Telephone numbers, rows that a database quotes, and rooms' secret tokens become "…"."""
    text = _QUOTED_ROWS.sub(r"\1 …", text)
    return _ROOM_TOKENS.sub(r"/\1/…", _NUMBERS.sub("…", text))


class Lines(logging.Formatter):
    """For people."""

    def format(self, record: logging.LogRecord) -> str:
        record.request = f" [{number}]" if (number := request_id.get()) else ""
        return without_persons(super().format(record))


class JSONLines(logging.Formatter):
    """One object a line: at (UTC), level, logger, message, and request and exception if any."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": without_persons(record.getMessage()),
        }
        if number := request_id.get():
            line["request"] = number
        if record.exc_info:
            line["exception"] = without_persons(self.formatException(record.exc_info))
        return json.dumps(line | getattr(record, "facts", {}), ensure_ascii=False)
