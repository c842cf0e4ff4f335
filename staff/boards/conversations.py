"""The conversation beside a card: everything said, what became of it, and who the guest is."""

from __future__ import annotations

import hashlib
from typing import Any
from uuid import uuid4

from django.http import HttpResponse, HttpResponseNotModified
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone

from requests_app import fragments, lookups, queries
from requests_app.cards import ACTS, acts_possible, card_context, language_name
from requests_app.models import Request
from requests_app.states import EventKind, Status
from requests_app.wording import LIMIT
from staff.boards.acting import find, is_script, way_back
from staff.boards.history import actor_of, event_words, lines_of, moment
from staff.boards.ledger import ledger_of
from staff.frame import StaffRequest, frame, staff_only


@staff_only()
def conversation(request: StaffRequest, pk: int) -> HttpResponse:
    """Beside the board, or a page of its own on a telephone and without JavaScript."""
    target = find(request, pk)
    context = {
        "target": target,
        "talk": talk_of(request, target),
        "submission": str(uuid4()),
        "reply_language": language_name(target.language, request.user.language),
        "limit": LIMIT,
        "can_text": target.contact is not None or bool(target.browser),
        "stopped": target.contact is not None and target.contact.opted_out_at is not None,
        "next": way_back(request),
    }
    if is_script(request):
        return render(request, "boards/_conversation.html", context)
    context |= frame(request.user, here=target.desk.slug) | {
        "card": fragments.card(target, request.user.language),
        "next": request.path,
    }
    return render(request, "boards/conversation.html", context)


@staff_only()
def thread(request: StaffRequest, pk: int) -> HttpResponse:
    """Only what was said, without the box somebody may be typing in; 304 where it is as known."""
    html = talk_of(request, find(request, pk))
    etag = f'"{hashlib.blake2b(html.encode(), digest_size=12).hexdigest()}"'
    if request.headers.get("If-None-Match") == etag:
        return HttpResponseNotModified(headers={"ETag": etag})
    return HttpResponse(html, headers={"ETag": etag, "Cache-Control": "no-cache"})


def talk_of(request: StaffRequest, target: Request) -> str:
    """The piece of a page with the guest, the thread and the history."""
    hotel, now = request.user.property, timezone.now()
    stay = target.stay
    card = card_context(target)
    events = list(lookups.events_of(target))
    usual = ACTS.get(card["usual"])
    shown = {*card["acts"], "note"}
    possible = [act for act in acts_possible(target) if act.slug != "reply"]  # it has its box
    context: dict[str, Any] = {
        "target": target,
        "card": card,
        "usual": usual,
        "acts": sorted(
            (act for act in possible if act.slug in shown), key=lambda act: act is not usual
        ),
        "more": [act for act in possible if act.slug not in shown],
        "lines": lines_of(queries.conversation(target), hotel, now),
        "events": [
            (moment(hotel, event.at, now), actor_of(event), event_words(event, hotel, now))
            for event in events
        ],
        "why_cancelled": next(
            (e.reason for e in reversed(events) if e.kind == EventKind.CANCELLED), ""
        )
        if target.status == Status.CANCELLED
        else "",
        "ledger": ledger_of(lookups.promises_of(target), target, hotel, now),
        "fulfilments": lookups.fulfilments_of(target),
        "photos": target.photos.order_by("pk"),
        "others": [card_context(other) for other in lookups.others_of_stay(target)],
        "stay": stay,
        "leaves": moment(hotel, stay.leaves_at, now) if stay else "",
        "guest_language": language_name(stay.guest.language, request.user.language)
        if stay and stay.guest.language
        else "",
    }
    return render_to_string("boards/_talk.html", context)
