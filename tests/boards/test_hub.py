"""The hub: whatever happens, every seat shows in the end what a fresh page would show."""

from __future__ import annotations

import asyncio
import random
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.utils import timezone

from requests_app import broadcast, fragments, lookups, queries
from requests_app import hub as hub_module
from requests_app.actions import requests, talking
from requests_app.actions.opening import Wanted, open_requests
from requests_app.errors import RequestError
from requests_app.hub import SIGNED_OUT, TRY_AGAIN, Changes, Flow, Hub, Seat
from requests_app.models import Desk, Property, Request, Room, Service
from requests_app.threads import in_thread
from staff.boards.live import BoardView
from staff.demo import make_hotel
from staff.models import Person

pytestmark = pytest.mark.django_db(transaction=True)

PATIENCE_SECONDS = 60


@pytest.fixture
def hotel(transactional_db: None) -> Property:
    return make_hotel(now=timezone.now())


class Screen:
    """A board in a browser, by the rules of live.js: it refuses a change that leaves a gap."""

    def __init__(self, view: Any, flow: Flow | None = None) -> None:
        self.cards: dict[int, str] = {}
        self.sequence = -1
        self.kinds: list[str] = []
        self.closed = 0
        self.news = asyncio.Condition()
        self.may_take = asyncio.Event()
        self.may_take.set()
        self.seat = Seat(view, self.send, flow=flow)

    async def send(self, message: dict[str, Any]) -> None:
        await self.may_take.wait()
        async with self.news:
            if message["type"] == "websocket.close":
                self.closed = message["code"]
            else:
                self.take(message["text"])
            self.news.notify_all()

    def take(self, frame: str) -> None:
        head = re.match(r"<live-frame ([^>]*)>", frame)
        assert head is not None
        facts = dict(re.findall(r'data-(\w+)="([^"]*)"', head[1]))
        kind, sequence = facts["kind"], int(facts["sequence"])
        self.kinds.append(kind)
        if kind == "snapshot":
            self.cards = {}
        elif kind == "change":
            assert int(facts["after"]) <= self.sequence, "a gap"
        else:
            assert sequence <= self.sequence, "something passed it by"
        for pk in re.findall(r'data-gone="request-(\d+)"', frame):
            self.cards.pop(int(pk), None)
        for card, pk in re.findall(r'(<article id="request-(\d+)".*?</article>)', frame, re.S):
            self.cards[int(pk)] = card
        self.sequence = max(self.sequence, sequence)

    async def until(self, true: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE_SECONDS), self.news:
            await self.news.wait_for(true)


def fresh(view: BoardView) -> dict[int, str]:
    """What a page opened now would show."""
    rows = queries.board_rows(view.property_id, view.desk_id)
    found = queries.requests_by_id([pk for pk, *_ in rows])
    return {pk: fragments.card(r, view.language).strip() for pk, r in found.items()}


@contextmanager
def heard() -> Iterator[None]:
    """Changes are broadcast to this event loop, as the server does it."""
    broadcast.use_loop(asyncio.get_running_loop())
    try:
        yield
    finally:
        broadcast.use_loop(None)


def end(hub: Hub) -> None:
    for task in hub.tasks:
        task.cancel()


def open_one(hotel: Property, chance: random.Random | None = None) -> Request:
    chance = chance or random.Random(1)
    service = chance.choice(list(Service.objects.filter(property=hotel).select_related("desk")))
    room = chance.choice(list(Room.objects.filter(property=hotel)))
    urgent = chance.random() < 0.2
    wanted = Wanted(desk=service.desk, service=service, urgent=urgent)
    return open_requests(hotel, [wanted], channel="web", at=timezone.now(), room=room)[0]


