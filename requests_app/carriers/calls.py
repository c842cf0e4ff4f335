"""Calls through Twilio: a notice is spoken, and again, until somebody presses a key.

Twilio fetches what to say from ``POST /twilio/voice/notice/?notice=…`` and tells how it went at
``/twilio/voice/status/``. Whether a machine listens is found out while we speak already, since a
person who has been rung up at night is not made to wait for that.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from django.conf import settings
from django.utils.translation import gettext, override

from requests_app import reasons
from requests_app.carriers import Unknown
from requests_app.carriers.twilio_rest import client, refusal_of, trouble
from requests_app.models import Message, Notice, Property
from requests_app.models.messages import Delivery

RINGS_SECONDS = 40
SPOKEN_TIMES = 3
LOOKED_AT = 20
"""The latest calls to a number among which one of ours is looked for."""
KEY_WITHIN_SECONDS = 6

VOICES: dict[str, tuple[str, str]] = {
    "en": ("en-GB", "Polly.Amy"),
    "tr": ("tr-TR", "Polly.Filiz"),
    "fi": ("fi-FI", "Polly.Suvi"),
    "ar": ("arb", "Polly.Zeina"),
    "de": ("de-DE", "Polly.Marlene"),
    "fr": ("fr-FR", "Polly.Celine"),
    "es": ("es-ES", "Polly.Lucia"),
    "it": ("it-IT", "Polly.Carla"),
    "sv": ("sv-SE", "Polly.Astrid"),
    "ru": ("ru-RU", "Polly.Tatyana"),
    "nl": ("nl-NL", "Polly.Lotte"),
    "pt": ("pt-PT", "Polly.Ines"),
}
"""Language → Twilio's code for it and a voice that speaks it."""


class Calls:
    local = False
    accepted: str = Delivery.QUEUED
    gone: Sequence[int] = ()

    def send(self, said: Message | Notice) -> str:
        assert isinstance(said, Notice)  # noqa: S101
        public = settings.PUBLIC_URL.rstrip("/")
        status = f"{public}/twilio/voice/status/?notice={said.pk}"
        try:
            made = client().calls.create(
                from_=said.property.text_number,
                to=said.address,
                url=f"{public}/twilio/voice/notice/?notice={said.pk}",
                method="POST",
                timeout=RINGS_SECONDS,
                status_callback=status,
                status_callback_method="POST",
                machine_detection="Enable",
                async_amd="true",
                async_amd_status_callback=status,
                async_amd_status_callback_method="POST",
            )
        except trouble() as error:
            raise refusal_of(error) from error
        if not made.sid:
            raise Unknown(reasons.NO_ID)
        return str(made.sid)

    def find(self, said: Message | Notice) -> str | None:
        """Among the calls to this number since the notice was written. (Usually the call's own
        callbacks, which name the notice, have settled it long before.)"""
        assert isinstance(said, Notice)  # noqa: S101
        try:
            found = client().calls.page(
                to=said.address,
                from_=said.property.text_number,
                start_time_after=said.created_at - timedelta(minutes=1),
                page_size=LOOKED_AT,
            )
            ids = [str(seen.sid) for seen in found if seen.sid]
        except trouble() as error:
            raise Unknown(reasons.CANNOT_SAY) from error
        known = set(
            Notice.objects.filter(external_id__in=ids).values_list("external_id", flat=True)
        )
        return next((sid for sid in reversed(ids) if sid not in known), None)


def spoken(notice: Notice) -> str:
    """The notice as TwiML: said up to SPOKEN_TIMES, and any key ends it."""
    from twilio.twiml.voice_response import VoiceResponse

    language, voice = voice_of(notice.language)
    action = f"{settings.PUBLIC_URL.rstrip('/')}/twilio/voice/notice/?notice={notice.pk}"
    with override(notice.language):
        ask = gettext("Press any key to say that you have heard this.")
        bye = gettext("Nobody pressed a key. Goodbye.")
    answer = VoiceResponse()
    for _time in range(SPOKEN_TIMES):
        gather = answer.gather(
            num_digits=1, action=action, method="POST", timeout=KEY_WITHIN_SECONDS, finish_on_key=""
        )
        gather.say(f"{notice.subject} {notice.text}".strip(), language=language, voice=voice)
        gather.say(ask, language=language, voice=voice)
    answer.say(bye, language=language, voice=voice)
    answer.hangup()
    return str(answer)


def heard(notice: Notice) -> str:
    """After a key was pressed."""
    from twilio.twiml.voice_response import VoiceResponse

    language, voice = voice_of(notice.language)
    answer = VoiceResponse()
    with override(notice.language):
        answer.say(gettext("Thank you. Goodbye."), language=language, voice=voice)
    answer.hangup()
    return str(answer)


def greeting(hotel: Property) -> str:
    """To a guest who calls the number they text to: they are connected with the front desk."""
    from twilio.twiml.voice_response import VoiceResponse

    language, voice = voice_of(hotel.language)
    answer = VoiceResponse()
    with override(hotel.language):
        words = gettext("Welcome to %(hotel)s. We connect you with the front desk.")
    answer.say(words % {"hotel": hotel.name}, language=language, voice=voice)
    answer.dial(hotel.telephone)
    return str(answer)


def rejected() -> str:
    """To a number no hotel has."""
    from twilio.twiml.voice_response import VoiceResponse

    answer = VoiceResponse()
    answer.reject()
    return str(answer)


def voice_of(language: str) -> tuple[str, str]:
    return VOICES.get(language.split("-")[0], VOICES["en"])
