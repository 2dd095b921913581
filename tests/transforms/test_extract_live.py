"""Live blogs: posts by elements or JSON-LD, their times, their places in the text."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.records import OutletProfile
from transforms.extract import extract, live, signals
from transforms.extract.live import Post, arranged, owned, placed

URL = "https://www.lantern.example/town/live-blog/well"
NOW = datetime(2020, 5, 4, 18, tzinfo=UTC)
LEAD = "The council of Hollin votes tonight on the old well; this page follows the evening as it goes."
POSTS = [
    ("2020-05-04T19:40:00+02:00", "It is done", "The rope holds. The mayor drew the first bucket at twenty to eight, to much applause."),
    ("2020-05-04T19:05:00+02:00", None, "The treasurer says that the rope cost nine crowns a household, one less than feared."),
    ("2020-05-04T18:30", "The hall fills", "Some six hundred people have come to the square; the band of the village plays."),
]


def post(at: str, headline: str | None, text: str, tag: str = "div", kind: str = "post") -> str:
    title = f"<h3>{headline}</h3>" if headline else ""
    return f'<{tag} class="{kind}"><time datetime="{at}">some time</time>{title}<p>{text}</p><p>Share this post</p></{tag}>'


def html(posts: str, head: str = "") -> str:
    top = f'<h1>Well vote live</h1><time datetime="2020-05-04">today</time><p>{LEAD}</p>'
    return f"<html lang=en><head>{head}</head><body><article>{top}{posts}</article>"


def read(page: str, paragraphs: list[str]) -> tuple[list[str], list[tuple[str, str | None, str]]]:
    outlet = OutletProfile(outlet_id="lantern", name="", home="", timezone="Europe/Berlin")
    lines, posts = arranged(signals.read(page, URL, outlet), paragraphs, NOW)
    body = "\n\n".join(lines)
    return lines, [(one.posted_at.isoformat() if one.posted_at else "", one.headline, body[one.start : one.end]) for one in posts]


@pytest.mark.parametrize(("tag", "kind"), [("div", "post"), ("article", "liveblog-entry"), ("li", "x"), ("section", "")])
def test_posts_are_the_elements_with_a_time_that_stand_in_a_row(tag: str, kind: str) -> None:
    texts = [text for _, _, text in POSTS]
    lines, posts = read(html("".join(post(*one, tag=tag, kind=kind) for one in POSTS)), [LEAD, *texts])
    assert lines == [LEAD, *texts]
    assert [(headline, text) for _, headline, text in posts] == [(headline, text) for _, headline, text in POSTS]
    assert [at for at, _, _ in posts] == [POSTS[0][0], POSTS[1][0], "2020-05-04T18:30:00+02:00"]


def test_posts_that_the_text_lacks_are_put_below_its_lead() -> None:
    lines, posts = read(html("".join(post(*one) for one in POSTS)), [LEAD])
    assert lines[0] == LEAD
    assert [text.split("\n\n")[-1] for _, _, text in posts] == [text for _, _, text in POSTS]
    assert "Share this post" not in lines


def test_posts_of_json_ld_tell_times_but_bring_no_text() -> None:
    updates = [{"@type": "BlogPosting", "datePublished": at, "headline": head, "articleBody": f"<p>{text}</p>"} for at, head, text in POSTS]
    data = {"@type": "LiveBlogPosting", "headline": "Well vote live", "liveBlogUpdate": updates}
    page = html("", f'<script type="application/ld+json">{json.dumps(data)}</script>')
    lines, posts = read(page, [LEAD, POSTS[1][2]])
    assert lines == [LEAD, POSTS[1][2]]
    assert posts == [("2020-05-04T19:05:00+02:00", None, POSTS[1][2])]


def test_one_time_and_times_of_the_future_make_no_series() -> None:
    assert read(html(post(*POSTS[0])), [LEAD, POSTS[0][2]])[1] == []
    later = [("2031-01-01T00:00:00Z", None, text) for _, _, text in POSTS]
    assert [at for at, _, _ in read(html("".join(post(*one) for one in later)), [LEAD])[1]] == ["", "", ""]


def test_a_page_that_is_no_live_blog_has_no_posts() -> None:
    page = html("".join(post(*one) for one in POSTS)).encode()
    assert extract(page, "https://www.lantern.example/town/well").posts == []
    found = extract(page, URL, captured_at=NOW)
    assert found.is_live
    assert [found.body[one.start : one.end].split("\n\n")[-1] for one in found.posts] == [text for _, _, text in POSTS]


def test_many_times_are_looked_at_up_to_a_bound() -> None:
    page = html("".join(post("2020-05-04T10:00:00Z", None, f"Post number {n} of the evening.") for n in range(live.MOST_TIMES + 50)))
    assert len(live.printed(signals.read(page, URL), live.ZoneInfo("UTC"), NOW)) <= live.MOST_TIMES


@given(st.lists(st.sampled_from("abcdef"), max_size=12), st.lists(st.lists(st.sampled_from("abcdef"), max_size=3), max_size=5))
def test_posts_lie_in_the_text_in_order_and_apart(paragraphs: list[str], texts: list[list[str]]) -> None:
    posts = [Post(None, None, words) for words in texts]
    found = placed(paragraphs, owned(paragraphs, posts), posts)
    body = "\n\n".join(paragraphs)
    assert all(0 <= one.start < one.end <= len(body) for one in found)
    assert all(before.end < after.start for before, after in pairwise(found))
