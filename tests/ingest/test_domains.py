"""Whose page an address is: the outlet's own, another's, or nobody's."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import FetchRefused
from ingest.discover.domains import Owners, belongs, identity
from ingest.discover.probe import is_same_site
from ingest.outlets import Outlet

LABELS = st.sampled_from(["a", "b", "www", "news", "example", "co", "uk"])
HOSTS = st.lists(LABELS, min_size=1, max_size=4).map(".".join)


def outlet(name="paper", home="https://www.a.example/", **more):
    return Outlet(id=name, name=name, home=home, feeds=["https://a.example/feed"], **more)


@pytest.mark.parametrize(
    ("url", "source", "expected"),
    [
        ("https://a.example/1", "https://a.example/map.xml", True),
        ("https://www.a.example/1", "https://a.example/map.xml", True),
        ("http://a.example:8080/1", "https://a.example/map.xml", True),
        ("https://sport.a.example/1", "https://a.example/map.xml", True),
        ("https://cdn.example/1", "https://cdn.example/map.xml", True),
        ("https://www.cdn.example/1", "https://cdn.example/map.xml", True),
        ("https://x.cdn.example/1", "https://cdn.example/map.xml", True),
        ("https://b.example/1", "https://a.example/map.xml", False),
        ("https://bad-a.example/1", "https://a.example/map.xml", False),
        ("https://xa.example/1", "https://a.example/map.xml", False),
        ("https://a.example.evil.example/1", "https://a.example/map.xml", False),
        ("https://example/1", "https://a.example/map.xml", False),
        ("https://evil.example/https://a.example/1", "https://a.example/map.xml", False),
        ("https://a.example@evil.example/1", "https://a.example/map.xml", False),
    ],
)
def test_a_source_speaks_for_its_own_host_and_the_home_page_s(url, source, expected):
    assert belongs(outlet(), url, source) is expected


@pytest.mark.parametrize(
    ("home", "original", "expected"),
    [
        ("https://a.example/", "http://a.example/1", "https://a.example/1"),
        ("https://a.example/", "http://a.example:80/1", "https://a.example/1"),
        ("https://a.example/", "http://a.example:8080/1", "http://a.example:8080/1"),
        ("https://a.example/", "https://a.example/1", "https://a.example/1"),
        ("http://a.example/", "http://a.example/1", "http://a.example/1"),
        ("https://a.example/", "HTTP://A.example/http://b.example", "https://a.example/http://b.example"),
    ],
)
def test_a_capture_from_before_the_move_to_https_is_of_the_same_page(home, original, expected):
    assert identity(outlet(home=home), original) == expected
    assert identity(outlet(home=home), expected) == expected


@pytest.mark.parametrize("original", ["", "/1", "ftp://a.example/1", "mailto:a@a.example", "http://", "http://[::1/"])
def test_what_is_no_web_address_has_no_identity(original):
    with pytest.raises(FetchRefused):
        identity(outlet(), original)


@pytest.mark.parametrize(
    ("url", "owner"),
    [
        ("https://a.example/1", "paper"),
        ("http://www.a.example/1", "paper"),
        ("https://blog.a.example/1", "paper"),
        ("https://sport.a.example/1", "sport"),
        ("https://www.sport.a.example/1", "sport"),
        ("https://live.sport.a.example/1", "sport"),
        ("https://sport.a.example/world/1", "paper"),
        ("https://shared.example/de/1", "german"),
        ("https://shared.example/en/1", "english"),
        ("https://shared.example/fr/1", None),
        ("https://example/1", None),
        ("https://b.example/1", None),
        ("https://[::1/1", None),
        ("nonsense", None),
        ("", None),
    ],
)
def test_the_nearest_outlet_that_wants_a_page_owns_it(url, owner):
    owners = Owners(
        [
            outlet(),
            outlet("sport", "https://sport.a.example/", exclude=["/world/"]),
            outlet("german", "https://shared.example/", include=["/de/"]),
            outlet("english", "https://www.shared.example/", include=["/en/"]),
        ]
    )
    found = owners.of(url)
    assert (found.id if found else None) == owner


def test_of_two_outlets_that_want_the_same_the_first_has_it():
    assert Owners([outlet("one"), outlet("two")]).of("https://a.example/1").id == "one"
    assert Owners([outlet("two"), outlet("one")]).of("https://a.example/1").id == "two"


def test_without_outlets_nobody_owns_anything():
    assert Owners([]).of("https://a.example/1") is None


@given(st.lists(HOSTS, max_size=5, unique=True), HOSTS)
def test_an_owner_is_one_for_whom_the_page_belongs_and_none_is_nearer(homes, host):
    outlets = [outlet(f"o{number}", f"https://{home}/") for number, home in enumerate(homes)]
    url = f"https://{host}/1"
    found, fitting = Owners(outlets).of(url), [one for one in outlets if belongs(one, url, one.home)]
    assert (found is None) == (not fitting)
    if found:
        lengths = {one.id: len((urlsplit(one.home).hostname or "").removeprefix("www.")) for one in fitting}
        assert lengths[found.id] == max(lengths.values())


@given(HOSTS, HOSTS)
def test_one_site_is_what_a_home_page_speaks_for(host, home):
    url, at_home = f"https://{host}/1", f"https://{home}/"
    assert is_same_site(url, at_home) == belongs(outlet(home=at_home), url, at_home)
