"""The search against a scan of all bodies, and what keeping its index costs a load; on a corpus made here, as ratios of one run.

    python benchmarks/searching.py [--articles 20000] [--batch 5000] [--queries 20]

Words follow Zipf's law (rank + 2.7, Mandelbrot's correction) over 120,000 made words, 650 an article, ten claims each. CPU seconds of
this process with one thread. `upkeep`: the same loads with and without the index, writing to the file included. `scan` is
`contains(lower(body), word)` for both words of a query, without rank or excerpt.
"""

from __future__ import annotations

import argparse
import itertools
import json
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb

from common import ids
from common.settings import Settings
from ingest.records import Capture, Hint
from transforms.records import Article, ArticleVersion, ClaimMention, Span, Transformed
from warehouse import indexing
from warehouse.connect import open_private
from warehouse.landed_index import IndexWriter
from warehouse.landing import folder, verify, write_landing
from warehouse.load import load
from warehouse.migrate import migrate

NOON = datetime(2018, 9, 20, 12, tzinfo=UTC)
VOCABULARY, WORDS, CLAIMS, OUTLETS = 120_000, 650, 10, 20
# A text repeats itself: of this share of its words it makes the rest, which leaves it the 300 stems in 650 words that news have (measured
# on 1,500 articles of three corpora: 44 to 47 %; words drawn one by one would make 480).
MET = 0.6
SCAN = "SELECT count(*) FROM core.current_version WHERE contains(lower(body), ?) AND contains(lower(body), ?)"
RANKED = "SELECT article_id, headline, score FROM search(?) LIMIT 10"
WHOLE = "FROM search(?) LIMIT 10"
COUNT = "SELECT count(*) FROM search(?)"


def vocabulary(dice: random.Random) -> list[str]:
    """Pronounceable words, the shortest are the most frequent."""
    parts = [c + v for c in "bdfghklmnprstvwz" for v in "aeiou"]
    made = {"".join(dice.choices(parts, k=dice.choice((2, 3, 3, 4)))) for _ in range(VOCABULARY * 2)}
    return sorted(made, key=lambda word: (len(word), word))[:VOCABULARY]


class Corpus:
    """Articles out of one seed."""

    def __init__(self, seed: int = 1) -> None:
        self.dice = random.Random(seed)
        self.words = vocabulary(self.dice)
        self.dice.shuffle(self.words)
        self.weights = list(itertools.accumulate(1 / (rank + 2.7) for rank in range(len(self.words))))

    def text(self, length: int) -> str:
        met = self.dice.choices(self.words, cum_weights=self.weights, k=round(length * MET))
        words = met + self.dice.choices(met, k=length - len(met))
        self.dice.shuffle(words)
        return " ".join(word.title() if n % 13 == 0 else word for n, word in enumerate(words))

    def row(self, capture: Capture) -> Transformed:
        body, headline = self.text(WORDS), self.text(8)
        article_id, content = ids.key("article", capture.url), ids.sha256(headline + body)
        version_id = ids.key("version", str(article_id), content)
        about = {"version_id": version_id, "article_id": article_id}
        mentions = [
            ClaimMention(
                mention_id=ids.key("mention", str(version_id), n), quote_type="statement", content=Span(start=n * 90, end=n * 90 + 80),
                text=body[n * 90 : n * 90 + 80], sentence=body[n * 90 : n * 90 + 120], confidence=0.9, method="bench/1", **about,
            )
            for n in range(CLAIMS)
        ]  # fmt: skip
        version = ArticleVersion(
            capture_id=capture.capture_id, batch_key=capture.batch_key, content_sha256=content, headline=headline, body=body,
            language="en", word_count=WORDS, published_at=capture.captured_at, first_seen_at=capture.captured_at,
            captured_at=capture.captured_at, extractor="bench/1", code_version="bench/1", **about,
        )  # fmt: skip
        article = Article(article_id=article_id, outlet_id=capture.outlet_id, canonical_url=capture.url, first_seen_at=capture.captured_at)
        return Transformed(article=article, version=version, mentions=mentions)


def captures(batch: str, first: int, count: int) -> list[Capture]:
    made = []
    for number in range(first, first + count):
        outlet, at = f"o{number % OUTLETS}", NOON + timedelta(minutes=number)
        url = f"https://{outlet}.example/{number}"
        made.append(
            Capture(
                capture_id=ids.key("capture", batch, url), batch_key=batch, outlet_id=outlet, url=url, final_url=url, captured_at=at,
                first_seen_at=at, outcome="fetched", status=200, hint=Hint(source="feed"),
            )
        )  # fmt: skip
    return made


