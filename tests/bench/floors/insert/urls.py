from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from tests.bench.floors.insert.models import Text


@csrf_exempt
def text(request: HttpRequest) -> HttpResponse:
    Text.objects.create(
        sender=request.POST["From"],
        recipient=request.POST["To"],
        body=request.POST["Body"],
        external_id=request.POST["MessageSid"],
    )
    return HttpResponse("<Response></Response>", content_type="text/xml")


def ready(_request: HttpRequest) -> HttpResponse:
    return HttpResponse("ready\n")


urlpatterns = [path("readyz", ready), path("twilio/messages/", text)]
