"""Where a noun phrase begins or ends: what stands left or right of a cue word. English, by closed-class words and capitals."""

from __future__ import annotations

from transforms.claims.lexicon import wordlist
from transforms.claims.text import Token

DETERMINERS = wordlist("determiners")
SUBJECTS = wordlist("subjects")
OBJECTS = wordlist("objects")
PREPOSITIONS = wordlist("prepositions")
AUXILIARIES = wordlist("auxiliaries")
BE = wordlist("be")
NEGATIONS = wordlist("negations")
ADVERBS = wordlist("adverbs")
BREAKERS = wordlist("breakers")
TIMES = wordlist("times")
MONTHS = wordlist("months")
NOT_NAMES = wordlist("not_names")
NAME_LINKS = frozenset({"of", "de", "van", "von", "al"})
HARD = frozenset(";:()[]—–…!?")
LEADS = DETERMINERS | SUBJECTS
ALONE = wordlist("speakers_alone")
APPOSITION_STARTS = wordlist("apposition_starts")
MAX_PHRASE = 40  # tokens of the longest source; longer ones are parse errors
RELATIVE_REACH = 8  # tokens between "who" and a finite verb inside a source
# A line in title case: at least so many words, of which those of more letters than this all have a capital.
HEADLINE_WORDS, SHORT_WORD = 5, 3
CLOSED = DETERMINERS | SUBJECTS | OBJECTS | PREPOSITIONS | AUXILIARIES | ADVERBS | BREAKERS | TIMES


def is_name(token: Token) -> bool:
    """Begins with a capital letter and is no month, weekday or sentence opener."""
    return token.text[0].isupper() and token.low not in TIMES and token.low not in MONTHS and token.text not in NOT_NAMES


def title_case(tokens: list[Token], small: frozenset[str]) -> bool:
    """A headline whose capitals tell no name: "Kim Wants Another Summit Soon". `small`: words that the text has in small letters too."""
    words = [t for t in tokens if t.text[0].isalpha()]
    long = [t for t in words if len(t.text) > SHORT_WORD]
    common = sum(t.low in small or t.low in CLOSED for t in long[1:])
    stopped = tokens[-1].text.endswith((".", "!", "?", "”", '"'))
    return len(words) >= HEADLINE_WORDS and common > stopped and all(t.text[0].isupper() for t in long)


def is_auxiliary(token: Token) -> bool:
    """A form of be, have, do or a modal verb; May with a capital is a person, or a month."""
    return token.low in AUXILIARIES and token.text != "May"


def is_word(token: Token) -> bool:
    """Letters or digits, not punctuation."""
    return token.text[0].isalnum()


def left_phrase(tokens: list[Token], visible: list[bool], end: int, floor: int = 0) -> tuple[int, int] | None:
    """The noun phrase that ends before token `end` (the subject of a verb there), as token indexes [start, end)."""
    stop = end
    while stop > floor and tokens[stop - 1].text in {",", "—", "–", ")"}:
        opened = insertion(tokens, visible, stop - 1, floor)
        if opened is None:
            return None
        inserted = tokens[opened + 1 : stop - 1]
        stop, end = opened, (end if tokens[stop - 1].text != ")" and apposition(inserted) else opened)
    start = walk_left(tokens, visible, stop, floor)
    start = trim_left(tokens, start, stop)
    return (start, end) if plausible(tokens[start:stop]) else None


def insertion(tokens: list[Token], visible: list[bool], close: int, floor: int) -> int | None:
    """Index of the comma, dash or bracket that opens the insertion closed at `close`."""
    mark = {")": "("}.get(tokens[close].text, tokens[close].text)
    for i in range(close - 1, max(floor, close - MAX_PHRASE), -1):
        if not visible[i]:
            return None
        if tokens[i].text == mark:
            return i
        if tokens[i].text in ";:":
            return None
    return None


def apposition(inner: list[Token]) -> bool:
    """A noun phrase or relative clause in commas, as against "in a statement" or "speaking on Monday"."""
    if not inner:
        return False
    first = inner[0]
    return not (
        first.low in PREPOSITIONS
        or first.low in ADVERBS
        or first.low in TIMES
        or first.low.endswith(("ing", "ly"))
        or first.low in BREAKERS
    )


def walk_left(tokens: list[Token], visible: list[bool], end: int, floor: int) -> int:
    """Go left over what may belong to a noun phrase."""
    i = end
    while i > max(floor, end - MAX_PHRASE):
        token = tokens[i - 1]
        if not visible[i - 1] or token.text in HARD or token.text == "," or token.low in BREAKERS or subordinates(tokens, i - 1):
            break
        if is_auxiliary(token):
            clause = relative(tokens, i - 1, floor)
            if clause is None:
                break
            i = clause
            continue
        if token.low == "and" and not joins(tokens, i - 1):
            break
        i -= 1
        if token.low in {"i", "he", "she", "they", "we", "who", "which"}:
            break
    return i


def subordinates(tokens: list[Token], at: int) -> bool:
    """As in "shares fell after the maker warned …": a conjunction here, no preposition."""
    return tokens[at].low in {"after", "before"} and at > 0 and is_word(tokens[at - 1])


