"""Pages that are broken, hostile or no pages at all: an ExtractedPage or a PageRejected, nothing else."""

from __future__ import annotations

import contextlib
import json
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from common.errors import PageRejected
from ingest.records import Hint
from transforms.extract import ExtractedPage, extract
from transforms.extract.text import folded

URL = "https://paper.example/story"
TEXT = "The council voted on Monday night to keep the line open until the spring, the mayor said after the meeting. " * 3
PAGE = f"<html><head><title>Council keeps the tram</title></head><body><h1>Council keeps the tram</h1><p>{TEXT}</p></body></html>"

REJECTED = {
    "empty": b"",
    "blank": b" \n\t ",
    "nul": b"\0" * 5000,
    "binary": bytes(range(256)) * 200,
    "gzip": bytes.fromhex("1f8b0800000000000003") + bytes(range(256)) * 20,
    "only tags": b"<html><body><div></div></body></html>",
    "100k nested": b"<div>" * 100_000 + b"<p>text",
    "tag soup": b"<<<<>>>>" * 20_000,
}


@pytest.mark.parametrize("name", REJECTED)
def test_what_is_no_page_is_rejected(name: str) -> None:
    with pytest.raises(PageRejected) as caught:
        extract(REJECTED[name], URL)
    assert caught.value.where["url"] == URL


def test_ten_megabytes_in_one_paragraph() -> None:
    with contextlib.suppress(PageRejected):
        extract(b"<h1>Long</h1><p>" + b"word " * 2_000_000, URL)


@pytest.mark.parametrize(
    "html",
    [
        PAGE.replace("<p>", "<p>\0\0"),
        PAGE.replace("<p>", "<p>&#xD800;&#0;&#x110000;"),
        PAGE.replace(
            "<head>",
            '<head><script type="application/ld+json">{"@type":"Article","headline":"\\ud800 Council","author":"\\udfff"}</script>',
        ),
        PAGE.replace("<head>", '<head><script type="application/ld+json">' + "[" * 50_000 + "</script>"),
        PAGE.replace(
            "<head>",
            '<head><script type="application/ld+json">{"@type":["Article",7,null],"author":[[{"name":{}}]],"headline":[]}</script>',
        ),
        PAGE.replace("<head>", '<head><meta name="date" content="99999-99-99T99:99"><link rel="canonical" href="http://[oops">'),
        PAGE.replace("</p>", "<br>" * 5000 + "</p>"),
        PAGE.replace("<body>", "<body>" + "<table><tr><td>" * 500),
        PAGE[:-40],
    ],
)
def test_the_article_in_a_broken_page_is_found(html: str) -> None:
    page = extract(html.encode("utf-8", "surrogatepass"), URL)
    assert "The council voted" in page.body
    page.model_dump_json().encode("utf-8")
    assert not any("\ud800" <= character <= "\udfff" or character == "\0" for character in page.body + page.headline)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.binary(max_size=300), st.sampled_from([None, "text/html; charset=utf-16", "text/plain", "x" * 200]))
def test_random_bytes(body: bytes, content_type: str | None) -> None:
    with contextlib.suppress(PageRejected):
        assert isinstance(extract(body, URL, content_type=content_type), ExtractedPage)


TAGS = st.sampled_from(
    ["p", "div", "h1", "h2", "ul", "li", "table", "td", "figure", "figcaption", "article", "main", "a", "b", "br", "script", "section"]
)
ELEMENTS = st.recursive(
    st.text(max_size=60) | st.just(TEXT),
    lambda inner: st.builds(lambda tag, parts: f"<{tag}>{''.join(parts)}</{tag}>", TAGS, st.lists(inner, max_size=4)),
    max_leaves=12,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(ELEMENTS)
def test_random_trees_never_repeat_their_headline_in_the_body(tree: str) -> None:
    html = f"<title>Council keeps the tram</title><h1>Council keeps the tram</h1>{tree}".encode("utf-8", "replace")
    with contextlib.suppress(PageRejected):
        page = extract(html, URL)
        assert folded(page.headline) not in {folded(line) for line in page.body.split("\n\n")}
        assert page.body == page.body.strip()


def test_a_page_without_a_title_takes_the_source_s() -> None:
    page = extract(
        f"<p>{TEXT}</p>".encode(), URL, hint=Hint(source="feed", title="From the feed"), captured_at=datetime(2020, 1, 1, tzinfo=UTC)
    )
    assert page.headline == "From the feed"


def test_a_page_without_text_in_its_tags_is_read_from_its_data() -> None:
    facts = {"@type": "NewsArticle", "headline": "Tram stays", "articleBody": f"{TEXT}\n\nNobody spoke against it."}
    data = f'<script type="application/ld+json">{json.dumps(facts)}</script>'
    page = extract(f"<html><head>{data}</head><body><div id=app></div></body></html>".encode(), URL)
    assert page.headline == "Tram stays"
    assert page.body.count("\n\n") == 1


def test_plain_text_without_a_paragraph_is_rejected() -> None:
    with pytest.raises(PageRejected):
        extract(b"Home\nNews\nSport\n", URL, content_type="text/plain")
