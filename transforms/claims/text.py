"""Segmentation: paragraphs, quotations, tokens and sentences of an article, all with offsets. Linear in the length of the text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from transforms.claims.lexicon import wordlist

Range = tuple[int, int]

# Opening mark -> marks that close it. Two apostrophes and two backticks are typewriter forms of a double quotation mark.
CLOSERS = {
    "“": "”",
    "„": "“”",
    "«": "»",
    "»": "«",
    '"': '"',
    "”": "”",
    "‟": "”",
    "''": "''",
    "``": "''",
}
MARK = re.compile(r"[\"“”„‟«»]|''|``")
# Single marks quote only where a paragraph has no double ones: an apostrophe looks the same.
SINGLE_OPEN = re.compile(r"(?<![\w’'])[‘'‚](?=[^\W_])")
SINGLE_CLOSE = re.compile(r"(?<=[\w.,!?…])[’'‘](?![\w’'])")
PARAGRAPH = re.compile(r"[^\n]+")
ABBREVIATIONS = "|".join(sorted(map(re.escape, wordlist("abbreviations")), reverse=True))
GERMAN_ORDINAL = r"\d{1,2}\.(?=\s(?:Jan|Feb|Mär|Apr|Mai|Jun|Jul|Aug|Sep|Okt|Nov|Dez|[a-zäöüß]))"
# A word keeps inner apostrophes, hyphens, dots and ampersands; abbreviations keep their full stop, numbers their separators.
TOKEN = re.compile(
    rf"(?:[^\W\d_]\.){{2,8}}(?:['’]s)?|[A-Z]\.(?=\s+[A-Z])|(?:{ABBREVIATIONS})\.|{GERMAN_ORDINAL}"
    r"|\d+(?:[.,:]\d+)*(?:st|nd|rd|th|m|bn|k|km)?\b|''|``|\w+(?:[’'&.\-‑–](?=\w)\w+)*|[^\w\s]"
)
TERMINALS = frozenset(".!?…")
TRAILERS = frozenset(")]’'")
STRONG_STARTERS = wordlist("strong_starters")
ABBREVIATED = re.compile(r"(?:[^\W\d_]\.){2,8}$")
MAX_TOKENS = 320  # a longer "sentence" is a list or hostile text; cutting it keeps the finder linear
MAX_GAP = 8  # tokens after `?"` in which a verb of saying keeps the sentence going: "Why?" the minister asked.
NEVER: frozenset[str] = frozenset()
# Behind these a sentence ends unless the day or the zone follows: "3 a.m. Monday", "3 a.m. Eastern", "3 a.m. Moscow time".
CLOCK = frozenset({"a.m.", "p.m."})
OF_THE_CLOCK = wordlist("times") | wordlist("months") | wordlist("time_zones")
ZONE_REACH = 3  # tokens in which the word "time" makes a name the name of a zone: "New York time"


@dataclass(frozen=True, slots=True)
class Quotation:
    """A stretch in quotation marks; `start` and `end` hold the marks, `inner` does not.

    `closed`: it has its closing mark; `continues`: it is re-opened from the paragraph before.
    """

    start: int
    end: int
    inner: Range
    closed: bool
    continues: bool = False


@dataclass(slots=True)
class Token:
    """A word or punctuation mark; never changed, but not frozen: that would double the time of making one.

    `quote`: number of the quotation it stands in, -1 outside; `mark`: it is a quotation mark itself.
    """

    start: int
    end: int
    text: str
    low: str
    quote: int
    mark: bool

    @property
    def quoted(self) -> bool:
        """Inside a quotation, marks not counted."""
        return self.quote >= 0 and not self.mark

    def unquoted(self) -> Token:
        """The same token as if it stood outside."""
        return Token(self.start, self.end, self.text, self.low, -1, self.mark)


@dataclass(frozen=True, slots=True)
class Sentence:
    """Tokens of a sentence; one that quotes several sentences is not cut inside the quotation."""

    tokens: list[Token]
    paragraph: int

    @property
    def start(self) -> int:
        """First character."""
        return self.tokens[0].start

    @property
    def end(self) -> int:
        """One past the last character."""
        return self.tokens[-1].end


def paragraphs(text: str) -> list[Range]:
    """Stretches between line breaks that hold more than white space, trimmed."""
    found = []
    for match in PARAGRAPH.finditer(text):
        piece = match.group()
        start = match.start() + len(piece) - len(piece.lstrip())
        if piece.strip():
            found.append((start, start + len(piece.strip())))
    return found


def quotations(text: str, parts: list[Range]) -> list[Quotation]:
    """Every quotation, in order; an unclosed one ends with its paragraph, and one re-opened in the next paragraph continues it."""
    found: list[Quotation] = []
    pending: str | None = None
    for start, end in parts:
        before = len(found)
        pending = double_quotations(text, start, end, pending, found)
        if len(found) == before and pending is None:
            found.extend(single_quotations(text, start, end))
    return found


def double_quotations(text: str, start: int, end: int, pending: str | None, found: list[Quotation]) -> str | None:
    """Append the quotations of one paragraph; returns the mark that is left open."""
    opened: re.Match[str] | None = None
    for match in MARK.finditer(text, start, end):
        mark = match.group()
        if opened is None:
            opened = match if opens(text, match, start) else None
        elif mark in CLOSERS[opened.group()] and len(mark) == len(opened.group().replace("``", "''")):
            found.append(quotation(opened, match.start(), match.end(), start, pending))
            opened = None
    if opened is None:
        return None
    if opened.end() < end:
        found.append(quotation(opened, end, end, start, pending, closed=False))
    return opened.group()


def quotation(opened: re.Match[str], inner_end: int, end: int, paragraph: int, pending: str | None, *, closed: bool = True) -> Quotation:
    """One quotation from its opening mark."""
    continues = pending == opened.group() and opened.start() == paragraph
    return Quotation(opened.start(), end, (opened.end(), inner_end), closed, continues)


def opens(text: str, match: re.Match[str], start: int) -> bool:
    """A closing-shaped mark opens only where a German or Swedish text would use it so: after a space, before a letter."""
    mark = match.group()
    before = text[match.start() - 1] if match.start() > start else " "
    after = text[match.end() : match.end() + 1]
    if mark == '"' and before.isdigit():
        return not after.isspace()  # inches: 6'2" tall
    if mark not in "”»''" or mark == '"':
        return True
    return (before.isspace() or before in "([—–-:") and bool(after) and not after.isspace()


def single_quotations(text: str, start: int, end: int) -> Iterator[Quotation]:
    """Quotations in single marks; a mark after an s and before a small letter is taken for a plural's apostrophe."""
    at = start
    while (opened := SINGLE_OPEN.search(text, at, end)) is not None:
        closes = (m for m in SINGLE_CLOSE.finditer(text, opened.end(), end))
        shut = next((m for m in closes if not plural(text, m.start())), None)
        if shut is None:
            return
        yield Quotation(opened.start(), shut.end(), (opened.end(), shut.start()), closed=True)
        at = shut.end()


