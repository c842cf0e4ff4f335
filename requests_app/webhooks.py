"""What carriers call. 200 only once the words are durable; 403 for whoever cannot sign."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from requests_app import metrics
from requests_app.actions import arrivals, delivery
from requests_app.carriers import twilio

TWIML = b'<?xml version="1.0" encoding="UTF-8"?><Response></Response>'


def _twiml() -> HttpResponse:
    """An empty answer: what we have to say is a row in the outbox, sent and followed from there."""
    return HttpResponse(TWIML, content_type="text/xml")


def _refused() -> HttpResponse:
    metrics.texts_refused.inc()
    return HttpResponse("Not signed by Twilio.\n", status=403, content_type="text/plain")


def _signed(request: HttpRequest) -> bool:
    body = request.body  # before the form, which may be read from it but not the other way round
    return twilio.signed_by_twilio(
        request.get_full_path(),
        request.POST,
        request.headers.get("X-Twilio-Signature", ""),
        body,
    )


@csrf_exempt
@require_POST
def twilio_message(request: HttpRequest) -> HttpResponse:
    """SMS and WhatsApp in. Twilio: a webhook may take 15 s in all."""
    if not _signed(request):
        return _refused()
    try:
        text = twilio.incoming_of(request.POST, received_at=timezone.now())
    except KeyError as missing:
        return HttpResponse(f"{missing} is missing.\n", status=400, content_type="text/plain")
    arrivals.take_in(text)
    return _twiml()


@csrf_exempt
@require_POST
def twilio_status(request: HttpRequest) -> HttpResponse:
    """Delivery states: unordered, repeated, and sometimes before our own send has returned.

    ``?message=`` is our own number of the message: see ``carriers.twilio``.
    """
    if not _signed(request):
        return _refused()
    number = request.GET.get("message", "")
    state = twilio.STATES.get(request.POST.get("MessageStatus", ""))
    if state is not None:
        known = delivery.delivery_report(
            external_id=request.POST.get("MessageSid", ""),
            state=state,
            error_code=request.POST.get("ErrorCode", ""),
            message_id=int(number) if number.isdecimal() and len(number) < 19 else None,
        )
        if not known:
            return HttpResponse("Not known yet.\n", status=404, content_type="text/plain")
    return HttpResponse(status=204)


@csrf_exempt
@require_POST
def twilio_voice(request: HttpRequest) -> HttpResponse:
    """A call to the text number: say the front desk's telephone, and connect to it."""
    from twilio.twiml.voice_response import VoiceResponse

    from requests_app.models import Property

    if not _signed(request):
        return _refused()
    answer = VoiceResponse()
    hotel = Property.objects.filter(text_number=request.POST.get("To", "")).first()
    if hotel is None:
        answer.reject()
    else:
        answer.say(f"{hotel.name}. We connect you with the front desk.")
        answer.dial(hotel.telephone)
    return HttpResponse(str(answer), content_type="text/xml")
