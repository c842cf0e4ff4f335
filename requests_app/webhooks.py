"""What carriers call. 200 only once the words are durable; 403 for whoever cannot sign."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from requests_app import metrics, reasons
from requests_app.actions import arrivals, delivery, notices
from requests_app.carriers import calls, twilio
from requests_app.models import Notice, Property
from requests_app.models.messages import Delivery
from requests_app.models.notices import NoticeChannel

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

    ``?message=`` or ``?notice=`` is our own number of it: see ``carriers.texts``.
    """
    if not _signed(request):
        return _refused()
    state = twilio.STATES.get(request.POST.get("MessageStatus", ""))
    if state is None:
        return HttpResponse(status=204)
    told = {
        "external_id": request.POST.get("MessageSid", ""),
        "state": state,
        "error_code": request.POST.get("ErrorCode", ""),
    }
    if "notice" in request.GET:
        known = delivery.notice_report(
            **told, notice_id=_number(request, "notice"), at=timezone.now()
        )
    else:
        known = delivery.delivery_report(**told, message_id=_number(request, "message"))
    return HttpResponse(status=204) if known else _not_known()


def _number(request: HttpRequest, name: str) -> int | None:
    """A number of ours that we gave the carrier with an address."""
    number = request.GET.get(name, "")
    return int(number) if number.isdecimal() and number.isascii() and len(number) < 19 else None


def _not_known() -> HttpResponse:
    return HttpResponse("Not known yet.\n", status=404, content_type="text/plain")


@csrf_exempt
@require_POST
def twilio_voice(request: HttpRequest) -> HttpResponse:
    """A guest calls the text number: greeted in the hotel's language, and connected."""
    if not _signed(request):
        return _refused()
    hotel = Property.objects.filter(text_number=request.POST.get("To", "")).first()
    return _spoken(calls.greeting(hotel) if hotel else calls.rejected())


@csrf_exempt
@require_POST
def twilio_voice_notice(request: HttpRequest) -> HttpResponse:
    """A call of ours was picked up, or a key was pressed in it."""
    if not _signed(request):
        return _refused()
    number = _number(request, "notice")
    notice = Notice.objects.filter(pk=number or 0, channel=NoticeChannel.CALL).first()
    if notice is None:
        return _spoken(calls.rejected())
    delivery.notice_report(
        external_id=request.POST.get("CallSid", ""),
        notice_id=notice.pk,
        state=Delivery.SENT,
        at=timezone.now(),
    )
    digit = request.POST.get("Digits", "")
    if digit:
        notices.answer_call(notice.pk, digit=digit[:1], at=timezone.now())
        return _spoken(calls.heard(notice))
    return _spoken(calls.spoken(notice))


@csrf_exempt
@require_POST
def twilio_voice_status(request: HttpRequest) -> HttpResponse:
    """How a call to staff goes, and whether a machine listens; in any order, and repeated."""
    if not _signed(request):
        return _refused()
    form = request.POST
    state, reason = twilio.OF_CALLS.get(form.get("CallStatus", ""), ("", ""))
    if form.get("AnsweredBy", "").startswith(twilio.MACHINES):
        reason = reasons.MACHINE
    if not state and not reason:
        return HttpResponse(status=204)
    known = delivery.notice_report(
        external_id=form.get("CallSid", ""),
        notice_id=_number(request, "notice"),
        state=state,
        at=timezone.now(),
        reason=reason,
        error_code=form.get("ErrorCode", ""),
    )
    return HttpResponse(status=204) if known else _not_known()


def _spoken(twiml: str) -> HttpResponse:
    return HttpResponse(twiml, content_type="text/xml")
