"""E-mail to staff, through the mail server of EMAIL_URL.

A repeat carries the same Message-ID, so that a mailbox that has it already can tell. What SMTP says
with 4yz is for now, with 5yz for good (RFC 5321, 4.2.1).
"""

from __future__ import annotations

import hashlib
import smtplib
from collections.abc import Sequence
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage, get_connection

from requests_app import reasons
from requests_app.carriers import Hopeless, NotNow, Refusal, Unknown
from requests_app.models import Message, Notice
from requests_app.models.messages import Delivery

SHUTTING_DOWN = 421


class Email:
    local = False
    accepted: str = Delivery.SENT
    gone: Sequence[int] = ()

    def send(self, said: Message | Notice) -> str:
        assert isinstance(said, Notice)  # noqa: S101
        mail = EmailMessage(
            subject=said.subject or said.property.name,
            body=said.text,
            from_email=settings.DEFAULT_FROM_EMAIL,
            to=[said.address],
            headers={
                "Message-ID": message_id(said),
                "Content-Language": said.language,
                "Auto-Submitted": "auto-generated",
            },
        )
        connection = get_connection()
        try:
            connection.open()
        except smtplib.SMTPAuthenticationError as error:
            raise NotNow(reasons.SIGN_IN_REFUSED) from error
        except (OSError, smtplib.SMTPException) as error:
            raise NotNow(reasons.UNREACHABLE) from error
        try:
            connection.send_messages([mail])
        except smtplib.SMTPException as error:
            raise _refusal(error, said.address) from error
        except (ValueError, UnicodeError) as error:
            raise Hopeless(reasons.NO_SUCH_MAILBOX) from error
        except OSError as error:
            raise Unknown(reasons.BROKE) from error
        finally:
            connection.close()
        return f"MAIL{said.pk:032d}"

    def find(self, said: Message | Notice) -> str | None:
        """No mail server says; a repeat is recognised by its Message-ID."""
        return None


def message_id(notice: Notice) -> str:
    """The same for every try of this notice, and of no other anywhere."""
    print_ = hashlib.sha256(f"{settings.SECRET_KEY} {notice.key}".encode()).hexdigest()[:16]
    host = urlsplit(settings.PUBLIC_URL).hostname or "localhost"
    return f"<notice-{notice.pk}.{print_}@{host}>"


def _refusal(error: smtplib.SMTPException, address: str) -> Refusal:
    code = 0
    about_the_address = False
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        about_the_address = True
        code = min((int(said[0]) for said in error.recipients.values()), default=0)
    elif isinstance(error, smtplib.SMTPNotSupportedError):
        return Hopeless(reasons.NO_SUCH_MAILBOX)
    elif isinstance(error, smtplib.SMTPResponseException):
        code = int(error.smtp_code)
    if code >= 500:
        return Hopeless(
            reasons.NO_SUCH_MAILBOX if about_the_address else reasons.MAIL_REFUSED, str(code)
        )
    if code >= 400:
        # One mailbox that is full or asks for patience keeps nobody else waiting.
        return NotNow(reasons.MAIL_LATER, carrier_wide=code == SHUTTING_DOWN)
    return Unknown(reasons.BROKE)
