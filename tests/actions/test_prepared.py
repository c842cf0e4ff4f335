"""Statements compiled once say what the querysets say that they were made of."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from requests_app import queries
from requests_app.actions.opening import Wanted, open_requests
from requests_app.models import Contact, Desk, Message, Property, Request, Service, Stay
from requests_app.prepared import Bound, Prepared, PreparedRows, PreparedUpdate, insert


def a_message(hotel: Property, now: datetime, external_id: str) -> Message:
    return Message(
        property=hotel, direction="in", channel="sms", body="İki havlu ☕", at=now,
        external_id=external_id, media=["https://example.org/1"],
    )  # fmt: skip


def test_objects_come_with_their_relations_and_without_another_query(
    hotel: Property, django_assert_num_queries: object
) -> None:
    in_room = Prepared(
        lambda: Stay.objects.filter(room__number=Bound("room")).select_related("guest", "room")
    )
    stay = Stay.objects.select_related("guest", "room").get(room__number="412")
    with django_assert_num_queries(1):  # type: ignore[operator]
        found = in_room.all(room="412")
        names = [(s.guest.last_name, s.room.number) for s in found]
    assert names == [("Yılmaz", "412")]
    assert found == [stay]
    assert found[0].arrived_at == stay.arrived_at
    assert in_room.first(room="110") is None


def test_annotations_and_json_and_times_are_what_the_queryset_gives(
    hotel: Property, now: datetime
) -> None:
    service = Service.objects.select_related("desk").get(property=hotel, slug="towels")
    (opened,) = open_requests(
        hotel, [Wanted(desk=service.desk, service=service)], channel="sms", at=now
    )
    usual = queries.cards(Request.objects.filter(pk=opened.pk)).get()
    (changed,) = queries.requests_changed(hotel.pk, opened.sequence - 1, opened.sequence)
    of_both = [
        {f.attname: getattr(r, f.attname) for f in Request._meta.concrete_fields}
        | {name: getattr(r, name) for name in ("photo_count", "pictures_came", "last_said")}
        | {"desk": r.desk.slug}
        for r in (usual, changed)
    ]
    assert of_both[0] == of_both[1]


def test_rows_are_inserted_as_bulk_create_does(hotel: Property, now: datetime) -> None:
    mine = [a_message(hotel, now, "SM1"), a_message(hotel, now, "SM2")]
    insert(*mine)
    (theirs,) = Message.objects.bulk_create([a_message(hotel, now, "SM3")])
    values = [
        {k: v for k, v in row.items() if k not in {"id", "external_id"}}
        for row in Message.objects.filter(pk__in=[m.pk for m in (*mine, theirs)]).values()
    ]
    assert values[0] == values[1] == values[2]
    assert [Message.objects.get(pk=m.pk).external_id for m in mine] == ["SM1", "SM2"]


def test_the_same_id_twice_is_refused_by_the_database(hotel: Property, now: datetime) -> None:
    insert(a_message(hotel, now, "SM1"))
    with pytest.raises(IntegrityError), transaction.atomic():
        insert(a_message(hotel, now, "SM1"))
    assert Message.objects.filter(external_id="SM1").count() == 1


def test_an_update_changes_only_what_its_condition_allows(hotel: Property, now: datetime) -> None:
    contact = Contact.objects.create(property=hotel, address="+12025550101")
    asked = PreparedUpdate(
        lambda: Contact.objects.filter(pk=Bound("contact"), asked_at=None),
        asked_at=Bound("at"),
        language=Bound("language"),
    )
    assert asked(contact=contact.pk, at=now, language="tr") == 1
    assert asked(contact=contact.pk, at=now + timedelta(hours=1), language="fi") == 0
    contact.refresh_from_db()
    assert (contact.asked_at, contact.language) == (now, "tr")


def test_desks_are_counted_by_the_database_as_one_would_by_hand(
    hotel: Property, now: datetime
) -> None:
    service = Service.objects.select_related("desk").get(property=hotel, slug="towels")
    wish = Wanted(desk=service.desk, service=service)
    later = Wanted(desk=service.desk, service=service, wanted_at=now + timedelta(hours=9))
    open_requests(hotel, [wish, wish, later], channel="sms", at=now)
    assert queries.desk_counts(hotel.pk, now) == {service.desk_id: (3, 0)}
    assert queries.desk_counts(hotel.pk, now + timedelta(days=1)) == {service.desk_id: (3, 2)}
    slugs: PreparedRows[tuple[str]] = PreparedRows(
        lambda: Desk.objects.filter(property=Bound("hotel")).values_list("slug")
    )
    assert [slug for (slug,) in slugs.all(hotel=hotel.pk)] == [
        desk.slug for desk in Desk.objects.filter(property=hotel)
    ]
