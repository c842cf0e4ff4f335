"""Signing in and out, and one's own account."""

from __future__ import annotations

from uuid import uuid4

from django.contrib import auth
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from requests_app import alert_keys, broadcast
from requests_app.models import Property
from staff.accounts import actions, limits
from staff.accounts.forms import AccountForm, OwnPasswordForm, SignInForm
from staff.demo import PASSWORD, PEOPLE
from staff.frame import StaffRequest, frame, staff_only
from staff.models import Person

GET_OR_POST = ["GET", "HEAD", "POST"]


def _next(request: HttpRequest) -> str:
    """Where to go once signed in: a page of ours, whatever the address says."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    ours = url_has_allowed_host_and_scheme(
        wanted, {request.get_host()}, require_https=request.is_secure()
    )
    return wanted if ours else resolve_url("home")


def _sign_in_page(
    request: HttpRequest, form: SignInForm, *, sentence: str = "", status: int = 200
) -> HttpResponse:
    hotel = Property.objects.filter(is_demo=True).first()
    people = Person.objects.filter(property=hotel, is_active=True) if hotel else []
    named = {f"{local}@demo.example" for local, *_rest in PEOPLE[:9]}
    return render(
        request,
        "accounts/sign_in.html",
        {
            "form": form,
            "sentence": sentence,
            "next": _next(request),
            "demo": [person for person in people if person.email in named],
            "demo_password": PASSWORD,
        },
        status=status,
    )


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(GET_OR_POST)
@login_not_required
def sign_in(request: HttpRequest) -> HttpResponse:
    """The same sentence for a wrong address, a wrong password and somebody who left."""
    if request.method != "POST":
        if request.user.is_authenticated:
            return redirect(_next(request))
        return _sign_in_page(request, SignInForm())
    form = SignInForm(request.POST)
    if not form.is_valid():
        return _sign_in_page(request, form, status=422)
    email = form.cleaned_data["email"]
    wait = limits.seconds_to_wait(request, email)
    if wait:
        response = _sign_in_page(request, form, sentence=_wait_sentence(wait), status=429)
        response.headers["Retry-After"] = str(wait)
        return response
    person = auth.authenticate(request, username=email, password=form.cleaned_data["password"])
    if person is None:
        limits.count_failure(request, email)
        sentence = _("This address and password do not belong together. Please look again.")
        return _sign_in_page(request, form, sentence=sentence, status=422)
    limits.forgive(request, email)
    where = _next(request)
    auth.login(request, person)  # a new session key: one planted before is worth nothing
    response = redirect(where)
    limits.remember(request, response, email)
    return response


def _wait_sentence(seconds: int) -> str:
    if seconds < 90:
        return ngettext(
            "Too many tries. Please wait %(n)d second, then try again.",
            "Too many tries. Please wait %(n)d seconds, then try again.",
            seconds,
        ) % {"n": seconds}
    minutes = -(-seconds // 60)
    return ngettext(
        "Too many tries. Please wait %(n)d minute, or ask an administrator.",
        "Too many tries. Please wait %(n)d minutes, or ask an administrator.",
        minutes,
    ) % {"n": minutes}


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        broadcast.signed_out(request.user.pk, request.session.session_key)
    auth.logout(request)
    return redirect("sign-in")


def _account_page(
    request: StaffRequest,
    *,
    form: AccountForm | None = None,
    password: OwnPasswordForm | None = None,
    status: int = 200,
) -> HttpResponse:
    person = request.user
    known = {name: getattr(person, name) for name in ("language", "nicknames", "telephone")}
    return render(
        request,
        "accounts/account.html",
        frame(person, here="account")
        | {
            "form": form or AccountForm(person.property, initial=known),
            "password": password or OwnPasswordForm(person),
            "saved": request.GET.get("saved", ""),
            "browsers": person.push_subscriptions.order_by("-created_at"),
            "alert_key": alert_keys.public_key(),
            "submission": uuid4(),
        },
        status=status,
    )


@require_http_methods(GET_OR_POST)
@staff_only()
def account(request: StaffRequest) -> HttpResponse:
    if request.method != "POST":
        return _account_page(request)
    form = AccountForm(request.user.property, request.POST)
    if not form.is_valid():
        return _account_page(request, form=form, status=422)
    actions.edit_self(request.user, **form.cleaned_data)
    return redirect(resolve_url("account") + "?saved=account")


@sensitive_post_parameters("current", "password")
@require_POST
@staff_only()
def change_password(request: StaffRequest) -> HttpResponse:
    """Every other session of this person ends; this one goes on."""
    form = OwnPasswordForm(request.user, request.POST)
    if not form.is_valid():
        return _account_page(request, password=form, status=422)
    actions.change_password(request.user, password=form.cleaned_data["password"])
    auth.update_session_auth_hash(request, request.user)
    return redirect(resolve_url("account") + "?saved=password")
