"""Fetches what did not come by itself: texts the carrier failed to deliver, and pictures.

Beside the webhooks, never in their way: in threads of its own, however slow the carrier is.
"""

from __future__ import annotations

import asyncio
import io
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial
from typing import TypeVar

from django.conf import settings
from django.utils import timezone

from requests_app import metrics, photos, reasons
from requests_app.actions import arrivals, pictures, reconciling
from requests_app.carriers import Hopeless, NotNow, Refusal, listing, media
from requests_app.errors import BadPicture
from requests_app.models import IncomingPicture, Reconciliation
from requests_app.threads import is_leaving, pause, returning

T = TypeVar("T")

log = logging.getLogger(__name__)

PICTURES_AT_ONCE = 4
LOOK_SECONDS = 1.0


def fetch_picture(picture: IncomingPicture) -> None:
    """Fetch, re-encode and keep one claimed picture, or write down why not."""
    try:
        data = media.fetch(picture.url)
        made = photos.read_picture(io.BytesIO(data), len(data))
    except photos.PictureTooLarge:
        pictures.give_up(picture, reason=reasons.PICTURE_TOO_LARGE)
    except BadPicture:
        pictures.give_up(picture, reason=reasons.NOT_A_PICTURE)
    except Hopeless as refusal:
        pictures.give_up(picture, reason=str(refusal))
    except NotNow as refusal:
        pictures.not_yet(
            picture, reason=str(refusal), at=timezone.now(), wait_seconds=refusal.wait_seconds
        )
    except Exception:
        log.exception("picture %s could not be fetched", picture.pk)
        pictures.not_yet(picture, reason=reasons.OUR_MISTAKE, at=timezone.now())
    else:
        pictures.keep(picture, made)
        metrics.pictures.inc()


def fetch_pictures() -> int:
    """One after another, what is due. Returns how many were tried."""
    rows = pictures.claim_due(at=timezone.now(), limit=PICTURES_AT_ONCE)
    for picture in rows:
        fetch_picture(picture)
    return len(rows)


def reconcile_due() -> bool:
    """Look through one hotel's list, if one is due: what is not here is taken in as if it came."""
    look = reconciling.claim_due(at=timezone.now())
    if look is None:
        return False
    try:
        seen_until = take_in_missed(look)
    except Refusal as refusal:
        reconciling.not_looked(look, reason=str(refusal), at=timezone.now())
    except Exception:
        log.exception("the list of texts of %s could not be looked through", look.property.slug)
        reconciling.not_looked(look, reason=reasons.OUR_MISTAKE, at=timezone.now())
    else:
        reconciling.looked(look, seen_until=seen_until, at=timezone.now())
    return True


def take_in_missed(look: Reconciliation) -> datetime | None:
    """Returns when the latest text of the list was sent. Raises a Refusal, and whatever storing
    raises: then it is looked through again."""
    since = look.seen_until - reconciling.OVERLAP
    found = listing.received(look.property.text_number, since=since)
    here = reconciling.known(listed.external_id for listed in found)
    failed: Exception | None = None
    for listed in found:
        if listed.external_id in here:
            continue
        try:
            arrivals.take_in(listed.text(received_at=timezone.now()))
        except KeyError:
            continue  # from nobody, or to nobody: no text
        except Refusal:
            raise
        except Exception as error:  # one that cannot be stored must not cost the others
            failed = error
        else:
            metrics.texts_found.inc()
    if failed is not None:
        raise failed
    return found[-1].sent_at if found else None


def begin() -> None:
    alone = not settings.REDIS_URL  # without it nobody else may work: see `manage.py work`
    if alone:
        pictures.take_over()
    reconciling.look_at_once(at=timezone.now(), alone=alone)


async def run() -> None:
    """Until the process leaves: the lists at the start and every five minutes, and pictures as they
    come."""
    if not settings.TWILIO_AUTH_TOKEN:
        return  # guests of the simulator send no pictures, and nothing of theirs is lost
    inbox = Inbox()
    begun = False
    try:
        while not is_leaving():
            try:
                if not begun:
                    await inbox.thread(begin)
                    begun = True
                await inbox.round()
            except Exception:
                log.exception("the inbox failed at one round and goes on")
            await pause(LOOK_SECONDS)
    finally:
        inbox.threads.shutdown(wait=False, cancel_futures=True)


class Inbox:
    """What one process fetches: a list at a time, and a few pictures."""

    def __init__(self) -> None:
        self.threads = ThreadPoolExecutor(PICTURES_AT_ONCE + 2, thread_name_prefix="inbox")
        self.looking: asyncio.Future[bool] | None = None
        self.fetching: set[asyncio.Future[None]] = set()

    def thread(self, work: Callable[[], T]) -> asyncio.Future[T]:
        return asyncio.get_running_loop().run_in_executor(self.threads, returning(work))

    async def round(self) -> None:
        """Begin whatever is due; nothing here waits for the carrier."""
        if self.looking is None or self.looking.done():
            over, self.looking = self.looking, self.thread(reconcile_due)
            if over is not None:
                over.result()
        self.fetching = {one for one in self.fetching if not one.done()}
        room = PICTURES_AT_ONCE - len(self.fetching)
        if room:
            rows = await self.thread(lambda: pictures.claim_due(at=timezone.now(), limit=room))
            for row in rows:
                self.fetching.add(self.thread(partial(fetch_picture, row)))
