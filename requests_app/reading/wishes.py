"""From things mentioned to things wanted: who asks, who refuses, who only says thank you."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from requests_app.reading.catalogue import CatalogueEntry, load_catalogue
from requests_app.reading.meaning import CERTAIN, Setting, Wish
from requests_app.reading.parsed import Parsed
from requests_app.reading.phrases import Match
from requests_app.reading.times import Moment

# How sure each way of mentioning a thing makes us (judgement, checked by tests/reading/texts.jsonl).
_WANTED: Final = 0.95
_SAID_OUTRIGHT: Final = 0.93
_TROUBLED: Final = 0.92
_BARE: Final = 0.86
_LATE: Final = 0.75
_OFFERED: Final = 0.7
_MENTIONED: Final = 0.5
_UNKNOWN: Final = 0.4
_MISSPELT: Final = (1.0, 0.92, 0.86)
_WORDS_AROUND_BARE: Final = 4
"""Unexplained words that may stand beside a bare thing: 'towels 412 thx'."""
_PORTABLE_DESK: Final = "housekeeping"
_MOODS: Final = ("refuse", "want", "lack", "problem", "delay", "offer", "question", "thanks", "praise")


@dataclass(frozen=True, slots=True)
class Wishes:
    """What one language's reading found."""

    wishes: tuple[Wish, ...]
    leftover: str
    refused: bool
    asked_about: bool
    explained: float
    """The share of the text's words that mean something to us, 0 to 1."""


