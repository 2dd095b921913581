"""Bytes of a warehouse of real text: a character of body, a claim mention, and what the search index takes of it.

    python benchmarks/room.py ARCHIVE.jsonl[.xz] [ARCHIVE …] [--method fast]

An archive holds {id, outlet, published, title, text} a line. Every text is landed and loaded with its mentions, without them, and
without mentions and index; the files are checkpointed and their sizes set against each other.
"""

from __future__ import annotations

import argparse
import json
import lzma
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock

from searching import NOON, captures

from common.settings import Settings
from transforms.claims import find_mentions
from transforms.compare.steps import article, version
from transforms.records import Article, Transformed
from warehouse import indexing
from warehouse.connect import open_private
from warehouse.landing import folder, verify, write_landing
from warehouse.load import load
from warehouse.migrate import migrate

KEY = "room"


def rows(files: list[Path]) -> Iterator[dict[str, Any]]:
    """Every line of the archives; ids are told apart by the archive."""
    for file in files:
        with (lzma.open if file.suffix == ".xz" else open)(file, "rt", encoding="utf-8") as lines:
            for line in lines:
                row = json.loads(line)
                yield row | {"id": f"{file.name} {row['id']}"}


def record(row: dict[str, Any], url: str, method: Any) -> Transformed:
    """A line as what the transforms make of a page."""
    one = article(row)
    text = version(row).model_copy(update={"language": "en"})
    home = Article(article_id=one.article_id, outlet_id=one.outlet_id, canonical_url=url, first_seen_at=NOON)
    return Transformed(article=home, version=text, mentions=find_mentions(text, method))


def size(made: list[Transformed]) -> int:
    """Bytes of the file with these records."""
    with tempfile.TemporaryDirectory() as place:
        settings = Settings(_env_file=None, data_dir=place)
        known = captures(KEY, 0, len(made))
        landed = [
            one.model_copy(update={"version": one.version.model_copy(update={"capture_id": capture.capture_id, "batch_key": KEY})})
            for one, capture in zip(made, known, strict=True)
            if one.version
        ]
        write_landing(settings, KEY, known, landed)
        with open_private(settings) as con:
            migrate(con)
            empty = settings.warehouse_file.stat().st_size
            load(con, verify(folder(settings, KEY)), folder(settings, KEY), NOON)
            con.execute("CHECKPOINT")
        return settings.warehouse_file.stat().st_size - empty


def main() -> None:
    """Print one JSON line."""
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("archives", type=Path, nargs="+")
    ask.add_argument("--method", default="fast", choices=["model", "fast", "rules"])
    given = ask.parse_args()
    made = [record(row, f"https://room.example/{at}", given.method) for at, row in enumerate(rows(given.archives))]
    characters = sum(len(one.version.body) for one in made if one.version)
    mentions = sum(len(one.mentions) for one in made)
    bare = [one.model_copy(update={"mentions": ()}) for one in made]
    whole, texts = size(made), size(bare)
    with mock.patch.object(indexing, "index_chunk", return_value=0):
        plain = size(bare)
    print(
        json.dumps(
            {
                "articles": len(made),
                "body_characters": characters,
                "mentions": mentions,
                "file_bytes": whole,
                "bytes_per_body_character": round(whole / characters, 3),
                "without_mentions_per_body_character": round(texts / characters, 3),
                "without_mentions_and_index_per_body_character": round(plain / characters, 3),
                "bytes_per_mention": round((whole - texts) / max(1, mentions), 1),
            }
        )
    )


if __name__ == "__main__":
    main()
