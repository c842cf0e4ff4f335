"""A refusal raised anywhere below a view becomes its sentence, with its own HTTP status."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

from requests_app.errors import RequestError


class RefusalMiddleware:
    """Views catch RequestError where they can show the piece as it is now; this is the rest."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, RequestError):
            return None
        return render(
            request, "refused.html", {"sentence": str(exception)}, status=exception.status
        )
