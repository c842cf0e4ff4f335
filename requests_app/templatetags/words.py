"""Times, counts and names as people say them; loaded everywhere (settings: builtins)."""

from __future__ import annotations

from datetime import timedelta

from django import template
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _

register = template.Library()


@register.filter
def duration(length: timedelta | None) -> str:
    """ "under 1 min", "14 min", "1 h 20 min", "2 d 3 h"; empty for None."""
    if length is None:
        return ""
    minutes = int(length.total_seconds() // 60)
    if minutes < 1:
        return _("under 1 min")
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    parts = [
        _("%(n)d d") % {"n": days} if days else "",
        _("%(n)d h") % {"n": hours} if hours else "",
        _("%(n)d min") % {"n": minutes} if minutes and not days else "",
    ]
    return " ".join(part for part in parts if part)


@register.filter
def language_name(code: str) -> str:
    """ "Finnish" for fi, in the language of whoever looks; a code we have no name for as it is."""
    try:
        return str(get_language_info(code)["name_translated"])
    except KeyError:
        return code
