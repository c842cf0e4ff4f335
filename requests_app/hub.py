"""One hub per process: hears that something changed, reads and renders once, writes to its sockets.

A group member per socket was measured 4 to 12 times slower. What a socket shows is a *view*, a
small hashable value; sockets with equal views share every rendered frame.
"""

from __future__ import annotations

import asyncio
import logging
import time
from typing import Any

from requests_app import broadcast, queries
from requests_app.seats import Changes, Flow, Seat, View
from requests_app.threads import in_thread

__all__ = ["SIGNED_OUT", "TRY_AGAIN", "Changes", "Flow", "Hub", "Seat", "View", "hub"]

log = logging.getLogger(__name__)

HEARTBEAT_SECONDS = 10
COMPARE_SECONDS = 2.5
"""Where other processes change something, a layer that is paused, emptied or restarted loses what
they say: one small question so often, and no board is wrong for five seconds."""

STUCK_SECONDS = 30
"""A socket whose reader takes nothing for so long is closed with 1013 (try again later)."""

FAR_BEHIND = 200
"""So many changes behind, the whole is shorter than what changed."""

SIGNED_OUT = 4401
TRY_AGAIN = 1013


class Hub:
    """Only to be used from the server's event loop."""

    def __init__(self) -> None:
        self.seats: dict[View, set[Seat]] = {}
        self.heads: dict[int, int] = {}
        self.busy: set[int] = set()
        self.again: set[int] = set()
        self.reading: dict[View, asyncio.Task[tuple[str, int]]] = {}
        self.tasks: list[asyncio.Task[None]] = []

    # --- seats ---------------------------------------------------------------------------------

    async def join(self, seat: Seat) -> None:
        """Register first and read afterwards, so that no change falls between the two.

        Returns once the whole has been written to the socket.
        """
        self._start()
        property_id = seat.view.property_id
        self.seats.setdefault(seat.view, set()).add(seat)
        loop = asyncio.get_running_loop()

        def resumed() -> None:
            loop.call_soon(self._catch_up, seat)

        seat.flow.on_resume = resumed
        if property_id not in self.heads:
            head = await in_thread(queries.head_sequence, property_id)
            self.heads[property_id] = max(head, self.heads.get(property_id, -1))
        task = self._catch_up(seat)
        if task is not None:
            await asyncio.shield(task)

    def leave(self, seat: Seat) -> None:
        seat.flow.on_resume = None
        seats = self.seats.get(seat.view)
        if seats is not None:
            seats.discard(seat)
            if not seats:
                del self.seats[seat.view]
                property_id = seat.view.property_id
                if all(view.property_id != property_id for view in self.seats):
                    # Nobody listens: an old number would make the next one who comes re-read all.
                    self.heads.pop(property_id, None)

    def is_here(self, seat: Seat) -> bool:
        return seat in self.seats.get(seat.view, ())

    def _catch_up(self, seat: Seat) -> asyncio.Task[None] | None:
        """Bring one socket up to date by itself; one at a time, and none while its reader waits."""
        if not seat.dirty or seat.flow.paused_at is not None or not self.is_here(seat):
            return seat.catching_up
        if seat.catching_up is None and seat.writing is None:
            seat.catching_up = asyncio.get_running_loop().create_task(self._bring_up(seat))
            seat.catching_up.add_done_callback(_tell_failure)
        return seat.catching_up

    async def _bring_up(self, seat: Seat) -> None:
        property_id = seat.view.property_id
        try:
            while self.is_here(seat) and seat.flow.paused_at is None:
                head = self.heads.get(property_id, -1)
                frame: str | None
                frames: dict[View, str | None] = {}
                sequence = -1
                if seat.sequence >= 0 and head - seat.sequence <= FAR_BEHIND:
                    frames, sequence = await in_thread(
                        _render, property_id, seat.sequence, [seat.view]
                    )
                if seat.view in frames:
                    frame = frames[seat.view]
                else:
                    frame, sequence = await self._snapshot(seat.view)
                if frame is None:
                    seat.sequence = max(seat.sequence, sequence)
                elif not await self._write_in_time(seat, frame, sequence):
                    return
                if seat.sequence >= self.heads.get(property_id, -1):
                    seat.dirty = False
                    return  # else something changed while this was read, and passed it by
        finally:
            seat.catching_up = None

    async def _snapshot(self, view: View) -> tuple[str, int]:
        """Read once for all who ask at the same time, as after a lost network everybody does.

        It may be older than who asks, whom ``_bring_up`` then tells what has changed since.
        """
        reading = self.reading.get(view)
        if reading is None:
            reading = asyncio.get_running_loop().create_task(in_thread(view.snapshot))
            self.reading[view] = reading
            reading.add_done_callback(lambda _: self.reading.pop(view, None))
        return await asyncio.shield(reading)

    async def _write_in_time(self, seat: Seat, frame: str, sequence: int) -> bool:
        """Write; a socket that cannot take it, or does not in time, is done with. True: written."""
        try:
            if seat.flow.told_by_server:
                await seat.write(frame, sequence)
            else:
                async with asyncio.timeout(STUCK_SECONDS):
                    await seat.write(frame, sequence)
        except TimeoutError:
            self._end(seat, TRY_AGAIN)
        except Exception as error:
            # It has gone, and its consumer hears so too; or it must come again for the whole.
            self._end(seat, TRY_AGAIN)
            log.info("a socket could not be written to: %r", error)
        else:
            return True
        return False

    # --- what happens --------------------------------------------------------------------------

    def _start(self) -> None:
        loop = asyncio.get_running_loop()
        broadcast.tell_here(self.hear)
        if not self.tasks or self.tasks[0].get_loop() is not loop:
            self.tasks = [loop.create_task(self._listen()), loop.create_task(self._beat())]

    def _spawn(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        task.add_done_callback(_tell_failure)

    async def _listen(self) -> None:
        """Hears other processes; a layer that fails is joined again, and boards are compared."""
        layer = broadcast.layer_to_others()
        if layer is None:
            return
        while True:
            try:
                await broadcast.listen(layer, self.hear, HEARTBEAT_SECONDS)
            except asyncio.CancelledError:
                raise
            except Exception:
                log.warning("the channel layer failed; trying again", exc_info=True)
                await asyncio.sleep(1)

    def hear(self, message: dict[str, Any]) -> None:
        if message["type"] == "changed":
            if message["sequence"] > self.heads.get(message["property"], -1):
                self.refresh(message["property"])
        elif message["type"] == "signed_out":
            for seat in self._all_seats():
                if seat.person_id == message["person"] and message["session"] in {
                    None,
                    seat.session_key,
                }:
                    self._end(seat, SIGNED_OUT)

    def refresh(self, property_id: int) -> None:
        """Bring this property's sockets up to date; changes that come meanwhile wait one turn."""
        if property_id in self.busy:
            self.again.add(property_id)
            return
        if property_id in {view.property_id for view in self.seats}:
            self.busy.add(property_id)
            self._spawn(self._refresh(property_id))

    async def _refresh(self, property_id: int) -> None:
        try:
            while True:
                self.again.discard(property_id)
                views = [view for view in self.seats if view.property_id == property_id]
                after = self.heads.get(property_id)
                if after is None:
                    return  # who has just come reads the whole anyway
                frames, sequence = await in_thread(_render, property_id, after, views)
                self.heads[property_id] = max(sequence, self.heads.get(property_id, -1))
                for view in views:
                    await self._write_all(view, frames, after, sequence)
                if property_id not in self.again:
                    return
        finally:
            self.busy.discard(property_id)

    async def _write_all(
        self, view: View, frames: dict[View, str | None], after: int, sequence: int
    ) -> None:
        frame = frames.get(view)
        for seat in tuple(self.seats.get(view, ())):
            if seat.sequence >= sequence:
                continue  # its own reading was newer than this
            if not seat.is_ready or seat.sequence < after or view not in frames:
                seat.dirty = True  # one mark, not a queue
                self._catch_up(seat)
            elif frame is None:
                seat.sequence = sequence
            elif seat.flow.told_by_server:
                await self._write_in_time(seat, frame, sequence)
            else:
                # This server waits for slow readers; the others must not wait with it.
                self._write_apart(seat, frame, sequence)

    def _write_apart(self, seat: Seat, frame: str, sequence: int) -> None:
        async def write() -> None:
            try:
                await self._write_in_time(seat, frame, sequence)
            finally:
                seat.writing = None
            self._catch_up(seat)

        seat.writing = asyncio.get_running_loop().create_task(write())
        seat.writing.add_done_callback(_tell_failure)

    # --- heartbeat -----------------------------------------------------------------------------

    async def _beat(self) -> None:
        wait = HEARTBEAT_SECONDS if broadcast.layer_to_others() is None else COMPARE_SECONDS
        quiet = 0.0
        while True:
            await asyncio.sleep(wait)
            quiet += wait
            try:
                if quiet >= HEARTBEAT_SECONDS:
                    quiet = 0.0
                    await self.beat()
                else:
                    await self.compare()
            except Exception:
                log.warning("a heartbeat failed", exc_info=True)

    async def compare(self) -> None:
        """Heal what a lost broadcast left behind."""
        properties = {view.property_id for view in self.seats}
        if not properties:
            return
        for property_id, head in (await in_thread(queries.head_sequences, properties)).items():
            if head > self.heads.get(property_id, -1):
                self.refresh(property_id)

    async def beat(self) -> None:
        """Compare, end what may no longer look, tell the head."""
        await self.compare()
        seats = self._all_seats()
        allowed = await in_thread(
            queries.still_signed_in,
            {(s.person_id, s.session_key) for s in seats if s.person_id is not None},
        )
        now = time.monotonic()
        for seat in seats:
            if not self.is_here(seat):
                continue  # it left while we asked
            if seat.person_id is not None and (seat.person_id, seat.session_key) not in allowed:
                self._end(seat, SIGNED_OUT)
            elif seat.flow.paused_at is not None:
                if now - seat.flow.paused_at > STUCK_SECONDS:
                    self._end(seat, TRY_AGAIN)
            elif seat.dirty:
                self._catch_up(seat)
            elif not seat.is_ready:
                continue
            elif seat.flow.told_by_server:
                await self._write_in_time(seat, beat_frame(seat.sequence), seat.sequence)
            else:
                self._write_apart(seat, beat_frame(seat.sequence), seat.sequence)

    def _all_seats(self) -> list[Seat]:
        return [seat for seats in self.seats.values() for seat in seats]

    def _end(self, seat: Seat, code: int) -> None:
        self.leave(seat)
        self._spawn(seat.close(code))


def _render(property_id: int, after: int, views: list[View]) -> tuple[dict[View, str | None], int]:
    """Every view's frame and the sequence they are right at.

    None are made where so much has changed that the whole is shorter, nor of a view that fails:
    those sockets are caught up one by one, and the others have theirs all the same.
    """
    changes = Changes(property_id, after)
    frames: dict[View, str | None] = {}
    if changes.sequence - after > FAR_BEHIND:
        return frames, changes.sequence
    for view in views:
        try:
            frames[view] = view.changes(changes)
        except Exception:
            log.exception("a view could not be rendered: %r", view)
    return frames, changes.sequence


def beat_frame(sequence: int) -> str:
    return f'<live-frame data-kind="heartbeat" data-sequence="{sequence}"></live-frame>'


def _tell_failure(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        log.error("the hub failed at one thing and goes on", exc_info=error)


hub = Hub()
