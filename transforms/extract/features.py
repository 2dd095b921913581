"""What a segment looks like, as numbers: its text, its element, its neighbours, the containers around it. One row a segment."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from transforms.extract import captions, furniture, lines
from transforms.extract.blocks import Block
from transforms.extract.furniture import Known
from transforms.extract.hints import BIT, NAMES
from transforms.extract.lexicon import lexicon
from transforms.extract.lines import HEADINGS
from transforms.extract.segments import PLACES, Cut, Element, Segment
from transforms.extract.text import folded

Floats = NDArray[np.float32]
Numbers = NDArray[np.int64]
Reals = NDArray[np.float64] | NDArray[np.int64]

TAGS = (
    "p",
    "div",
    "li",
    "h1",
    "h2",
    "h3",
    "h4",
    "td",
    "blockquote",
    "figcaption",
    "section",
    "article",
    "dd",
    "dt",
    "pre",
    "body",
    "a",
    "header",
)
STOPS = re.compile(r"[.!?…。！？؟।](?=[\s\"”’»)\]]|$)|[。！？]")
CAPITAL = re.compile(r"[A-ZÀ-ÖØ-ÞА-Я]")
LOWER_WORD = re.compile(r"(?<![^\W\d_])[a-zß-öø-ÿа-я]")
DIGIT = re.compile(r"[0-9]")
UNSPACED = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]")
SYMBOLS = re.compile(r"[|•·©@#→›»▶►]")
# Lexicon patterns are for short lines; long ones are paragraphs whatever they begin with.
LONGEST_TRIED = 300
# Characters that letters are counted in, and ends of sentences.
SAMPLE, LONGEST_COUNTED = 160, 2000
# A credit in brackets at the end of a caption is no longer than this.
LONGEST_CREDIT, CREDIT_ENDS = 90, (")", "]", ").", "].")
# Folded texts of so many letters are the same where one holds the other.
LONG_KEY = 30
# Menu items: fewer blanks than this, and so much of it linked.
IDLE_WORDS, IDLE_LINKED = 3, 0.9
# A line of so many characters with the end of a sentence, mostly outside links, is prose; characters of unspaced scripts count triple.
PROSE, WIDE = 60, 3
# The main container holds this share of the prose that the richest element holds.
MAIN_SHARE = 0.6
LEVELS = 4
NEIGHBOURS = (-3, -2, -1, 1, 2, 3)
WINDOW = 5

OWN = (
    "chars", "words", "linked", "links", "marked", "inner", "commas", "stops", "ends", "colon", "digits", "capitals", "lower",
    "first_lower", "quote", "symbols", "query", "wide",
    "furniture", "prompt", "closing", "note", "signature", "credit", "byline", "dated", "bio", "label", "by_author",
    "title", "summary", "caption", "lone_link", "linked_data", "copies", "copied",
)  # fmt: skip


@dataclass(frozen=True)
class Parts:
    """The page's other parts, folded once."""

    known: Known
    titles: list[str]
    about: list[str]
    authors: list[tuple[str, int]]
    captions: frozenset[str]
    told: str

    @classmethod
    def of(cls, known: Known, told: str) -> Parts:
        """`told` is the folded JSON-LD body."""
        return cls(
            known,
            list(dict.fromkeys(key for text in known.headlines if (key := folded(text)))),
            [key for text in (known.standfirst, known.description) if text and (key := folded(text))],
            [(folded(name), len(name)) for name in known.authors],
            frozenset(map(folded, known.captions)),
            told,
        )


def is_idle(segment: Segment) -> bool:
    """A menu item: a few words, all of them a link. There are hundreds, and none is ever kept."""
    return segment.linked > IDLE_LINKED * len(segment.text) and segment.text.count(" ") < IDLE_WORDS


def idle(segment: Segment) -> list[float]:
    """The row of a menu item."""
    return [len(segment.text), segment.text.count(" ") + 1, 1.0, segment.links] + [0.0] * (len(OWN) - 4)


