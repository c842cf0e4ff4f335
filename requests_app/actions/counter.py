"""What a guest asks by telephone or at the counter, entered by staff; and follow-ups staff plan."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import UUID, uuid5

from django.db import IntegrityError
from django.utils.translation import gettext as _

from requests_app import queries
from requests_app.actions.journal import change, move
from requests_app.actions.opening import Wanted, open_requests
from requests_app.errors import Missing
from requests_app.house import house_of
from requests_app.models import Desk, Property, Request, Room, Service
from requests_app.models.messages import Channel
from requests_app.reading import CERTAIN, read
from requests_app.reading.moment import moment_named
from requests_app.states import EventKind

if TYPE_CHECKING:
    from staff.models import Person

OTHER = "other"


def wanted_by_words(
    hotel: Property, words: str, *, by: Person, desk: Desk | None, now: datetime
) -> list[Wanted]:
    """One thing per certain wish; else the words themselves, for ``desk`` or the front desk.

    Read in the colleague's language, or in whichever the words are.
    """
    house = house_of(hotel, now)
    setting = house.setting_at(hotel, now, language=by.language, awaiting=False)
    reading = read(words, setting)
    urgent = {"urgent": reading.urgent, "urgent_words": ", ".join(reading.urgent_words)}
    wanted = [
        Wanted(
            desk=house.services[wish.service].desk,
            service=house.services[wish.service],
            quantity=wish.quantity,
            wanted_at=wish.at.astimezone(UTC) if wish.at else None,
            words=words,
            **urgent,  # type: ignore[arg-type]
        )
        for wish in reading.requests
        if wish.service in house.services and wish.service != OTHER and wish.confidence >= CERTAIN
    ]
    if wanted:
        return wanted
    other = house.services.get(OTHER)
    at = moment_named(words, reading.language, setting)
    return [
        Wanted(
            desk=desk or house.front_desk,
            service=other,
            kind=Request.Kind.SERVICE if other else Request.Kind.UNSORTED,
            words=words,
            wanted_at=at.astimezone(UTC) if at else None,
            **urgent,  # type: ignore[arg-type]
        )
    ]


def plan_follow_up(
    request: Request,
    *,
    words: str,
    wanted_at: datetime,
    by: Person,
    at: datetime,
    submission: UUID,
) -> Request:
    """Something of ours to do for this guest later, at the same desk: it comes onto the board in
    time and its clock runs like any other's. The guest is told nothing. The same form again is the
    same follow-up. Raises Missing for no words, or a time that has passed.
    """
    words = " ".join(words.split())
    if not words:
        raise Missing(_("Say what is to be done."))
    if wanted_at <= at:
        raise Missing(_("Choose a time that is still to come."))
    known = Request.objects.filter(property_id=request.property_id, submission=submission).first()
    if known is not None:
        return known
    hotel = request.property
    other = house_of(hotel, at).services.get(OTHER)
    wanted = Wanted(
        desk=request.desk,
        service=other,
        kind=Request.Kind.SERVICE if other else Request.Kind.UNSORTED,
        words=words,
        wanted_at=wanted_at,
        submission=submission,
        told=False,
    )
    room = request.room_now or request.room
    with change():
        (planned,) = open_requests(
            hotel,
            [wanted],
            channel=Channel.COUNTER,
            at=at,
            room=room,
            stay=request.stay,
            language=request.language,
            by=by,
        )
        move(
            request,
            None,
            EventKind.PLANNED,
            at=at,
            by=by,
            reason=words,
            data={"at": wanted_at.isoformat(), "request": planned.pk},
        )
    return planned


def enter_request(
    hotel: Property,
    *,
    room: Room | None,
    words: str,
    by: Person,
    at: datetime,
    channel: str,
    submission: UUID,
    desk: Desk | None = None,
    service: Service | None = None,
    quantity: int | None = None,
    wanted_at: datetime | None = None,
) -> list[Request]:
    """Open what a guest asked by telephone or at the counter; the same submission again, nothing.

    A ``service`` that was picked wins over the words, and so do a quantity and a time (UTC).
    ``desk`` is for words that name no service. Raises Missing for nothing wanted.
    """
    known = Request.objects.filter(property=hotel, submission=submission).first()
    if known is not None:
        return [known]
    words = " ".join(words.split())
    if service is not None:
        wanted = [Wanted(desk=service.desk, service=service, words=words)]
    elif words:
        wanted = wanted_by_words(hotel, words, by=by, desk=desk, now=at)
    else:
        raise Missing(_("Say what is wanted."))
    stay = queries.stay_in_room(room.pk, at) if room else None
    things = [
        Wanted(
            desk=thing.desk,
            service=thing.service,
            kind=thing.kind,
            quantity=quantity if quantity and len(wanted) == 1 else thing.quantity,
            wanted_at=wanted_at or thing.wanted_at,
            words=thing.words,
            urgent=thing.urgent,
            urgent_words=thing.urgent_words,
            submission=submission if n == 0 else uuid5(submission, str(n)),
            # "Check on 412 at 20:00" is a plan of ours: no guest was told that time.
            told=(thing.service is not None and thing.service.slug != OTHER)
            or not (wanted_at or thing.wanted_at),
        )
        for n, thing in enumerate(wanted)
    ]
    language = stay.guest.language if stay else ""
    try:
        return open_requests(
            hotel, things, channel=channel, at=at, room=room, stay=stay, language=language, by=by
        )
    except IntegrityError:  # the same form, sent twice at the same moment
        return [Request.objects.get(property=hotel, submission=submission)]
