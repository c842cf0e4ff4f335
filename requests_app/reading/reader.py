"""Read a guest's text: the one entrance to this package."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from requests_app.reading.identify import is_recognised, rank_languages
from requests_app.reading.keywords import bare_answer, keyword, leading_answer
from requests_app.reading.lexicon import available_languages, lexicon_for
from requests_app.reading.meaning import Intent, Reading, Setting, Wish
from requests_app.reading.moods import Moods
from requests_app.reading.parsed import Parsed
from requests_app.reading.phrases import Match
from requests_app.reading.praise import is_thanked, staff_named
from requests_app.reading.urgency import alarms
from requests_app.reading.wishes import COMPLAINS, Wishes, WishFinder, is_certain
from requests_app.reading.words import LONGEST_TEXT, Token, cut

_OTHER_CONFIDENCE = 0.3
_DOCTOR_CONFIDENCE = 0.9
_UNDERSTOOD = 0.6
"""The share of its words that must mean something, or another language is tried."""
_WORDS_BESIDE_A_NUMBER = 2
_ASKED = 0.5
_GRATEFUL = {"praise", "thanks"}
_WRONG = {"problem", "lack"}
_ASKING = {"want", "more", "lack", "problem", "cancel"}


def read(text: str, setting: Setting) -> Reading:
    """What the text means, for a guest of this hotel at this moment. Never raises for any text."""
    tokens = cut(text)
    codes = tuple(
        code for code in setting.languages or available_languages() if code in available_languages()
    ) or ("en",)
    if word := keyword(tokens):
        language = setting.language if setting.language in codes else codes[0]
        return _plain(text, language or codes[0], word)
    number = bare_answer(tokens)
    if number is not None:
        language = setting.language if setting.language in codes else codes[0]
        return _plain(text, language or codes[0], Intent.ANSWER, number)
    ranked = rank_languages(tokens, codes, setting.language)
    language = ranked[0][0]
    parsed, wishes, named = _read_in(language, text, tokens, setting)
    if len(ranked) > 1 and ranked[1][1] > 0 and _poorly(wishes):
        other = ranked[1][0]
        again = _read_in(other, text, tokens, setting)
        surer = _certain(again[1]) > _certain(wishes)
        richer = _richness(again[1]) > _richness(wishes)
        known = is_recognised(tokens, language)
        if richer if known else (surer and again[1].explained >= _UNDERSTOOD):
            language, (parsed, wishes, named) = other, again
    if not is_recognised(tokens, language) and _asks(tokens):
        # 'Wo ist …?': a word we know in a question we cannot read is for a person.
        unsure = (replace(w, confidence=min(w.confidence, _ASKED)) for w in wishes.wishes)
        wishes = replace(wishes, wishes=tuple(unsure))
    return _conclude(text, language, parsed, wishes, named, setting, codes)


def _asks(tokens: Sequence[Token]) -> bool:
    return any(token.kind == "end" and not {"?", "؟"}.isdisjoint(token.text) for token in tokens)


def _plain(text: str, language: str, intent: Intent, answer: int | None = None) -> Reading:
    return Reading(text, language, intent, False, (), (), (), answer, "")


def _read_in(
    language: str, text: str, tokens: list[Token], setting: Setting
) -> tuple[Parsed, Wishes, tuple[str, ...]]:
    parsed = Parsed(tokens, lexicon_for(language, setting.taught))
    named, places = staff_named(parsed, setting.staff)
    return parsed, WishFinder(text, parsed, setting, places).find(), named


def _poorly(wishes: Wishes) -> bool:
    return bool(wishes.leftover) or wishes.explained < _UNDERSTOOD


def _richness(wishes: Wishes) -> float:
    return _certain(wishes) + wishes.explained


def _certain(wishes: Wishes) -> int:
    return sum(is_certain(wish) for wish in wishes.wishes)


def _conclude(
    text: str,
    language: str,
    parsed: Parsed,
    found: Wishes,
    named: tuple[str, ...],
    setting: Setting,
    codes: tuple[str, ...],
) -> Reading:
    """Intent, in the order:

    stop, answer, urgent, complaint, request, praise, question, thanks, greeting.
    """
    cues = {cue.kind for cue in parsed.cues}
    alarm = [
        match
        for match in alarms(parsed, codes)
        if not {t.text for t in parsed.tokens[match.first : match.last + 1]} <= setting.rooms
        and not _is_a_mere_number(match, parsed)
    ]
    requests = list(found.wishes)
    answer = leading_answer(parsed.tokens) if setting.awaiting else None
    if answer is not None and not any(is_certain(wish) for wish in requests):
        return Reading(text, language, Intent.ANSWER, bool(alarm), (), (), named, answer, "")
    if "stop_wording" in cues and not alarm:
        return _plain(text, language, Intent.STOP)
    if "start_wording" in cues and not alarm:
        return _plain(text, language, Intent.START)
    words = tuple(text[parsed.tokens[m.first].start : parsed.tokens[m.last].end] for m in alarm)
    doctor = any(wish.service == "doctor" for wish in requests)
    if alarm:
        requests = _with_help(requests, any(m.kind == "medical" for m in alarm), words, setting)
    if (
        cues & {"cancel", "surplus"}
        and ("cancel" in cues or found.refused)
        and not any(wish.service == "other" for wish in requests)
    ):
        # What to call off is for a person to see to; we never undo anything by ourselves.
        requests.append(Wish("other", None, None, _OTHER_CONFIDENCE, text[:LONGEST_TEXT].strip()))
    urgent = bool(alarm) or doctor
    thanked = is_thanked(parsed, named, wished=any(is_certain(wish) for wish in requests))
    intent = _intent(cues, requests, found, named, thanked, urgent)
    if intent is Intent.OTHER and not requests and _asks(parsed.tokens):
        intent = Intent.QUESTION
    if intent is Intent.REQUEST and not any(wish.service == "other" for wish in requests):
        requests += _questions_beside(text, parsed, found)
    understood = found.refused or "agreed" in cues
    if intent is Intent.OTHER and not requests and not understood and text.strip():
        whole = text[:LONGEST_TEXT].strip()
        requests = [Wish("other", None, None, _OTHER_CONFIDENCE, whole)]
    return Reading(
        text,
        language,
        intent,
        urgent,
        words,
        tuple(requests),
        named,
        None,
        found.leftover,
        intent is Intent.COMPLAINT or (intent is Intent.PRAISE and _but(parsed, requests)),
    )


def _is_a_mere_number(match: Match, parsed: Parsed) -> bool:
    """'999 nobody needs towels': a number calls for help by itself, or with a word that says so."""
    if any(parsed.tokens[place].kind != "number" for place in match.at):
        return False
    words = [token for token in parsed.tokens if token.kind == "word"]
    return bool(parsed.items) or len(words) > _WORDS_BESIDE_A_NUMBER


def _but(parsed: Parsed, requests: list[Wish]) -> bool:
    """'Mika was lovely, but the room was dirty': what is praised is not all that is said."""
    praised = {parsed.sentence[cue.first] for cue in parsed.cues if cue.kind in _GRATEFUL}
    turned = set(parsed.sentence) - praised if parsed.marks["but"] else set()
    return any(wish.complained for wish in requests) or any(
        (cue.kind in COMPLAINS and parsed.sentence[cue.first] not in praised)
        or (cue.kind in _WRONG and parsed.sentence[cue.first] in turned)
        for cue in parsed.cues
    )


def _questions_beside(text: str, parsed: Parsed, found: Wishes) -> list[Wish]:
    """ "3 towels. Also, what time does the pool close?": somebody must answer that, too."""
    about_things = {parsed.fragment[item.first] for item in parsed.items}
    for fragment, moods in Moods(parsed).by_fragment.items():
        if "question" in moods and not moods & _ASKING and fragment not in about_things:
            places = [p for p, of in enumerate(parsed.fragment) if of == fragment]
            words = text[parsed.tokens[places[0]].start : parsed.tokens[places[-1]].end]
            return [Wish("other", None, None, _OTHER_CONFIDENCE, words)]
    if found.asked_about:
        return [Wish("other", None, None, _OTHER_CONFIDENCE, text[:LONGEST_TEXT].strip())]
    return []


def _with_help(
    requests: list[Wish], medical: bool, words: tuple[str, ...], setting: Setting
) -> list[Wish]:
    """An emergency always reaches somebody:

    a doctor where health is at stake, else the front desk.
    """
    offered = setting.services
    service = "doctor" if medical and (offered is None or "doctor" in offered) else "other"
    rest = [wish for wish in requests if wish.service not in ("other", service)]
    same = [wish for wish in requests if wish.service == service and service != "other"]
    confidence = _DOCTOR_CONFIDENCE if service == "doctor" else _OTHER_CONFIDENCE
    return [*(same or [Wish(service, None, None, confidence, words[0])]), *rest]


def _intent(
    cues: set[str],
    requests: list[Wish],
    found: Wishes,
    named: tuple[str, ...],
    thanked: bool,
    urgent: bool,
) -> Intent:
    if urgent:
        return Intent.REQUEST
    praised = "praise" in cues
    if ("complaint" in cues and not (praised and named)) or "delay" in cues:
        return Intent.COMPLAINT
    if praised and named:
        return Intent.PRAISE
    if thanked:
        return Intent.PRAISE
    if requests:
        only_left = all(wish.service == "other" for wish in requests)
        return Intent.REQUEST if not only_left or cues & _ASKING else Intent.OTHER
    if praised and not found.asked_about:
        return Intent.PRAISE
    if found.asked_about or "question" in cues or "offer" in cues:
        return Intent.QUESTION
    if "thanks" in cues or found.refused:
        return Intent.THANKS if "thanks" in cues else Intent.OTHER
    return Intent.GREETING if "greeting" in cues else Intent.OTHER
