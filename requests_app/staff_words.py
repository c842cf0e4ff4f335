"""What the clock says to the people who work here, in their language: short, and never a name of a
guest or a number of theirs, since it may be read on a locked screen or spoken aloud."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from requests_app.models import Alert, Request
from requests_app.states import Status


def title(request: Request, language: str) -> str:
    """ "412: 2 bath towels"."""
    room = request.room_now or request.room
    what = request.title_in(language)
    if request.service is not None and request.service.slug == "other" and request.words:
        what = " ".join(request.words.split())[:60]
    return f"{room.number}: {what}" if room else what


def warning(alert: Alert, request: Request, at: datetime, language: str) -> str:
    """One or two sentences: what is about to break, and what would help."""
    due = request.property.local(request.due_at).strftime("%H:%M")
    known = {
        "what": title(request, language),
        "time": due,
        "desk": request.desk.name_in(language),
        "name": request.holder.short_name if request.holder else "",
    }
    if request.urgent and request.status == Status.NEW:
        return _("%(what)s: urgent, and nobody has it yet (%(desk)s).") % known
    if request.due_at < at:
        if request.holder is not None:
            return _("%(what)s was promised for %(time)s and is late. %(name)s has it.") % known
        return _("%(what)s was promised for %(time)s and is late. Nobody has it.") % known
    if request.holder is not None:
        return _("%(what)s is promised for %(time)s. %(name)s has it.") % known
    return _("%(what)s is promised for %(time)s. Nobody has it yet.") % known


def subject(alert: Alert, request: Request, language: str) -> str:
    return title(request, language)


def spoken(request: Request, at: datetime, language: str) -> str:
    """For the telephone: the room's digits one by one, as people say them."""
    room = request.room_now or request.room
    number = " ".join(room.number) if room else ""
    minutes = max(1, round((at - request.created_at).total_seconds() / 60))
    known = {
        "hotel": request.property.name,
        "room": number,
        "what": request.title_in(language),
        "minutes": minutes,
    }
    if request.urgent:
        if room:
            return _("%(hotel)s. Room %(room)s. Urgent. Nobody has reacted yet.") % known
        return _("%(hotel)s. An urgent message. Nobody has reacted yet.") % known
    if room:
        return _("%(hotel)s. Room %(room)s. %(what)s. It is late.") % known
    return _("%(hotel)s. %(what)s. It is late.") % known
