"""Why something did not go out or come in, in words for staff (pure).

Rows keep the English sentence; whoever shows it translates it: see ``why``.
"""

from __future__ import annotations

from django.utils.translation import gettext, gettext_noop

ERASED = gettext_noop("the guest’s number has been erased")
STOPPED = gettext_noop("the guest asked for no more texts")
REFUSED = gettext_noop("the carrier refused it")
SLOW_DOWN = gettext_noop("the carrier asks us to slow down")
UNREACHABLE = gettext_noop("the carrier cannot be reached")
CARRIER_FAILED = gettext_noop("the carrier is in trouble")
BROKE = gettext_noop("the connection broke")
NO_ANSWER_IN_TIME = gettext_noop("the carrier did not answer in time")
NO_ID = gettext_noop("the carrier answered without an id")
CANNOT_SAY = gettext_noop("the carrier cannot say whether it was sent")
ACCOUNT = gettext_noop("the carrier refuses our account")
OUR_MISTAKE = gettext_noop("something went wrong here")
SENDER_DIED = gettext_noop("the sending was interrupted")
TOO_OLD = gettext_noop("it had waited too long to be of use")

NO_BROWSER = gettext_noop("no browser of theirs takes alerts")
NO_SUCH_MAILBOX = gettext_noop("the mail server does not know this address")
MAIL_REFUSED = gettext_noop("the mail server refused it")
MAIL_LATER = gettext_noop("the mail server asks to try later")
SIGN_IN_REFUSED = gettext_noop("the mail server refused our sign-in")

NOT_ANSWERED = gettext_noop("nobody answered")
BUSY = gettext_noop("the line was busy")
MACHINE = gettext_noop("a machine answered")
NO_DIGIT = gettext_noop("nobody pressed a key")
CALL_FAILED = gettext_noop("the call could not be connected")

PICTURE_GONE = gettext_noop("the picture is no longer there")
PICTURE_TOO_LARGE = gettext_noop("the picture is too large")
NOT_A_PICTURE = gettext_noop("it is not a picture we can show")
PICTURE_ELSEWHERE = gettext_noop("it does not come from the carrier")

OF_CODE: dict[str, str] = {
    "21211": gettext_noop("not a telephone number"),
    "21214": gettext_noop("not a telephone number"),
    "21217": gettext_noop("not a telephone number"),
    "21401": gettext_noop("not a telephone number"),
    "13224": gettext_noop("not a telephone number"),
    "21408": gettext_noop("texts to this country are switched off"),
    "21215": gettext_noop("calls to this country are switched off"),
    "21606": gettext_noop("our own number cannot send texts"),
    "21210": gettext_noop("our own number cannot make calls"),
    "21610": gettext_noop("they asked for no more texts (STOP)"),
    "21612": gettext_noop("cannot be reached from our number"),
    "21614": gettext_noop("not a mobile number"),
    "21617": gettext_noop("the text is too long"),
    "30003": gettext_noop("the telephone is switched off or out of reach"),
    "30004": gettext_noop("the number is blocked"),
    "30005": gettext_noop("no such number"),
    "30006": gettext_noop("a landline, or it cannot be reached"),
    "30007": gettext_noop("a network filtered it out"),
    "30008": gettext_noop("a network lost it"),
    "63016": gettext_noop("WhatsApp allows free words only within 24 hours of the guest’s"),
}
"""Twilio's error codes that staff can do something about."""


def why(reason: str, code: str = "") -> str:
    """In the active language: the reason, or what the carrier's code means, or the code itself."""
    said = reason or OF_CODE.get(code, "")
    words = gettext(said) if said else ""
    if code and code not in OF_CODE:
        return f"{words} ({code})" if words else code
    return words