def own(segment: Segment, parts: Parts, seen: Counter[str]) -> list[float]:
    """Numbers of one segment by itself; `seen` counts the texts so far."""
    text = segment.text
    size, key, head = len(text), folded(text), text[:SAMPLE]
    sample, words = len(head), text.count(" ") + 1
    row = [
        size, words, min(1.0, segment.linked / size), segment.links, min(1.0, segment.marked / size), segment.inner,
        text.count(",") + text.count("、") + text.count("،"), len(STOPS.findall(text[:LONGEST_COUNTED])),
        text.endswith(lines.SENTENCE_END), text.endswith((":", "：")), len(DIGIT.findall(head)) / sample,
        len(CAPITAL.findall(head)) / sample, len(LOWER_WORD.findall(head)) / (head.count(" ") + 1), text[0].islower(),
        text[0] in "\"'“„«»‘‚「『", len(SYMBOLS.findall(head)), text.endswith(("?", "？")), len(UNSPACED.findall(head)) / sample,
        *verdicts(Block(segment.tag, text), key, parts),
        -1.0 if not parts.told else float(key in parts.told), 0.0, float(seen[key]),
    ]  # fmt: skip
    seen[key] += 1
    return row


def verdicts(block: Block, key: str, parts: Parts) -> list[float]:
    """What the trims think of it."""
    text, line, known = block.text, lexicon(), parts.known
    size = len(text)
    tried, short = size <= LONGEST_TRIED, size <= lines.LONGEST_BYLINE
    return [
        not key or bool(tried and line.furniture.match(text)),
        bool(tried and line.prompt.match(text)),
        bool(short and line.closing.match(text)),
        size <= lines.LONGEST_NOTE and bool(line.correction.match(text) or line.update.match(text)),
        short and lines.is_signature(text),
        bool(tried and (line.credit.match(text) or ends_in_credit(text))),
        bool(short and line.byline.match(text)),
        short and lines.is_dated(text),
        lines.is_bio(text, [*known.authors, *known.sites]),
        lines.is_label(block),
        sum(length for name, length in parts.authors if name in key) / size if short else 0.0,
        titled(key, parts.titles) if tried else 0.0,
        any(key == other or (len(key) > LONG_KEY and (key in other or other in key)) for other in parts.about),
        key in parts.captions,
        key in known.links,
    ]


def ends_in_credit(text: str) -> bool:
    """The last brackets name a photographer or an agency, as in captions."""
    match = captions.BRACKETS.search(text[-LONGEST_CREDIT:]) if text.endswith(CREDIT_ENDS) else None
    return match is not None and captions.is_credit(match[1])


def titled(key: str, titles: list[str]) -> float:
    """2 where the text is a headline of the page, 1 where it holds one and little else."""
    if key in titles:
        return 2.0
    return float(any(title in key and len(key) <= furniture.HEADLINE_ROOM * len(title) for title in titles))


def own_rows(cut: Cut, known: Known, told: str) -> Floats:
    """`own` of every segment, (n, len(OWN))."""
    seen: Counter[str] = Counter()
    parts = Parts.of(known, told)
    found = [idle(segment) if is_idle(segment) else own(segment, parts, seen) for segment in cut.segments]
    rows = np.array(found, dtype=np.float32)
    rows[:, OWN.index("copies")] = [0 if is_idle(segment) else seen[folded(segment.text)] for segment in cut.segments]
    return rows


