"""What a change touches: vectors made once, links, stories that are the same however the days were loaded, and a log of them."""

from __future__ import annotations

import random
from typing import Any

import duckdb
import pytest

from transforms.compare import compare
from transforms.compare.meeting import Matcher
from transforms.records import ArticleLink
from warehouse import vectors
from warehouse.verify import run_checks
from warehouse.window import compare_stale

DAY = 24 * 60
TABLES = ("story", "story_article", "copy_pair", "copy_span", "copy_group", "article_link", "article_vector")
EVENTS = {
    "dam": "The dam above Karsk broke at dawn and water ran into the lower town. {} Engineers had warned of cracks in the wall.",
    "tram": "Tram drivers in Norden walked out over a new roster. {} The union led by Vera Klint wants eleven free Sundays a year.",
    "cup": "Halden won the cup in extra time before a crowd of 41,000. {} The keeper Pia Wendel had held two penalties in the rain.",
}
TELLS = ["Nobody was hurt.", "The mayor came at noon.", "Shops stayed shut.", "Traffic stood still for hours.", "Children had the day off."]


def pages() -> dict[str, tuple[str, float]]:
    """Name -> (body, day), over two weeks; wire and reprint of the dam share their text."""
    made = {
        f"{event}-{number}": (text.format(f"{TELLS[number]} {TELLS[(number + 2) % 5]}"), number * 3 + place)
        for place, (event, text) in enumerate(EVENTS.items())
        for number in range(5)
    }
    wire = " ".join(
        f"Item {chr(97 + n)} of the list that the water board of Karsk gave out reads {chr(110 + n)} and no more." for n in range(8)
    )
    return made | {"wire": (wire, 2.0), "reprint": (f"From our own desk. {wire}", 2.5)}


def load_pages(loader: Any, make: Any, batch: str, found: dict[str, tuple[str, float]]) -> None:
    captures = [make.capture(f"{name}/x", 0, batch=batch) for name in found]
    rows = [
        make.row(c, body, headline=f"{name.split('-')[0]} report", published_at=make.at(day * DAY), language="en")
        for c, (name, (body, day)) in zip(captures, found.items(), strict=True)
    ]
    loader(batch, captures, rows)


def stored(con: duckdb.DuckDBPyConnection) -> dict[str, list[Any]]:
    return {table: con.execute(f"FROM core.{table} ORDER BY ALL").fetchall() for table in TABLES}


