"""The only module that renders pieces of pages, so that the page and the pushed piece are one HTML.

A piece depends on its context alone, never on who looks; what differs by viewer is CSS on
attributes. Rendered cards are kept by (request, sequence, language): whatever a board can see
changes the sequence, so a kept card is never stale.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from threading import Lock

from django.template.loader import get_template
from django.utils import translation
from django.utils.safestring import SafeString, mark_safe

from requests_app import queries
from requests_app.models import Request

KEPT_CARDS = 5_000
"""About 1.6 kB each: 8 MB at the most."""

_kept: OrderedDict[tuple[int, int, str], SafeString] = OrderedDict()
_lock = Lock()


def card(request: Request, language: str) -> SafeString:
    """One request as a board shows it: ``<article id="request-<id>" …>``."""
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
    return mark_safe(get_template("boards/_card.html").render({"request_": request}))  # noqa: S308


def _keep(key: tuple[int, int, str], piece: SafeString) -> None:
    with _lock:
        _kept[key] = piece
        while len(_kept) > KEPT_CARDS:
            _kept.popitem(last=False)


def forget() -> None:
    """For tests and measurements: start cold."""
    with _lock:
        _kept.clear()
