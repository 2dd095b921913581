"""Clauses beside sentences of other outlets: does the sentence report what the clause states? Here lie labels and digests of the words.

    python -m training.pairs.links [ARCHIVE.jsonl.xz …] [--events FOLDER --skip …] --out LINKS.jsonl [--each 400] [--read PAGES.txt]
    python -m training.pairs.links --links LINKS.jsonl --add READ.tsv
    python -m training.pairs.links --links LINKS.jsonl --out LABELLED.jsonl

The first writes pairs as the comparison meets them, for each clause the likeliest sentence of every other article, so many of each stretch
of likelihood, and with --read the same as text for reading. The second adds lines "number label sure" to the table. The third joins.
"""

from __future__ import annotations

import argparse
import random
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from common.ids import sha256
from training.pairs.corpus import lines, write_lines
from training.pairs.labels import judged
from training.pairs.loose import by_event
from transforms.claims import find_mentions
from transforms.compare.claims import saying
from transforms.compare.reach import Reaching, likeliest
from transforms.compare.steps import version
from transforms.compare.told import Told

LABELS = Path(__file__).parent / "links.tsv"
# Where stretches of likelihood begin and end: below a tenth hardly any sentence reports the clause.
EDGES = (0.1, 0.2, 0.28, 0.4, 0.55, 0.7, 0.85, 1.01)
# Characters of both texts: longer ones are lists that were taken for a sentence.
LONGEST = 900
Link = dict[str, Any]


def links(articles: Sequence[Mapping[str, Any]]) -> Iterator[Link]:
    """{clause, sentence, other, likely} of every clause of a story and the likeliest sentence of each other article."""
    told = Told.of([saying(one) for row in articles for one in find_mentions(version(dict(row)), "model")])
    asked = Reaching(told)
    for at, clause in enumerate(told.clauses):
        for article, sentences in told.at.items():
            found = {} if clause.sentence in sentences else asked.alike(at, article)
            if found:
                other = likeliest(found)
                words = {"clause": clause.text, "sentence": told.texts[clause.sentence], "other": told.texts[told.clauses[other].sentence]}
                yield words | {"likely": found[other]}


def sampled(found: Sequence[Link], each: int, chance: random.Random) -> list[Link]:
    """So many links of each stretch, no two of one pair of sentences."""
    kept: dict[tuple[str, str], Link] = {}
    counts: Counter[float] = Counter()
    for one in chance.sample(found, len(found)):
        edge = next((low for low, high in pairwise(EDGES) if low <= one["likely"] < high), None)
        pair = (one["sentence"], one["other"])
        if edge is not None and counts[edge] < each and pair not in kept and sum(map(len, pair)) < LONGEST:
            kept[pair] = one
            counts[edge] += 1
    return list(kept.values())


def page(number: int, link: Link) -> str:
    """A link as a person reads it."""
    return f"#{number}\nCLAIM: {link['clause']}\nIN: {link['sentence']}\nOTHER: {link['other']}\n\n"


def digest(link: Mapping[str, Any]) -> str:
    """Names a link without its words: 16 hexadecimal digits of SHA-256."""
    return sha256(f"{link['clause']}\n{link['other']}")[:16]


def added(read: Iterable[str], found: Sequence[Link]) -> Iterator[str]:
    """Lines for the table of labels.

    Raises:
        ValueError: a label is neither y nor n, or sureness not 1 to 3.
    """
    for line in read:
        number, label, sure = judged(line, ("y", "n"), "a link, y or n")
        yield f"{digest(found[number])}\t{label}\t{sure}\n"


def joined(table: Iterable[str], found: Iterable[Link]) -> Iterator[Link]:
    """The labelled links, each with `states` and `sure`."""
    known = {name: (label, sure) for name, label, sure in map(str.split, table)}
    for one in found:
        if label := known.get(digest(one)):
            yield one | {"states": label[0] == "y", "sure": int(label[1])}


def main() -> None:
    """Draw, add or join."""
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("archives", type=Path, nargs="*")
    for name in ("events", "links", "add", "out", "read"):
        ask.add_argument(f"--{name}", type=Path)
    ask.add_argument("--labels", type=Path, default=LABELS)
    ask.add_argument("--skip", nargs="*", default=[], help="events to leave out, without ending")
    ask.add_argument("--each", type=int, default=400, help="links of each stretch of likelihood")
    asked = ask.parse_args()
    found = lines(asked.links)
    if asked.add:
        new = "".join(added(asked.add.read_text("utf-8").splitlines(), found))
        with asked.labels.open("a", encoding="utf-8") as table:
            table.write(new)
    elif asked.links:
        write_lines(asked.out, joined(asked.labels.read_text("utf-8").splitlines(), found))
    else:
        stories = by_event(asked.archives, asked.events, asked.skip)
        drawn = sampled([one for articles in stories for one in links(articles)], asked.each, random.Random(7))
        write_lines(asked.out, drawn)
        if asked.read:
            asked.read.write_text("".join(map(page, range(len(drawn)), drawn)), "utf-8")


if __name__ == "__main__":
    main()
