"""The only module that renders pieces of pages, so that the page and the pushed piece are one HTML.

A piece depends on its context alone, never on who looks; what differs by viewer is CSS on
attributes. Rendered cards are kept by (request, sequence, language): whatever a board can see
changes the sequence, so a kept card is never stale.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from threading import Lock

from django.template.loader import get_template
from django.utils import translation
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from requests_app import queries
from requests_app.cards import ACTS, card_context
from requests_app.models import Request
from requests_app.states import Status
from requests_app.stories import Story

KEPT_CARDS = 5_000
"""About 1.6 kB each: 8 MB at the most."""

_kept: OrderedDict[tuple[int, int, str], SafeString] = OrderedDict()
_lock = Lock()


def card(request: Request, language: str) -> SafeString:
    """One request as a board shows it: ``<article id="request-<id>" …>``."""
    key = (request.pk, request.sequence, language)
    kept = _kept.get(key)
    if kept is None and not hasattr(request, "photo_count"):
        # A row that came another way than ``queries.cards`` lacks what a card shows.
        request = queries.requests_by_id([request.pk])[request.pk]
        key = (request.pk, request.sequence, language)
        kept = _kept.get(key)
    if kept is None:
        with translation.override(language):
            kept = render_card(request)
        _keep(key, kept)
    return kept


def cards(keys: Sequence[tuple[int, int]], language: str) -> SafeString:
    """Cards of (request id, sequence) in their order; only those not kept are read and rendered."""
    missing = [pk for pk, sequence in keys if (pk, sequence, language) not in _kept]
    read = queries.requests_by_id(missing) if missing else {}
    pieces = []
    for pk, sequence in keys:
        kept = _kept.get((pk, sequence, language))
        if kept is None and pk in read:
            kept = card(read[pk], language)
        if kept is not None:
            pieces.append(kept)
    return mark_safe("\n".join(pieces))  # noqa: S308  (each was rendered and escaped by a template)


def render_card(request: Request) -> SafeString:
    """Rendered anew, in the active language; see ``card``."""
    context = card_context(request)
    usual = "" if context["suggested"] else context["usual"]
    acts = _acts(context["acts"], usual, translation.get_language())
    acts = acts.replace("{address}", context["address"])
    context["acts"] = mark_safe(acts.replace("{version}", str(request.version)))  # noqa: S308
    return mark_safe(get_template("boards/_card.html").render(context))  # noqa: S308


@lru_cache(maxsize=1_000)
def _acts(slugs: tuple[str, ...], usual: str, language: str | None) -> str:
    """The buttons of a card, with ``{address}`` and ``{version}`` still to be filled in: half of
    what a card costs, and the same on most of them. In the active language."""
    acts = [ACTS[slug] for slug in slugs]
    return get_template("boards/_acts.html").render({"acts": acts, "usual": usual}).strip()


@dataclass(frozen=True, slots=True)
class Lane:
    """A column of a board."""

    slug: str
    cards: SafeString
    count: int


LANES: dict[str, str] = {
    Status.NEW: "new",
    Status.ACCEPTED: "in-hand",
    Status.IN_PROGRESS: "in-hand",
    Status.ON_HOLD: "in-hand",
    Status.DONE: "waiting",
    Status.SCHEDULED: "scheduled",
}
"""Which lane shows which status. The page's script reads it from the lanes' data-shows."""


ELSEWHERE = "elsewhere"
"""The lane of what is urgent with another desk: seen here, and counted there."""


def lanes(
    rows: Sequence[tuple[int, int, str, int]], language: str, *, desk_id: int | None
) -> SafeString:
    """A whole board of (request id, sequence, status, desk id), in their order: what is inside
    #lanes. ``desk_id``: whose board it is; None for everything."""
    by_lane: dict[str, list[tuple[int, int]]] = {lane: [] for lane in (*LANES.values(), ELSEWHERE)}
    for pk, sequence, status, desk in rows:
        lane = LANES[status] if desk_id in {None, desk} else ELSEWHERE
        by_lane[lane].append((pk, sequence))
    missing = [(pk, seq) for pk, seq, *_rest in rows if (pk, seq, language) not in _kept]
    if missing:
        cards(missing, language)  # all lanes' cards in one query
    with translation.override(language):
        html = get_template("boards/_lanes.html").render(
            {slug.replace("-", "_"): Lane(slug, cards(keys, language), len(keys))
             for slug, keys in by_lane.items()}
        )  # fmt: skip
    return mark_safe(html)  # noqa: S308


def gone(request_id: int) -> SafeString:
    """What a board is told of a request it shows no more."""
    return format_html('<i data-gone="request-{}"></i>', request_id)


def desk_count(slug: str, open_now: int, late: int) -> SafeString:
    """A desk's count in the side; ``slug`` is "all" for everything. In the active language."""
    return _desk_count(slug, open_now, late, translation.get_language())


@lru_cache(maxsize=1_000)
def _desk_count(slug: str, open_now: int, late: int, language: str | None) -> SafeString:
    return mark_safe(  # noqa: S308
        get_template("boards/_count.html").render(
            {"slug": slug, "open_now": open_now, "late": late}
        )
    )


def guest_card(context: Mapping[str, object], language: str) -> SafeString:
    """One request as the guest's page shows it; ``context`` is all it depends on."""
    with translation.override(language):
        return mark_safe(get_template("guest/_request.html").render(dict(context)))  # noqa: S308


def _keep(key: tuple[int, int, str], piece: SafeString) -> None:
    with _lock:
        _kept[key] = piece
        while len(_kept) > KEPT_CARDS:
            _kept.popitem(last=False)


def forget() -> None:
    """For tests and measurements: start cold."""
    with _lock:
        _kept.clear()


def manager_numbers(context: Mapping[str, object], language: str) -> SafeString:
    """The table at the side of the manager's page; ``context`` is all it depends on."""
    with translation.override(language):
        return mark_safe(get_template("manager/_numbers.html").render(dict(context)))  # noqa: S308


def stories(unread: Sequence[Story], read: Sequence[Story], language: str) -> SafeString:
    """Both lists of commendations: what is inside #stories."""
    context = {
        "unread": [story(told, language) for told in unread],
        "read": [story(told, language) for told in read],
    }
    with translation.override(language):
        return mark_safe(get_template("manager/_lists.html").render(context))  # noqa: S308


def story(told: Story, language: str) -> SafeString:
    """One commendation as the manager's page shows it: ``<article id="thanks-<id>" …>``."""
    with translation.override(language):
        return mark_safe(  # noqa: S308
            get_template("manager/_story.html").render(
                {"story": told, "commendation": told.commendation}
            )
        )
