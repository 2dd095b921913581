"""What a segment looks like on its page, as numbers: its element, its neighbours, the containers around it. One row a segment."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from transforms.extract.furniture import Known
from transforms.extract.hints import BIT, NAMES
from transforms.extract.lines import HEADINGS
from transforms.extract.looks import OWN, Floats, is_idle, own_rows
from transforms.extract.segments import PLACES, Cut, Element

Numbers = NDArray[np.int64]
Reals = NDArray[np.float64] | NDArray[np.int64]

TAGS = (
    *("p", "div", "li", "h1", "h2", "h3", "h4", "td", "blockquote", "figcaption", "section", "article", "dd", "dt", "pre", "body", "a"),
    "header",
)
TAG_NUMBER = {tag: number for number, tag in enumerate(TAGS)}
BESIDE = ("chars", "prose", "linked", "heading", "label", "dated", "trimmed")
# A line of so many characters with the end of a sentence, mostly outside links, is prose; characters of unspaced scripts count triple.
PROSE, WIDE = 60, 3
# The main container holds this share of the prose that the richest element holds.
MAIN_SHARE = 0.6
LEVELS = 4
NEIGHBOURS = (-3, -2, -1, 1, 2, 3)
WINDOW = 5


class Table:
    """Columns of numbers, collected by name."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.columns: list[NDArray[np.generic]] = []

    def add(self, name: str, column: NDArray[np.generic]) -> None:
        """One column, (n,)."""
        self.names.append(name)
        self.columns.append(column)

    def add_all(self, names: Sequence[str], columns: NDArray[np.generic]) -> None:
        """Several columns, (names, n)."""
        self.names.extend(names)
        self.columns.extend(columns)

    def done(self) -> Floats:
        """(n, columns)."""
        found = np.empty((len(self.columns), len(self.columns[0])), dtype=np.float32)
        for number, column in enumerate(self.columns):
            found[number] = column
        return found.T


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
        self.active = ~is_idle(self.chars, self.linked, rows[:, OWN.index("words")].astype(np.float64) - 1)
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
    table.add_all(OWN, rows.T)
    for part in (add_places, add_containers, add_groups, add_position, add_neighbours):
        part(page, table)
    table.add("kind", np.full(page.count, kind))
    table.add("captions", np.full(page.count, len(known.captions)))
    return table.names, table.done(), page


def add_places(page: Page, table: Table) -> None:
    """Tags, hints of the element, of those near and of all around it."""
    tags = np.array([TAG_NUMBER.get(segment.tag, -1) for segment in page.cut.segments])
    table.add_all([f"tag_{tag}" for tag in TAGS], tags == np.arange(len(TAGS))[:, None])
    for column, place in enumerate(("own", "near", "all")):
        table.add_all([f"{place}_{name}" for name in NAMES], page.masks[:, column] >> np.arange(len(NAMES))[:, None] & 1)
    table.add_all([f"in_{name}" for name in PLACES], page.masks[:, 3] >> np.arange(len(PLACES))[:, None] & 1)
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
    table.add("inside_main", (numbers >= page.first[main]) & (numbers < page.last[main]))
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
    """The values of the segments so many places on, (..., n)."""
    found = np.full(values.shape, empty, dtype=np.float64)
    if abs(offset) >= values.shape[-1]:
        return found
    if offset > 0:
        found[..., :-offset] = values[..., offset:]
    else:
        found[..., -offset:] = values[..., :offset]
    return found


def add_neighbours(page: Page, table: Table) -> None:
    """The segments before and after."""
    headings = np.array([segment.tag in HEADINGS for segment in page.cut.segments])
    linked = share(page.linked, page.chars)
    labels, dated = page.rows[:, OWN.index("label")], page.rows[:, OWN.index("dated")]
    trimmed = page.rows[:, [OWN.index(name) for name in ("furniture", "prompt", "closing", "byline", "lone_link")]].max(axis=1)
    rows = np.stack([page.chars, page.text_prose, linked, headings, labels, dated, trimmed])
    likes = np.stack([page.group, page.parent[page.home]])
    for offset in NEIGHBOURS:
        table.add_all([f"{name}{offset:+d}" for name in BESIDE], shifted(rows, offset, -1))
        table.add_all([f"group{offset:+d}", f"home{offset:+d}"], shifted(likes, offset, -1) == likes)