class Table:
    """Columns of numbers, collected by name."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.columns: list[Floats] = []

    def add(self, name: str, column: NDArray[np.generic]) -> None:
        """One column, (n,)."""
        self.names.append(name)
        self.columns.append(column.astype(np.float32))

    def done(self) -> Floats:
        """(n, columns)."""
        return np.column_stack(self.columns) if self.columns else np.zeros((0, 0), np.float32)


class Page:
    """The elements and segments of a page as arrays; sums over containers come from running sums over segments."""

    def __init__(self, cut: Cut, rows: Floats) -> None:
        elements: list[Element] = cut.elements
        self.cut, self.rows, self.count = cut, rows, len(cut.segments)
        self.parent = np.array([element.parent for element in elements], dtype=np.int64)
        self.first = np.array([element.first for element in elements], dtype=np.int64)
        self.last = np.array([element.last for element in elements], dtype=np.int64)
        self.depth = np.array([element.depth for element in elements], dtype=np.int64)
        self.home = np.array([segment.element for segment in cut.segments], dtype=np.int64)
        self.chars = np.array([len(segment.text) for segment in cut.segments], dtype=np.float64)
        self.linked = np.array([segment.linked for segment in cut.segments], dtype=np.float64)
        self.masks = np.array([(e.hint, e.near, e.all, e.places, e.hidden) for e in elements], dtype=np.int64)[self.home]
        width = self.chars * (1 + (WIDE - 1) * rows[:, OWN.index("wide")])
        is_prose = (width >= PROSE) & (rows[:, OWN.index("stops")] > 0) & (self.linked < 0.5 * self.chars)
        self.active = np.array([not is_idle(segment) for segment in cut.segments], dtype=bool)
        self.prose = np.where(is_prose, width, 0.0)
        apart = (self.masks[:, 2] & (BIT["comment"] | BIT["footer"] | BIT["dialog"])) > 0
        self.text_prose = np.where(apart, 0.0, self.prose)
        self.main = self.main_container()
        self.group = groups(cut)

    def inside(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """The sum of a value over the segments inside each element, (elements,)."""
        running = np.concatenate([[0.0], np.cumsum(values)])
        return np.asarray(running[self.last] - running[self.first])

    def main_container(self) -> int:
        """The deepest element that holds most of the prose."""
        sums = self.inside(self.text_prose)
        rich = np.flatnonzero(sums >= MAIN_SHARE * sums.max()) if len(sums) else np.array([0])
        return int(rich[np.argmax(self.depth[rich])])

    def up(self, levels: int) -> Numbers:
        """The element so many levels above each segment's own, (n,)."""
        found = self.home
        for _ in range(levels):
            found = np.where(self.parent[found] >= 0, self.parent[found], found)
        return found


def groups(cut: Cut) -> Numbers:
    """A number for each segment; those with the same tags and names along their last two elements share it, (n,)."""
    keys = []
    for segment in cut.segments:
        home = cut.elements[segment.element]
        above = cut.elements[max(home.parent, 0)]
        keys.append((home.tag, home.names, above.tag, above.names))
    index = {key: number for number, key in enumerate(dict.fromkeys(keys))}
    return np.array([index[key] for key in keys], dtype=np.int64)


def features(cut: Cut, known: Known, told: str = "", kind: int = 0) -> tuple[list[str], Floats, Page]:
    """Names and rows, (segments, features), of stage 1."""
    rows = own_rows(cut, known, told)
    page, table = Page(cut, rows), Table()
    for number, name in enumerate(OWN):
        table.add(name, rows[:, number])
    for part in (add_places, add_containers, add_groups, add_position, add_neighbours):
        part(page, table)
    table.add("kind", np.full(page.count, kind))
    table.add("captions", np.full(page.count, len(known.captions)))
    return table.names, table.done(), page


def add_places(page: Page, table: Table) -> None:
    """Tags, hints of the element, of those near and of all around it."""
    tags = np.array([segment.tag for segment in page.cut.segments])
    for tag in TAGS:
        table.add(f"tag_{tag}", tags == tag)
    for number, name in enumerate(NAMES):
        for column, place in enumerate(("own", "near", "all")):
            table.add(f"{place}_{name}", page.masks[:, column] >> number & 1)
    for number, name in enumerate(PLACES):
        table.add(f"in_{name}", page.masks[:, 3] >> number & 1)
    table.add("hidden", page.masks[:, 4])
    table.add("broken", np.array([segment.broken for segment in page.cut.segments]))


def share(part: Reals, whole: Reals | float) -> NDArray[np.float64]:
    """Part / whole, 0 where there is nothing."""
    return np.asarray(part / np.maximum(whole, 1.0), dtype=np.float64)


def add_containers(page: Page, table: Table) -> None:
    """How much text, prose and links the element and those above it hold, and where they lie to the main container."""
    chars, prose, linked = page.inside(page.chars), page.inside(page.text_prose), page.inside(page.linked)
    direct = np.bincount(page.home, weights=page.text_prose, minlength=len(page.parent))
    paragraphs = np.bincount(np.maximum(page.parent, 0), weights=direct, minlength=len(page.parent))
    for level in range(LEVELS):
        at = page.up(level)
        table.add(f"up{level}_chars", share(chars[at], page.chars.sum()))
        table.add(f"up{level}_segments", page.last[at] - page.first[at])
        table.add(f"up{level}_linked", share(linked[at], chars[at]))
        table.add(f"up{level}_prose", share(prose[at], chars[at]))
        table.add(f"up{level}_prose_share", share(prose[at], page.text_prose.sum()))
        table.add(f"up{level}_paragraphs", share(paragraphs[at], paragraphs.max()))
    main = page.main
    numbers = np.arange(page.count)
    table.add("in_main", (numbers >= page.first[main]) & (numbers < page.last[main]))
    table.add("main_depth", page.depth[page.home] - page.depth[main])
    table.add("depth", page.depth[page.home])


