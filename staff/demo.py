"""The demo hotel: rooms, desks, catalogue, people, and the guests in its rooms."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django.conf import settings
from django.contrib.auth.hashers import make_password

from requests_app.actions import escalation
from requests_app.actions.hotel import found_hotel
from requests_app.actions.journal import change
from requests_app.models import Desk, Guest, Property, Room, Service, Stay
from requests_app.reading.catalogue import DESKS
from staff.models import Person, Role

SLUG = "demo"
PASSWORD = "demo"  # noqa: S105  (said on the sign-in page of the demo)
ROOMS = [f"{floor}{number:02d}" for floor in range(1, 5) for number in range(1, 13)]
VACANT = {"110"}

PEOPLE = [
    # (local part, first, last, nicknames, role, desks)
    ("front-desk", "Selin", "Öztürk", [], Role.DESK, ["front-desk"]),
    ("concierge", "Mika", "Korhonen", ["Miku"], Role.DESK, ["concierge"]),
    ("housekeeping", "Aino", "Laine", [], Role.DESK, ["housekeeping"]),
    ("engineering", "Tomasz", "Nowak", ["Tomek"], Role.DESK, ["engineering"]),
    ("dining", "Leyla", "Demir", [], Role.DESK, ["dining"]),
    ("bell", "Joonas", "Mäkelä", ["Joni"], Role.DESK, ["bell"]),
    ("supervisor", "Helena", "Virtanen", ["Hellu"], Role.SUPERVISOR, list(DESKS)),
    ("manager", "Robert", "Lindqvist", [], Role.MANAGER, list(DESKS)),
    ("admin", "Grace", "Okafor", [], Role.ADMINISTRATOR, list(DESKS)),
    ("mika.salo", "Mika", "Salo", [], Role.DESK, ["housekeeping"]),
    ("maria.santos", "Maria", "Santos", [], Role.DESK, ["housekeeping"]),
    ("emre.kaya", "Emre", "Kaya", [], Role.DESK, ["front-desk"]),
    ("ravi.patel", "Ravi", "Patel", [], Role.DESK, ["engineering", "bell"]),
    ("noora.heikkinen", "Noora", "Heikkinen", ["Nonna"], Role.DESK, ["dining"]),
]
"""Two people are called Mika: praise for "Mika" must ask, or stay open."""

TELEPHONES = {
    "supervisor": "+12025550181", "manager": "+12025550182", "admin": "+12025550183",
}  # fmt: skip
ON_DUTY = ["manager", "supervisor"]
CLOSED_AT_NIGHT = [  # a desk or a service, from when to when it is open
    ("room-service", "06:30", "00:00"),
    ("concierge", "07:00", "00:00"),
]

NAMED_GUESTS = {  # by room: first and last name, telephone, language, preferences
    "412": ("Ayşe", "Yılmaz", "+12025550112", "tr", "Diabetic: sugar-free, bread first"),
    "305": ("Kari", "Virtanen", "+12025550135", "fi", ""),
    "207": ("Emily", "Clarke", "+12025550127", "en", "Feather allergy: synthetic pillows"),
    "208": ("James", "Morgan", "+12025550128", "en", ""),
    "209": ("Olivia", "Morgan", "+12025550128", "en", ""),
}
OTHER_GUESTS = [
    ("Hannah", "Weber", "en"), ("Luca", "Rossi", "en"), ("Sofia", "García", "en"),
    ("Mehmet", "Arslan", "tr"), ("Zeynep", "Aydın", "tr"), ("Pekka", "Nieminen", "fi"),
    ("Liisa", "Koskinen", "fi"), ("Omar", "Haddad", "ar"), ("Layla", "Nasser", "ar"),
    ("Daniel", "Brown", "en"), ("Grace", "Kim", "en"), ("Anna", "Larsson", "en"),
    ("Juhani", "Salonen", "fi"), ("Fatma", "Şahin", "tr"), ("Thomas", "Meyer", "en"),
    ("Claire", "Dubois", "en"), ("Noah", "Jensen", "en"), ("Elena", "Popescu", "en"),
]  # fmt: skip


def make_hotel(*, now: datetime) -> Property:
    """The demo hotel with everybody in it; the one there is, if it is there already."""
    existing = Property.objects.filter(slug=SLUG).first()
    if existing is not None:
        return existing
    with change():
        hotel = found_hotel(
            slug=SLUG,
            name="Demo Hotel",
            time_zone="Europe/Helsinki",
            text_number="+12025550100",
            telephone="+12025550199",
            languages=[code for code, _name in settings.LANGUAGES],
            rooms=ROOMS,
            is_demo=True,
        )
        desks = {desk.slug: desk for desk in Desk.objects.filter(property=hotel)}
        password = make_password(PASSWORD)
        for local, first, last, nicknames, role, where in PEOPLE:
            person = Person.objects.create(
                property=hotel,
                email=f"{local}@demo.example",
                first_name=first,
                last_name=last,
                nicknames=nicknames,
                role=role,
                password=password,
                telephone=TELEPHONES.get(local, ""),
            )
            person.desks.set(desks[slug] for slug in where)
        _set_clocks(hotel, now=now)
        check_in_guests(hotel, now=now)
    hotel.refresh_from_db()
    return hotel


def _set_clocks(hotel: Property, *, now: datetime) -> None:
    """A kitchen and a concierge that sleep; who is on duty."""
    for slug, opens, closes in CLOSED_AT_NIGHT:
        row = Desk.objects.filter(property=hotel, slug=slug).first()
        row_or_service = row or Service.objects.get(property=hotel, slug=slug)
        every_day = {"days": list(range(7)), "opens": opens, "closes": closes}
        escalation.set_hours(row_or_service, hours=[every_day])
    duty = {p.email.partition("@")[0]: p for p in Person.objects.filter(property=hotel)}
    escalation.set_on_duty(hotel, [duty[local] for local in ON_DUTY], at=now)


def check_in_guests(hotel: Property, *, now: datetime) -> None:
    others = iter(OTHER_GUESTS * 4)
    today = hotel.local(now).date()
    for n, room in enumerate(Room.objects.filter(property=hotel).order_by("number")):
        if room.number in VACANT:
            continue
        if room.number in NAMED_GUESTS:
            first, last, telephone, language, preferences = NAMED_GUESTS[room.number]
        elif n % 5 < 3:
            (first, last, language), telephone, preferences = next(others), "", ""
        else:
            continue
        guest = Guest.objects.create(
            property=hotel,
            first_name=first,
            last_name=last,
            telephone=telephone,
            language=language,
            preferences=preferences,
        )
        arrived = today - timedelta(days=1 + n % 4)
        leaves = today + timedelta(days=1 + n % 5)
        Stay.objects.create(
            property=hotel,
            guest=guest,
            room=room,
            arrived_at=datetime.combine(arrived, time(15 + n % 7, 10 * (n % 6)), hotel.zone),
            leaves_at=datetime.combine(leaves, time(11 + n % 2), hotel.zone),
        )
