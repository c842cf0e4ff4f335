"""What boards, timelines and pages read. Owns every select_related; writes nothing."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.contrib.auth import HASH_SESSION_KEY, get_user_model
from django.contrib.sessions.models import Session
from django.db.models import (
    Case,
    Count,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    Sum,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Concat
from django.utils import timezone

from requests_app.models import (
    Commendation,
    Contact,
    IncomingPicture,
    Message,
    Photo,
    Property,
    Request,
    Room,
    Service,
    Stay,
    TaughtWord,
)
from requests_app.models.messages import ON_CARDS, Channel, Delivery
from requests_app.prepared import Bound, Prepared, PreparedRows
from requests_app.reading import Setting, StaffName

if TYPE_CHECKING:
    from staff.models import Person

CARD_RELATIONS = (
    "property",
    "desk",
    "service",
    "suggested",
    "room",
    "room_now",
    "stay__guest",
    "holder",
    "contact",
)
"""Everything a card shows, in one query."""


# --- sequences ---------------------------------------------------------------------------------


def head(property_id: int) -> tuple[int, int]:
    """The sequence of the last change, and ``house_version``."""
    ((sequence, version),) = _head.all(hotel=property_id)
    return sequence, version


def head_sequence(property_id: int) -> int:
    return head(property_id)[0]


_head: PreparedRows[tuple[int, int]] = PreparedRows(
    lambda: Property.objects.filter(pk=Bound("hotel")).values_list("sequence", "house_version")
)


def head_sequences(property_ids: Iterable[int]) -> dict[int, int]:
    rows = Property.objects.filter(pk__in=list(property_ids)).values_list("pk", "sequence")
    return dict(rows)


def cards(requests: QuerySet[Request]) -> QuerySet[Request]:
    """With all that a card shows, read in one statement: so a card agrees with its sequence."""
    pictures = Photo.objects.filter(request=OuterRef("pk")).order_by().values("request")
    said = Message.objects.filter(
        contact=OuterRef("contact"),
        direction=Message.Direction.OUT,
        delivery__in=ON_CARDS,
        at__gte=OuterRef("created_at"),
    ).order_by(FAILED_FIRST, "-at", "-pk")
    came = IncomingPicture.objects.filter(message=OuterRef("cause")).order_by().values("message")
    lost = Case(When(state=IncomingPicture.State.FAILED, then=LOST_PICTURE), default=1)
    return requests.select_related(*CARD_RELATIONS).annotate(
        photo_count=Coalesce(Subquery(pictures.annotate(n=Count("pk")).values("n")), 0),
        pictures_came=Coalesce(Subquery(came.annotate(n=Sum(lost)).values("n")), 0),
        last_said=Subquery(said.annotate(how=HOW_IT_WENT).values("how")[:1]),
    )


LOST_PICTURE = 1_000
"""In ``pictures_came``, which counts both in one number: one that could not be fetched."""

FAILED_FIRST = Case(
    When(delivery__in=[Delivery.FAILED, Delivery.UNDELIVERED], then=Value(0)), default=Value(1)
)
"""What did not arrive is not forgotten over what did afterwards."""

HOW_IT_WENT = Concat(
    "delivery", Value("|"), "error_code", Value("|"), Coalesce("outgoing__reason", Value("")),
    output_field=TextField(),
)  # fmt: skip
"""Delivery, code and reason of our last words, in one column."""


def requests_changed(property_id: int, after: int, until: int) -> list[Request]:
    """What a card shows, but for the rows of the house: see ``House.furnish``."""
    return _changed.all(hotel=property_id, after=after, until=until)


_changed = Prepared(
    lambda: (
        cards(
            Request.objects.filter(
                property=Bound("hotel"), sequence__gt=Bound("after"), sequence__lte=Bound("until")
            )
        )
        .select_related(None)
        .select_related("stay__guest", "holder", "contact")
    )
)


def commendations_changed(property_id: int, after: int, until: int) -> list[Commendation]:
    return list(
        Commendation.objects.filter(
            property_id=property_id, sequence__gt=after, sequence__lte=until
        ).order_by("at", "pk")
    )


def still_signed_in(
    pairs: set[tuple[int | None, str | None]],
) -> set[tuple[int | None, str | None]]:
    """Of (person id, session key) pairs, those whose person works here and whose session lives.

    Its print must be the person's still: see ``Person.sessions_ended``.
    """
    people = {
        person.pk: person.get_session_auth_hash()
        for person in get_user_model().objects.filter(
            pk__in={person for person, _ in pairs}, is_active=True
        )
    }
    prints = {
        session.pk: session.get_decoded().get(HASH_SESSION_KEY)
        for session in Session.objects.filter(
            pk__in={key for _, key in pairs if key}, expire_date__gt=timezone.now()
        )
    }
    return {
        (person, key)
        for person, key in pairs
        if person in people and key in prints and prints[key] == people[person]
    }


# --- boards ------------------------------------------------------------------------------------


def board_rows(property_id: int, desk_id: int | None) -> list[tuple[int, int, str, int]]:
    """(request id, sequence, status, desk id) of every card of a board, in the order they are
    shown in.

    An urgent request is on every board until it is done, whichever desk has it.
    """
    requests = Request.objects.filter(property_id=property_id).on_board()
    if desk_id is not None:
        requests = requests.filter(Q(desk_id=desk_id) | (Q(urgent=True) & ~Q(status="done")))
    return list(requests.most_urgent_first().values_list("pk", "sequence", "status", "desk_id"))


def board_keys(property_id: int, desk_id: int | None) -> list[tuple[int, int]]:
    """(request id, sequence) of every card of a board: ``board_rows`` without the lanes."""
    return [(pk, sequence) for pk, sequence, *_rest in board_rows(property_id, desk_id)]


def requests_by_id(ids: Iterable[int]) -> dict[int, Request]:
    return {r.pk: r for r in cards(Request.objects.filter(pk__in=list(ids)))}


def desk_counts(property_id: int, at: datetime) -> dict[int, tuple[int, int]]:
    """For each desk id: how many requests are open, and how many of these are late."""
    rows = _open_and_late.all(hotel=property_id, at=at)
    return {desk_id: (open_now, late) for desk_id, open_now, late in rows}


_open_and_late: PreparedRows[tuple[int, int, int]] = PreparedRows(
    lambda: (
        Request.objects.filter(property=Bound("hotel"))
        .on_board()
        .exclude(status="done")
        .values("desk_id")
        .annotate(
            open_now=Count("pk"),
            late=Count("pk", filter=Q(due_at__lt=Bound("at")) & ~Q(status="scheduled")),
        )
        .values_list("desk_id", "open_now", "late")
    )
)


def conversation(request: Request) -> QuerySet[Message]:
    """Everything said on any channel by and to the guest of this request, oldest first."""
    # One arm for each index, not "or": SQLite would read everything that was ever said.
    said = Message.objects.order_by().values("pk")
    arms = [said.filter(pk=request.cause_id)] if request.cause_id is not None else []
    if request.stay_id is not None:
        arms.append(said.filter(stay_id=request.stay_id))
    elif request.contact_id is not None:
        arms.append(said.filter(contact_id=request.contact_id, stay=None))
    elif request.browser:
        arms.append(said.filter(browser=request.browser))
    whose = said.filter(request=request).union(*arms, all=True)
    return (
        Message.objects.filter(pk__in=whose, property_id=request.property_id)
        .select_related("author", "outgoing", "contact")
        .prefetch_related("pictures")
        .order_by("at", "pk")
    )


# --- guests ------------------------------------------------------------------------------------


def stays_of(contact: Contact, at: datetime) -> list[Stay]:
    """Stays in the house that may be behind a number: the settled one, or those with it."""
    # One after the other, not "or": SQLite would look at every stay there ever was.
    settled = _stay_in_house.all(stay=contact.stay_id, at=at) if contact.stay_id else []
    return settled or stays_by_telephone(contact, at)


def stays_by_telephone(contact: Contact, at: datetime) -> list[Stay]:
    """Everybody in the house whose number the register says this is."""
    return _stays_by_telephone.all(hotel=contact.property_id, telephone=contact.address, at=at)


_stay_in_house = Prepared(
    lambda: Stay.objects.filter(
        pk=Bound("stay"), arrived_at__lte=Bound("at"), departed_at=None
    ).select_related("guest", "room")
)
_stays_by_telephone = Prepared(
    lambda: Stay.objects.filter(
        guest__property=Bound("hotel"),
        guest__telephone=Bound("telephone"),
        property=Bound("hotel"),
        arrived_at__lte=Bound("at"),
        departed_at=None,
    ).select_related("guest", "room")
)


def stay_in_room(room_id: int, at: datetime) -> Stay | None:
    """Who is in the room now; the latest to arrive where two overlap."""
    return (
        Stay.objects.in_house(at)
        .filter(room_id=room_id)
        .select_related("guest", "room")
        .order_by("-arrived_at")
        .first()
    )


def room_of_token(token: str) -> Room | None:
    """The room behind a QR code, with its hotel; None for a token that is unknown or renewed."""
    return Room.objects.filter(token=token).select_related("property").first()


def only_property() -> Property | None:
    """The hotel, where there is just one."""
    found = list(Property.objects.all()[:2])
    return found[0] if len(found) == 1 else None


BROWSER_WITHOUT_STAY = timedelta(hours=24)
"""So long a browser sees what it asked for from a room in which nobody is registered."""


def requests_of_browser(
    room: Room, browser: str, *, stay: Stay | None, at: datetime
) -> QuerySet[Request]:
    """What this browser asked for from this room during the present stay, newest first,
    those of one text in the order of its words.

    Of anyone else's, and of earlier stays, nothing. Where the register knows nobody, the last day.
    A guest who moved finds on the new room's page what they asked for from the old one. Six
    queries, whatever the number of requests.
    """
    if not browser:
        return Request.objects.none()
    shown = Q(stay=None, room=room, created_at__gte=at - BROWSER_WITHOUT_STAY)
    if stay is not None:
        shown |= Q(stay=stay)
    said = Message.objects.exclude(direction=Message.Direction.NOTE).select_related("author")
    return (
        Request.objects.filter(shown, browser=browser, property_id=room.property_id)
        .select_related("property", "desk", "service", "holder", "rating")
        .prefetch_related(
            Prefetch("messages", said),
            "photos",
            "fulfilments__by",
            "fulfilments__helpers",
            "commendations__people__person",
        )
        .order_by("-created_at", "pk")
    )


def web_requests_since(room: Room, browser: str, since: datetime) -> int:
    """How many requests this browser has made on the room's page lately. Another telephone in the
    same room is another guest's."""
    return Request.objects.filter(
        property_id=room.property_id,
        room=room,
        browser=browser,
        channel=Channel.WEB,
        created_at__gt=since,
    ).count()