def something_happens(hotel: Property, chance: random.Random) -> None:
    """One change of some kind to some request, as desks make them."""
    known = list(Request.objects.filter(property=hotel).values_list("pk", flat=True))
    if not known or chance.random() < 0.3:
        open_one(hotel, chance)
        return
    request = lookups.request_of(hotel.pk, chance.choice(known))
    assert request is not None
    by = chance.choice(list(Person.objects.filter(property=hotel)))
    desk = chance.choice(list(Desk.objects.filter(property=hotel)))
    now = timezone.now()
    moves: list[Callable[[], object]] = [
        lambda: requests.accept_request(request, by=by, at=now),
        lambda: requests.start_request(request, by=by, at=now),
        lambda: requests.hold_request(request, by=by, at=now, reason="Asleep"),
        lambda: requests.release_request(request, by=by, at=now),
        lambda: requests.transfer_request(request, to=desk, by=by, at=now),
        lambda: talking.note_request(request, by=by, at=now, text=f"Note {chance.random()}"),
        lambda: requests.finish_request(request, by=by, at=now),
        lambda: requests.confirm_request(request, at=now),
        lambda: requests.reopen_request(request, at=now),
        lambda: requests.cancel_request(request, by=by, at=now, reason="Twice"),
    ]
    try:
        chance.choice(moves)()
    except RequestError:
        return  # not every move is allowed; that is as good


