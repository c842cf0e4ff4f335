"""A guest's picture beside their words."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from django.core.files.base import ContentFile
from django.db.models import QuerySet

from requests_app.actions.journal import change, touch
from requests_app.models import Photo, Request
from requests_app.photos import Picture


def keep_photo(requests: Sequence[Request], picture: Picture, *, at: datetime) -> list[Photo]:
    """Keep a picture with each request it came with; their boards hear of it.

    Each has a file of its own, randomly named, so that erasing one takes nothing from another.
    """
    if not requests:
        return []
    photos = [
        Photo(
            property_id=request.property_id,
            request=request,
            width=picture.width,
            height=picture.height,
            at=at,
        )
        for request in requests
    ]
    storage = Photo.file.field.storage
    written: list[str] = []
    try:
        for photo in photos:
            # Saved by name: a FieldFile would keep the picture in memory until the row is written.
            name = Photo.file.field.generate_filename(photo, f"{uuid.uuid4().hex}.jpg")
            photo.file.name = storage.save(name, ContentFile(picture.data))
            written.append(photo.file.name)
        with change():
            Photo.objects.bulk_create(photos)
            mine: QuerySet[Request] = Request.objects.filter(pk__in=[r.pk for r in requests])
            touch(mine, property_id=requests[0].property_id)
    except BaseException:
        for name in written:
            storage.delete(name)
        raise
    return photos
