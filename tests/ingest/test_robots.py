from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.robots import MAX_BYTES, MAX_CRAWL_DELAY_S, Robots, decode, is_fresh, product_token

ME = "NewsBot/2.0 (+https://news.example/bot)"
H = "http://h.example"


def allows(text, path):
    return Robots(text, ME).allows(H + path)


@pytest.mark.parametrize(
    ("text", "path", "expected"),
    [
        ("User-agent: *\nDisallow: /p", "/p/1", False),
        ("User-agent: *\nDisallow: /p", "/q", True),
        ("User-agent: *\nDisallow: /\n\nUser-agent: newsbot\nAllow: /\n", "/x", True),
        ("User-agent: NEWSBOT\nDisallow: /x", "/x", False),
        ("User-agent: *\nDisallow: /a\n\nUser-agent: NewsBot\nDisallow: /b", "/a", True),
        ("User-agent: a\nUser-agent: NewsBot\nDisallow: /x", "/x", False),
        ("User-agent: NewsBot\nDisallow: /a\n\nUser-agent: x\nDisallow: /c\n\nUser-agent: NewsBot\nDisallow: /b", "/a", False),
        ("User-agent: NewsBot\nDisallow: /a\n\nUser-agent: x\nDisallow: /c\n\nUser-agent: NewsBot\nDisallow: /b", "/b", False),
        ("User-agent: NewsBot\nDisallow: /a\n\nUser-agent: x\nDisallow: /c\n\nUser-agent: NewsBot\nDisallow: /b", "/c", True),
        ("User-agent: News\nDisallow: /", "/x", True),
        ("User-agent: NewsBotX\nDisallow: /", "/x", True),
        ("User-agent: NewsBot/2.1\nDisallow: /x", "/x", False),
        ("User-agent: NewsBot the great\nDisallow: /x", "/x", False),
        ("User-agent: NewsBot # us\nDisallow: /x # all", "/x", False),
        ("user agent NewsBot\ndisallow /x", "/x", False),
        ("Disallow: /x\nUser-agent: *\nAllow: /y", "/x", True),
        ("User-agent: *\nDisallow: /a\nAllow: /a/b", "/a/b/c", True),
        ("User-agent: *\nDisallow: /*.pdf$", "/a.pdf", False),
        ("User-agent: *\nDisallow: /*.pdf$", "/a.pdf?x", True),
        ("User-agent: *\nDisallow: /caf%C3%A9", "/café", False),
        ("\ufeffUser-agent: *\nDisallow: /", "/x", False),
        ("User-agent: *\rDisallow: /\r", "/x", False),
        ("User-agent: *\nDisallow: /", "/robots.txt", True),
        ("User-agent: *\nDisallow:", "/x", True),
        ("<html><body>Not found</body></html>", "/x", True),
        ("", "/x", True),
    ],
)
def test_rules_of_rfc_9309(text, path, expected):
    assert allows(text, path) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("User-agent: *\nCrawl-delay: 2.5", 2.5),
        ("User-agent: *\nCrawl-delay: 99999", MAX_CRAWL_DELAY_S),
        ("User-agent: News\nCrawl-delay: 7", None),
        ("User-agent: NewsBot\nCrawl-delay: 7\n\nUser-agent: *\nCrawl-delay: 1", 7.0),
        ("User-agent: *\nCrawl-delay: soon", None),
        ("", None),
    ],
)
def test_crawl_delay(text, expected):
    assert Robots(text, ME).crawl_delay_s == expected


@given(st.text(max_size=300))
def test_any_text_is_read_without_an_error(text):
    rules = Robots(text, ME)
    assert rules.allows(H + "/robots.txt")
    assert rules.allows(H + "/x") in {True, False}


@given(st.from_regex(r"[a-z]{1,12}", fullmatch=True))
def test_rules_for_another_crawler_are_not_ours(name):
    expected = name != "newsbot"
    assert allows(f"User-agent: {name}\nDisallow: /", "/x") is expected


@pytest.mark.parametrize(
    ("header", "token"), [("Consilience/0.1 (+https://x.example)", "Consilience"), ("my_bot-x 1", "my_bot-x"), ("7bot", "7bot"), ("A", "A")]
)
def test_product_token(header, token):
    assert product_token(header) == token


def test_the_text_is_cut_and_mended():
    assert decode(b"\xef\xbb\xbfUser-agent: *") == "User-agent: *"
    assert decode(b"a\xff\x00b") == "a\ufffdb"
    assert len(decode(b"x" * (MAX_BYTES + 5))) == MAX_BYTES


def test_a_copy_is_used_for_a_day():
    now = datetime(2026, 11, 23, tzinfo=UTC)
    assert not is_fresh(None, now)
    assert is_fresh(now - timedelta(hours=23, minutes=59), now)
    assert not is_fresh(now - timedelta(hours=24), now)
