"""The database refuses nonsense by itself: every constraint is tried to be broken."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, models, transaction

from requests_app.actions.praise import commend, rate
from requests_app.actions.requests import finish_request
from requests_app.models import (
    Alert,
    CarrierTrouble,
    Commendation,
    CommendedPerson,
    Contact,
    Desk,
    EscalationStep,
    IncomingPicture,
    Message,
    Notice,
    OnDuty,
    Outgoing,
    Promise,
    Property,
    PushSubscription,
    Rating,
    Request,
    RequestEvent,
    Room,
    Service,
    Stay,
    TaughtWord,
)
from staff.models import Person
from tests.actions.test_moves import opened

Break = Callable[["World"], object]


class World:
    """One row of everything there is."""

    def __init__(self, hotel: Property, now: datetime) -> None:
        self.hotel, self.now = hotel, now
        self.request = opened(hotel, now)
        self.person = Person.objects.get(email="housekeeping@demo.example")
        finish_request(self.request, by=self.person, at=now)
        rate(self.request, score=5, at=now)
        self.commendation = commend(
            hotel, words="Aino!", at=now, channel="web", request=self.request, chosen=[self.person]
        )
        self.contact = Contact.objects.create(property=hotel, address="+12025550127")
        self.word = TaughtWord.objects.create(
            property=hotel,
            service=Service.objects.get(property=hotel, slug="towels"),
            language="en",
            word="drier",
            taught_at=now,
        )
        self.open = opened(hotel, now)
        self.step = EscalationStep.objects.create(
            property=hotel, minutes=-5, whom="holder", by="board", active=True
        )
        self.alert = self.alerted(step=self.step)
        self.alerted(step=None, about_at=now)
        OnDuty.objects.create(property=hotel, person=self.person, since=now)
        self.message = Message.objects.create(
            property=hotel, direction="in", channel="sms", body="See", at=now
        )
        self.picture = IncomingPicture.objects.create(
            message=self.message, position=0, url="https://carrier.example/1", due_at=now
        )
        self.notice = Notice.objects.create(
            property=hotel,
            channel="sms",
            address="+12025550127",
            text="412",
            created_at=now,
            key="1",
        )
        self.outgoing = Outgoing.objects.create(notice=self.notice, due_at=now)
        CarrierTrouble.objects.create(carrier="texts", since=now, until=now)
        PushSubscription.objects.create(
            person=self.person,
            endpoint="https://push.example/1",
            p256dh="k",
            auth="a",
            created_at=now,
        )

    def alerted(self, **fields: Any) -> Alert:
        return Alert.objects.create(
            **(
                {
                    "request": self.open,
                    "whom": "desk",
                    "by": "board",
                    "about_at": self.now + timedelta(hours=1),
                    "at": self.now,
                }
                | fields
            )
        )

    def steps(self, **fields: Any) -> int:
        return EscalationStep.objects.filter(pk=self.step.pk).update(**fields)

    def status(self, status: str, **fields: Any) -> int:
        return Request.objects.filter(pk=self.request.pk).update(
            status=status, **({"holder": None, "closed_at": None} | fields)
        )


BREAKS: dict[str, Break] = {
    "property.slug": lambda w: Property.objects.create(slug="demo", text_number="+1"),
    "property.text_number": lambda w: Property.objects.create(
        slug="other", text_number=w.hotel.text_number
    ),
    "desk_slug_once_a_property": lambda w: Desk.objects.create(property=w.hotel, slug="bell"),
    "room_number_once": lambda w: Room.objects.create(property=w.hotel, number="101"),
    "room_token_is_long": lambda w: Room.objects.update(token="short"),
    "service_slug_once": lambda w: Service.objects.create(
        property=w.hotel,
        desk=Desk.objects.first(),
        slug="towels",
        theme="x",
        respond_minutes=1,
        complete_minutes=2,
    ),
    "service_completes_after_it_responds": lambda w: Service.objects.update(
        respond_minutes=10, complete_minutes=9
    ),
    "word_taught_once": lambda w: TaughtWord.objects.create(
        property=w.hotel,
        service=w.word.service,
        language="en",
        word="drier",
        taught_at=w.now,
    ),
    "word_not_empty": lambda w: TaughtWord.objects.update(word=""),
    "stay_departs_after_it_arrives": lambda w: Stay.objects.update(
        departed_at=w.now - timedelta(days=99)
    ),
    "contact_once": lambda w: Contact.objects.create(property=w.hotel, address=w.contact.address),
    "contact_awaiting_known": lambda w: Contact.objects.update(awaiting="godot"),
    "request_status_known": lambda w: w.status("lost"),
    "request_closed_when_over": lambda w: w.status("confirmed"),
    "request_closed_when_over, the other way": lambda w: w.status("new", closed_at=w.now),
    "request_in_hand_has_a_holder": lambda w: w.status("accepted"),
    "request_in_hand_has_a_holder, started": lambda w: w.status("in_progress"),
    "request_new_has_no_holder": lambda w: w.status("new", holder=w.person),
    "request_quantity_positive": lambda w: Request.objects.update(quantity=0),
    "request_hold_has_a_reason": lambda w: w.status("on_hold", holder=w.person),
    "request_of_a_service_names_it": lambda w: Request.objects.update(service=None),
    "request.submission": lambda w: Request.objects.filter(pk=opened(w.hotel, w.now).pk).update(
        submission=w.request.submission
    ),
    "event_of_staff_names_them": lambda w: RequestEvent.objects.update(by="staff", person=None),
    "promise_one_stands": lambda w: Promise.objects.create(
        property=w.hotel, request=w.request, due_at=w.now, made_at=w.now
    ),
    "promise_told_in_time_was_told": lambda w: Promise.objects.update(
        told_at=None, told_in_time=True
    ),
    "ring_at_least_once": lambda w: Property.objects.update(ring_tries=0),
    "request_warned_known": lambda w: Request.objects.filter(pk=w.open.pk).update(warned="god"),
    "request_closed_needs_no_clock": lambda w: w.status(
        "cancelled", closed_at=w.now, next_look_at=w.now
    ),
    "request_closed_needs_no_clock, a warning": lambda w: w.status(
        "cancelled", closed_at=w.now, next_look_at=None, warned="desk"
    ),
    "step_in_minutes_or_as_a_share": lambda w: w.steps(percent=50),
    "step_in_minutes_or_as_a_share, neither": lambda w: w.steps(minutes=None),
    "step_share_makes_sense": lambda w: w.steps(minutes=None, percent=0),
    "step_of_a_desk_or_a_service": lambda w: w.steps(
        desk=w.open.desk_id, service=w.open.service_id
    ),
    "step_known": lambda w: w.steps(whom="everybody"),
    "step_known, by": lambda w: w.steps(by="raven"),
    "step_removed_is_off": lambda w: w.steps(removed_at=w.now),
    "alert_one_pending_a_step": lambda w: w.alerted(step=w.step, about_at=w.now),
    "alert_once_a_told_time": lambda w: w.alerted(step=w.step, acknowledged_at=w.now),
    "alert_one_pending_safety": lambda w: w.alerted(step=None),
    "alert_safety_once_a_told_time": lambda w: w.alerted(
        step=None, about_at=w.now, acknowledged_at=w.now
    ),
    "alert_acknowledged_rings_no_more": lambda w: Alert.objects.update(
        again_at=w.now, acknowledged_at=w.now
    ),
    "alert_known": lambda w: Alert.objects.update(by="raven"),
    "on_duty_once": lambda w: OnDuty.objects.create(property=w.hotel, person=w.person, since=w.now),
    "outgoing_is_of_one_thing": lambda w: Outgoing.objects.update(message=w.message),
    "outgoing_is_of_one_thing, none": lambda w: Outgoing.objects.filter(pk=w.outgoing.pk).update(
        notice=None
    ),
    "outgoing_carrier_known": lambda w: Outgoing.objects.update(carrier="raven"),
    "trouble_carrier_known": lambda w: CarrierTrouble.objects.update(carrier="raven"),
    "picture_once": lambda w: IncomingPicture.objects.create(
        message=w.message, position=0, url="https://carrier.example/2", due_at=w.now
    ),
    "picture_kept_has_a_file": lambda w: IncomingPicture.objects.update(state="kept"),
    "picture_kept_has_a_file, and only then": lambda w: IncomingPicture.objects.update(
        file="a.jpg"
    ),
    "notice_channel_known": lambda w: Notice.objects.update(channel="fax"),
    "notice_delivery_known": lambda w: Notice.objects.update(delivery="lost"),
    "notice_has_a_key": lambda w: Notice.objects.update(key=""),
    "notice_has_an_address": lambda w: Notice.objects.update(address=""),
    "notice_answered_is_a_call": lambda w: Notice.objects.update(answered_at=w.now, digit="1"),
    "notice_answered_is_a_call, without a digit": lambda w: Notice.objects.update(
        channel="call", answered_at=w.now
    ),
    "push_subscription_is_whole": lambda w: PushSubscription.objects.update(auth=""),
    "rating_one_to_five": lambda w: Rating.objects.update(score=6),
    "rating_one_to_five, below": lambda w: Rating.objects.update(score=0),
    "rating.request": lambda w: Rating.objects.create(
        property=w.hotel, request=w.request, score=1, at=w.now
    ),
    "commended_once_a_commendation": lambda w: CommendedPerson.objects.create(
        commendation=w.commendation, person=w.person, how="named"
    ),
    "person_email_once_whatever_case": lambda w: Person.objects.filter(pk=w.person.pk).update(
        email="BELL@demo.example"
    ),
    "person_role_known": lambda w: Person.objects.update(role="king"),
    "request.desk": lambda w: Desk.objects.filter(slug="housekeeping").delete(),
}


@pytest.mark.parametrize("name", BREAKS)
def test_it_cannot_be_broken(hotel: Property, now: datetime, name: str) -> None:
    world = World(hotel, now)
    with pytest.raises(IntegrityError), transaction.atomic():
        BREAKS[name](world)


def test_every_constraint_is_tried() -> None:
    named = {
        constraint.name
        for label in ("requests_app", "staff")
        for model in apps.get_app_config(label).get_models()
        for constraint in model._meta.constraints
    }
    assert named - {name.split(",")[0] for name in BREAKS} == set()


def test_history_goes_with_nobody(hotel: Property, now: datetime) -> None:
    """Who has done something here cannot be deleted: their work and their praise would go too."""
    world = World(hotel, now)
    with pytest.raises(models.ProtectedError):
        world.person.delete()
    assert Commendation.objects.count() == 1
