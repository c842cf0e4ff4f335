"""What a board's socket looks at. Everything here runs in a pool thread."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils import timezone, translation
from django.utils.html import format_html
from django.utils.safestring import SafeString

from requests_app import fragments, queries
from requests_app.house import House, house_at
from requests_app.hub import Changes
from staff.live import frame, join


@dataclass(frozen=True, slots=True)
class BoardView:
    """One desk's board, or everything (``desk_id`` None), in one language."""

    property_id: int
    desk_id: int | None
    language: str

    def snapshot(self) -> tuple[str, int]:
        # Before the rows: what changes between the two is then told again, never missed.
        now = timezone.now()
        sequence, version = queries.head(self.property_id)
        rows = queries.board_rows(self.property_id, self.desk_id)
        lanes = fragments.lanes(rows, self.language, desk_id=self.desk_id)
        house = house_at(self.property_id, version, now)
        counts = self._counts(house, queries.desk_counts(self.property_id, now))
        return frame("snapshot", format_html("<div>{}</div>{}", lanes, counts), sequence), sequence

    def changes(self, changes: Changes) -> str:
        """Always a frame, if only with the counts: so that sequences prove it complete."""
        pieces = [
            fragments.card(request, self.language)
            if queries.is_on_board(request, self.desk_id)
            else fragments.gone(request.pk)
            for request in changes.requests
        ]
        body = join([*pieces, self._counts(changes.house, changes.counts)])
        return frame("change", body, changes.sequence, after=changes.after)

    def _counts(self, house: House, counts: Mapping[int, tuple[int, int]]) -> SafeString:
        with translation.override(self.language):
            pieces = [
                fragments.desk_count(slug, *counts.get(desk.pk, (0, 0)))
                for slug, desk in house.desks.items()
            ]
            everything = (
                sum(open_now for open_now, _late in counts.values()),
                sum(late for _open, late in counts.values()),
            )
            return join([*pieces, fragments.desk_count("all", *everything)])
