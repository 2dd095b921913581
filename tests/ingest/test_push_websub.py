"""The protocol as decisions: signatures, requests, verification of intent, leases; and the Link header."""

from __future__ import annotations

import hashlib
import hmac
import string
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.push import links, websub
from ingest.push.websub import Denied, Subscription, Verified, is_signed, judge, renew_at, request_form, retry_at, signature

NOW = datetime(2026, 11, 23, 10, 15, tzinfo=UTC)
TOPIC = "https://paper.example/feed?a=1&b=2"
BASE = "https://paper.example/news/feed.xml"


def pending(mode="subscribe", *, left=timedelta(minutes=5), state="pending"):
    return Subscription(TOPIC, state, mode, NOW + left, 864_000)


def query(**changed):
    asked = {"mode": "subscribe", "topic": TOPIC, "challenge": "c-1", "lease_seconds": "600"} | changed
    return [(f"hub.{name}", value) for name, value in asked.items() if value is not None]


# signatures


def test_a_signature_of_the_recommendation_s_form_is_true():
    digest = hmac.new(b"s3cret", b"<feed/>", hashlib.sha256).hexdigest()
    assert is_signed(f"sha256={digest}", "s3cret", b"<feed/>")
    assert is_signed(f" SHA256 = {digest.upper()} ", "s3cret", b"<feed/>")


@given(method=st.sampled_from(websub.METHODS), secret=st.text(min_size=1, max_size=64), body=st.binary(max_size=500))
def test_each_method_verifies_its_own_and_nothing_that_differs_by_a_bit(method, secret, body):
    header = signature(method, secret, body)
    assert is_signed(header, secret, body)
    assert not is_signed(header, secret + "x", body)
    assert not is_signed(header, secret, body + b"\0")
    last = "0" if header[-1] != "0" else "1"
    assert not is_signed(header[:-1] + last, secret, body)
    assert not is_signed(header[:-1], secret, body)
    assert not is_signed(header + "0", secret, body)


@given(header=st.none() | st.text(max_size=100) | st.tuples(st.sampled_from(websub.METHODS), st.text(max_size=130)).map("=".join))
def test_no_made_up_header_is_a_signature(header):
    assert not is_signed(header, "s3cret", b"<feed/>")


@pytest.mark.parametrize("method", ["md5", "sha224", "sha3_256", "none", "", "__class__", "new"])
def test_other_methods_are_none_also_where_python_knows_them(method):
    digest = hmac.new(b"s", b"b", hashlib.md5).hexdigest()
    assert not is_signed(f"{method}={digest}", "s", b"b")


def test_a_signature_of_one_method_does_not_pass_for_another():
    assert not is_signed(signature("sha1", "s", b"b").replace("sha1", "sha256"), "s", b"b")


# requests


@given(
    topic=st.text(max_size=60), callback=st.text(max_size=60), secret=st.text(string.ascii_letters, min_size=1), lease=st.integers(1, 10**7)
)
def test_a_request_is_read_by_the_other_side_as_it_was_meant(topic, callback, secret, lease):
    form = request_form("subscribe", callback=callback, topic=topic, secret=secret, lease_s=lease).decode("ascii")
    found = parse_qs(form, keep_blank_values=True, strict_parsing=True)
    expected = {"callback": callback, "mode": "subscribe", "topic": topic, "lease_seconds": str(lease), "secret": secret}
    assert found == {f"hub.{name}": [value] for name, value in expected.items()}


def test_leaving_sends_no_secret():
    form = parse_qs(request_form("unsubscribe", callback="https://us/", topic=TOPIC, secret="s", lease_s=600).decode())
    assert set(form) == {"hub.callback", "hub.mode", "hub.topic"}


# verification of intent


def test_what_we_asked_for_is_confirmed_with_the_challenge():
    assert judge(query(), pending(), NOW) == Verified("c-1", "subscribe", 600)
    assert judge(query(), pending(state="active"), NOW) == Verified("c-1", "subscribe", 600)
    assert judge(query(mode="unsubscribe"), pending("unsubscribe"), NOW) == Verified("c-1", "unsubscribe", None)
    assert judge([*query(), ("utm", "x"), ("utm", "y")], pending(), NOW) is not None


