"""What cross-page memory does: share of the true text and of the furniture that stays, with and without trims and memory.

Usage: python benchmarks/memory.py [--simweb PATH/TO/simweb] [--outlets 6] [--days 2]

On the demo newsroom, and on the simulated web where its folder is given. Each page is read with what the other pages of its outlet have
taught. "chosen" are the blocks that the selector keeps; furniture is what of them is no true paragraph.
"""

from __future__ import annotations

import argparse
import importlib.util
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType

from demo.newsroom.edition import edition, load_stories
from demo.newsroom.pages import view
from demo.newsroom.site import Site
from ingest.records import OutletMemory, OutletProfile, PageBlocks, Recall
from ingest.recurring import recurring
from transforms.extract import captions, furniture, headlines, page, people, signals
from transforms.extract.blocks import Block
from transforms.extract.body import Decision, decisions, settled, shown
from transforms.extract.decode import decode
from transforms.extract.prints import print_of, prints, recurs
from transforms.extract.text import folded

OPENED, LATER = datetime(2026, 11, 23, 12, tzinfo=UTC), datetime(2026, 11, 30, tzinfo=UTC)


@dataclass(frozen=True)
class Read:
    """A page after the selector."""

    outlet: str
    key: str
    headline: str
    made: list[Decision]
    known: furniture.Known
    truth: list[str]

    @property
    def seen(self) -> list[bool]:
        """What the trims are shown."""
        return shown(self.made, self.known)

    @property
    def chosen(self) -> list[Block]:
        """Their blocks."""
        return [one.block for one, is_seen in zip(self.made, self.seen, strict=True) if is_seen]

    def cut(self, recall: Recall | None) -> list[str]:
        """The paragraphs of the record."""
        known = replace(self.known, recall=recall)
        made = settled(self.made, self.seen, furniture.trim(self.chosen, known).reasons)
        return [one.block.text for one in made if one.kept]

    def lesson(self) -> PageBlocks:
        """What it teaches."""
        return PageBlocks(
            outlet_id=self.outlet, page_id=self.key, headline=print_of(self.headline) or "", seen_at=OPENED, blocks=prints(self.chosen)
        )


def read(outlet: str, name: str, url: str, html: str, truth: list[str]) -> Read:
    found = signals.read(html, url, OutletProfile(outlet_id=outlet, name=name, home=url))
    known = page.known_parts(found, captions.captions(found), headlines.headline(found).text, people.credited_on(found).authors)
    return Read(outlet, url, known.headlines[0], decisions(found, known), known, truth)


def demo(*, is_named: bool) -> Iterator[Read]:
    """Every article of the demo newsroom; `is_named`: the outlet's name is known, as from its file, and helps to tell its slogans."""
    articles = edition(load_stories(), OPENED)
    for article in articles:
        base = f"http://127.0.0.1:88{article.house.number:02d}"
        reply = Site(article.house, base, [other for other in articles if other.house == article.house]).answer(article.path, LATER)
        shown = view(article, LATER, base)
        yield read(
            article.house.id,
            article.house.name if is_named else "",
            base + article.path,
            decode(reply.body, None),
            [*shown.paragraphs, *(text for _, text in article.item.live)],
        )


def simulated(options: argparse.Namespace) -> Iterator[Read]:
    """The first version of every article of the simulated web."""
    simweb = module(options.simweb / "simweb.py")
    world = simweb.World(1, options.outlets, options.days)
    site = simweb.Site(world, 8090, "ip", 1.0, 0.0, 0.0, 0.0, False, 0)
    for outlet, articles in enumerate(world.arts):
        above, below, *_ = site.boiler(outlet)
        for article in articles:
            head, text, *_ = site.article(outlet, article, 0)
            html = (head + above + text + below).decode(world.charset[outlet])
            yield read(
                f"o{outlet}", f"Outlet {outlet}", f"http://{simweb.host_of(outlet, 8090)}{article.slug}", html, world.text(article, 0)[1]
            )


def module(path: Path) -> ModuleType:
    """A program as a module."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = made
    spec.loader.exec_module(made)
    return made


def recalled(one: Read, lessons: list[PageBlocks]) -> Recall:
    """What the other pages of the outlet have taught."""
    count, found = recurring(lesson for lesson in lessons if lesson.page_id != one.key)
    return OutletMemory(outlet_id=one.outlet, learned_at=OPENED, pages=count, recurring=found).recall()


def ways(one: Read, recall: Recall) -> dict[str, list[str]]:
    """The paragraphs that each way of cutting leaves."""
    kept = [decision.block for decision in one.made if decision.kept]
    return {
        "chosen": [block.text for block in kept],
        "memory": [block.text for block, again in zip(kept, recurs(kept, recall), strict=True) if not again],
        "trims": one.cut(None),
        "trims + memory": one.cut(recall),
    }


def measure(name: str, pages: list[Read]) -> None:
    """Print one table."""
    lessons: dict[str, list[PageBlocks]] = defaultdict(list)
    for one in pages:
        lessons[one.outlet].append(one.lesson())
    text, waste, exact = defaultdict[str, int](int), defaultdict[str, int](int), defaultdict[str, int](int)
    true_size = 0
    for one in pages:
        wanted = [folded(line) for line in one.truth]
        true_size += sum(map(len, wanted))
        for way, kept in ways(one, recalled(one, lessons[one.outlet])).items():
            keys = [folded(line) for line in kept]
            is_true = [any(key.endswith(line) for line in wanted) for key in keys]  # a dateline may stand before
            text[way] += sum(
                max(len(line) for line in wanted if key.endswith(line)) for key, good in zip(keys, is_true, strict=True) if good
            )
            waste[way] += sum(len(key) for key, good in zip(keys, is_true, strict=True) if not good)
            exact[way] += all(is_true) and len(keys) == len(wanted)
    print(f"{name}: {len(pages)} pages of {len(lessons)} outlets")
    for way in text:
        share = waste[way] / waste["chosen"] if waste["chosen"] else 0.0
        print(f"  {way:16} true text {text[way] / true_size:7.2%}   furniture {share:7.2%}   exact {exact[way] / len(pages):7.2%}")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--simweb", type=Path)
    parser.add_argument("--outlets", type=int, default=6)
    parser.add_argument("--days", type=int, default=2)
    options = parser.parse_args()
    measure("demo newsroom", list(demo(is_named=True)))
    measure("demo newsroom, names of outlets unknown", list(demo(is_named=False)))
    if options.simweb:
        measure("simulated web", list(simulated(options)))


if __name__ == "__main__":
    main()