def words_waiting(room: Room, browser: str) -> list[Message]:
    """What this browser wrote and nobody has understood yet: kept, and said to be."""
    if not browser:
        return []
    return list(
        Message.objects.filter(
            browser=browser, room=room, direction=Message.Direction.IN, understood_at=None
        )
    )


# --- the reading's setting ---------------------------------------------------------------------


def staff_names(hotel: Property) -> tuple[StaffName, ...]:
    people = get_user_model().objects.filter(property=hotel, is_active=True)
    return tuple(
        StaffName(pk, first, last, tuple(nicknames))
        for pk, first, last, nicknames in people.values_list(
            "pk", "first_name", "last_name", "nicknames"
        )
    )


def reading_setting(hotel: Property, *, now: datetime, language: str | None = None) -> Setting:
    """What the reading must know of this hotel; ``now`` is UTC. Four queries: see ``house``."""
    return Setting(
        now=hotel.local(now),
        language=language or None,
        languages=tuple(hotel.languages),
        services=frozenset(
            Service.objects.filter(property=hotel, active=True).values_list("slug", flat=True)
        ),
        taught=tuple(
            TaughtWord.objects.filter(property=hotel).values_list(
                "language", "word", "service__slug"
            )
        ),
        staff=staff_names(hotel),
        rooms=frozenset(Room.objects.filter(property=hotel).values_list("number", flat=True)),
    )


def team(hotel: Property) -> list[Person]:
    """Who works here, by name."""
    return list(get_user_model().objects.filter(property=hotel, is_active=True))


def is_on_board(request: Request, desk_id: int | None) -> bool:
    """Whether a board shows this request: the same rule as ``board_keys``, for one row."""
    if request.closed_at is not None:
        return False
    return (
        desk_id is None
        or request.desk_id == desk_id
        or (request.urgent and request.status != "done")
    )
