"""Sentences a page says once, after a form: named in the address by a known word, so that nobody
can make our page say theirs, and so that they change with the language."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext as _

from requests_app import photos, wording
from requests_app.actions.web import Asked
from requests_app.errors import BadPicture
from requests_app.models import Property
from requests_app.reading import Intent

PARAMETER = "said"
MANY = "many"

SENTENCES: dict[str, Callable[[Property], str]] = {
    photos.PictureTooLarge.code: lambda _hotel: str(photos.PictureTooLarge()),
    photos.TooManyPixels.code: lambda _hotel: str(photos.TooManyPixels()),
    photos.NotAPicture.code: lambda _hotel: str(photos.NotAPicture()),
    Intent.PRAISE.value: lambda _hotel: wording.thank_you_for_telling(),
    Intent.THANKS.value: lambda _hotel: _("You are welcome. It is our pleasure."),
    Intent.GREETING.value: lambda hotel: wording.hello(hotel),
    MANY: lambda hotel: (
        _(
            "That is a lot at once. We have kept your words, and the front desk reads them;"
            " the quickest way now is to telephone %(telephone)s."
        )
        % {"telephone": hotel.telephone}
    ),
}


def sentences(names: str, hotel: Property) -> list[str]:
    """Of an address's words ("many,not-a-picture"), in the active language; others say nothing."""
    return [SENTENCES[name](hotel) for name in names.split(",")[:3] if name in SENTENCES]


def after(asked: Asked, refused: BadPicture | None = None) -> str:
    """What to say after a form, as the words of an address; "" for nothing."""
    names = []
    if asked.many:
        names.append(MANY)
    elif (
        not asked.again
        and asked.intent in SENTENCES
        and (asked.intent == Intent.PRAISE or not asked.requests)
    ):
        names.append(str(asked.intent))
    if isinstance(refused, photos.PictureTooLarge | photos.TooManyPixels | photos.NotAPicture):
        names.append(refused.code)
    return ",".join(names)
