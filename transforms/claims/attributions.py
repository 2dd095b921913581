"""From links to attributions: quote type, speaker, nesting, and the facts of the content."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, replace
from datetime import date, datetime

from transforms.claims.dates import DateFound, dates
from transforms.claims.finder import Document, inner_links, segment
from transforms.claims.judge import certainty, hedging, is_negated, polarity
from transforms.claims.lexicon import wordlist
from transforms.claims.links import Link
from transforms.claims.methods import links_by
from transforms.claims.model import METHOD, METHODS, Attribution, Speaker
from transforms.claims.names import Cast, Entity
from transforms.claims.numbers import SPACES, numbers
from transforms.claims.origin import origin
from transforms.claims.resolve import Resolver
from transforms.claims.roles import NOBODY
from transforms.claims.romance import LANGUAGES
from transforms.claims.statements import CONFIDENCE, merged, statements
from transforms.claims.text import Range
from transforms.records import ClaimsMethod, DateValue, NumberValue, QuoteType

# Share of quoted characters from which a content counts as direct, and up to which as indirect (as PolNeAR's users count: 0.9 and 0.1).
DIRECT, INDIRECT = 0.9, 0.1
# Words that lead from the speaker to who passed the words on; `pos` and `endpos` of the search make \Z the start of the name.
VIA = re.compile(r"\bvia (?:the )?\Z")
VIA_REACH = 9
TELLING = 16  # characters of a content from which on it says something by itself
# "at yesterday's opening" tells the day of the words, "on Thursday's fight" what they are about.
AT = re.compile(r"\b(?:at|[Dd]uring|in) \Z")
NESTED = wordlist("nested")


HOLDERS = 6  # attributions before a link among which the one that holds it is looked for
Item = tuple[Attribution, int | None]  # with the index of its parent


@dataclass(frozen=True, slots=True)
class Held:
    """An attribution that may hold others: its index, link and speaker."""

    index: int
    link: Link
    entity: Entity | None


@dataclass(frozen=True, slots=True)
class Facts:
    """Quantities and dates of the whole text, in order."""

    numbers: list[NumberValue]
    dates: list[DateFound]

    def numbers_in(self, pieces: tuple[Range, ...]) -> list[NumberValue]:
        """Quantities inside the pieces."""
        return [
            n
            for a, b in pieces
            for n in self.numbers[bisect_left(self.numbers, a, key=lambda x: x.start) : bisect_left(self.numbers, b, key=lambda x: x.start)]
            if n.end <= b
        ]

    def dates_in(self, pieces: tuple[Range, ...]) -> list[DateFound]:
        """Dates inside the pieces."""
        return [
            d
            for a, b in pieces
            for d in self.dates[bisect_left(self.dates, a, key=lambda x: x.start) : bisect_left(self.dates, b, key=lambda x: x.start)]
            if d.end <= b
        ]


def attribute(
    text: str,
    *,
    published: datetime | None = None,
    language: str | None = None,
    statements: bool = False,
    method: ClaimsMethod = "rules",
) -> list[Attribution]:
    """Every attribution of a text, sorted by content start; `published` resolves relative dates.

    `statements`: also the outlet's own factual sentences that no attribution covers, as quote type `statement`.
    `method`: `model` asks the learned tagger where the language has one, `fast` the smaller one, `rules` none.
    """
    extraction = Extraction(segment(text, language), published.date() if published else None, method)
    items = extraction.attributions()
    return arranged([*items, *extraction.statements(items)] if statements else items)


class Extraction:
    """The attributions of one document."""

    def __init__(self, document: Document, published: date | None, method: ClaimsMethod) -> None:
        self.document = document
        self.method: ClaimsMethod = method
        found = dates(document.text, published)
        self.facts = Facts(numbers(document.text, document.language, [d.span for d in found]), found)
        self.cast = Cast(document.sentences, german=document.language == "de")
        self.starts = [sentence.start for sentence in document.sentences]
        self.resolver = Resolver(self.cast, document.text, english=document.language not in {"de", *LANGUAGES})

    def attributions(self) -> list[Item]:
        """Outer attributions in text order, each followed by those nested in it."""
        items: list[Item] = []
        held: list[Held] = []
        for link in self.ordered(links_by(self.document, self.method)):
            holder = next((h for h in reversed(held[-HOLDERS:]) if holds(h.link, link)), None)
            made = self.add(items, held, link, holder)
            if made and holder is None:
                for inside in inner_links(self.document, link):
                    self.add(items, held, inside, made)
        return items

    def statements(self, items: list[Item]) -> list[Item]:
        """The outlet's own sentences, as attributions without source and cue."""
        taken = merged([r for item, _ in items if telling(item) for r in (item.cue, *item.content) if r])
        facts = merged([*((n.start, n.end) for n in self.facts.numbers), *(d.span for d in self.facts.dates)])
        return [(self.statement(span), None) for _, span in statements(self.document.sentences, self.cast, taken, facts)]

    def statement(self, span: Range) -> Attribution:
        """One sentence of the outlet itself."""
        words = self.document.text[span[0] : span[1]].translate(SPACES)
        return Attribution(
            quote_type="statement",
            content=(span,),
            source=None,
            cue=None,
            sentence=span,
            speaker=NOBODY,
            polarity="asserts",
            certainty=hedging(words),
            is_negated=is_negated(words),
            confidence=CONFIDENCE,
            numbers=self.facts.numbers_in((span,)),
            dates=self.date_values((span,)),
        )

    def date_values(self, content: tuple[Range, ...]) -> list[DateValue]:
        """Dates of a content as records."""
        return [DateValue(iso=d.iso, start=d.start, end=d.end) for d in self.facts.dates_in(content)]

    def ordered(self, links: list[Link]) -> list[Link]:
        """By sentence, the widest content first, so that what holds comes before what is held."""
        return sorted(links, key=lambda link: (link.sentence, link.content[0][0], -link.content[-1][1], link.cue_span))

    def add(self, items: list[Item], held: list[Held], link: Link, holder: Held | None) -> Held | None:
        """Append one attribution, unless it is nested and adds no other voice."""
        at = bisect_right(self.starts, link.source[0]) - 1 if link.source else link.sentence
        tokens = self.document.sentences[at].tokens
        above = holder.entity if holder else None
        speaker, entity = self.resolver.speaker(link.source, at, tokens, nested=holder is not None, outer=above)
        made = self.attribution(link, speaker)
        if holder is None:
            made = replace(made, chain=self.passed_on(link, speaker, entity))
        if holder:
            parent = items[holder.index][0]
            if not another_voice(parent, speaker, link):
                return None
            told = next((day for piece in parent.content if (day := self.said_on(link, piece))), None)
            made = replace(made, chain=(*(parent.chain or (str(parent.speaker.name),)), str(speaker.name)), said_on=told)
        items.append((made, holder.index if holder else None))
        held.append(Held(len(items) - 1, link, entity))
        return held[-1]

    def attribution(self, link: Link, speaker: Speaker) -> Attribution:
        """One attribution of a link."""
        sentence = self.document.sentences[link.sentence]
        content = tuple(sorted(link.content))
        words = " ".join(self.document.text[a:b] for a, b in content).translate(SPACES)
        return Attribution(
            quote_type=quote_type(self.document, content),
            content=content,
            source=link.source,
            cue=link.cue_span,
            sentence=(min(sentence.start, content[0][0]), max(sentence.end, content[-1][1])),
            speaker=speaker,
            polarity=polarity(link, words),
            certainty=certainty(link, words, self.document.text[slice(*link.cue_span)]),
            is_negated=is_negated(words),
            confidence=confidence(link),
            numbers=self.facts.numbers_in(content),
            dates=self.date_values(content),
            said_on=self.said_on(link, (sentence.start, sentence.end)),
            method=METHODS[self.method] if link.sure is not None else METHOD,
        )

    def passed_on(self, link: Link, speaker: Speaker, entity: Entity | None) -> tuple[str, ...]:
        """Who passed the words on, before and behind the speaker: "Lee said, via the Evening Gazette", "I heard from Lee that …"."""
        teller, told = self.teller(link), origin(self.document.text, link.content)
        chain = [teller.name] if teller else []
        if speaker.name:
            chain.append(speaker.name)
        if told:
            at = bisect_right(self.starts, told[0]) - 1
            first, _ = self.resolver.speaker(told, at, self.document.sentences[at].tokens, nested=True, outer=entity)
            chain.extend([first.name] if first.name else [])
        return tuple(chain) if speaker.name and len(set(chain)) == len(chain) > 1 else ()

    def teller(self, link: Link) -> Entity | None:
        """Who passed the words on: "Lee said, via the Evening Gazette"."""
        inside = [m for m in self.cast.mentions[link.sentence] if all(m.end <= a or m.start >= b for a, b in link.content)]
        return next((m.entity for m in inside if VIA.search(self.document.text, max(0, m.start - VIA_REACH), m.start)), None)

    def said_on(self, link: Link, sentence: Range) -> date | None:
        """The day in the words around source and cue, outside the content."""
        there = self.facts.dates_in((sentence,))
        for found in sorted(there, key=lambda d: d.possessive):
            outside = all(found.end <= a or found.start >= b for a, b in link.content)
            outside = outside and (
                not found.possessive or bool(AT.search(self.document.text, max(0, found.start - VIA_REACH), found.start))
            )
            if outside and len(found.past) == len("2018-09-20") and found.past[4] == found.past[7] == "-":
                return date.fromisoformat(found.past)
        return None


