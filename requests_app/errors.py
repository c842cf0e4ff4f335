"""What can be refused, in words fit to show to whoever asked.

Every error carries its HTTP status, so that a view needs no table of its own (as Zulip does).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from requests_app.models import Request


class RequestError(Exception):
    """A refusal with a sentence for a person. ``str(error)`` is translated and may be shown."""

    status = 409


class AlreadyChanged(RequestError):
    """Somebody was quicker; ``request`` is the row as it is now."""

    def __init__(self, request: Request) -> None:
        self.request = request
        holder = request.holder
        if holder is not None:
            text = _("%(name)s has this already.") % {"name": holder.short_name}
        else:
            text = _("This has changed meanwhile. Here it is as it is now.")
        super().__init__(text)


class MoveNotAllowed(RequestError):
    """The table of moves does not have this one."""

    def __init__(self, request: Request) -> None:
        self.request = request
        super().__init__(
            _("That is not possible now: the request is %(status)s.")
            % {"status": str(request.get_status_display()).lower()}
        )


class NotAllowed(RequestError):
    """The person's role or desk does not include this."""

    status = 403

    def __init__(self) -> None:
        super().__init__(_("This is for somebody else to decide."))


class Missing(RequestError):
    """A field that must be filled in is not."""

    status = 422


class BadPicture(RequestError):
    """A picture we cannot keep; the words beside it are kept all the same."""

    status = 422


class OptedOut(RequestError):
    """The guest said STOP: we may not text this number."""

    def __init__(self) -> None:
        super().__init__(_("This guest asked for no more texts. Telephone the room, or go there."))