def test_after_any_changes_every_seat_shows_what_a_fresh_page_shows(hotel: Property) -> None:
    async def scene() -> None:
        hub, chance = Hub(), random.Random(7)
        views = [BoardView(hotel.pk, None, "en"), BoardView(hotel.pk, None, "fi")]
        views += [BoardView(hotel.pk, desk.pk, "en") for desk in await in_thread(desks, hotel)]
        with heard():
            screens = [Screen(view) for view in views for _ in range(2)]
            for screen in screens[:10]:
                await hub.join(screen.seat)
            for n in range(150):
                await in_thread(something_happens, hotel, chance)
                if n % 10 == 5 and n // 10 + 10 < len(screens):
                    await hub.join(screens[n // 10 + 10].seat)  # in the midst of it
            head = await in_thread(queries.head_sequence, hotel.pk)
            for screen in screens:
                if screen.kinds:
                    await screen.until(lambda s=screen: s.sequence >= head)  # type: ignore[misc]
                    assert screen.cards == await in_thread(fresh, screen.seat.view)
            assert sum(len(s.cards) for s in screens) > 50
        end(hub)

    asyncio.run(scene())


def desks(hotel: Property) -> list[Desk]:
    return list(Desk.objects.filter(property=hotel))


def test_a_heartbeat_heals_a_broadcast_that_was_lost(hotel: Property) -> None:
    async def scene() -> None:
        hub, view = Hub(), BoardView(hotel.pk, None, "en")
        screen = Screen(view)
        await hub.join(screen.seat)
        request = await in_thread(open_one, hotel)  # and nobody is told
        assert (screen.cards, screen.kinds) == ({}, ["snapshot"])
        await hub.beat()
        await screen.until(lambda: screen.sequence >= request.sequence)
        assert screen.cards == await in_thread(fresh, view)
        assert screen.kinds[0] == "snapshot"
        assert "change" in screen.kinds
        end(hub)

    asyncio.run(scene())


class Interrupted(BoardView):
    """Something changes after its first snapshot was read and before it is written."""

    happened = False

    def snapshot(self) -> tuple[str, int]:
        whole = super().snapshot()
        if not Interrupted.happened:
            Interrupted.happened = True
            open_one(Property.objects.get(pk=self.property_id))
        return whole


def test_what_changes_while_the_first_snapshot_is_read_is_not_missed(hotel: Property) -> None:
    async def scene() -> None:
        hub, screen = Hub(), Screen(Interrupted(hotel.pk, None, "en"))
        with heard():
            await hub.join(screen.seat)
            head = await in_thread(queries.head_sequence, hotel.pk)
            await screen.until(lambda: screen.sequence >= head)
        assert len(screen.cards) == 1
        end(hub)

    Interrupted.happened = False
    asyncio.run(scene())


def test_one_that_never_reads_holds_nobody_up_and_is_right_again_with_one_frame(
    hotel: Property,
) -> None:
    async def scene() -> None:
        hub, view = Hub(), BoardView(hotel.pk, None, "en")
        slow, quick = Screen(view), Screen(view)
        with heard():
            await hub.join(slow.seat)
            await hub.join(quick.seat)
            slow.may_take.clear()
            for _ in range(5):
                request = await in_thread(open_one, hotel)
                await quick.until(lambda r=request: quick.sequence >= r.sequence)  # type: ignore[misc]
            assert slow.kinds == ["snapshot"]
            slow.may_take.set()
            await slow.until(lambda: slow.sequence >= quick.sequence)
        assert slow.cards == quick.cards == await in_thread(fresh, view)
        assert slow.kinds == ["snapshot", "change", "change"]
        end(hub)

    asyncio.run(scene())


def test_a_paused_socket_is_left_alone_and_caught_up_when_it_drains(hotel: Property) -> None:
    async def scene() -> None:
        hub, view, flow = Hub(), BoardView(hotel.pk, None, "en"), Flow()
        flow.told_by_server = True
        slow, quick = Screen(view, flow), Screen(view)
        with heard():
            await hub.join(slow.seat)
            await hub.join(quick.seat)
            flow.pause()
            for _ in range(5):
                request = await in_thread(open_one, hotel)
                await quick.until(lambda r=request: quick.sequence >= r.sequence)  # type: ignore[misc]
            await hub.beat()
            assert slow.kinds == ["snapshot"]
            flow.resume()
            await slow.until(lambda: slow.sequence >= quick.sequence)
        assert slow.cards == await in_thread(fresh, view)
        assert slow.kinds == ["snapshot", "change"]
        end(hub)

    asyncio.run(scene())


def test_a_socket_that_stays_stuck_is_closed_to_come_again(
    hotel: Property, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scene() -> None:
        hub, flow = Hub(), Flow()
        flow.told_by_server = True
        stuck = Screen(BoardView(hotel.pk, None, "en"), flow)
        await hub.join(stuck.seat)
        flow.pause()
        monkeypatch.setattr(hub_module, "STUCK_SECONDS", -1)
        await hub.beat()
        await stuck.until(lambda: stuck.closed == TRY_AGAIN)
        assert hub.seats == {}
        end(hub)

    asyncio.run(scene())


def test_who_is_deactivated_or_signed_out_is_closed_at_the_next_heartbeat(hotel: Property) -> None:
    async def scene() -> None:
        hub, screen = Hub(), Screen(BoardView(hotel.pk, None, "en"))
        screen.seat.person_id, screen.seat.session_key = 1, "a session that has ended"
        await hub.join(screen.seat)
        await hub.beat()
        await screen.until(lambda: screen.closed == SIGNED_OUT)
        end(hub)

    asyncio.run(scene())


class Broken(BoardView):
    """A view that cannot be rendered."""

    def changes(self, changes: Changes) -> str:
        raise ValueError("no")

    def snapshot(self) -> tuple[str, int]:
        if queries.board_rows(self.property_id, self.desk_id):
            raise ValueError("no")
        return super().snapshot()


def test_a_view_that_fails_takes_nobody_with_it(hotel: Property) -> None:
    async def scene() -> None:
        hub, view = Hub(), BoardView(hotel.pk, None, "en")
        broken, sound = Screen(Broken(hotel.pk, None, "en")), Screen(view)
        with heard():
            await hub.join(broken.seat)
            await hub.join(sound.seat)
            for _ in range(3):
                request = await in_thread(open_one, hotel)
                await sound.until(lambda r=request: sound.sequence >= r.sequence)  # type: ignore[misc]
        assert sound.cards == await in_thread(fresh, view)
        end(hub)

    asyncio.run(scene())


def test_far_behind_the_whole_is_sent_instead_of_what_changed(
    hotel: Property, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scene() -> None:
        monkeypatch.setattr(hub_module, "FAR_BEHIND", 2)
        hub, view = Hub(), BoardView(hotel.pk, None, "en")
        screen = Screen(view)
        await hub.join(screen.seat)
        for _ in range(4):
            request = await in_thread(open_one, hotel)  # and nobody is told
        await hub.beat()
        await screen.until(lambda: screen.sequence >= request.sequence)
        assert "change" not in screen.kinds
        assert screen.cards == await in_thread(fresh, view)
        end(hub)

    asyncio.run(scene())
