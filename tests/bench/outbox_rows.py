"""``python -m tests.bench.outbox_rows --count 800 --due-in 5``: texts to as many guests, all due at
one moment, written as every reply is."""

from __future__ import annotations

import argparse
import os
from datetime import timedelta

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "concierge.settings")

import django

django.setup()

from django.utils import timezone

from requests_app.actions import messages
from requests_app.actions.journal import change
from requests_app.models import Contact, Property


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, required=True)
    parser.add_argument("--due-in", type=float, required=True, help="seconds")
    wanted = parser.parse_args()
    hotel = Property.objects.get(is_demo=True)
    now = timezone.now()
    due_at = now + timedelta(seconds=wanted.due_in)
    with change():
        for contact in Contact.objects.filter(property=hotel).order_by("pk")[: wanted.count]:
            messages.text_to(
                contact,
                text="2 bath towels to room 412. Housekeeping will be there by 18:40.",
                by=None,
                at=now,
                due_at=due_at,
            )


if __name__ == "__main__":
    main()
