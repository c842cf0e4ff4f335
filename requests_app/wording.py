"""What the hotel says by itself, in the guest's language: short, warm, exact.

Every sentence is answered with digits and uses none of the words that would unsubscribe a guest
(STOP, CANCEL, END, QUIT, YES …; a test holds every translation to it). Texts stay under 320
characters, so that a carrier sends them in few segments.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from requests_app.models import Property, Request
from requests_app.models.hotel import Desk

LIMIT = 320


@contextmanager
def language_of(code: str, hotel: Property) -> Iterator[str]:
    """Speak the guest's language, or the hotel's own where theirs is not known."""
    language = code or hotel.language
    with translation.override(language):
        yield language


def clock_time(at: datetime, hotel: Property, now: datetime) -> str:
    """ "18:40" today, "tomorrow 06:00", or with the date as the active language writes it."""
    local = hotel.local(at)
    days = (local.date() - hotel.local(now).date()).days
    time = local.strftime("%H:%M")
    if days == 0:
        return time
    if days == 1:
        return _("tomorrow %(time)s") % {"time": time}
    return f"{date_format(local, 'MONTH_DAY_FORMAT')} {time}"


def understood(
    hotel: Property, requests: Sequence[Request], *, now: datetime, language: str
) -> str:
    """What was understood, who is on it and by when; one line a desk."""
    return clip("\n".join(_lines(hotel, requests, now=now, language=language)))


def have_your_messages(
    hotel: Property, requests: Sequence[Request], *, now: datetime, language: str
) -> str:
    """The one reply to many texts: all that is still open, in few words where it is much."""
    text = "\n".join(
        [_("We have your messages:"), *_lines(hotel, requests, now=now, language=language)]
    )
    if len(text) <= LIMIT:
        return text
    soon = [r for r in requests if r.wanted_at is None] or list(requests)
    lines = [
        _("We have your messages. By %(time)s: %(things)s.")
        % {
            "time": clock_time(max(r.due_at for r in soon), hotel, now),
            "things": ", ".join(dict.fromkeys(r.title_in(language) for r in soon)),
        }
    ]
    lines += [
        f"{r.title_in(language)}: {clock_time(r.due_at, hotel, now)}."
        for r in requests
        if r not in soon
    ]
    return clip("\n".join(lines))


def _lines(
    hotel: Property, requests: Sequence[Request], *, now: datetime, language: str
) -> list[str]:
    lines = []
    known = [r for r in requests if r.kind == Request.Kind.SERVICE and not r.complaint]
    room = next((r.room_now.number for r in requests if r.room_now), "")
    by_desk: dict[tuple[Desk, datetime | None], list[Request]] = {}
    for request in known:
        by_desk.setdefault((request.desk, request.opens_at), []).append(request)
    for (desk, opens_at), theirs in by_desk.items():
        things = ", ".join(r.title_in(language) for r in theirs)
        times = {"things": things, "desk": desk.name_in(language), "room": room}
        scheduled = [r for r in theirs if r.wanted_at is not None]
        if opens_at is not None:
            # Closed now, or at the time that was wanted: the true time, and why.
            times["opens"] = clock_time(opens_at, hotel, now)
            times["time"] = clock_time(max(r.due_at for r in theirs), hotel, now)
            lines.append(
                _("%(things)s for room %(room)s: %(desk)s, from %(opens)s, by %(time)s.") % times
                if room
                else _("%(things)s: %(desk)s, from %(opens)s, by %(time)s.") % times
            )
        elif scheduled and len(theirs) == 1:
            times["time"] = clock_time(theirs[0].due_at, hotel, now)
            lines.append(_("%(things)s: %(time)s. %(desk)s has it.") % times)
        else:
            times["time"] = clock_time(max(r.due_at for r in theirs), hotel, now)
            lines.append(
                _("%(things)s for room %(room)s: %(desk)s, by %(time)s.") % times
                if room
                else _("%(things)s: %(desk)s, by %(time)s.") % times
            )
    others = [r for r in requests if r not in known]
    if others:
        time = clock_time(min(r.due_at for r in others), hotel, now)
        if any(r.complaint for r in others):
            lines.append(
                _("We are sorry. The front desk has your words and will answer by %(time)s.")
                % {"time": time}
            )
        elif known:
            lines.append(
                _("The rest is with the front desk, who will answer by %(time)s.") % {"time": time}
            )
        else:
            lines.append(
                _("Thank you. The front desk has your message and will answer by %(time)s.")
                % {"time": time}
            )
    if any(r.urgent for r in requests):
        lines.insert(0, urgent(hotel))
    return lines


def urgent(hotel: Property) -> str:
    return _(
        "We have alerted the front desk. In danger, telephone %(emergency)s now;"
        " the front desk is %(telephone)s."
    ) % {"emergency": hotel.emergency_number, "telephone": hotel.telephone}


def who_are_you(hotel: Property) -> str:
    return _(
        "Thank you for writing to %(hotel)s. We do not know this number yet: which room are you in,"
        " and what is your surname? For example: 305 Virtanen. We have kept your message."
    ) % {"hotel": hotel.name}


def not_found(hotel: Property) -> str:
    return _(
        "We could not match that. Please write your room number and surname once more,"
        " or telephone %(telephone)s."
    ) % {"telephone": hotel.telephone}


def front_desk_will_help(hotel: Property) -> str:
    return _(
        "Thank you. The front desk has your messages and will help; you can also telephone"
        " %(telephone)s."
    ) % {"telephone": hotel.telephone}


def which_room(rooms: Sequence[str]) -> str:
    return _("Which room is this for? Please answer with the number: %(rooms)s.") % {
        "rooms": ", ".join(rooms)
    }


def did_it_arrive(request: Request, language: str) -> str:
    thing = {"thing": request.title_in(language)}
    if request.service is not None and request.service.theme == "repair":
        return _("%(thing)s: is everything in order now? Answer 1 if it is, 2 if not yet.") % thing
    return _("%(thing)s: did everything arrive? Answer 1 if it did, 2 if not yet.") % thing


def sorry_not_yet(request: Request, hotel: Property, now: datetime) -> str:
    return _("We are sorry. %(desk)s has it again and will be there by %(time)s.") % {
        "desk": request.desk.name_in(translation.get_language() or "en"),
        "time": clock_time(request.due_at, hotel, now),
    }


def how_did_we_do() -> str:
    return _("Thank you. How did we do? Answer with a digit from 1 (poor) to 5 (excellent).")


def whom_to_thank(names: Sequence[str]) -> str:
    if not names:
        return _("Whom may we thank? Just write their name, or a few words; 0 if nobody.")
    listed = "\n".join([*(f"{n} {name}" for n, name in enumerate(names, 1)), _("0 nobody")])
    return clip(
        _("Whom may we thank? Answer with the digit, or in your own words:\n%(people)s")
        % {"people": listed}
    )


def thank_you_for_telling() -> str:
    return _("Thank you. Our manager will read this, and pass it on.")


def thank_you_for_rating(score: int) -> str:
    if score <= 2:
        return _("Thank you for telling us. We are sorry; the front desk will look into it.")
    return thank_you()


def thank_you() -> str:
    return _("Thank you.")


def hello(hotel: Property) -> str:
    return _("Hello! What can we do for you? Just write it here, in your own words.")


def help_text(hotel: Property) -> str:
    return _(
        "%(hotel)s: write what you need and the right people will see it at once."
        " Telephone: %(telephone)s. In danger: %(emergency)s."
    ) % {
        "hotel": hotel.name,
        "telephone": hotel.telephone,
        "emergency": hotel.emergency_number,
    }


def welcome_back(hotel: Property) -> str:
    return _("You will receive our texts again. What can we do for you?")


def moved_by_staff(request: Request, hotel: Property, now: datetime, language: str) -> str:
    return _("%(thing)s: it will be %(time)s. Thank you for your patience.") % {
        "thing": request.title_in(language),
        "time": clock_time(request.due_at, hotel, now),
    }


def sorted_by_staff(request: Request, hotel: Property, now: datetime, language: str) -> str:
    """What was not understood at first, now that somebody has."""
    return _("%(things)s: %(desk)s, by %(time)s.") % {
        "things": request.title_in(language),
        "desk": request.desk.name_in(language),
        "time": clock_time(request.due_at, hotel, now),
    }


def clip(text: str) -> str:
    return text if len(text) <= LIMIT else text[: LIMIT - 1].rstrip() + "…"