@pytest.mark.parametrize(
    ("asked", "known"),
    [
        (query(topic=TOPIC + "x"), pending()),
        (query(topic=None), pending()),
        (query(mode="unsubscribe"), pending()),
        (query(), pending("unsubscribe")),
        (query(), pending(None, state="active")),
        (query(mode=None), pending(None)),
        (query(), pending(left=-timedelta(seconds=1))),
        (query(mode="publish"), pending()),
        (query(challenge=None), pending()),
        (query(challenge=""), pending()),
        (query(challenge="x" * 1025), pending()),
        ([*query(), ("hub.topic", TOPIC)], pending()),
        ([*query(), ("hub.mode", "denied")], pending()),
        ([], pending()),
    ],
)
def test_anything_else_is_not_confirmed(asked, known):
    assert judge(asked, known, NOW) is None


def test_a_denial_counts_at_any_time_but_only_for_the_topic():
    said = query(mode="denied", reason="quota\r\n reached " + "x" * 1000)
    for known in (pending(), pending(None, state="active")):
        found = judge(said, known, NOW)
        assert isinstance(found, Denied)
        assert found.reason.startswith("quota reached x")
        assert len(found.reason) == websub.REASON_CHARS
    assert judge(query(mode="denied", topic="https://other/"), pending(), NOW) is None
    assert judge(query(mode="denied"), pending(), NOW) == Denied("no reason given")


@given(
    st.lists(
        st.tuples(st.sampled_from(["hub.mode", "hub.topic", "hub.challenge", "hub.lease_seconds", "x"]), st.text(max_size=30)), max_size=8
    )
)
def test_no_query_confirms_what_nobody_asked_for(asked):
    assert not isinstance(judge(asked, pending(None, state="active"), NOW), Verified)


# leases


@given(told=st.none() | st.text(max_size=30) | st.integers().map(str), asked=st.integers(300, 10**7))
def test_a_lease_is_within_reason_and_renewed_before_it_ends(told, asked):
    seconds = websub.granted_s(told, asked)
    assert websub.MIN_LEASE_S <= seconds <= websub.MAX_LEASE_S
    assert NOW + timedelta(seconds=60) <= renew_at(NOW, seconds) < NOW + timedelta(seconds=seconds)


def test_a_hub_in_trouble_is_asked_more_and_more_rarely_but_each_day():
    waits = [retry_at(NOW, tries) - NOW for tries in (1, 2, 3, 6, 1000)]
    assert waits == [timedelta(hours=hours) for hours in (1, 2, 4, 24, 24)]


# the Link header (RFC 8288)


def found(*values):
    return [(link.url, sorted(link.rels)) for link in links.parse(values, BASE)]


def test_hub_and_self_of_the_recommendation_s_example():
    values = ['<https://hub.example.com/>; rel="hub"', '<https://example.com/feed>; rel="self"']
    assert links.first(links.parse(values, BASE), "hub") == "https://hub.example.com/"
    assert links.first(links.parse(values, BASE), "self") == "https://example.com/feed"
    assert links.first(links.parse(values, BASE), "next") is None


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ('<https://h/>; rel="hub", </self>; rel=self', [("https://h/", ["hub"]), ("https://paper.example/self", ["self"])]),
        ("<https://h/>;rel=hub", [("https://h/", ["hub"])]),
        ('<https://h/> ; REL = "HUB alternate" ; title="a, b; <c>"', [("https://h/", ["alternate", "hub"])]),
        ('<https://h/>; title="quoted \\" ; rel=\\"self\\""; rel=hub', [("https://h/", ["hub"])]),
        ("<https://h/>; rel=hub; rel=self", [("https://h/", ["hub"])]),
        ('<https://h/>; rel="hub"; anchor="https://other/"', []),
        ("<javascript:alert(1)>; rel=hub, <mailto:a@b>; rel=hub, <>; rel=self", [(BASE, ["self"])]),
        ("<https://h/", []),
        ("https://h/; rel=hub", []),
        ("<https://h/>", [("https://h/", [])]),
        ("", []),
    ],
)
def test_forms_of_the_header(value, expected):
    assert found(value) == expected


@given(st.lists(st.text(alphabet='<>;,="\\ relhubself:/.ex\t\0é', max_size=200), max_size=5))
def test_any_header_is_read_without_error(values):
    assert all(url.startswith(("http://", "https://")) for url, _rels in found(*values))


@pytest.mark.parametrize(
    "value", ["<" * 100_000, '<a>;x="' * 20_000, "<a>" + ";a" * 50_000, "<a>;" + " " * 100_000, "<a>;x" + " " * 100_000 + "<b>"]
)
def test_headers_that_are_made_to_cost_time_are_cut(value):
    assert len(found(value)) <= links.MAX_CHARS
