"""A request as a board shows it: every string prepared, so that the template is plain and quick.

A card is kept and shared, so nothing in it is relative to now, to who looks or to a session: the
promise is a clock time of the property, which the page's script turns into "due in 6 min".
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from functools import lru_cache
from typing import Any

from django.utils.translation import (
    get_language,
    get_language_info,
    gettext_lazy,
    ngettext,
    pgettext_lazy,
)
from django.utils.translation import gettext as _

from requests_app import queries, reasons
from requests_app.clock_faces import WARNED, clock_of, day_and_time, new_times
from requests_app.models import Request
from requests_app.models.messages import Channel, Delivery
from requests_app.states import Status, Whom

WORDS_SHOWN = 150
"""Characters of the guest's words on a card; the conversation has them all."""

TITLE_WORDS = 70


@dataclass(frozen=True, slots=True)
class Act:
    """Something that can be done with a request: its address, its words, its key."""

    slug: str
    label: Any
    key: str
    tap: bool = False
    """True: done by the tap itself; False: asks something first."""


ACTS: dict[str, Act] = {
    act.slug: act
    for act in (
        Act("accept", gettext_lazy("Accept"), "A", tap=True),
        Act("start", gettext_lazy("On my way"), "S", tap=True),
        Act("done", gettext_lazy("Done"), "D"),
        Act("hold", pgettext_lazy("button", "Hold"), "H"),
        Act("transfer", gettext_lazy("Hand over"), "T"),
        Act("release", gettext_lazy("Release"), "R", tap=True),
        Act("reply", gettext_lazy("Reply"), "M"),
        Act("note", gettext_lazy("Note"), "I"),
        Act("promise", gettext_lazy("Move the promise"), "P"),
        Act("follow-up", gettext_lazy("Follow up"), "F"),
        Act("sort", gettext_lazy("Sort"), "O"),
        Act("settle", gettext_lazy("Whose number?"), "W"),
        Act("reopen", gettext_lazy("Not yet: reopen"), "U"),
        Act("cancel", gettext_lazy("Not needed"), "X"),
    )
}
"""In the order of the conversation's list. The keys are those of the board's script."""

ON_CARD: dict[str, tuple[str, ...]] = {
    Status.SCHEDULED: ("accept", "promise", "reply"),
    Status.NEW: ("accept", "transfer", "reply"),
    Status.ACCEPTED: ("start", "done", "hold"),
    Status.IN_PROGRESS: ("done", "hold", "promise"),
    Status.ON_HOLD: ("start", "done", "reply"),
    Status.DONE: ("reopen", "reply"),
    Status.CONFIRMED: ("reopen",),
    Status.CANCELLED: (),
}
"""The first is the usual next step. Everything else is a key, or in the conversation."""

POSSIBLE: dict[str, tuple[str, ...]] = {
    Status.SCHEDULED: (
        "accept", "start", "transfer", "promise", "follow-up",
        "sort", "reply", "note", "cancel",
    ),
    Status.NEW: (
        "accept", "start", "done", "hold", "transfer", "promise", "follow-up",
        "sort", "reply", "note", "cancel",
    ),
    Status.ACCEPTED: (
        "start", "done", "hold", "transfer", "release", "promise", "follow-up",
        "sort", "reply", "note",
        "cancel",
    ),
    Status.IN_PROGRESS: (
        "done", "hold", "transfer", "release", "promise", "follow-up",
        "sort", "reply", "note", "cancel",
    ),
    Status.ON_HOLD: (
        "start", "done", "transfer", "release", "promise", "follow-up",
        "sort", "reply", "note", "cancel",
    ),
    Status.DONE: ("reopen", "follow-up", "reply", "note"),
    Status.CONFIRMED: ("reopen", "follow-up", "reply", "note"),
    Status.CANCELLED: ("reply", "note"),
}  # fmt: skip
"""What the conversation offers in each status."""

UNSORTED = frozenset({Request.Kind.UNSORTED, Request.Kind.COMPLAINT})


