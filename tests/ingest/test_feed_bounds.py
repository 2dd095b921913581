from __future__ import annotations

import codecs
import encodings.aliases

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import Quarantined
from ingest.discover import feed_bounds
from ingest.discover.feed_bounds import MAX_ITEMS, MAX_TAGS, bounded, is_safe_label
from ingest.discover.feeds import parse_feed

URL = "https://a.example/feed"
ITEM = "<item><title>Bär {n}</title><link>https://a.example/{n}</link></item>"


def rss(items, declared=""):
    return f'<?xml version="1.0"{declared}?><rss version="2.0"><channel>{items}</channel></rss>'


def items(count):
    return "".join(ITEM.format(n=n) for n in range(count))


@pytest.mark.parametrize("label", ["utf-8", "UTF8", "ascii", "iso-8859-1", "cp1251", "gb2312", "Shift_JIS", "big5", "euc-kr", "koi8-r"])
def test_labels_that_browsers_know_are_safe(label):
    assert is_safe_label(label)


@pytest.mark.parametrize("label", ["hex", "idna", "punycode", "rot13", "utf-7", "cp037", "utf-16", "zlib", "x-y", "\ud800", "a\0b", ""])
def test_others_are_not(label):
    assert not is_safe_label(label)


def test_every_safe_codec_writes_the_lesser_sign_as_itself_alone():
    labels = {*encodings.aliases.aliases, *encodings.aliases.aliases.values()}
    for name in {codecs.lookup(label).name for label in labels if is_safe_label(label)}:
        assert "<".encode(name) == b"<", name
        for lead in range(0x80, 0x100):
            others = bytes(byte for trail in range(0x100) if trail != 0x3C for byte in (lead, trail))
            assert "<" not in others.decode(name, "ignore"), (name, lead)


@given(st.binary(max_size=300), st.none() | st.text(max_size=60))
def test_ordinary_bytes_come_out_as_they_went_in_or_safe(data, content_type):
    body, media = bounded(data, content_type)
    assert len(body) <= len(data) * 4 + 100
    label = feed_bounds._CHARSET.search(media)
    assert label is None or is_safe_label(label[1])


def test_an_ordinary_feed_only_has_its_declaration_on_a_line_of_its_own():
    body = rss(items(50), ' encoding="utf-8"').encode()
    broken = body.replace(b"?><rss", b"?>\n<rss")
    assert bounded(body, "text/xml; charset=utf-8") == (broken, "text/xml; charset=utf-8")
    assert bounded(broken, None)[0] == broken
    assert bounded(body.partition(b"?>")[2], None)[0] == body.partition(b"?>")[2]


@pytest.mark.parametrize(
    "head",
    [
        b"\n<!ENTITY" * 99_000,
        b"\n<!DOCTYPE x" * 99_000,
        b"\n" * 4_000_000,
        b"<?xml version='1.0'?>" + b"\n<!ENTITY a 'x'>" * 90_000,
        b"<?xml " + b"encoding='" * 400_000,
        b"<?" + b" " * 4_000_000,
        b"<?xml version='1.0'?>" + b"encoding='" * 400_000,
    ],
)
def test_a_long_head_is_cut_to_what_a_feed_has(head):
    body, _ = bounded(head + rss(items(2)).partition("?>")[2].encode(), None)
    assert body.index(b"<rss") <= feed_bounds.MAX_HEAD + 2
    assert body.split(b"\n", 1)[0].count(b"encoding=") <= 1
    assert len(parse_feed(head + rss(items(2)).partition("?>")[2].encode(), URL)) in {0, 2}


def test_a_character_set_hidden_behind_the_declaration_is_not_tried():
    text = f"encoding='punycode' ?>{items(1)}"
    body, _ = bounded(f"<?xml version='1.0' encoding='utf-8'?><rss version='2.0'><channel>{text}</channel></rss>".encode(), None)
    assert b"punycode" not in body.split(b"\n", 1)[0]
    hidden = f"<?xml version='1.0'{' ' * 400}encoding='punycode'?>" + rss(items(1)).partition("?>")[2]
    assert [one.hint.title for one in parse_feed(hidden.encode(), URL)] == ["Bär 0"]


