"""What no word of ours explains: kept as it was written, for a person."""

from __future__ import annotations

from requests_app.reading.moods import Moods
from requests_app.reading.parsed import Parsed


class Leftover:
    """Finds the parts of a text in which somebody wants or lacks something we have no word for."""

    def __init__(self, text: str, parsed: Parsed, moods: Moods, names: set[int]) -> None:
        self.text = text
        self.parsed = parsed
        self.moods = moods
        self.names = names

    def _is_explained(self, place: int) -> bool:
        token = self.parsed.tokens[place]
        if token.kind != "word" or place in self.names or place in self.parsed.of_times:
            return True
        return bool(self.parsed.stems[place].stems) or token.fold in self.parsed.lexicon.known

    def explained(self) -> float:
        """The share of the words that mean something to us, 0 to 1."""
        words = [place for place, token in enumerate(self.parsed.tokens) if token.kind == "word"]
        if not words:
            return 1.0
        return sum(self._is_explained(place) for place in words) / len(words)

    def find(self, *, alone: bool) -> tuple[str, str]:
        """The fragments we have no word for, and the text from the first of them to the last."""
        parsed = self.parsed
        with_items = {parsed.fragment[item.first] for item in parsed.items}
        pieces: list[tuple[int, int]] = []
        for fragment in sorted(set(parsed.fragment)):
            if fragment in with_items:
                continue
            places = [p for p, of in enumerate(parsed.fragment) if of == fragment]
            here = self.moods.by_fragment.get(fragment, set())
            if here & {"question", "refuse", "praise", "delay"} or here == {"thanks"}:
                continue
            if any(cue.kind == "complaint" for p in places for cue in parsed.cues if p in cue.at):
                continue
            strange = [
                p for p in places if not self._is_explained(p) and len(parsed.tokens[p].fold) > 2
            ]
            asked = bool(here & {"want", "lack", "problem"})
            content = [
                p
                for p in places
                if parsed.tokens[p].kind == "word"
                and p not in self.names
                and p not in parsed.of_times
                and parsed.tokens[p].fold not in parsed.lexicon.function
                and not any(p in cue.at for cue in parsed.cues)
            ]
            if (asked and (strange or (alone and content))) or len(strange) >= 2:
                held = [p for p in places if parsed.tokens[p].kind not in ("end", "pause")]
                held = [
                    p
                    for p in held
                    if not (p in parsed.marks["and"] | parsed.marks["but"] and p == held[0])
                ]
                if held:
                    tokens = parsed.tokens
                    pieces.append((tokens[held[0]].start, tokens[held[-1]].end))
        if not pieces:
            return "", ""
        leftover = " … ".join(self.text[start:end] for start, end in pieces)
        return leftover, self.text[pieces[0][0] : pieces[-1][1]]