class Clock:
    """CPU seconds by name."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = {}

    def wrap(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def timed(*args: Any, **kwargs: Any) -> Any:
            start = time.process_time()
            try:
                return call(*args, **kwargs)
            finally:
                self.spent[name] = self.spent.get(name, 0.0) + time.process_time() - start

        return timed


def land(settings: Settings, articles: int, batch: int, clock: Clock) -> list[str]:
    """Landing folders of the corpus."""
    corpus, keys = Corpus(), []
    IndexWriter.add = clock.wrap("landed_index", IndexWriter.add)  # type: ignore[method-assign]
    IndexWriter.__exit__ = clock.wrap("landed_index", IndexWriter.__exit__)  # type: ignore[method-assign]
    for first in range(0, articles, batch):
        keys.append(f"b{first}")
        index = captures(keys[-1], first, min(batch, articles - first))
        rows = [corpus.row(capture) for capture in index]
        clock.wrap("landing", write_landing)(settings, keys[-1], index, rows)
    return keys


def fill(settings: Settings, con: duckdb.DuckDBPyConnection, keys: list[str], clock: Clock, name: str) -> None:
    """Load the landing folders; the time goes to `name`, writing to the file included."""
    migrate(con)
    for key in keys:
        manifest = verify(folder(settings, key))
        clock.wrap(name, load)(con, manifest, folder(settings, key), NOON)
    clock.wrap(name, con.execute)("CHECKPOINT")


def fill_without_index(settings: Settings, keys: list[str], clock: Clock) -> int:
    """The same without an index; returns the bytes of the file."""
    kept, indexing.index_chunk = indexing.index_chunk, lambda _con, _folder: 0
    with tempfile.TemporaryDirectory() as place:
        bare = Settings(_env_file=None, data_dir=Path(place), warehouse_threads=1)
        with open_private(bare) as con:
            fill(settings, con, keys, clock, "load_without")
        indexing.index_chunk = kept
        return bare.warehouse_file.stat().st_size


def queries(con: duckdb.DuckDBPyConnection, count: int) -> Iterator[str]:
    """Pairs of words that stand in 0.5 to 20 % of the articles, as words of a headline do."""
    ((documents,),) = con.execute("SELECT count(*) FROM core.search_document").fetchall()
    found = con.execute(
        "SELECT word FROM core.search_word JOIN (SELECT stem_id, "
        " sum(len(entries)) AS n FROM core.search_posting WHERE NOT in_headline GROUP BY 1) "
        "USING (stem_id) WHERE n BETWEEN ? AND ? ORDER BY hash(word)",
        [documents // 200, documents // 5],
    ).fetchall()
    words = [word for (word,) in found]
    yield from (f"{words[n]} {words[-n - 1]}" for n in range(count))


def median_s(con: duckdb.DuckDBPyConnection, sql: str, asked: list[list[str]]) -> float:
    spent = []
    for values in asked:
        start = time.process_time()
        con.execute(sql, values).fetchall()
        spent.append(time.process_time() - start)
    return statistics.median(spent)


def measure(articles: int, batch: int, count: int, keep: Path | None = None) -> dict[str, float]:
    clock = Clock()
    with tempfile.TemporaryDirectory() as place:
        settings = Settings(_env_file=None, data_dir=keep or Path(place), warehouse_threads=1)
        keys = land(settings, articles, batch, clock)
        bare = fill_without_index(settings, keys, clock)
        indexing.index_chunk = clock.wrap("index", indexing.index_chunk)
        with open_private(settings) as con:
            fill(settings, con, keys, clock, "load")
            asked = list(queries(con, count))
            one = [[query] for query in asked]
            scan = median_s(con, SCAN, [query.split() for query in asked[:5]])
            times = {name: median_s(con, sql, one) for name, sql in (("count", COUNT), ("ranked", RANKED), ("with_excerpt", WHOLE))}
            phrase = median_s(con, RANKED, [[f'"{query}"'] for query in asked])
            ((characters,),) = con.execute("SELECT sum(length(body)) FROM core.current_version").fetchall()
        size = settings.warehouse_file.stat().st_size
    return {
        "articles": articles,
        **{f"{name}_ms": round(seconds * 1000, 1) for name, seconds in {**times, "phrase": phrase, "scan": scan}.items()},
        "scan_over_ranked": round(scan / times["ranked"], 1),
        **{f"{name}_us_per_article": round(seconds / articles * 1e6) for name, seconds in clock.spent.items()},
        "index_step_over_rest_of_load": round(clock.spent["index"] / (clock.spent["load"] - clock.spent["index"]), 2),
        "upkeep_over_load_without": round(clock.spent["load"] / clock.spent["load_without"] - 1, 2),
        "index_bytes_per_character": round((size - bare) / characters, 2),
        "file_bytes_per_character": round(size / characters, 2),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=20_000)
    parser.add_argument("--batch", type=int, default=5000)
    parser.add_argument("--queries", type=int, default=20)
    parser.add_argument("--keep", type=Path, help="make the warehouse here and leave it")
    arguments = parser.parse_args()
    print(json.dumps(measure(arguments.articles, arguments.batch, arguments.queries, arguments.keep), indent=1))


if __name__ == "__main__":
    main()