@pytest.mark.parametrize("label", ["punycode", "idna", "hex", "utf-7", "cp037", "utf-16", "nonsense"])
@pytest.mark.parametrize("place", ["header", "declaration"])
def test_a_feed_that_names_an_absurd_character_set_is_read(label, place):
    body = rss(items(3), f" encoding='{label}'" if place == "declaration" else "").encode()
    found = parse_feed(body, URL, f"text/xml; charset={label}" if place == "header" else "application/rss+xml")
    assert [one.hint.title for one in found] == ["Bär 0", "Bär 1", "Bär 2"]


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"])
@pytest.mark.parametrize("declared", ["", ' encoding="utf-16"', ' encoding="ucs-2"'])
def test_wide_feeds_are_read_and_bounded_too(codec, declared, monkeypatch):
    monkeypatch.setattr(feed_bounds, "MAX_ITEMS", 2)
    found = parse_feed(rss(items(5), declared).encode(codec), URL)
    assert [one.hint.title for one in found] == ["Bär 0", "Bär 1"]


@pytest.mark.parametrize("label", ["iso-8859-1", "windows-1252", "mac-roman"])
def test_declared_character_sets_hold(label):
    assert parse_feed(rss(items(1), f' encoding="{label}"').encode(label), URL)[0].hint.title == "Bär 0"


def test_items_are_cut_before_they_are_parsed():
    body, _ = bounded(rss(items(MAX_ITEMS * 3)).encode(), None)
    assert body.count(b"<item") == MAX_ITEMS
    assert body.endswith(b"</channel></rss>")
    found = parse_feed(rss(items(MAX_ITEMS + 5)).encode(), URL)
    assert [found[0].url, found[-1].url] == ["https://a.example/0", f"https://a.example/{MAX_ITEMS - 1}"]


@pytest.mark.parametrize(
    ("head", "item", "tail"),
    [
        ("<feed xmlns='http://www.w3.org/2005/Atom'>", "<entry><link href='/{}'/></entry>", "</feed>"),
        ("<a:feed xmlns:a='http://www.w3.org/2005/Atom'>", "<a:entry ><a:link href='/{}'/></a:entry>", "</a:feed>"),
        (
            "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='http://purl.org/rss/1.0/'>",
            "<item rdf:about='/{0}'><title>x</title><link>/{0}</link></item>",
            "</rdf:RDF>",
        ),
    ],
)
def test_every_dialect_is_cut(monkeypatch, head, item, tail):
    monkeypatch.setattr(feed_bounds, "MAX_ITEMS", 3)
    found = parse_feed((head + "".join(item.format(n) for n in range(9)) + tail).encode(), URL)
    assert [one.url for one in found] == ["https://a.example/0", "https://a.example/1", "https://a.example/2"]


@pytest.mark.parametrize("junk", ["<a>", "<a", "</a>", "<a b='", "<!-- -->", "<title>", "<![CDATA[", "<"])
def test_tags_are_bounded(junk):
    body, _ = bounded((rss(items(2))[:-16] + junk * (MAX_TAGS * 2)).encode(), None)
    assert body.count(b"<") <= MAX_TAGS + 2


def test_white_space_before_the_first_element_is_folded():
    body, _ = bounded(b"<?xml version='1.0'?>" + b"\n" * 4_000_000 + rss(items(1)).split("?>")[1].encode(), None)
    assert len(body) < 1000
    assert len(parse_feed(b"\n" * 4_000_000 + rss(items(1)).encode(), URL)) == 1


@pytest.mark.parametrize("unit", [b"\n", b"\n<!ENTITY", b"\n<!DOCTYPE x\n", b"<!--", b"<![CDATA[", b"&", b"<?x y?>", b"\x00", b"\xff"])
def test_two_megabytes_of_anything_are_told(unit):
    with pytest.raises(Quarantined):
        parse_feed(unit * (2_000_000 // len(unit)), URL)


def test_a_title_of_megabytes_is_cut():
    body = rss(f"<item><title>{'x' * 6_000_000}</title><link>https://a.example/1</link></item>")
    parse_feed(body.encode(), URL)  # cut within the title: what is whole before it counts, and that is nothing
    (one,) = parse_feed(rss(f"<item><link>https://a.example/1</link><title>{'x' * 100_000}</title></item>").encode(), URL)
    assert len(one.hint.title) == 1000


def test_words_and_tags_without_end_are_cut():
    word = "a" * 300_000
    text = f"<item><author>{word}@</author><link>https://a.example/{'x' * 900}</link></item>"
    body, _ = bounded(rss(f"{text}<item {word}='1'/><item {' '.join(f'a{n}=1' for n in range(9000))}/>{ITEM.format(n=1)}").encode(), None)
    assert len(body) < 30_000
    found = parse_feed(rss(text + ITEM.format(n=1)).encode(), URL)
    assert [len(one.url) for one in found] == [len("https://a.example/") + 900, len("https://a.example/1")]


def test_a_text_without_end_is_cut():
    body, _ = bounded(rss("<item><georss:line>" + "1 " * 2_000_000 + "</georss:line></item>" + items(1)).encode(), None)
    assert len(body) < 600_000
    assert body.count(b"<item>") == 2
