"""A board's socket: which board it shows. It hears nothing that anyone says."""

from __future__ import annotations

from requests_app.hub import View
from requests_app.models import Desk
from staff.boards.live import BoardView
from staff.live import staff_socket
from staff.models import Person

EVERYTHING = "all"


def board_of(person: Person, slug: str) -> View | None:
    if slug == EVERYTHING:
        return BoardView(person.property_id, None, person.language)
    desk = Desk.objects.filter(property_id=person.property_id, slug=slug).first()
    return None if desk is None else BoardView(desk.property_id, desk.pk, person.language)


board_socket = staff_socket(board_of)