def add_groups(page: Page, table: Table) -> None:
    """How much the group of likes holds: paragraphs, menu items, teasers."""
    group = page.group
    table.add("group_size", np.bincount(group)[group])
    for name, values, whole in (
        ("prose", page.text_prose, float(page.text_prose.sum())),
        ("chars", page.chars, float(page.chars.sum())),
    ):
        table.add(f"group_{name}", share(np.bincount(group, weights=values)[group].astype(np.float64), whole))
    sums = np.bincount(group, weights=page.chars)
    table.add("group_linked", share(np.bincount(group, weights=page.linked)[group], sums[group]))
    table.add("group_dense", share(np.bincount(group, weights=page.prose)[group], sums[group]))


def add_position(page: Page, table: Table) -> None:
    """Where in the page, to the headline and to the prose."""
    numbers, count = np.arange(page.count), max(1, page.count)
    prose = np.concatenate([[0.0], np.cumsum(page.text_prose)])
    total = prose[-1]
    table.add("place", numbers / count)
    table.add("prose_before", share(prose[:-1], total))
    table.add("prose_after", share(total - prose[1:], total))
    titled = np.flatnonzero(page.rows[:, OWN.index("title")] >= 2)
    heads = [number for number, segment in enumerate(page.cut.segments) if segment.tag == "h1"]
    top = next((number for number in heads if number in set(titled.tolist())), heads[0] if heads else int(titled[0]) if len(titled) else -1)
    table.add("from_title", np.clip(numbers - top, -50, 200) if top >= 0 else np.full(page.count, -99))
    rich = np.flatnonzero(page.text_prose > 0)
    before = np.searchsorted(rich, numbers, side="left")
    padded = np.concatenate([[-99], rich, [page.count + 99]])
    table.add("since_prose", np.minimum(numbers - padded[before], 30))
    after = np.searchsorted(rich, numbers, side="right")
    table.add("until_prose", np.minimum(padded[after + 1] - numbers, 30))
    for name, values in (("prose", page.text_prose), ("linked", page.linked), ("chars", page.chars)):
        running = np.concatenate([[0.0], np.cumsum(values)])
        low, high = np.maximum(numbers - WINDOW, 0), np.minimum(numbers + WINDOW + 1, page.count)
        table.add(f"around_{name}", running[high] - running[low])
    table.add("page_segments", np.full(page.count, page.count))
    table.add("page_prose", np.full(page.count, total))
    table.add("page_prose_share", np.full(page.count, total / max(1.0, page.chars.sum())))


def shifted(values: NDArray[np.generic], offset: int, empty: float) -> NDArray[np.float64]:
    """The value of the segment so many places on."""
    found = np.full(len(values), empty, dtype=np.float64)
    if abs(offset) >= len(values):
        return found
    if offset > 0:
        found[:-offset] = values[offset:]
    else:
        found[-offset:] = values[:offset]
    return found


def add_neighbours(page: Page, table: Table) -> None:
    """The segments before and after."""
    headings = np.array([segment.tag in HEADINGS for segment in page.cut.segments])
    linked = share(page.linked, page.chars)
    labels, dated = page.rows[:, OWN.index("label")], page.rows[:, OWN.index("dated")]
    trimmed = page.rows[:, [OWN.index(name) for name in ("furniture", "prompt", "closing", "byline", "lone_link")]].max(axis=1)
    for offset in NEIGHBOURS:
        at = f"{offset:+d}"
        table.add(f"chars{at}", shifted(page.chars, offset, -1))
        table.add(f"prose{at}", shifted(page.text_prose, offset, -1))
        table.add(f"linked{at}", shifted(linked, offset, -1))
        table.add(f"heading{at}", shifted(headings, offset, -1))
        table.add(f"label{at}", shifted(labels, offset, -1))
        table.add(f"dated{at}", shifted(dated, offset, -1))
        table.add(f"trimmed{at}", shifted(trimmed, offset, -1))
        table.add(f"group{at}", shifted(page.group, offset, -1) == page.group)
        table.add(f"home{at}", shifted(page.parent[page.home], offset, -1) == page.parent[page.home])
