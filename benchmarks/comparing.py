"""Copies and stories over a long archive: CPU milliseconds an article, and the last fifth of the archive against the first.

    python benchmarks/comparing.py [--articles 20000] [--archive FILE.jsonl] [--day 100] [--window 4]

Without a file the articles are made here: events of six reports each over two days, every fifth report a shortened reprint, words by
Zipf's law, the same number a day throughout. A file holds {id, outlet, published, title, text} a line. Days are compared one after the
other, each with the window before it, as the warehouse does: vectors are made once, the day's articles meet those of the window, and what
their links join is clustered. CPU seconds of this process.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from common.ids import key
from transforms.compare.copies import copy_groups, find_copies
from transforms.compare.meeting import meet
from transforms.compare.profiles import encode
from transforms.compare.rarity import ranks
from transforms.compare.steps import article
from transforms.compare.stories import find_stories
from transforms.records import ComparableArticle

START = datetime(2018, 1, 1, tzinfo=UTC)
REPORTS, WORDS, VOCABULARY = 6, 350, 15_000


def made(count: int, day: int) -> Iterator[ComparableArticle]:
    """Articles of events, `day` a day, from the first day on."""
    chance = random.Random(7)
    common = sorted(ranks(), key=lambda stem: (ranks()[stem], stem))[:VOCABULARY]
    weights = [1 / (rank + 2.7) for rank in range(len(common))]
    for event in range(count // REPORTS):
        own = [word.title() for word in chance.sample(common[1000:], 12)]
        first = ""
        for report in range(REPORTS):
            words = chance.choices(common, weights, k=WORDS)
            for at in range(0, WORDS, 12):
                words[at] = chance.choice(own)
            text = f"{' '.join(words)}." if report % 5 != 4 else first[: len(first) * 2 // 3]
            first = first or text
            hours = event * REPORTS / day * 24 + chance.random() * 48
            yield ComparableArticle(
                article_id=key("article", f"{event} {report}"),
                outlet_id=f"o{report}",
                published_at=START + timedelta(hours=hours),
                headline=" ".join(own[:6]),
                body=text,
                language="en",
            )


def joined(seeds: set[object], links: dict[object, set[object]]) -> set[object]:
    """What a chain of links joins with the seeds."""
    found, waiting = set(seeds), list(seeds)
    while waiting:
        for other in links[waiting.pop()] - found:
            found.add(other)
            waiting.append(other)
    return found


def run(articles: Sequence[ComparableArticle], window: int) -> list[tuple[int, float]]:
    """Articles and CPU seconds of each day."""
    days: dict[int, list[ComparableArticle]] = defaultdict(list)
    for one in articles:
        days[(one.published_at - START).days].append(one)
    known: dict[object, ComparableArticle] = {}
    links: dict[object, set[object]] = defaultdict(set)
    spent = []
    for day in sorted(days):
        began = time.process_time()
        fresh = [one.model_copy(update={"vector": encode(one.headline, one.body)}) for one in days[day]]
        known |= {one.article_id: one for one in fresh}
        near = [one for back in range(window + 1) for one in days.get(day - back, [])]
        for link in meet([known[one.article_id] for one in near], frozenset(one.article_id for one in fresh), window_days=window):
            links[link.a].add(link.b)
            links[link.b].add(link.a)
        touched = [known[one] for one in joined({one.article_id for one in fresh}, links)]
        pairs = find_copies(touched, window_days=window)
        copy_groups(touched, pairs)
        find_stories(touched, pairs, window_days=window)
        spent.append((len(fresh), time.process_time() - began))
    return spent


def main() -> None:
    """Print one JSON line."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--articles", type=int, default=20_000)
    ask.add_argument("--archive", type=Path)
    ask.add_argument("--day", type=int, default=100)
    ask.add_argument("--window", type=int, default=4)
    given = ask.parse_args()
    found = (
        [article(json.loads(line)) for line in given.archive.read_text("utf-8").splitlines()]
        if given.archive
        else list(made(given.articles, given.day))
    )
    spent = run(found, given.window)
    fifth = max(1, len(spent) // 5)
    first, last = (sum(s for _, s in part) / sum(n for n, _ in part) * 1000 for part in (spent[1 : fifth + 1], spent[-fifth - 1 : -1]))
    total = sum(s for _, s in spent) / sum(n for n, _ in spent) * 1000
    figures = {"articles": len(found), "days": len(spent), "ms_an_article": round(total, 2), "first_fifth_ms": round(first, 2)}
    print(json.dumps(figures | {"last_fifth_ms": round(last, 2), "last_to_first": round(last / first, 3)}))


if __name__ == "__main__":
    main()
