"""A notice is written once with what must be sent, and a call is answered once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from requests_app.actions.notices import answer_call
from requests_app.models import Notice, Outgoing


def rows() -> list[tuple[str, str, str]]:
    return [
        (row.notice.key, row.carrier, row.state)
        for row in Outgoing.objects.select_related("notice").order_by("pk")
        if row.notice is not None
    ]


@pytest.mark.parametrize(
    ("channel", "address", "carrier"),
    [
        ("email", "manager@demo.example", "email"),
        ("push", "", "push"),
        ("sms", "+358401234567", "texts"),
        ("call", "+358401234567", "calls"),
    ],
)
def test_a_notice_is_a_row_with_what_must_be_sent(
    tell: Callable[..., Notice], now: datetime, channel: str, address: str, carrier: str
) -> None:
    notice = tell(channel=channel, address=address, subject=" Late:\n towels ", language="fi")
    notice.refresh_from_db()
    assert (notice.channel, notice.address, notice.subject, notice.language) == (
        channel, address, "Late: towels", "fi",
    )  # fmt: skip
    assert (notice.created_at, notice.delivery, notice.answered_at) == (now, "waiting", None)
    assert rows() == [("late-1", carrier, "due")]
    assert notice.outgoing.due_at == now


def test_the_same_key_is_the_same_notice(tell: Callable[..., Notice], now: datetime) -> None:
    first = tell()
    again = tell(text="other words", channel="push", address="", at=now + timedelta(hours=1))
    assert again.pk == first.pk
    assert Notice.objects.get().text == "412: 2 bath towels are late."
    assert rows() == [("late-1", "email", "due")]
    tell(key="late-2")
    assert [key for key, _carrier, _state in rows()] == ["late-1", "late-2"]


@pytest.mark.parametrize(
    "nonsense",
    [{"channel": "pigeon"}, {"address": ""}, {"key": ""}, {"channel": "call", "address": ""}],
)
def test_nonsense_is_refused_and_leaves_nothing(
    tell: Callable[..., Notice], nonsense: dict[str, str]
) -> None:
    with pytest.raises((IntegrityError, ValueError)), transaction.atomic():
        tell(**nonsense)
    assert (Notice.objects.count(), Outgoing.objects.count()) == (0, 0)


def test_what_is_sent_is_of_exactly_one_thing(tell: Callable[..., Notice], now: datetime) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Outgoing.objects.create(due_at=now)
    with pytest.raises(IntegrityError), transaction.atomic():
        Outgoing.objects.create(notice=tell(), due_at=now, carrier="crow")


def test_the_first_digit_answers_a_call(tell: Callable[..., Notice], now: datetime) -> None:
    call = tell(channel="call", address="+358401234567")
    assert answer_call(call.pk, digit="1", at=now) is True
    assert answer_call(call.pk, digit="2", at=now + timedelta(minutes=1)) is False
    call.refresh_from_db()
    assert (call.answered_at, call.digit, call.delivery) == (now, "1", "read")
    assert rows() == [("late-1", "calls", "sent")]


@pytest.mark.parametrize("digit", ["", "11", "x", " "])
def test_only_a_digit_answers(tell: Callable[..., Notice], now: datetime, digit: str) -> None:
    call = tell(channel="call", address="+358401234567")
    assert answer_call(call.pk, digit=digit, at=now) is False
    call.refresh_from_db()
    assert call.answered_at is None


def test_what_is_no_call_cannot_be_answered(tell: Callable[..., Notice], now: datetime) -> None:
    assert answer_call(tell().pk, digit="1", at=now) is False
    assert answer_call(987_654, digit="1", at=now) is False
    with pytest.raises(IntegrityError), transaction.atomic():
        Notice.objects.update(answered_at=now, digit="1")
