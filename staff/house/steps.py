"""Steps of the ladder in words, and what trying them came to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth import get_user_model
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from requests_app.ladder import SAFETY, Rung, rung_of
from requests_app.models import Desk, EscalationStep, Property, Service
from requests_app.models.promises import Anchor, By
from requests_app.replay import Tried, try_steps
from requests_app.states import Whom


def when_words(rung: Rung) -> str:
    """ "10 min after the promised time"."""
    anchor = str(Anchor(rung.anchor).label)
    if rung.step_id is None:
        return _("urgent, and nobody has reacted within the safety time")
    if rung.minutes is None:
        return _("%(percent)d %% of the time to %(anchor)s") % {
            "percent": rung.percent or 0, "anchor": anchor,
        }  # fmt: skip
    if rung.minutes == 0:
        return _("at %(anchor)s") % {"anchor": anchor}
    n = abs(rung.minutes)
    words = (
        ngettext("%(n)d min after %(anchor)s", "%(n)d min after %(anchor)s", n)
        if rung.minutes > 0
        else ngettext("%(n)d min before %(anchor)s", "%(n)d min before %(anchor)s", n)
    )
    return words % {"n": n, "anchor": anchor}


def whom_words(rung: Rung) -> str:
    return f"{Whom(rung.whom).label}, {By(rung.by).label}"


@dataclass(frozen=True, slots=True)
class Ladder:
    """Steps that belong together: the hotel's, a desk's or a service's."""

    name: str
    steps: list[tuple[EscalationStep, str, str]]
    """With when and whom in words."""


def ladders_of(hotel: Property) -> list[Ladder]:
    steps = EscalationStep.objects.filter(property=hotel, removed_at=None)
    names = _Names(hotel)
    named: dict[str, list[tuple[EscalationStep, str, str]]] = {}
    for step in steps:
        name = names.ladder(rung_of(step))
        rung = rung_of(step)
        named.setdefault(name, []).append((step, when_words(rung), whom_words(rung)))
    return [Ladder(name, found) for name, found in named.items()]


@dataclass(frozen=True, slots=True)
class Line:
    """One step and what it would have done."""

    of: str
    when: str
    whom: str
    times: int
    at_night: int
    who: str
    """The people or desks it would have reached most, with how often."""
    what: str
    """The services it would have been about most."""
    hours: list[int]


@dataclass(frozen=True, slots=True)
class Trial:
    requests: int
    total: int
    hours: list[tuple[int, int, int]]
    """(hour, warnings, per cent of the busiest hour)."""
    lines: list[Line]


def trial_of(hotel: Property, *, since: datetime, until: datetime, drafts_only: bool) -> Trial:
    """Of the steps that are drafts, or of drafts and those that are on."""
    steps = EscalationStep.objects.filter(property=hotel, removed_at=None)
    if drafts_only:
        steps = steps.filter(active=False)
    chosen = list(steps)
    tried = try_steps(hotel, chosen, since=since, until=until)
    hours = tried.by_hour(hotel)
    most = max([*hours, 1])
    rungs = [rung_of(step) for step in chosen]
    names = _Names(hotel)
    return Trial(
        requests=tried.requests,
        total=len(tried.warnings),
        hours=[(hour, n, round(100 * n / most)) for hour, n in enumerate(hours)],
        lines=[_line(tried, rung, hotel, names) for rung in (*rungs, SAFETY)],
    )


class _Names:
    def __init__(self, hotel: Property) -> None:
        people = get_user_model().objects.filter(property=hotel)
        self.people = {person.pk: person.short_name for person in people}
        self.desks = {desk.pk: desk.name for desk in Desk.objects.filter(property=hotel)}
        self.services = {s.pk: s.name for s in Service.objects.filter(property=hotel)}

    def ladder(self, rung: Rung) -> str:
        if rung.step_id is None:
            return ""
        what = _("Everything")
        if rung.service_id is not None:
            what = self.services[rung.service_id]
        elif rung.desk_id is not None:
            what = self.desks[rung.desk_id]
        return _("%(what)s, urgent") % {"what": what} if rung.urgent_only else what


def _line(tried: Tried, rung: Rung, hotel: Property, names: _Names) -> Line:
    found = tried.of(rung)
    who: Counter[str] = Counter()
    for warned in found:
        if rung.whom == Whom.HOLDER and warned.person_id is not None:
            who[names.people.get(warned.person_id, "?")] += 1
        elif rung.whom in {Whom.HOLDER, Whom.DESK}:
            who[names.desks[warned.desk_id]] += 1
    what = Counter(names.services[warned.what] for warned in found if warned.what is not None)
    return Line(
        of=names.ladder(rung),
        when=when_words(rung),
        whom=whom_words(rung),
        times=len(found),
        at_night=tried.at_night(hotel, found),
        who=_most(who),
        what=_most(what),
        hours=tried.by_hour(hotel, found),
    )


def _most(count: Counter[str], shown: int = 3) -> str:
    return ", ".join(f"{name} {n}" for name, n in count.most_common(shown))


def in_lines(trial: Trial) -> Sequence[str]:
    """For a terminal."""
    lines = [
        _("%(requests)d requests, %(total)d warnings")
        % {"requests": trial.requests, "total": trial.total}
    ]
    for line in trial.lines:
        of = f"{line.of}: " if line.of else ""
        lines.append(f"{line.times:5}  {of}{line.when} → {line.whom}")
        if line.at_night:
            lines.append("       " + _("at night: %(n)d") % {"n": line.at_night})
        lines += [f"       {words}" for words in (line.who, line.what) if words]
    lines.append(_("By hour of the hotel’s day:"))
    lines += [f"  {hour:02}  {n:4}  {'▇' * (share // 4)}" for hour, n, share in trial.hours if n]
    return lines