class WishFinder:
    """Decides for each thing mentioned in a parsed text whether it is wished for."""

    def __init__(self, text: str, parsed: Parsed, setting: Setting, names: set[int]) -> None:
        """`names`: tokens that are names of people."""
        self.text = text
        self.parsed = parsed
        self.setting = setting
        self.names = names
        self.entries: Mapping[str, CatalogueEntry] = load_catalogue()
        self.moods: dict[int, set[str]] = {}
        for cue in parsed.cues:
            if cue.kind in _MOODS:
                self.moods.setdefault(parsed.fragment[cue.first], set()).add(cue.kind)
        self.refused = False
        self.asked_about = False

    def find(self) -> Wishes:
        """All wishes in the order of the text, each thing once."""
        found: dict[tuple[str, datetime | None], tuple[Wish, int]] = {}
        for item in self.parsed.items:
            confidence = self._confidence(item)
            if confidence > 0:
                self._add(found, item, round(confidence, 2))
        wishes = [wish for wish, _ in found.values()]
        leftover = self._leftover()
        if leftover:
            wishes.append(Wish("other", None, None, _UNKNOWN, leftover))
        return Wishes(tuple(wishes), leftover, self.refused, self.asked_about, self._explained())

    def _add(
        self,
        found: dict[tuple[str, datetime | None], tuple[Wish, int]],
        item: Match,
        confidence: float,
    ) -> None:
        entry = self.entries.get(item.value)
        slug = item.value
        offered = self.setting.services
        if offered is not None and slug not in offered:
            slug, confidence = "other", min(confidence, _UNKNOWN)
        quantity = self.parsed.quantity(item) if entry is None or entry.counted else None
        at = self._at(item, entry)
        words = self._words(item)
        surface = hash(tuple(self.parsed.stems[place].stems[:1] for place in item.at))
        same = next(
            (key for key in found if key[0] == slug and (key[1] == at or None in (key[1], at))), None
        )
        if same is None or slug == "other":
            found[(slug, at) if slug != "other" else (f"other {len(found)}", at)] = (
                Wish(slug, quantity, at, confidence, words),
                surface,
            )
            return
        earlier, seen = found.pop(same)
        both = quantity is not None and earlier.quantity is not None
        if both and surface != seen:
            # '2 bath towels and 2 hand towels': one service, four pieces.
            total: int | None = (quantity or 0) + (earlier.quantity or 0)
        else:
            total = max((q for q in (quantity, earlier.quantity) if q is not None), default=None)
        merged = Wish(
            slug, total, at or earlier.at, max(confidence, earlier.confidence), earlier.words
        )
        found[(slug, merged.at)] = (merged, surface)

    def _confidence(self, item: Match) -> float:
        """0: not wished for."""
        mood = self._mood(item)
        entry = self.entries.get(item.value)
        spelt = _MISSPELT[min(item.edits, 2)]
        if mood == "refuse":
            self.refused = True
            return 0.0
        if mood in ("thanks", "praise"):
            return 0.0
        if mood == "question":
            self.asked_about = True
            return 0.0
        if mood == "want":
            return _WANTED * spelt
        if item.kind == "says":
            return _SAID_OUTRIGHT * spelt
        if mood in ("lack", "problem"):
            return _TROUBLED * spelt
        if mood == "delay":
            return _LATE * spelt
        if mood == "offer":
            portable = entry is None or (entry.counted and entry.desk == _PORTABLE_DESK)
            if portable or item.value in ("adapter", "pharmacy", "ice"):
                return _OFFERED * spelt
            self.asked_about = True
            return 0.0
        if self.parsed.quantity(item) is not None and (entry is None or entry.counted):
            return _BARE * spelt
        if self._unexplained_in_sentence(item) > _WORDS_AROUND_BARE:
            return _MENTIONED * spelt
        return _BARE * spelt

    def _mood(self, item: Match) -> str:
        """The mood that governs a thing: its own fragment's, else a neighbour's in the sentence."""
        parsed = self.parsed
        here = parsed.fragment[item.first]
        own = self._mood_of(here, item)
        if own:
            return own
        sentence = parsed.sentence[item.first]
        inside = sorted(
            {
                fragment
                for fragment, of in zip(parsed.fragment, parsed.sentence, strict=True)
                if of == sentence and fragment != here
            },
            key=lambda fragment: abs(fragment - here),
        )
        before = [fragment for fragment in inside if fragment < here]
        after = [fragment for fragment in inside if fragment > here]
        if item.kind == "says":
            return ""
        for fragment in (*after, *before) if parsed.lexicon.verb_final else (*before, *after):
            mood = self._mood_of(fragment, item)
            # A fault or a 'thank you' next door is about something else unless nothing stands there.
            if mood in ("want", "refuse", "lack", "question", "offer", "delay"):
                return mood
            if mood in ("thanks", "praise") and fragment < here and item.value:
                return "thanks" if self._thanked_for(fragment) else ""
        return ""

    def _thanked_for(self, fragment: int) -> bool:
        """'Thanks for the towels and the ice': the thing thanked for stands in that fragment too."""
        return any(self.parsed.fragment[item.first] == fragment for item in self.parsed.items)

    def _mood_of(self, fragment: int, item: Match) -> str:
        moods = self.moods.get(fragment, set())
        if not moods:
            return ""
        if "refuse" in moods:
            return "refuse" if self._refuses(fragment, item) else "want"
        if "question" in moods and "want" in moods:
            return "question" if self._asks(fragment, item) else "want"
        if "question" in moods and not moods & {"problem", "lack"}:
            return "question"
        grateful = moods & {"thanks", "praise"}
        if grateful and not moods & {"want", "lack", "problem", "delay"}:
            return "thanks" if self._is_thanked(fragment, item) else ""
        if "praise" in moods and not moods & {"lack", "problem", "delay"}:
            return "want"
        if self._bare_no(item) and "want" not in moods:
            return "lack"
        for mood in ("want", "lack", "problem", "delay", "offer"):
            if mood in moods:
                return mood
        return ""

    def _refuses(self, fragment: int, item: Match) -> bool:
        """A refusal governs what is said after it unless a new wish begins in between."""
        refusals = self._cues(fragment, "refuse")
        wants = [cue for cue in self._cues(fragment, "want") if cue.first < item.first]
        before = [cue for cue in refusals if cue.first <= item.last]
        if not before:
            return not wants
        return not any(cue.first > before[-1].last for cue in wants)

    def _asks(self, fragment: int, item: Match) -> bool:
        asked = self._cues(fragment, "question")
        if self.parsed.lexicon.verb_final:
            return True
        return any(cue.first < item.first for cue in asked)

    def _is_thanked(self, fragment: int, item: Match) -> bool:
        """'thanks for the towels', 'the towels were lovely' — but not '2 towels thanks'."""
        if "praise" in self.moods[fragment]:
            return True
        cues = self._cues(fragment, "thanks")
        if self.parsed.lexicon.verb_final:
            return self.parsed.quantity(item) is None and cues[0].first > item.first
        return cues[0].first < item.first and self.parsed.quantity(item) is None

    def _cues(self, fragment: int, kind: str) -> list[Match]:
        return [
            cue
            for cue in self.parsed.cues
            if cue.kind == kind and self.parsed.fragment[cue.first] == fragment
        ]

    def _bare_no(self, item: Match) -> bool:
        return any(place in self.parsed.marks["bare_no"] for place in (item.first - 1, item.first - 2))

    def _at(self, item: Match, entry: CatalogueEntry | None) -> datetime | None:
        """The time said with a thing: in its fragment, else the nearest in its sentence, else the only one."""
        parsed = self.parsed
        here, sentence = parsed.fragment[item.first], parsed.sentence[item.first]

        def place(moment: Moment) -> int:
            return min(moment.tokens)

        own = [m for m in parsed.moments if parsed.fragment[place(m)] == here]
        near = own or [m for m in parsed.moments if parsed.sentence[place(m)] == sentence]
        if not near and len(parsed.moments) == 1 and entry and entry.scheduled:
            near = parsed.moments
        for moment in sorted(near, key=lambda m: abs(place(m) - item.first)):
            if moment.hour is None and moment.minutes_from_now is None and not (entry and entry.scheduled):
                continue
            if found := moment.resolve(self.setting.now, entry):
                return found
        return None

    def _words(self, item: Match) -> str:
        """The guest's own words for it: from the number or the thing to the end of the thing."""
        tokens = self.parsed.tokens
        first = item.first
        while first > 0 and self.parsed.fragment[first - 1] == self.parsed.fragment[item.first]:
            before = first - 1
            if before in self.parsed.of_items or tokens[before].kind in ("pause", "end"):
                break
            first = before
        last = item.last
        while (
            last + 1 < len(tokens)
            and self.parsed.fragment[last + 1] == self.parsed.fragment[item.last]
            and last + 1 not in self.parsed.of_items
        ):
            last += 1
        while tokens[first].kind in ("pause", "end") or first in self.parsed.marks["and"] | self.parsed.marks["but"]:
            if first >= item.first:
                break
            first += 1
        return self.text[tokens[first].start : tokens[last].end]

    def _is_explained(self, place: int) -> bool:
        token = self.parsed.tokens[place]
        if token.kind != "word" or place in self.names or place in self.parsed.of_times:
            return True
        return bool(self.parsed.stems[place].stems) or token.fold in self.parsed.lexicon.known

    def _unexplained_in_sentence(self, item: Match) -> int:
        """Words of the item's sentence beyond function words and itself."""
        parsed = self.parsed
        of = parsed.sentence[item.first]
        return sum(
            token.kind == "word"
            and parsed.sentence[place] == of
            and place not in item.at
            and place not in self.names
            and token.fold not in parsed.lexicon.function
            for place, token in enumerate(parsed.tokens)
        )

    def _explained(self) -> float:
        words = [place for place, token in enumerate(self.parsed.tokens) if token.kind == "word"]
        if not words:
            return 1.0
        return sum(self._is_explained(place) for place in words) / len(words)

    def _leftover(self) -> str:
        """The sentences in which somebody wants or lacks something we have no word for."""
        parsed = self.parsed
        with_items = {parsed.fragment[item.first] for item in parsed.items}
        pieces = []
        for fragment in sorted(set(parsed.fragment)):
            if fragment in with_items:
                continue
            places = [p for p, of in enumerate(parsed.fragment) if of == fragment]
            moods = self.moods.get(fragment, set())
            if moods & {"question", "refuse", "praise"} or (moods == {"thanks"}):
                continue
            strange = [p for p in places if not self._is_explained(p) and len(parsed.tokens[p].fold) > 2]
            asked = bool(moods & {"want", "lack", "problem"})
            content = [
                p
                for p in places
                if parsed.tokens[p].kind == "word"
                and p not in self.names
                and p not in parsed.of_times
                and parsed.tokens[p].fold not in parsed.lexicon.function
                and not any(p in cue.at for cue in parsed.cues)
            ]
            if (asked and content) or len(strange) >= 2:
                held = [p for p in places if parsed.tokens[p].kind not in ("end", "pause")]
                held = [p for p in held if not (p in parsed.marks["and"] | parsed.marks["but"] and p == held[0])]
                if held:
                    tokens = parsed.tokens
                    pieces.append(self.text[tokens[held[0]].start : tokens[held[-1]].end])
        return " … ".join(pieces)


def is_certain(wish: Wish) -> bool:
    """Whether the hotel may act on it without a person looking."""
    return wish.confidence >= CERTAIN and wish.service != "other"
