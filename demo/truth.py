"""What is true of the demo's articles: `demo/truth.json` for every time and place, `/__demo/truth` for a running newsroom.

`python -m demo.truth` writes the file anew after a story has changed.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import typer

from common.clock import iso
from common.ids import sha256
from demo.model import Item, StoryFile
from demo.newsroom.clock import Clock
from demo.newsroom.edition import Article, Text, article, edition, load_stories, pattern_of, visible

FILE = Path(__file__).with_name("truth.json")
# Any opening does for the file: it holds nothing that depends on it.
SOME_OPENING = dt.datetime(2000, 1, 10, 12, tzinfo=dt.UTC)

Record = dict[str, Any]


def served(item: Item, text: Text) -> str:
    """The body a reader gets: paragraphs up to the paywall, joined by an empty line; posts of a live blog stand apart."""
    return "\n\n".join(text.paragraphs[: item.paywalled_after])


def version(item: Item, text: Text, earlier: Text | None) -> Record:
    """One text; `sign` is a string that stands in this text and not in the one before it (None in a first text)."""
    body = served(item, text)
    return {
        "headline": text.headline,
        "body": body,
        "content_sha256": sha256(f"{text.headline}\n\n{body}"),
        "notes": list(text.notes),
        "sign": sign(item, text, earlier) if earlier else None,
    }


def sign(item: Item, text: Text, earlier: Text) -> str | None:
    """What tells a text from the one before: the first new paragraph that is served, else the headline."""
    new = [p for p in text.paragraphs[: item.paywalled_after] if p not in earlier.paragraphs]
    return new[0] if new else text.headline if text.headline != earlier.headline else None


def versions(shown: Article) -> list[Record]:
    """Every text of an article with its time in minutes after publication."""
    befores = [None, *shown.texts]
    return [
        version(shown.item, text, before) | {"after_minutes": int((text.at - shown.published).total_seconds() // 60)}
        for text, before in zip(shown.texts, befores, strict=False)
    ]


def facts(shown: Article) -> Record:
    """What holds of an article wherever and whenever the newsroom runs."""
    item = shown.item
    return {
        "id": item.id,
        "outlet": item.outlet,
        "story": shown.story_id,
        "section": item.section,
        "standfirst": item.standfirst,
        "dateline": item.dateline,
        "pictures": [picture.model_dump() for picture in item.pictures],
        "byline": list(item.byline),
        "agency": item.agency,
        "announced": list(item.sources),
        "is_cut": item.paywalled_after is not None and item.paywalled_after < len(item.paragraphs),
        "live": [list(post) for post in item.live],
    }


def timeless(shown: Article) -> Record:
    """An article of the truth file: address and time as rules."""
    item = shown.item
    rule: Record = {"minutes": item.minutes} if item.minutes is not None else {"time": item.time}
    rule |= {"date": item.date.isoformat()} if item.date else {"day": item.day} if item.day else {}
    return facts(shown) | {"path": pattern_of(item), "published": rule, "versions": [*versions(shown)]}


def relations(stories: Sequence[StoryFile], bodies: Mapping[str, str]) -> Record:
    """Copies, stories, attributions, differences and missing claims among the articles in `bodies` (id -> text that is served)."""
    parts = [relations_within(story, bodies) for story in stories]
    return {name: [one for part in parts for one in part[name]] for name in ("copies", "stories", "attributions", "differences", "missing")}


def relations_within(story: StoryFile, bodies: Mapping[str, str]) -> Record:
    """The same of one story; a quote counts only where it is served."""

    def stands(quote: str, item_id: str) -> bool:
        return quote in bodies.get(item_id, "")

    items = [item for item in story.articles if item.id in bodies]
    everything = "\n".join(bodies[item.id] for item in items)
    differences = [d for d in story.differences if stands(d.quote_a, d.a) and stands(d.quote_b, d.b)]
    return {
        "copies": [{"article": i.id, "original": i.copy_of, "kind": i.copy_kind} for i in items if i.copy_of in bodies],
        "stories": [{"id": story.id, "title": story.title, "articles": [i.id for i in items]}],
        "attributions": [said.model_dump(mode="json") for said in story.sayings if stands(said.content, said.article)],
        "differences": [difference.model_dump(mode="json") for difference in differences],
        "missing": [m.model_dump(mode="json") for m in story.missing if m.article in bodies and m.claim in everything],
    }


def all_texts(shown: Article) -> str:
    """Every text of an article that was ever served, with its headlines and live posts: where quotes of the truth may stand."""
    texts = [part for text in shown.texts for part in (text.headline, shown.item.standfirst or "", served(shown.item, text))]
    return "\n".join([*texts, *(post for _, post in shown.item.live)])


def timeless_truth(stories: Sequence[StoryFile]) -> Record:
    """The content of `demo/truth.json`."""
    articles = [article(item, story.id, SOME_OPENING) for story in stories for item in story.articles]
    return {"articles": [timeless(a) for a in articles]} | relations(stories, {a.item.id: all_texts(a) for a in articles})


def running(shown: Article, base: str, clock: Clock) -> Record:
    """A visible article of a running newsroom; its versions are the texts that could be read since the newsroom opened."""
    dated = [
        record | {"at": iso(text.at), "readable": text.at <= clock.now and (later is None or later.at > clock.opened)}
        for record, text, later in zip(versions(shown), shown.texts, [*shown.texts[1:], None], strict=True)
    ]
    return facts(shown) | {
        "url": base + shown.path,
        "published_at": iso(shown.published),
        "modified_at": iso(shown.at(clock.now).at),
        "versions": [record for record in dated if record["readable"]],
    }


def running_truth(stories: Sequence[StoryFile], articles: Sequence[Article], bases: Mapping[str, str], clock: Clock) -> Record:
    """What `/__demo/truth` tells: only what has appeared, with the addresses of this newsroom (`bases`: outlet id -> site)."""
    shown = visible(articles, clock.now)
    times = [text.at for a in articles for text in a.texts if text.at > clock.now]
    bodies = {
        a.item.id: "\n".join([a.at(clock.now).headline, served(a.item, a.at(clock.now)), *(post for _, post in a.item.live)]) for a in shown
    }
    return {
        "opened": iso(clock.opened),
        "now": iso(clock.now),
        "to_come": len(times),
        "minutes_to_come": int((max(times) - clock.now).total_seconds() // 60) if times else 0,
        "articles": [running(a, bases[a.house.id], clock) for a in shown],
    } | relations(stories, bodies)


def main() -> None:
    """Write `demo/truth.json`."""
    stories = load_stories()
    edition(stories, SOME_OPENING)  # finds clashes between files
    FILE.write_text(json.dumps(timeless_truth(stories), ensure_ascii=False, indent=1) + "\n", "utf-8")
    typer.echo(f"wrote {FILE}")


if __name__ == "__main__":
    main()