def acts_on_card(request: Request) -> list[Act]:
    slugs: tuple[str, ...] = ON_CARD[request.status]
    if request.status == Status.NEW and request.kind == Request.Kind.UNKNOWN_GUEST:
        slugs = ("settle", "accept", "reply")
    elif request.status == Status.NEW and request.kind in UNSORTED:
        slugs = ("sort", "accept", "reply")
    return [ACTS[slug] for slug in slugs]


def acts_possible(request: Request) -> list[Act]:
    slugs = POSSIBLE[request.status]
    acts = [ACTS[slug] for slug in slugs]
    if request.kind == Request.Kind.UNKNOWN_GUEST and request.is_open:
        acts.insert(0, ACTS["settle"])
    return acts


@lru_cache(maxsize=512)
def language_name(code: str, shown_in: str) -> str:
    """ "tr" as somebody reading ``shown_in`` calls it: "Turkish"."""
    try:
        return str(get_language_info(code)["name_translated"])
    except KeyError:
        return code


def shorten(text: str, limit: int) -> str:
    """On one line, and no longer than ``limit`` characters."""
    text = " · ".join(" ".join(line.split()) for line in text.splitlines() if line.strip())
    return text if len(text) <= limit else f"{text[: limit - 1].rstrip()}…"


def title_of(request: Request) -> str:
    """What to do, with its quantity; in the words themselves where no service names it."""
    if request.kind == Request.Kind.UNSORTED and not request.words.strip():
        return _("(with a picture)") if pictures_of(request)[0] else _("(an empty text)")
    if request.service is not None and request.service.slug == "other" and request.words.strip():
        return shorten(request.words, TITLE_WORDS)
    return request.title


def guest_of(request: Request) -> str:
    if request.stay is not None:
        return str(request.stay.guest)
    return request.contact.address if request.contact is not None else ""


def tags_of(request: Request) -> list[tuple[str, str]]:
    """(kind, words) of everything about a request that is out of the ordinary, gravest first."""
    tags: list[tuple[str, str]] = []
    if request.urgent:
        words = request.urgent_words
        tags.append(("late", _("Urgent: “%(words)s”") % {"words": words} if words else _("Urgent")))
    if request.complaint:
        tags.append(("late", _("Complaint")))
    if request.warned:
        tags.append(("late", str(WARNED[Whom(request.warned)])))
    if request.reworked:
        tags.append(
            ("late", ngettext("Not yet", "Not yet, %(n)d times", request.reworked)
             % {"n": request.reworked})
        )  # fmt: skip
    if request.kind == Request.Kind.UNKNOWN_GUEST:
        tags.append(("soon", _("Unknown number")))
    if request.kind == Request.Kind.MANY_TEXTS:
        tags.append(("soon", _("Many texts in a minute")))
    if request.unanswered:
        tags.append(
            ("soon", ngettext("%(n)d new message", "%(n)d new messages", request.unanswered)
             % {"n": request.unanswered})
        )  # fmt: skip
    if request.contact is not None and request.contact.opted_out_at is not None:
        tags.append(("soon", _("No texts: STOP")))
    delivery, why = _last_said(request)
    if delivery in {Delivery.FAILED, Delivery.UNDELIVERED}:
        words = _("A text did not arrive: %(why)s") % {"why": why} if why else ""
        tags.append(("late", words or _("A text did not arrive")))
    if request.status == Status.ON_HOLD:
        tags.append(("soon", _hold(request)))
    pictures, lost = pictures_of(request)
    if lost:
        tags.append(("soon", _("A picture could not be fetched")))
    if pictures:
        tags.append(("", ngettext("%(n)d photo", "%(n)d photos", pictures) % {"n": pictures}))
    return tags


def pictures_of(request: Request) -> tuple[int, int]:
    """How many the guest sent (some may still be on their way), and how many could not be had."""
    lost, came = divmod(getattr(request, "pictures_came", 0), queries.LOST_PICTURE)
    return getattr(request, "photo_count", 0) + came, lost


def _last_said(request: Request) -> tuple[str, str]:
    """Of our last words to this guest (what failed comes first): how far, and why no further."""
    delivery, _bar, rest = (getattr(request, "last_said", "") or "").partition("|")
    code, _bar, reason = rest.partition("|")
    failed = delivery in {Delivery.FAILED, Delivery.UNDELIVERED, Delivery.DELAYED}
    return delivery, reasons.why(reason, code) if failed else ""


