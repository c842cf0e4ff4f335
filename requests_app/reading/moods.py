"""How each part of a text is meant: as a wish, a refusal, a complaint, a question or thanks."""

from __future__ import annotations

from typing import Final

from requests_app.reading.parsed import Parsed
from requests_app.reading.phrases import Match

_MOODS: Final = frozenset(
    {
        "cancel",
        "refuse",
        "want",
        "more",
        "lack",
        "problem",
        "delay",
        "offer",
        "question",
        "thanks",
        "praise",
    }
)


class Moods:
    """The moods of a parsed text, by fragment, and the one that governs a thing in it."""

    def __init__(self, parsed: Parsed) -> None:
        self.parsed = parsed
        self.by_fragment: dict[int, set[str]] = {}
        outright = {place for item in parsed.items if item.kind != "item" for place in item.at}
        for cue in parsed.cues:
            if cue.kind == "refuse" and not outright.isdisjoint(cue.at):
                continue  # 'do not disturb' refuses nothing
            if cue.kind in _MOODS:
                mood = "want" if cue.kind == "more" else cue.kind
                self.by_fragment.setdefault(parsed.fragment[cue.first], set()).add(mood)

    def of(self, item: Match) -> str:
        """The mood that governs a thing: its own fragment's, else a neighbour's in the sentence."""
        parsed = self.parsed
        here = parsed.fragment[item.first]
        own = self._in(here, item)
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
            mood = self._in(fragment, item)
            # A fault or a 'thank you' next door is about something else unless
            # nothing stands there.
            if mood in ("want", "refuse", "lack", "question", "offer", "delay"):
                return mood
            if mood == "thanks" and fragment < here:
                return "thanks" if self._thanked_for(fragment) else ""
        return ""

    def _thanked_for(self, fragment: int) -> bool:
        """'Thanks for the towels and the ice':

        the thing thanked for stands in that fragment too.
        """
        return any(self.parsed.fragment[item.first] == fragment for item in self.parsed.items)

    def _in(self, fragment: int, item: Match) -> str:
        moods = self.by_fragment.get(fragment, set())
        if not moods:
            return ""
        if "cancel" in moods:
            return "refuse"
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
        if {"lack", "delay"} <= moods and "want" not in moods:
            return "delay"  # 'we still have no towels': asked for before
        for mood in ("want", "lack", "problem", "delay", "offer"):
            if mood in moods:
                return mood
        return ""

    def _refuses(self, fragment: int, item: Match) -> bool:
        """A refusal governs what is said after it unless a new wish begins in between.

        'More' and 'extra' begin none ('we don't need any more towels'), yet 'extra pillows
        instead of blankets' refuses the blankets only.
        """
        refusals = self._cues(fragment, "refuse")
        # A thing said outright may hold the refusing words itself; those are not in `moods`.
        wants = [cue for cue in self._cues(fragment, "want") if cue.first < item.first]
        before = [cue for cue in refusals if cue.first <= item.last]
        if not before:
            more = any(cue.first < item.first for cue in self._cues(fragment, "more"))
            return not wants and not (more and self._governs_another(refusals, item, fragment))
        return not any(cue.first > before[-1].last for cue in wants)

    def _governs_another(self, refusals: list[Match], item: Match, fragment: int) -> bool:
        if not refusals or self.parsed.lexicon.verb_final:
            return False
        return any(
            other is not item
            and self.parsed.fragment[other.first] == fragment
            and other.first > refusals[-1].last
            for other in self.parsed.items
        )

    def _asks(self, fragment: int, item: Match) -> bool:
        asked = self._cues(fragment, "question")
        if self.parsed.lexicon.verb_final:
            return True
        return any(cue.first < item.first for cue in asked)

    def _is_thanked(self, fragment: int, item: Match) -> bool:
        """'thanks for the towels', 'the towels were lovely' — but not '2 towels thanks'."""
        if "praise" in self.by_fragment[fragment]:
            return True
        cues = self._cues(fragment, "thanks")
        if all(self.parsed.tokens[cue.first].kind == "sign" for cue in cues):
            return False  # 🙏 is 'please' as often as it is 'thank you'
        if self.parsed.lexicon.verb_final:
            return self.parsed.quantity(item) is None and cues[0].first > item.first
        return cues[0].first < item.first and self.parsed.quantity(item) is None

    def _cues(self, fragment: int, kind: str) -> list[Match]:
        return [
            cue
            for cue in self.parsed.cues
            if cue.kind == kind and self.parsed.fragment[cue.first] == fragment
        ]

    def is_surplus(self, item: Match) -> bool:
        """'One pillow too many, please take it away': to be fetched, not to be brought."""
        here = self.parsed.sentence[item.first]
        return any(
            cue.kind == "surplus" and self.parsed.sentence[cue.first] == here
            for cue in self.parsed.cues
        )

    def is_bare_no(self, item: Match) -> bool:
        return any(
            place in self.parsed.marks["bare_no"] for place in (item.first - 1, item.first - 2)
        )
