from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import FetchRefused, Quarantined
from ingest.outlets import Outlet
from ingest.push import messages
from ingest.push.messages import Offer, decode, parse, receiver, sort

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["outlet", "url", "urls", "x"]), inner, max_size=4),
    max_leaves=10,
)


def outlet(**fields):
    return Outlet.model_validate(
        {"id": "paper", "name": "P", "home": "https://p.example/", "country": "GB", "feeds": ["https://p.example/f"]} | fields
    )


def nothing(_url):
    return None


@pytest.mark.parametrize(
    ("content", "urls"),
    [
        ({"outlet": "a", "url": "https://x/1"}, ("https://x/1",)),
        ({"outlet": "a", "urls": ["https://x/1", "https://x/2"]}, ("https://x/1", "https://x/2")),
        ({"outlet": " a ", "url": "https://x/1", "urls": ["https://x/2"], "from_rest_api": True}, ("https://x/1", "https://x/2")),
        ({"outlet": "a", "urls": ["https://x/1", 5, None, {}]}, ("https://x/1", "<int>", "<NoneType>", "<dict>")),
    ],
)
def test_one_or_several_addresses_of_an_outlet(content, urls):
    assert parse(content) == Offer("a", urls)


@pytest.mark.parametrize(
    ("content", "word"),
    [
        ([], "not list"),
        (None, "not NoneType"),
        ({}, "names no outlet"),
        ({"outlet": 5, "url": "https://x/"}, "names no outlet"),
        ({"outlet": "  ", "url": "https://x/"}, "names no outlet"),
        ({"outlet": "a"}, "names no address"),
        ({"outlet": "a", "urls": []}, "names no address"),
        ({"outlet": "a", "urls": "https://x/"}, "urls is str"),
        ({"outlet": "a", "urls": ["https://x/"] * (messages.MAX_URLS + 1)}, "10001 addresses"),
    ],
)
def test_other_forms_are_refused_with_the_form_that_is_wanted(content, word):
    with pytest.raises(Quarantined, match=word):
        parse(content)


@pytest.mark.parametrize(
    "raw", [b"", b"{", b"\xff\xfe", b'{"outlet": "a"', b"[" * 100_000, b'{"outlet": 1' + b"0" * 10_000 + b"}", b"NaN", b"null"]
)
def test_what_is_no_message_is_refused(raw):
    with pytest.raises(Quarantined):
        decode(raw)


def test_a_message_that_is_too_large_is_not_read():
    whole = json.dumps({"outlet": "a", "url": "https://x/", "pad": "x" * messages.MAX_BYTES}).encode()
    with pytest.raises(Quarantined, match="bytes"):
        decode(whole)


@given(st.binary(max_size=200) | JSON.map(lambda one: json.dumps(one).encode()))
def test_any_bytes_are_an_offer_or_refused(raw):
    try:
        found = decode(raw)
    except Quarantined:
        return
    assert found.urls
    assert all(isinstance(one, str) for one in found.urls)


def test_addresses_become_identities_and_each_is_there_once():
    found = sort(outlet(), ["https://p.example/a?utm_source=x", "https://P.example/a#top", "https://p.example/b"], nothing)
    assert found.usable == ("https://p.example/a", "https://p.example/b")
    assert found.refused == {}


def test_what_is_no_page_of_the_outlet_is_told_and_the_rest_goes_through():
    def check(url):
        if ":22" in url:
            raise FetchRefused("port 22")

    named = [
        "ftp://p.example/",
        "javascript:alert(1)",
        "",
        "<int>",
        "https://p.example/sport/1",
        "https://p.example:22/",
        "https://p.example/a",
    ]
    found = sort(outlet(exclude=["/sport/"]), named, check)
    assert found.usable == ("https://p.example/a",)
    assert set(found.refused) == set(named[:-1])
    assert "keep it out" in found.refused["https://p.example/sport/1"]
    assert found.refused["https://p.example:22/"] == "port 22"


def test_a_refused_address_is_kept_short():
    (key,) = sort(outlet(), ["x" * 100_000], nothing).refused
    assert len(key) == messages.SHOWN_CHARS


@given(st.lists(st.text() | st.from_regex(r"https?://[a-z]{1,9}\.example/[a-z]{0,9}", fullmatch=True), max_size=20))
def test_every_address_is_usable_or_refused(named):
    found = sort(outlet(), named, nothing)
    assert len(found.usable) + len(found.refused) <= len(named)
    assert bool(found.usable or found.refused) == bool(named)
    assert len(set(found.usable)) == len(found.usable)


def test_who_receives():
    known = {"paper": outlet(), "off": outlet(id="off", enabled=False)}
    assert receiver(known, "paper").id == "paper"
    with pytest.raises(Quarantined, match="no outlet 'other'"):
        receiver(known, "other")
    with pytest.raises(Quarantined, match="switched off"):
        receiver(known, "off")
