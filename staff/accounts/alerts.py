"""Alerts on one's own screens: switched on and off by each person, for each browser."""

from __future__ import annotations

from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from requests_app.actions import notices, subscriptions
from requests_app.errors import RequestError
from staff.frame import StaffRequest, staff_only


@require_GET
@never_cache
def worker(request: HttpRequest) -> HttpResponse:
    """The script that runs in the browser when no page of ours is open; at the root, so that it may
    open any of them."""
    return render(request, "accounts/alerts-worker.js", content_type="text/javascript")


@require_POST
@staff_only()
def switch_on(request: StaffRequest) -> HttpResponse:
    """This browser, by the page's script: 204, or the sentence why not."""
    form = request.POST
    try:
        subscriptions.subscribe(
            request.user,
            endpoint=form.get("endpoint", ""),
            p256dh=form.get("p256dh", ""),
            auth=form.get("auth", ""),
            device=form.get("device", ""),
            at=timezone.now(),
        )
    except RequestError as error:
        return HttpResponse(str(error), status=error.status, content_type="text/plain")
    return HttpResponse(status=204)


@require_POST
@staff_only()
def switch_off(request: StaffRequest) -> HttpResponse:
    """One browser of theirs, this one or a lost telephone."""
    number = request.POST.get("subscription", "")
    subscriptions.unsubscribe(
        request.user,
        endpoint=request.POST.get("endpoint", ""),
        pk=int(number) if number.isascii() and number.isdecimal() and len(number) < 19 else 0,
    )
    return redirect(resolve_url("account") + "?saved=alerts-off#alerts")


@require_POST
@staff_only()
def try_out(request: StaffRequest) -> HttpResponse:
    """An alert to oneself, the way of a real one."""
    person = request.user
    notices.notify(
        person.property,
        person=person,
        channel="push",
        address="",
        subject=_("It works"),
        text=_("This is how an alert looks. Tap it, and you are where it is needed."),
        key=f"trial-{person.pk}-{request.POST.get('submission') or uuid4()}"[:120],
        at=timezone.now(),
        language=person.language,
    )
    return redirect(resolve_url("account") + "?saved=alerts-tried#alerts")
