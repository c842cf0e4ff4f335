"""The time a text names, whatever else it says: "check on 412 at 20:00"."""

from __future__ import annotations

from datetime import datetime

from requests_app.reading.lexicon import lexicon_for
from requests_app.reading.meaning import Setting
from requests_app.reading.parsed import Parsed
from requests_app.reading.words import cut


def moment_named(text: str, language: str, setting: Setting) -> datetime | None:
    """The first time still to come that the text names; aware, in the zone of ``setting.now``."""
    parsed = Parsed(cut(text), lexicon_for(language, setting.taught))
    found = (moment.resolve(setting.now, None) for moment in parsed.moments)
    return next((at for at in found if at is not None), None)
