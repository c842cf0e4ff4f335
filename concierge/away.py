"""The answer where something of ours failed: 503 and "in a moment" where the database is away, full
or has no connection left, else 500. Asks nothing of what may have failed."""

from __future__ import annotations

import logging
import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from requests_app import metrics

log = logging.getLogger(__name__)

RETRY_AFTER_SECONDS = 5


def handler500(request: HttpRequest) -> HttpResponse:
    """Django calls it while it handles the exception, whichever middleware it came from."""
    error = sys.exc_info()[1]
    away = isinstance(error, OperationalError | InterfaceError)
    if away:
        metrics.requests_unavailable.inc()
    status = 503 if away else 500
    if request.path.startswith("/twilio/"):
        response = HttpResponse("Try again.\n", status=status, content_type="text/plain")
    else:
        with translation.override(translation.get_language_from_request(request)):
            response = for_people(
                away=away,
                piece=bool(request.headers.get("HX-Request")),
                again=request.path if request.method == "GET" else "/",
            )
        response.status_code = status
    if away:
        response["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response


def for_people(*, away: bool, piece: bool, again: str = "/") -> HttpResponse:
    """``again``: the address that is tried once more."""
    if away:
        title = _("One moment, please")
        sentence = _(
            "We cannot reach our records just now. Nothing was changed; try again shortly."
        )
    else:
        title = _("That did not work")
        sentence = _("Something went wrong on our side. Nothing was changed; please try again.")
    if piece:
        return HttpResponse(sentence, content_type="text/plain; charset=utf-8")
    return HttpResponse(
        render_to_string("away.html", {"title": title, "sentence": sentence, "again": again})
    )