@pytest.fixture(scope="module")
def at_once(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Filled by the first test that loads everything in one batch."""
    return {}


def load_in(order: list[list[str]], loader: Any, make: Any, con: duckdb.DuckDBPyConnection) -> dict[str, list[Any]]:
    every = pages()
    for number, names in enumerate(order):
        load_pages(loader, make, f"b{number}", {name: every[name] for name in names})
        compare_stale(con, compare, window_days=5, matcher=Matcher())
    assert [result for result in run_checks(con) if result.violations] == []
    return stored(con)


def test_loaded_at_once(loader: Any, make: Any, con: duckdb.DuckDBPyConnection, at_once: dict[str, Any]) -> None:
    at_once.update(load_in([list(pages())], loader, make, con))
    assert 4 < len(at_once["story"]) < len(pages())  # no story is longer than five days
    assert len(at_once["article_vector"]) == len(pages())
    ((passage, label),) = con.execute(
        "SELECT passage, label FROM marts.shared_passages WHERE headline_a IN ('wire report', 'reprint report')"
    ).fetchall()
    assert (label, passage[:6], passage[-7:]) == ("copy", "Item a", "no more")
    # a second comparison of everything changes nothing
    con.execute("INSERT INTO ops.stale_article SELECT article_id, dated_at FROM core.current_version")
    compare_stale(con, compare, window_days=5, matcher=Matcher())
    assert stored(con) == at_once
    assert con.execute("FROM marts.story_changes").fetchall() == []


@pytest.mark.parametrize("seed", [None, 1])
def test_loaded_day_by_day_or_in_any_order_the_rows_are_the_same(
    loader: Any, make: Any, con: duckdb.DuckDBPyConnection, at_once: dict[str, Any], seed: int | None
) -> None:
    every = pages()
    names = sorted(every, key=lambda name: every[name][1])
    if seed is not None:
        random.Random(seed).shuffle(names)
    assert load_in([names[at : at + 4] for at in range(0, len(names), 4)], loader, make, con) == at_once


class Counting(Matcher):
    """Counts what is encoded; links the articles whose bodies begin alike."""

    def __init__(self) -> None:
        object.__setattr__(self, "encoded", [])
        object.__setattr__(self, "encode", self.note)
        object.__setattr__(self, "method", "count/1")
        object.__setattr__(self, "meet", self.link)

    def note(self, headline: str, body: str) -> bytes:
        self.encoded.append(body)  # type: ignore[attr-defined]
        return bytes([9] * 192 + [0] * 192) if body.startswith("Alpha") else bytes([0] * 192 + [247] * 192)

    @staticmethod
    def link(articles: Any, fresh: frozenset[Any], *, window_days: int) -> list[ArticleLink]:
        pairs = {(a, b) for a in articles for b in articles if a.article_id < b.article_id and a.body[:5] == b.body[:5]}
        touched = [(a.article_id, b.article_id) for a, b in pairs if a.article_id in fresh or b.article_id in fresh]
        return [ArticleLink(a=a, b=b, likeness=0.5) for a, b in sorted(touched)]


def test_only_what_links_join_is_compared_anew_and_nothing_is_encoded_twice(loader: Any, make: Any, con: duckdb.DuckDBPyConnection) -> None:
    seen: list[list[str]] = []

    def record(articles: Any, mentions: Any, *, window_days: int) -> Any:
        seen.append(sorted(article.body for article in articles))
        return compare(articles, mentions, window_days=window_days)

    matcher = Counting()
    load_pages(loader, make, "b1", {"one": ("Alpha one.", 0), "two": ("Alpha two.", 1), "far": ("Omega far.", 1)})
    compare_stale(con, record, window_days=5, matcher=matcher)
    load_pages(loader, make, "b2", {"three": ("Alpha three.", 2)})
    assert compare_stale(con, record, window_days=5, matcher=matcher) == 3
    assert seen == [["Alpha one.", "Alpha two.", "Omega far."], ["Alpha one.", "Alpha three.", "Alpha two."]]
    assert sorted(matcher.encoded) == ["Alpha one.", "Alpha three.", "Alpha two.", "Omega far."]  # type: ignore[attr-defined]
    assert con.execute("SELECT count(*) FROM core.article_link").fetchall() == [(3,)]
    kept = {vectors.as_bytes(vector) for (vector,) in con.execute("SELECT vector FROM core.article_vector").fetchall()}
    assert kept == {bytes([9] * 192 + [0] * 192), bytes([0] * 192 + [247] * 192)}


def test_an_earlier_article_renames_its_story_and_the_log_tells(loader: Any, make: Any, con: duckdb.DuckDBPyConnection) -> None:
    every = pages()
    load_pages(loader, make, "b1", {name: every[name] for name in ("dam-1", "dam-2")})
    compare_stale(con, compare, window_days=5, matcher=Matcher())
    ((before,),) = con.execute("SELECT story_id FROM core.story").fetchall()
    load_pages(loader, make, "b2", {"dam-0": (every["dam-0"][0], 2.9)})
    compare_stale(con, compare, window_days=5, matcher=Matcher())
    ((after,),) = con.execute("SELECT story_id FROM core.story").fetchall()
    log = con.execute("SELECT kind, from_story_id, into_story_id, articles, title FROM marts.story_changes").fetchall()
    assert log == [("renamed", before, after, 2, "dam report")]


@pytest.mark.parametrize("number", [0, 1, 126, 127, 128, 129, 255])
def test_a_byte_survives_its_number(number: int) -> None:
    assert vectors.as_bytes(tuple(vectors.as_numbers(bytes([number])))) == bytes([number])
