"""All links of a text: sentences outside quotations, quotations that go on over sentences and paragraphs, and speech inside quotations."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass, replace

from transforms.claims.clauses import Reader
from transforms.claims.german import SAYING, GermanReader, reported
from transforms.claims.lexicon import english, wordlist
from transforms.claims.links import Link, is_word, relocate
from transforms.claims.romance import LANGUAGES, RomanceReader
from transforms.claims.statements import clause
from transforms.claims.text import NEVER, Quotation, Sentence, Token, cut, paragraphs, quotations, sentences

STOP_WORDS = {code: wordlist(f"stop_words_{code}") for code in ("en", "de", *LANGUAGES)}
SAMPLE = 400  # tokens that tell the language
MAX_PARAGRAPHS = 8  # paragraphs of one quotation that are joined behind its tag
# Weight of a cue and characters of a content that make speech within speech worth telling.
TOLD, TOLD_CHARACTERS = 0.7, 16
INNER_REACH = 3  # sentences of one content that are searched for nested speech


@dataclass(frozen=True, slots=True)
class Document:
    """A segmented text with its language (de, fr, es, it, pt, else read as English)."""

    text: str
    language: str
    quotes: list[Quotation]
    sentences: list[Sentence]


def segment(text: str, language: str | None = None) -> Document:
    """Paragraphs, quotations and sentences of a text."""
    parts = paragraphs(text)
    quotes = quotations(text, parts)
    found = sentences(text, parts, quotes, english().speech)
    return Document(text, language or guess(found), quotes, found)


def guess(found: list[Sentence]) -> str:
    """Find out the language, by stop words of the first sentences."""
    seen: Counter[str] = Counter()
    for sentence in found[: SAMPLE // 10]:
        for token in sentence.tokens[:SAMPLE]:
            seen.update(code for code, words in STOP_WORDS.items() if token.low in words)
    return max(STOP_WORDS, key=lambda code: seen[code])


def find(document: Document) -> list[Link]:
    """Every link outside quotations, in text order, with quotations joined that go on behind it."""
    found: list[Link] = []
    for number, sentence in enumerate(document.sentences):
        visible = [t.quote < 0 for t in sentence.tokens]
        links = read(document, number, visible)
        if links or not found:
            found.extend(reaching_back(document, relocate(link, number)) for link in links)
        elif goes_on(document, number, found[-1]):
            found[-1] = replace(found[-1], content=(*found[-1].content, (sentence.start, sentence.end)))
        elif stands_alone(document, number, found[-1]):
            found.append(quoted_again(sentence, found[-1], number))
        elif (
            document.language == "de"
            and found[-1].sentence == number - 1
            and sentence.paragraph == document.sentences[number - 1].paragraph
        ):
            more = reported(sentence, visible, found[-1])
            found.extend([relocate(more, number)] if more else [])
    return found


def read(document: Document, number: int, visible: list[bool]) -> list[Link]:
    """The links of one sentence by the rules of the document's language."""
    tokens = document.sentences[number].tokens
    if not any(t.text.islower() for t in tokens):
        return []  # a heading in capitals
    if document.language == "de":
        return GermanReader(tokens, visible, document.sentences[number - 1] if number else None).read()
    if document.language in LANGUAGES:
        return RomanceReader(tokens, visible, document.language).read()
    return Reader(tokens, visible).read()


def inner_links(document: Document, link: Link) -> list[Link]:
    """Links inside the quotations of a content: "The chairman told me that …", she said."""
    found: list[Link] = []
    if document.language in {"de", *LANGUAGES}:
        return found
    for number in range(link.sentence, min(len(document.sentences), link.sentence + INNER_REACH)):
        tokens = document.sentences[number].tokens
        for a, b in link.content:
            quoted = [t for t in tokens if t.quote >= 0 and not t.mark and a <= t.start and t.end <= b]
            inside = [t.unquoted() for t in quoted] if tells(quoted) else []
            for piece in cut(inside, NEVER):
                found.extend(
                    relocate(inner, number) for inner in Reader(piece, [True] * len(piece)).read() if worth_telling(document.text, inner)
                )
    return found


def worth_telling(text: str, link: Link) -> bool:
    """Speech within speech by a sure cue that states something: not "as he says he is", not "he said hateful things"."""
    told = " ".join(text[a:b] for a, b in link.content)
    return link.cue.weight >= TOLD and len(told) >= TOLD_CHARACTERS and clause(told)


def tells(tokens: list[Token]) -> bool:
    """May hold a link: a cue word is among them."""
    lexicon = english()
    return any(t.low in lexicon.cues or t.low in lexicon.unsourced or t.low == "according" for t in tokens)


def goes_on(document: Document, number: int, last: Link) -> bool:
    """A sentence that is nothing but a quotation, right behind the quotation of the last link or its tag."""
    sentence, before = document.sentences[number], document.sentences[number - 1]
    first = sentence.tokens[0]
    if not first.mark or any(t.quote < 0 and is_word(t) for t in sentence.tokens):
        return False
    adjacent = last.sentence == number - 1 or last.content[-1][1] >= before.start
    same = sentence.paragraph == before.paragraph or document.quotes[first.quote].continues
    return adjacent and same and quoting(document, last)


def stands_alone(document: Document, number: int, last: Link) -> bool:
    """A paragraph that is only a quotation, right behind the paragraph in which the last speaker was named."""
    sentence, before = document.sentences[number], document.sentences[number - 1]
    if last.source is None or sentence.paragraph == before.paragraph or last.sentence < number - 1:
        return False
    alone = number + 1 == len(document.sentences) or document.sentences[number + 1].paragraph != sentence.paragraph
    first = sentence.tokens[0]
    return alone and first.mark and document.quotes[first.quote].closed and not any(t.quote < 0 and is_word(t) for t in sentence.tokens)


def quoted_again(sentence: Sentence, last: Link, number: int) -> Link:
    """Such a paragraph as a link of its own, with the source and cue taken over."""
    return Link(SAYING, last.cue_span, last.source, ((sentence.start, sentence.end),), inherited=True, sentence=number)


def reaching_back(document: Document, link: Link) -> Link:
    """A content that begins with a re-opened quotation takes in the paragraphs before that it continues."""
    first = bisect_left(document.quotes, link.content[0][0], key=lambda q: q.start)
    begin = first
    while begin > first - MAX_PARAGRAPHS and 0 < begin < len(document.quotes) and document.quotes[begin].continues:
        begin -= 1
    if begin == first or document.quotes[first].start > link.content[0][0]:
        return link
    return replace(link, content=(*((q.start, q.end) for q in document.quotes[begin:first]), *link.content))


def quoting(document: Document, link: Link) -> bool:
    """The content of a link holds a quotation mark."""
    words = "".join(document.text[a:b] for a, b in link.content)
    return any(mark in words for mark in '"“”„«»')
