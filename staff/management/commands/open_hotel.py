"""``manage.py open_hotel``: a hotel of one's own, with its desks, its catalogue and its first
administrator."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any
from zoneinfo import available_timezones

import phonenumbers
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.utils.text import slugify

from requests_app.actions.hotel import found_hotel
from requests_app.actions.journal import change
from requests_app.actions.rooms import room_numbers
from requests_app.errors import RequestError
from staff.accounts.actions import first_administrator


class Command(BaseCommand):
    help = "Open a hotel: six desks, the whole catalogue, its rooms, and one administrator."

    def add_arguments(self, parser: ArgumentParser) -> None:
        languages = [code for code, _name in settings.LANGUAGES]
        parser.add_argument("name", help='as guests read it: "Hotel Lumi"')
        parser.add_argument("--time-zone", required=True, help="Europe/Helsinki, Asia/Tokyo …")
        parser.add_argument("--text-number", required=True, help="where guests text: +358…")
        parser.add_argument("--telephone", required=True, help="of the front desk: +358…")
        parser.add_argument("--email", required=True, help="of the first administrator")
        parser.add_argument("--first-name", required=True)
        parser.add_argument("--last-name", required=True)
        parser.add_argument("--language", choices=languages, default=languages[0])
        parser.add_argument("--rooms", default="", help='"101-112, 201-212, Suite A"')

    def handle(self, *args: Any, name: str, **options: Any) -> None:
        languages = [code for code, _name in settings.LANGUAGES]
        try:
            validate_email(options["email"])
            rooms = room_numbers(options["rooms"]) if options["rooms"].strip() else []
            with change():
                hotel = found_hotel(
                    name=name,
                    slug=slugify(name)[:50] or "hotel",
                    time_zone=_time_zone(options["time_zone"]),
                    text_number=_number(options["text_number"]),
                    telephone=_number(options["telephone"]),
                    languages=sorted(languages, key=lambda code: code != options["language"]),
                    rooms=rooms,
                )
                person, password = first_administrator(
                    hotel,
                    email=options["email"].strip().lower(),
                    first_name=options["first_name"],
                    last_name=options["last_name"],
                )
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        except RequestError as refusal:
            raise CommandError(str(refusal)) from refusal
        said = [
            f"{hotel.name} is open, with {len(rooms)} rooms.",
            f"Sign in as {person.email} with the password  {password}",
            "and choose your own. Then: people, rooms and their QR cards are under The house.",
        ]
        self.stdout.write("\n".join(said))


def _time_zone(name: str) -> str:
    if name not in available_timezones():
        raise CommandError(f"There is no time zone {name!r}. For example: Europe/Helsinki.")
    return name


def _number(written: str) -> str:
    try:
        number = phonenumbers.parse(written)
    except phonenumbers.NumberParseException as error:
        raise CommandError(
            f"{written!r} is no telephone number: begin with + and the country code."
        ) from error
    if not phonenumbers.is_possible_number(number):
        raise CommandError(f"There can be no number {written!r}.")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
