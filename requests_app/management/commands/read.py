"""`manage.py read`: show what the hotel would understand of a text."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from requests_app.reading import Reading, Setting, read
from requests_app.reading.catalogue import load_catalogue

_HOME: Final = ZoneInfo("Europe/Helsinki")
"""The demo hotel's zone, used where the database has no such property."""


class Command(BaseCommand):
    help = "Print, one JSON object a text, what the hotel would understand."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("texts", nargs="*", help="what a guest wrote")
        parser.add_argument(
            "--json-lines", action="store_true", help="read texts from standard input, one a line"
        )
        parser.add_argument("--property", default="demo", help="slug of the hotel (default: demo)")
        parser.add_argument(
            "--now",
            help="ISO time to read at; local to the hotel unless it has an offset (default: now)",
        )
        parser.add_argument("--language", help="what we know of the guest's language, such as tr")

    def handle(self, *args: Any, **options: Any) -> None:
        setting, desks = _setting(options["property"], options["now"], options["language"])
        texts: Iterable[str] = options["texts"]
        if options["json_lines"]:
            texts = _lines()
        elif not texts:
            raise CommandError("Give a text, or --json-lines and texts on standard input.")
        out = getattr(self.stdout, "_out", sys.stdout)
        for text in texts:
            line = json.dumps(as_json(read(text, setting), desks), ensure_ascii=False)
            # A lone surrogate cannot be written as UTF-8; escaped it is still valid JSON.
            safe = "".join(
                f"\\u{ord(letter):04x}" if "\ud800" <= letter <= "\udfff" else letter
                for letter in line
            )
            _write(out, safe)


def as_json(reading: Reading, desks: Mapping[str, str]) -> dict[str, Any]:
    """The reading in the shape others rely on. `desks`:

    service slug → desk slug at this property.
    """
    return {
        "text": reading.text,
        "language": reading.language,
        "intent": str(reading.intent),
        "urgent": reading.urgent,
        "requests": [
            {
                "service": wish.service,
                "desk": desks.get(wish.service, "front-desk"),
                "quantity": wish.quantity,
                "at": wish.at.isoformat() if wish.at else None,
                "confidence": wish.confidence,
            }
            for wish in reading.requests
        ],
        "staff": list(reading.staff),
    }


def _lines() -> Iterable[str]:
    """Standard input line by line. Bytes that are no UTF-8 become U+FFFD."""
    stream = getattr(sys.stdin, "buffer", None)
    lines: Iterable[bytes | str] = sys.stdin if stream is None else stream
    for line in lines:
        text = line.decode("utf-8", "replace") if isinstance(line, bytes) else line
        yield text.rstrip("\r\n")


def _write(out: Any, line: str) -> None:
    buffer = getattr(out, "buffer", None)
    if buffer is None:
        out.write(line + "\n")
        return
    buffer.write(line.encode("utf-8") + b"\n")
    buffer.flush()


def _setting(slug: str, now: str | None, language: str | None) -> tuple[Setting, Mapping[str, str]]:
    """The property's own setting and desks, or the shipped ones where the database has no such
    property."""
    desks = {entry.slug: entry.desk for entry in load_catalogue().values()}
    try:
        from requests_app.models import Property, Service
        from requests_app.queries import reading_setting

        hotel = Property.objects.filter(slug=slug).first()
        if hotel is not None:
            zone = ZoneInfo(str(hotel.time_zone))
            setting = reading_setting(hotel, now=_moment(now, zone), language=language)
            rows = Service.objects.filter(property=hotel).values_list("slug", "desk__slug")
            return setting, desks | dict(rows)
    except (DatabaseError, ImportError):
        pass
    return Setting(now=_moment(now, _HOME), language=language), desks


def _moment(written: str | None, zone: ZoneInfo) -> datetime:
    if written is None:
        return datetime.now(zone)
    try:
        moment = datetime.fromisoformat(written)
    except ValueError as error:
        raise CommandError(f"--now is not an ISO time: {written}") from error
    return moment.replace(tzinfo=zone) if moment.tzinfo is None else moment.astimezone(zone)