def plural(text: str, at: int) -> bool:
    """The apostrophe of "the workers' rights"."""
    return text[at - 1] in "sS" and text[at + 1 : at + 2] == " " and text[at + 2 : at + 3].islower()


def tokenise(text: str, start: int, end: int, quotes: list[Quotation], first: int) -> tuple[list[Token], int]:
    """Tokens of text[start:end]; `first` is the first quotation that may lie here; returns the next one too."""
    tokens, q = [], first
    for match in TOKEN.finditer(text, start, end):
        a, b = match.span()
        word = match.group()
        while q < len(quotes) and quotes[q].end <= a:
            q += 1
        inside = q < len(quotes) and quotes[q].start <= a
        mark = inside and (a < quotes[q].inner[0] or a >= quotes[q].inner[1])
        tokens.append(Token(a, b, word, word.lower().replace("’", "'"), q if inside else -1, mark))
    return tokens, q


def sentences(text: str, parts: list[Range], quotes: list[Quotation], speech: frozenset[str] = NEVER) -> list[Sentence]:
    """Sentences of all paragraphs, in order. `speech`: forms of verbs of saying, which hold `"Why?" he asked` together."""
    found: list[Sentence] = []
    q = 0
    for number, (start, end) in enumerate(parts):
        tokens, q = tokenise(text, start, end, quotes, q)
        found.extend(Sentence(piece, number) for piece in cut(tokens, speech) if piece)
    return found


def cut(tokens: list[Token], speech: frozenset[str]) -> Iterator[list[Token]]:
    """Cut the tokens of a paragraph into sentences."""
    begin = 0
    for i in range(len(tokens)):
        if i < begin:
            continue
        stop = ends_at(tokens, i, speech)
        if stop is None and i - begin >= MAX_TOKENS:
            stop = i + 1
        if stop is not None:
            yield tokens[begin:stop]
            begin = stop
    if begin < len(tokens):
        yield tokens[begin:]


def ends_at(tokens: list[Token], i: int, speech: frozenset[str]) -> int | None:
    """Where the sentence ends if token `i` ends it (marks and brackets after it belong to it)."""
    token = tokens[i]
    if not ends(token.text):
        return None
    stop = i + 1
    while stop < len(tokens) and (closing(tokens, stop) or tokens[stop].text in TRAILERS or tokens[stop].text in TERMINALS):
        stop += 1
    if token.quoted and stop < len(tokens) and tokens[stop].quote == token.quote:
        return None
    if stop == len(tokens):
        return stop
    return stop if begins(tokens, stop, token, speech) else None


def ends(word: str) -> bool:
    """A full stop and its like, or an abbreviation, which may end a sentence too."""
    return word in TERMINALS or ("." in word and ABBREVIATED.match(word) is not None)


def closing(tokens: list[Token], i: int) -> bool:
    """A mark that closes the quotation of the token before it."""
    return tokens[i].mark and tokens[i].quote == tokens[i - 1].quote


def begins(tokens: list[Token], i: int, end: Token, speech: frozenset[str]) -> bool:
    """May a sentence begin at token `i` after the terminal `end`?"""
    first = tokens[i]
    if not (first.text[0].isupper() or first.text[0].isdigit() or (first.mark and first.quote >= 0) or first.text in "([—–•"):
        return False
    if end.text not in TERMINALS:
        return after_abbreviation(tokens, i, end)
    if end.quoted and end.text != ".":
        return not any(t.low in speech and not t.quoted for t in until_stop(tokens, i))
    return True


def after_abbreviation(tokens: list[Token], i: int, end: Token) -> bool:
    """May a sentence begin at token `i` after an abbreviation with its full stop?"""
    first = tokens[i]
    return first.low in STRONG_STARTERS or first.mark or (end.low in CLOCK and follows_the_clock(tokens, i))


def follows_the_clock(tokens: list[Token], i: int) -> bool:
    """Whether the token behind a time of day begins a sentence, and is neither the day nor the zone."""
    zone = any(token.low == "time" for token in tokens[i : i + ZONE_REACH])
    return tokens[i].text.istitle() and tokens[i].low not in OF_THE_CLOCK and not zone


def until_stop(tokens: list[Token], i: int) -> Iterator[Token]:
    """The next few tokens up to punctuation."""
    for token in tokens[i : i + MAX_GAP]:
        if token.text in ".,;:":
            return
        yield token
