from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from protego import Protego

from ingest.manners.robots import (
    GIVE_UP,
    MAX_BYTES,
    MAX_CRAWL_DELAY_S,
    RETRY_S,
    Copy,
    Robots,
    decode,
    means,
    normal,
    product_token,
    rule_of,
)

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
        ("User-agent: *\nCrawl-delay: -3", None),
        ("User-agent: *\nCrawl-delay: inf", None),
        ("User-agent: *\nCrawl-delay: .5\nDisallow: /x\nCrawl-delay: 3", 3.0),
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


NOW = datetime(2026, 11, 23, tzinfo=UTC)


def test_a_copy_is_used_for_a_day():
    assert Copy().usable(NOW) is None
    assert Copy("x", NOW - timedelta(hours=23, minutes=59)).usable(NOW) == "x"
    assert Copy("", NOW).usable(NOW) == ""
    assert Copy("x", NOW - timedelta(hours=24)).usable(NOW) is None


def test_unreachable_rules_are_asked_for_again_after_a_while():
    down = Copy("x", NOW - timedelta(hours=25)).failed(NOW, None)
    assert (down.down_since, down.wait_s(NOW)) == (NOW, RETRY_S)
    assert down.usable(NOW) is None
    assert down.wait_s(NOW + timedelta(seconds=RETRY_S)) == 0
    later = NOW + timedelta(days=3)
    assert down.failed(later, 30.0).down_since == NOW
    assert down.failed(later, 30.0).wait_s(later) == 30
    assert down.failed(later, 0.0).wait_s(later) == 1


@pytest.mark.parametrize(("text", "expected"), [("x", "x"), (None, "")])
def test_after_a_month_the_last_copy_holds_and_without_one_there_are_no_rules(text, expected):
    down = Copy(text, NOW - timedelta(days=1), down_since=NOW)
    for days, usable in ((1, None), (29, None), (30, expected), (400, expected)):
        then = NOW + timedelta(days=days)
        assert down.failed(then, None).usable(then) == usable
    assert down.usable(NOW + GIVE_UP) is None  # it is asked for first


@pytest.mark.parametrize(
    ("status", "expected"),
    [(200, "rules"), (203, "rules"), (204, "none"), (206, "unreachable"), (304, "unreachable"), (400, "none"), (403, "none"), (404, "none"),
     (408, "none"), (418, "none"), (429, "unreachable"), (499, "none"), (500, "unreachable"), (599, "unreachable"), (0, "unreachable")],
)  # fmt: skip
def test_what_a_status_means(status, expected):
    assert means(status) == expected


@pytest.mark.parametrize(
    ("text", "path", "expected"),
    [
        # other records must not end a group (RFC 9309 section 2.2.4)
        ("User-agent: a\nCrawl-delay: 1\nUser-agent: NewsBot\nDisallow: /x", "/x", False),
        ("User-agent: NewsBot\nCrawl-delay: 1\n\nUser-agent: b\nDisallow: /x", "/x", False),
        ("User-agent: NewsBot\nSitemap: http://h/s\n\nUser-agent: b\nDisallow: /x", "/x", False),
        ("User-agent: NewsBot\nDisallow:\n\nUser-agent: b\nDisallow: /x", "/x", True),
        ("User-agent: *bot\nDisallow: /", "/x", True),
        ("User-agent: * everybody\nDisallow: /", "/x", False),
        ("useragent: *\ndissallow: /x", "/x", False),
        ("User-agent: *\nDisallow /x and more", "/x", True),
        ("User-agent: *\nDisallow: /\nAllow: /index.html", "/", True),
        ("User-agent: *\nDisallow: /\nAllow: /a/index.htm", "/a/", True),
        ("User-agent: *\nDisallow: /\nAllow: /a/index.htm", "/a/b", False),
        ("User-agent: *\nAllow: /x\nDisallow: /x", "/x", True),
        ("User-agent: *\nDisallow: /%62%61%7A", "/baz", False),
        ("User-agent: *\nDisallow: /baz", "/%62%61%7A", False),
        ("User-agent: *\nDisallow: /%e3%83%84", "/ツ", False),
        ("User-agent: *\nDisallow: /a-%2A.html", "/a-*.html", False),
        ("User-agent: *\nDisallow: /a-%2A.html", "/a-b.html", True),
        ("User-agent: *\nDisallow: /a-%24", "/a-$", False),
        ("User-agent: *\nDisallow: /a$b", "/a$b", False),
        ("User-agent: *\nDisallow: /a*$", "/abc", False),
        ("User-agent: *\nDisallow: /a*b*b$", "/ab", True),
        ("User-agent: *\nDisallow: *", "/x", False),
        ("User-agent: *\nDisallow: $", "/x", True),
        ("User-agent: *\nDisallow: /*/private", "/a/../b/private", False),
        ("User-agent: *\nDisallow: /private", "/a/../private", False),
    ],
)
def test_corners_of_rfc_9309(text, path, expected):
    assert allows(text, path) is expected


def plainly(pattern, path):
    """The definition, as a regular expression; only for short patterns."""
    body = "".join(".*" if c == "*" else re.escape(c) for c in pattern.removesuffix("$"))
    return re.match(body + ("$" if pattern.endswith("$") else ""), path) is not None


@given(st.text("ab*", max_size=8).map("/".__add__), st.booleans(), st.text("ab", max_size=10).map("/".__add__))
def test_patterns_match_as_their_definition_says(pattern, anchored, path):
    pattern += "$" * anchored
    assert rule_of(pattern, allow=True).matches(path) == plainly(pattern, path)


@given(st.lists(st.tuples(st.booleans(), st.text("ab/*", min_size=1, max_size=5)), max_size=6), st.text("ab/", max_size=8))
def test_the_most_octets_win_and_allow_where_they_are_equal(rules, path):
    lines = [f"{'Allow' if allow else 'Disallow'}: /{pattern}" for allow, pattern in rules]
    fit = [(len(pattern), allow) for allow, pattern in rules if plainly("/" + pattern, "/" + path)]
    assert allows("User-agent: *\n" + "\n".join(lines), "/" + path) == max(fit, default=(0, True))[1]


PATTERNS = st.from_regex(r"/[a-z]{0,3}(\*[a-z]{1,2})?\$?", fullmatch=True)


@given(st.lists(st.tuples(st.booleans(), PATTERNS), max_size=5), st.text("abc", max_size=5))
def test_simple_files_are_read_as_protego_reads_them(rules, path):
    text = "User-agent: *\n" + "\n".join(f"{'Allow' if allow else 'Disallow'}: {pattern}" for allow, pattern in rules)
    assert allows(text, "/" + path) == Protego.parse(text).can_fetch(f"{H}/{path}", "NewsBot")


@given(st.text(max_size=40))
def test_one_spelling_is_stable(text):
    assert normal(normal(text)) == normal(text)
