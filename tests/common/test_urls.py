from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import FetchRefused
from common.urls import canonical, origin, parse


@pytest.mark.parametrize(
    ("given_url", "expected"),
    [
        ("HTTP://Example.org:80/a?utm_source=x&id=7#top", "http://example.org/a?id=7"),
        ("https://example.org/a?fbclid=1", "https://example.org/a"),
        ("https://example.org/a?b=2&a=1", "https://example.org/a?b=2&a=1"),
        ("https://user:secret@example.org/", "https://example.org/"),
        (" https://example.org/ä b ", "https://example.org/%C3%A4%20b"),
        ("https://bücher.example/", "https://xn--bcher-kva.example/"),
        ("https://example.org/a/../b/./c", "https://example.org/b/c"),
        ("https://example.org/?partner=rss&UTM_Medium=feed", "https://example.org/"),
        ("https://example.org/a?srsltid=1&gbraid=2&_gl=3&mtm_campaign=4&ysclid=5&mkt_tok=6&id=7", "https://example.org/a?id=7"),
        ("https://example.org/a;jsessionid=0A1B.node1?id=7", "https://example.org/a?id=7"),
        ("https://example.org/a;page=2?PHPSESSID=x", "https://example.org/a;page=2"),
        ("https://example.org/a#:~:text=bridge", "https://example.org/a"),
    ],
)
def test_canonical(given_url: str, expected: str) -> None:
    assert canonical(given_url) == expected


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org/a?ref=home", "https://example.org/a?share=1", "https://example.org/a?source=x", "https://example.org/?p=7&page=2",
        "https://example.org/amp/a", "https://example.org/a/amp", "https://example.org/a?amp", "https://amp.example.org/a", "https://example.org/A",
        "https://example.org/a/", "https://example.org/a//b", "https://www.example.org/a", "http://example.org/a", "https://example.org/index.html",
        "https://example.org/a?b=1&b=2", "https://example.org/a?q=utm_source%3Dx", "https://example.org/a?pk=7", "https://example.org/a?cmp=7",
    ],
)  # fmt: skip
def test_what_may_be_another_page_keeps_its_address(url: str) -> None:
    assert canonical(url) == url


def test_relative_addresses_need_a_base() -> None:
    assert canonical("../x?gclid=1", "https://example.org/news/today/") == "https://example.org/news/x"


@pytest.mark.parametrize(
    "bad", ["", "news", "ftp://example.org/", "javascript:alert(1)", "file:///etc/passwd", "http://", "data:text/html,x", "http://[::bad"]
)
def test_what_is_no_web_address_is_refused(bad: str) -> None:
    with pytest.raises(FetchRefused) as caught:
        parse(bad)
    assert caught.value.reason == "fetch_refused"


def test_origin_keeps_a_port_that_is_not_the_default() -> None:
    assert origin("http://127.0.0.1:8801/a") == "http://127.0.0.1:8801"
    assert origin("https://Example.org:443/a") == "https://example.org"


words = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=30)


@given(path=words, query=words)
def test_canonical_is_idempotent(path: str, query: str) -> None:
    once = canonical(f"https://example.org/{path}?{query}")
    assert canonical(once) == once
    assert "#" not in once
