"""What a guest does with one of their own requests on the room's page: write, say that it is not
needed, that it came or did not, rate it, thank somebody."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError
from django.utils import translation
from django.utils.translation import gettext as _

from requests_app.actions import answers, praise, requests, web
from requests_app.actions.journal import By, change, fresh, touch
from requests_app.actions.visitors import Visitor, hear, read_words, receive_words
from requests_app.actions.web import Asked
from requests_app.errors import Missing, MoveNotAllowed
from requests_app.house import house_of
from requests_app.models import Commendation, Rating, Request
from requests_app.models.messages import Channel
from requests_app.states import ON_BOARD, Status

MANY_WORDS = 30
"""So many answers to one request within ``web.MANY_WITHIN`` are enough: then, the telephone."""


def write(
    visitor: Visitor, request: Request, *, words: str, submission: UUID, at: datetime
) -> Asked:
    """The guest writes about a request. About one that is over, it is asked anew.

    Raises Missing for empty words. A form sent twice is heard once.
    """
    if not words.strip():
        raise Missing(_("Write a few words first."))
    if request.status not in ON_BOARD:
        return web.ask(visitor, words=words, submission=submission, at=at)
    lately = request.messages.filter(direction="in", at__gt=at - web.MANY_WITHIN).count()
    try:
        with change():
            message, is_new = receive_words(
                visitor, words=words, submission=submission, at=at, request=request
            )
            if is_new and lately < MANY_WORDS:
                house = house_of(visitor.hotel, at)
                reading = read_words(message.body, visitor, house, now=at)
                hear(request, message, reading, at=at)
    except IntegrityError:  # the same form at the same moment: the other one is heard
        return Asked(requests=[request], again=True)
    return Asked(requests=[request], again=not is_new, many=lately >= MANY_WORDS)


def not_needed(request: Request, *, at: datetime) -> Request:
    """While nobody has taken it yet. Raises MoveNotAllowed later: then a word to staff helps."""
    if request.status not in {Status.NEW, Status.SCHEDULED, Status.CANCELLED}:
        raise MoveNotAllowed(request)
    with translation.override(request.property.language):  # staff read the reason
        reason = _("The guest does not need it any more.")
    return requests.cancel_request(request, at=at, reason=reason)


def arrived(request: Request, *, at: datetime) -> Request:
    """Everything is there. A second tap changes nothing."""
    return requests.confirm_request(request, at=at, actor=By.GUEST)


def not_yet(
    visitor: Visitor, request: Request, *, words: str, submission: UUID, at: datetime
) -> Request:
    """Reopens the same request, as rework; ``words`` say what is missing, and are read by staff."""
    if request.status == Status.NEW:
        return request
    with change():
        again = requests.reopen_request(request, at=at, reason=words)
        if words.strip():
            answers.on_its_card(again, words.strip())
            write(visitor, again, words=words, submission=submission, at=at)
    return fresh(again)


def rate(request: Request, *, score: int, at: datetime) -> Rating:
    """1 to 5, for what is done; the last word counts. Rating says that it arrived."""
    if request.status not in {Status.DONE, Status.CONFIRMED}:
        raise MoveNotAllowed(request)
    with change():
        if request.status == Status.DONE:
            requests.confirm_request(request, at=at, actor=By.GUEST)
        return answers.rate(request, score=score, at=at)


def thank(
    visitor: Visitor,
    request: Request,
    *,
    people: Collection[str],
    words: str,
    submission: UUID,
    at: datetime,
) -> Commendation:
    """Praise for those who did it (``people``: ids that were tapped) or whom the words name.

    Once a request: a second time returns the first. Raises Missing where nothing was said.
    """
    if request.status not in {Status.DONE, Status.CONFIRMED}:
        raise MoveNotAllowed(request)
    offered = praise.people_who_did(request)
    chosen = [person for person in offered if str(person.pk) in people]
    if not chosen and not words.strip():
        raise Missing(_("Choose somebody, or write a few words."))
    with change():
        Request.objects.select_for_update().get(pk=request.pk)  # two taps at once: one waits
        earlier = Commendation.objects.filter(request=request, channel=Channel.WEB).first()
        if earlier is not None:
            return earlier
        message = None
        if words.strip():
            message, _new = receive_words(
                visitor, words=words, submission=submission, at=at, request=request
            )
        commendation = praise.commend(
            visitor.hotel,
            words=message.body if message else "",
            at=at,
            channel=Channel.WEB,
            language=visitor.language,
            request=request,
            stay=request.stay,
            message=message,
            offered=offered,
            chosen=chosen,
        )
        touch(Request.objects.filter(pk=request.pk), property_id=request.property_id)
    return commendation