def relative(tokens: list[Token], at: int, floor: int) -> int | None:
    """Index of the relative pronoun whose clause holds the finite verb at `at`."""
    for i in range(at, max(floor, at - RELATIVE_REACH) - 1, -1):
        if tokens[i].low in {"who", "which", "that"} and i > floor and is_word(tokens[i - 1]):
            return i
        if tokens[i].text in ",;:":
            return None
    return None


def joins(tokens: list[Token], at: int) -> bool:
    """As in "and" between two names or two nouns of one subject, as against two clauses."""
    if at == 0 or at + 1 >= len(tokens):
        return False
    left, right = tokens[at - 1], tokens[at + 1]
    return (is_name(left) and is_name(right)) or (not is_name(left) and not is_name(right) and right.low not in CLOSED)


def trim_left(tokens: list[Token], start: int, end: int) -> int:
    """Drop sentence openers: "But", "On Thursday", "In a statement", adverbs."""
    while start < end - 1 and opener(tokens[start]):
        start += 1
    if start < end and tokens[start].low in PREPOSITIONS:
        start = core(tokens, start, end)
    while start < end - 1 and (opener(tokens[start]) or tokens[start].low in TIMES):
        start += 1
    return start


def opener(token: Token) -> bool:
    """A conjunction or adverb that is no part of a subject."""
    low = token.low
    return (
        low in {"and", "but", "or", "so", "yet", "still", "also", "then", "even", "now", "while", "meanwhile", "instead", "as", '"'}
        or (low.endswith("ly") and not is_name(token))
        or (token.text[0] in "-•*'")
    )


def core(tokens: list[Token], start: int, end: int) -> int:
    """The noun phrase proper behind a leading prepositional phrase: its name, else plain words back to a determiner."""
    i = end
    while i > start and (is_name(tokens[i - 1]) or tokens[i - 1].low in NAME_LINKS):
        i -= 1
    if i < end and tokens[i].low in NAME_LINKS:
        i = end
    j = i
    while i == end and j > start and is_word(tokens[j - 1]) and tokens[j - 1].low not in CLOSED:
        j -= 1
    return j - 1 if j > start and tokens[j - 1].low in LEADS else j


def plausible(tokens: list[Token], *, objects: bool = False) -> bool:
    """Can these words be a speaker? At least one pronoun, name or noun; `objects`: also "her" and "him"."""
    words = [t for t in tokens if is_word(t)]
    if not words:
        return False
    last = words[-1].low
    if len(words) == 1 and last in OBJECTS | {"her"}:
        return objects
    if last in PREPOSITIONS or last in DETERMINERS - ALONE:
        return False
    return any(t.low in SUBJECTS or t.low in ALONE or is_name(t) or t.low not in CLOSED or t.text == "May" for t in words)


def right_phrase(
    tokens: list[Token],
    visible: list[bool],
    start: int,
    stops: frozenset[str] = frozenset(),
    *,
    objects: bool = False,
    closed: bool = False,
) -> tuple[int, int] | None:
    """The noun phrase that begins at token `start` (a subject after its verb, or what follows "according to").

    `closed`: an apposition counts only where a second comma closes it ("According to Lee, the minister, …").
    """
    end = walk_right(tokens, visible, start, stops)
    end = with_apposition(tokens, visible, start, end, closed=closed)
    while end > start and (not is_word(tokens[end - 1]) or tokens[end - 1].low in PREPOSITIONS):
        end -= 1
    return (start, end) if end > start and plausible(tokens[start:end], objects=objects) else None


def walk_right(tokens: list[Token], visible: list[bool], start: int, stops: frozenset[str]) -> int:
    """Go right up to punctuation or a word that begins something else."""
    i = start
    while i < min(len(tokens), start + MAX_PHRASE):
        token = tokens[i]
        if not visible[i] or token.text in HARD or token.text in ",." or token.low in BREAKERS:
            break
        if token.low in stops or (is_auxiliary(token) and i > start) or token.low in TIMES:
            break
        i += 1
        if token.low in SUBJECTS and i == start + 1:
            break
    return i


def with_apposition(tokens: list[Token], visible: list[bool], start: int, end: int, *, closed: bool) -> int:
    """Take in ", a professor at Brennaw", ", who leads the inquiry" or ", Ann Lee", up to a comma or the end."""
    follows = start < end < len(tokens) - 1 and tokens[end].text == "," and visible[end + 1]
    if not follows or not apposes(tokens[end - 1], tokens[end + 1]):
        return end
    stop = min(len(tokens), start + MAX_PHRASE)
    i = next((k for k in range(end + 1, stop) if not visible[k] or tokens[k].text in ".;:—–!?,"), stop)
    last = tokens[i].text if i < len(tokens) else "."
    return i if last == "," or (last == "." and not closed) else end


def apposes(last: Token, first: Token) -> bool:
    """A description behind a name, or a name behind a description."""
    if is_name(last):
        return first.low in APPOSITION_STARTS
    return is_name(first) and last.low not in CLOSED
