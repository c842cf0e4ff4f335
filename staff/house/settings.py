"""What the hotel says about itself; for managers and administrators."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.views.decorators.http import require_http_methods

from requests_app.actions import hotel as actions
from requests_app.errors import RequestError
from staff.frame import StaffRequest, frame, staff_only
from staff.house.forms import HotelForm
from staff.models import Role


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(Role.MANAGER, Role.ADMINISTRATOR)
def hotel_settings(request: StaffRequest) -> HttpResponse:
    hotel, sentence, status = request.user.property, "", 200
    names = ("name", "telephone", "emergency_number", "accent", "confirm_after_minutes")
    known = {name: getattr(hotel, name) for name in (*names, "languages")}
    form = HotelForm(hotel, initial=known | {"own_language": hotel.language})
    if request.method == "POST":
        form, status = HotelForm(hotel, request.POST), 422
        if form.is_valid():
            try:
                actions.edit_hotel(hotel, **form.cleaned_data)
                return redirect(resolve_url("hotel-settings") + "?saved=1")
            except RequestError as refusal:
                sentence, status = str(refusal), refusal.status
    context = {"form": form, "sentence": sentence, "saved": "saved" in request.GET}
    page = frame(request.user, here="house") | context
    return render(request, "house/settings.html", page, status=status)
