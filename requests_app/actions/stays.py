"""Who comes and goes, by hand: so that a hotel works without a system that tells us."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from requests_app import queries
from requests_app.actions.journal import change, touch
from requests_app.errors import RequestError
from requests_app.models import Contact, Guest, Request, Room, Stay
from requests_app.models.messages import Awaiting


def check_in(
    room: Room,
    *,
    at: datetime,
    leaves_at: datetime,
    first_name: str,
    last_name: str,
    telephone: str = "",
    language: str = "",
    preferences: str = "",
) -> Stay:
    """A guest arrives. Who was here before, by telephone and surname, is the same guest again.

    ``telephone`` is E.164 or empty; ``leaves_at`` is UTC. Raises RequestError where the room is
    taken or the guest would leave before arriving.
    """
    _leaves_after(at, leaves_at)
    with change():
        present = queries.stay_in_room(room.pk, at)
        if present is not None:
            raise RequestError(
                _("%(guest)s is in room %(room)s. Check them out first.")
                % {"guest": present.guest, "room": room.number}
            )
        guest = _known_guest(room.property_id, telephone, last_name)
        if guest is None:
            guest = Guest(property_id=room.property_id)
        guest.first_name, guest.last_name, guest.telephone = first_name, last_name, telephone
        guest.language, guest.preferences = language, preferences
        guest.save()
        return Stay.objects.create(
            property_id=room.property_id,
            guest=guest,
            room=room,
            arrived_at=at,
            leaves_at=leaves_at,
        )


def _known_guest(property_id: int, telephone: str, last_name: str) -> Guest | None:
    if not telephone:
        return None
    return Guest.objects.filter(
        property_id=property_id, telephone=telephone, last_name__iexact=last_name
    ).first()


def _leaves_after(at: datetime, leaves_at: datetime) -> None:
    if leaves_at <= at:
        raise RequestError(_("Choose a day of departure that is still to come."))


def update_stay(
    stay: Stay,
    *,
    at: datetime,
    leaves_at: datetime,
    first_name: str,
    last_name: str,
    telephone: str = "",
    language: str = "",
    preferences: str = "",
) -> Stay:
    """What is known of a guest has changed; their open cards show it."""
    if leaves_at != stay.leaves_at:
        _leaves_after(at, leaves_at)
    with change():
        guest = stay.guest
        guest.first_name, guest.last_name, guest.telephone = first_name, last_name, telephone
        guest.language, guest.preferences = language, preferences
        guest.save()
        stay.leaves_at = leaves_at
        stay.save(update_fields=["leaves_at"])
        touch(_open_cards(stay), property_id=stay.property_id)
    return stay


def check_out(stay: Stay, *, at: datetime) -> Stay:
    """The guest has left: their number is nobody's any more. What they still wait for (a taxi,
    the luggage) stays on the boards. A second time changes nothing."""
    if stay.departed_at is not None:
        return stay
    with change():
        stay.departed_at = max(at, stay.arrived_at)
        stay.save(update_fields=["departed_at"])
        Contact.objects.filter(stay=stay).update(
            stay=None, awaiting=Awaiting.NOTHING, awaiting_request=None, asked_at=None, tries=0
        )
        touch(_open_cards(stay), property_id=stay.property_id)
    return stay


def _open_cards(stay: Stay) -> QuerySet[Request]:
    return Request.objects.filter(property_id=stay.property_id, stay=stay).on_board()