def told_words(request: Request) -> str:
    """What became of our last words, calmly; of what failed the tags tell."""
    delivery, why = _last_said(request)
    if delivery == Delivery.DELAYED:
        words = _("Our text still waits to be sent")
        return f"{words}: {why}" if why else words
    return str(TOLD.get(delivery, ""))


TOLD: dict[str, Any] = {
    Delivery.SENT: gettext_lazy("Our text is on its way"),
    Delivery.DELIVERED: gettext_lazy("Our text has arrived"),
    Delivery.READ: gettext_lazy("Our text has been read"),
}


def _hold(request: Request) -> str:
    reason = shorten(request.hold_reason, 60)
    if request.hold_until is None:
        return _("On hold: %(reason)s") % {"reason": reason}
    return _("On hold until %(time)s: %(reason)s") % {
        "time": day_and_time(request, request.hold_until),
        "reason": reason,
    }


def holder_words(request: Request) -> str:
    """Who has it, and since when."""
    if request.holder is None:
        return ""
    name = request.holder.short_name
    if request.status == Status.IN_PROGRESS and request.started_at is not None:
        return _("%(name)s, on the way since %(time)s") % {
            "name": name, "time": day_and_time(request, request.started_at),
        }  # fmt: skip
    if request.status == Status.DONE and request.done_at is not None:
        return _("%(name)s, done %(time)s") % {
            "name": name, "time": day_and_time(request, request.done_at),
        }  # fmt: skip
    if request.accepted_at is not None:
        return _("%(name)s, accepted %(time)s") % {
            "name": name, "time": day_and_time(request, request.accepted_at),
        }  # fmt: skip
    return name


def card_context(request: Request) -> dict[str, Any]:
    """Everything ``boards/_card.html`` shows, in the active language. Numbers as words: a template
    asks for each number how the language writes it, and that took a fifth of a card."""
    language = get_language() or "en"
    address = f"/requests/{request.pk}/"
    room = request.room_now or request.room
    title = title_of(request)
    words = shorten(request.words, WORDS_SHOWN)
    where = [guest_of(request)]
    if request.channel in Channel.values:
        where.append(str(Channel(request.channel).label))
    if request.language and request.language != language:
        where.append(language_name(request.language, language))
    acts = acts_on_card(request)
    times = new_times(request)
    again = request.reworked and request.status == Status.NEW
    is_over = request.status in {Status.DONE, Status.CONFIRMED}
    usual = None if is_over or not acts else acts[0]
    return {
        "id": str(request.pk),
        "status": request.status,
        "room": room.number if room else "",
        "desk": request.desk.slug,
        "desk_name": request.desk.name_in(language),
        "holder": str(request.holder_id or ""),
        "version": str(request.version),
        "sequence": str(request.sequence),
        "urgent": request.urgent,
        "stay": str(request.stay_id or ""),
        # Sorts as ``most_urgent_first`` does.
        "order": f"{int(not request.urgent)}{int(not again)}"
        f"{request.due_at.astimezone(UTC):%Y%m%d%H%M%S%f}"
        f"{request.pk:012}",
        "address": address,
        "title": title,
        "who": " · ".join(part for part in where if part),
        "words": "" if words == title else words,
        "words_language": request.language,
        "needs": request.stay.guest.preferences if request.stay else "",
        "was_words": _("was %(room)s") % {"room": request.room.number}
        if request.room and room and request.room_id != room.pk
        else "",
        "tags": tags_of(request),
        "warned": request.warned,
        "new_times": times,
        "new_times_words": _("Tell the guest another time:") if times else "",
        "initials": request.holder.initials if request.holder else "",
        "holder_words": holder_words(request),
        "note": shorten(request.note, WORDS_SHOWN),
        "told": told_words(request),
        "suggested": request.suggested
        if request.kind in UNSORTED and request.status == Status.NEW
        else None,
        "acts": tuple(act.slug for act in acts),
        "usual": usual.slug if usual else "",
        **clock_of(request),
    }  # fmt: skip