def telling(item: Attribution) -> bool:
    """Says enough to stand for its sentence: more than the object of "backed that deal"."""
    return item.method == METHOD or item.quote_type != "indirect" or sum(b - a for a, b in item.content) >= TELLING


def another_voice(parent: Attribution, speaker: Speaker, link: Link) -> bool:
    """Worth a mention of its own inside another's words: a speech act of somebody else who is known."""
    known = speaker.name is not None and parent.speaker.name is not None and speaker.kind == "person"
    return known and link.cue.name in NESTED and speaker.name != parent.speaker.name


def holds(outer: Link, inner: Link) -> bool:
    """Source, cue and content of one link lie inside the content of another."""
    spans = [inner.cue_span, *inner.content, *([inner.source] if inner.source else [])]
    return all(any(a <= x and y <= b for a, b in outer.content) for x, y in spans)


def confidence(link: Link) -> float:
    """What the tagger says; of a rule the share of right uses of the cue, less where the source was taken over or is missing."""
    if link.sure is not None:
        return link.sure
    return round(link.cue.weight * (0.8 if link.inherited else 1.0) * (1.0 if link.source else 0.7), 3)


def quote_type(document: Document, content: tuple[Range, ...]) -> QuoteType:
    """Tell direct, mixed or indirect, by the share of characters in quotation marks."""
    total = sum(b - a for a, b in content)
    quoted = 0
    for a, b in content:
        for q in document.quotes[bisect_left(document.quotes, a, key=lambda x: x.end) :]:
            if q.start >= b:
                break
            quoted += max(0, min(b, q.end) - max(a, q.start))
    share = quoted / total if total else 0.0
    return "direct" if share >= DIRECT else "indirect" if share <= INDIRECT else "mixed"


def arranged(items: list[Item]) -> list[Attribution]:
    """Sorted by content, with parents as indexes into the sorted list."""
    order = sorted(
        range(len(items)), key=lambda i: (items[i][0].content[0][0], -items[i][0].content[-1][1], items[i][0].source or (-1, -1), i)
    )
    place = {old: new for new, old in enumerate(order)}
    return [replace(items[i][0], parent=place[parent] if (parent := items[i][1]) is not None else None) for i in order]
