"""Live blogs: the posts of a page with their times, found in its elements or in its JSON-LD, and where they stand in the text."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from selectolax.lexbor import LexborNode

from ingest.records import OutletProfile
from transforms.extract import flags, jsonld
from transforms.extract.blocks import Block
from transforms.extract.lines import is_furniture
from transforms.extract.moments import acceptable, parse
from transforms.extract.signals import Signals, shown
from transforms.extract.text import folded, unescaped
from transforms.records import LivePost

# One time belongs to the page, two alike are a series.
FEWEST_POSTS = 2
# A time stands a few elements below its post; more steps reach the list of posts, then the page.
MOST_STEPS = 6
# The longest live blogs seen load some 100 posts at once; looking at more elements is for attackers.
MOST_TIMES = 500
TIMES = "time[datetime], [itemprop~='datePublished'][content], [itemprop~='datePublished'][datetime]"
TEXTS = "p, li, h2, h3, h4, blockquote"
HEADINGS = "h2, h3, h4"
# Where a paragraph of JSON-LD ends, be it text or HTML, escaped or not.
ENDS = re.compile(r"\n+|(?:<|&lt;)(?:/p|/li|br ?/?)(?:>|&gt;)", re.IGNORECASE)
# The chosen text lacks the posts where it has fewer than this share of them.
ENOUGH_POSTS = 0.5


@dataclass(frozen=True)
class Post:
    """A post as the page has it, before its place in the text is known."""

    at: datetime | None
    headline: str | None
    texts: list[str] = field(default_factory=list)


def arranged(signals: Signals, paragraphs: list[str], latest: datetime | None) -> tuple[list[str], list[LivePost]]:
    """(paragraphs, posts): posts in the order of the page with their places in the text that the paragraphs make; none on other pages.

    Printed posts that the chosen paragraphs mostly lack are put after those that belong to none; JSON-LD only tells times and places,
    since it may hold hundreds of posts that the page does not show.
    """
    if not flags.is_live(signals):
        return paragraphs, []
    zone = ZoneInfo(signals.outlet.timezone if signals.outlet else OutletProfile.model_fields["timezone"].default)
    shown_posts = printed(signals, zone, latest)
    found = shown_posts or linked(signals, zone, latest)
    owners = owned(paragraphs, found)
    if shown_posts and len({owner for owner in owners if owner is not None}) < ENOUGH_POSTS * len(found):
        lead = [text for text, owner in zip(paragraphs, owners, strict=True) if owner is None]
        paragraphs = [*lead, *(text for post in found for text in post.texts)]
        owners = owned(paragraphs, found)
    return paragraphs, placed(paragraphs, owners, found)


def owned(paragraphs: list[str], posts: list[Post]) -> list[int | None]:
    """For each paragraph the number of the first post that holds it; posts never go backwards."""
    holders: dict[str, list[int]] = defaultdict(list)
    for number, post in enumerate(posts):
        for text in post.texts:
            holders[folded(text)].append(number)
    owners: list[int | None] = []
    reached = 0
    for text in paragraphs:
        owner = next((number for number in holders.get(folded(text), ()) if number >= reached), None)
        reached = reached if owner is None else owner
        owners.append(owner)
    return owners


def placed(paragraphs: list[str], owners: list[int | None], posts: list[Post]) -> list[LivePost]:
    """The posts that have paragraphs, with the place of these in the joined text."""
    spans: dict[int, tuple[int, int]] = {}
    start = 0
    for text, owner in zip(paragraphs, owners, strict=True):
        if owner is not None:
            spans[owner] = (spans.get(owner, (start, 0))[0], start + len(text))
        start += len(text) + len("\n\n")
    return [
        LivePost(posted_at=posts[number].at, headline=posts[number].headline, start=begin, end=end)
        for number, (begin, end) in sorted(spans.items())
    ]


def printed(signals: Signals, zone: ZoneInfo, latest: datetime | None) -> list[Post]:
    """Posts by their elements: the smallest elements with a time that stand beside others of the same tag and class."""
    paths = [path_of(node) for node in signals.tree.css(TIMES)[:MOST_TIMES]]
    for step in range(MOST_STEPS):
        groups: dict[tuple[int, str, str], dict[int, tuple[LexborNode, LexborNode]]] = defaultdict(dict)
        for path in paths:
            if len(path) > step + 1 and (node := path[step]).css_first(TEXTS) is not None:
                groups[path[step + 1].mem_id, node.tag or "", node.attributes.get("class") or ""].setdefault(node.mem_id, (node, path[0]))
        best = max(groups.values(), key=len, default={})
        if len(best) >= FEWEST_POSTS:
            return [post_of(node, time, zone, latest) for node, time in best.values()]
    return []


def path_of(node: LexborNode) -> list[LexborNode]:
    """The element and those around it, innermost first."""
    path = [node]
    while len(path) <= MOST_STEPS and (parent := path[-1].parent) is not None and parent.tag not in {"body", "html"}:
        path.append(parent)
    return path


def post_of(node: LexborNode, time: LexborNode, zone: ZoneInfo, latest: datetime | None) -> Post:
    """One post: its time, its first heading, its paragraphs without those that only hold others."""
    raw = time.attributes.get("datetime") or time.attributes.get("content") or ""
    inner = [element for element in node.css(TEXTS) if len(element.css(TEXTS)) == 1]  # itself
    heading = node.css_first(HEADINGS)
    texts = [text for element in inner if (text := shown(element)) and not is_furniture(Block("p", text))]
    return Post(moment(raw, zone, latest), shown(heading) or None if heading else None, texts)


def linked(signals: Signals, zone: ZoneInfo, latest: datetime | None) -> list[Post]:
    """Posts by the liveBlogUpdate of JSON-LD."""
    found = []
    for node in signals.nodes:
        updates = node.get("liveBlogUpdate") if "LiveBlogPosting" in jsonld.types(node) else None
        for update in updates if isinstance(updates, list) else []:
            if isinstance(update, dict):
                lines = [unescaped(line) for text in jsonld.strings(update.get("articleBody")) for line in ENDS.split(text)]
                raw = jsonld.first(update, "datePublished") or ""
                found.append(Post(moment(raw, zone, latest), jsonld.first(update, "headline"), [line for line in lines if line]))
    return found


def moment(raw: str, zone: ZoneInfo, latest: datetime | None) -> datetime | None:
    """The instant, if it can be read and believed."""
    parsed = parse(raw, zone)
    return parsed[0] if parsed and acceptable(parsed[0], latest) else None
