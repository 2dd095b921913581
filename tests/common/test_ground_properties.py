from __future__ import annotations

import contextlib
import uuid
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common import clock, errors, ids, logs, urls

quick = settings(max_examples=40, deadline=None)

plain = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"], exclude_characters="\x1f"), max_size=20)
zones = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
params = st.lists(st.tuples(st.from_regex(r"[a-z]{1,3}", fullmatch=True), st.from_regex(r"[a-z0-9]{0,3}", fullmatch=True)), max_size=5)
TRACKERS = ["utm_source", "UTM_Campaign", "fbclid", "gclid", "mc_cid", "mc_eid", "ref_src", "at_custom3", "ns_mchannel", "xtor", "smid"]


def query(pairs):
    return "&".join(f"{name}={value}" for name, value in pairs)


@quick
@given(params, st.lists(st.tuples(st.integers(0, 9), st.sampled_from(TRACKERS)), max_size=4))
def test_tracking_parameters_anywhere_leave_the_page_the_same(kept, tracked):
    mixed = list(kept)
    for place, name in tracked:
        mixed.insert(place, (name, "x"))
    page = "https://a.example/p" + (f"?{query(kept)}" if kept else "")
    assert urls.canonical(f"https://a.example/p?{query(mixed)}#top") == page


@pytest.mark.parametrize("name", TRACKERS)
def test_each_tracking_parameter_is_dropped(name):
    assert urls.canonical(f"https://a.example/?{name}=1&id=7") == "https://a.example/?id=7"


@pytest.mark.parametrize("name", ["utm", "xutm_source", "ref", "partners", "at_custom", "at_custom10", "mc_id", "id", "fbclid2", "p", "q"])
def test_parameters_that_only_look_like_tracking_stay(name):
    assert urls.canonical(f"https://a.example/?{name}=1") == f"https://a.example/?{name}=1"


@pytest.mark.parametrize(
    ("spelling", "expected"),
    [
        ("http://0177.0.0.1/", "http://127.0.0.1/"),
        ("http://0x7f.1/", "http://127.0.0.1/"),
        ("http://2130706433/", "http://127.0.0.1/"),
        ("http://１２７。0。0。1/", "http://127.0.0.1/"),
        ("http://[0:0:0:0:0:ffff:127.0.0.1]/", "http://[::ffff:7f00:1]/"),
        ("http:/\\a.example\\x", "http://a.example/x"),
        ("ht\ntp://a.exa\tmple/x", "http://a.example/x"),
        ("https://a.example:0443/", "https://a.example/"),
        ("http://a.example:443/", "http://a.example:443/"),
        ("https://a.example/?&&a=1&", "https://a.example/?a=1"),
        ("https://a.example/?", "https://a.example/"),
        ("https://a.example/?a=1;utm_source=2", "https://a.example/?a=1;utm_source=2"),
        ("https://a.example/%7euser", "https://a.example/%7euser"),
        ("https://a.example./x", "https://a.example./x"),
    ],
)  # fmt: skip
def test_one_spelling_for_what_browsers_take_as_one(spelling, expected):
    assert urls.canonical(spelling) == expected


@pytest.mark.parametrize(
    "bad",
    ["http://256.1.1.1/", "http://a b/", "http://[fe80::1%25eth0]/", "http://a.example:65536/", "http://a.example:x/", "http://\udcff/",
     "blob:https://a.example/1", "about:blank", "ws://a.example/", "//a.example/x", "?a=1"],
)  # fmt: skip
def test_hosts_and_schemes_that_are_no_place_to_go(bad):
    with pytest.raises(errors.FetchRefused):
        urls.canonical(bad)


@quick
@given(plain, plain, st.sampled_from(["http", "https"]), st.integers(1, 65535))
def test_a_page_and_its_canonical_form_have_one_origin(path, fragment, scheme, port):
    url = f"{scheme}://u:p@a.example:{port}/{path}#{fragment}"
    once = urls.canonical(url)
    assert urls.origin(once) == urls.origin(url)
    assert urls.canonical(once) == once
    assert once.startswith(f"{scheme}://a.example")
    assert "#" not in once


@quick
@given(st.text(max_size=40))
def test_any_text_is_a_web_address_or_refused(text):
    found = ""
    with contextlib.suppress(errors.FetchRefused):
        found = urls.canonical(text, "https://a.example/b/")
    assert not found or found.startswith(("http://", "https://"))
    assert found.isascii()


@quick
@given(st.lists(plain, max_size=4), st.lists(plain, max_size=4))
def test_keys_are_equal_only_for_equal_parts(one, other):
    assert (ids.key("a", *one) == ids.key("a", *other)) is (one == other)
    assert ids.key("a", *one).version == 5


@quick
@given(st.integers())
def test_a_number_and_its_digits_make_one_key(number):
    assert ids.key("a", number) == ids.key("a", str(number)) == uuid.uuid5(ids.NAMESPACE, f"a\x1f{number}")


@quick
@given(st.text())
def test_text_and_its_bytes_have_one_hash(text):
    assert ids.sha256(text) == ids.sha256(text.encode())
    assert len(ids.sha256(text)) == 64


@quick
@given(st.datetimes(datetime(1971, 1, 1), datetime(2099, 1, 1), timezones=zones))  # noqa: DTZ001 hypothesis wants naive bounds
def test_an_instant_is_written_in_utc_whatever_its_zone(moment):
    written = clock.iso(moment)
    assert written.endswith("Z")
    assert datetime.fromisoformat(written) == moment.replace(microsecond=0)
    assert clock.iso(moment.astimezone(UTC)) == written


@quick
@given(st.sampled_from(["password", "API_KEY", "apikey", "db_secret", "Authorization", "set-cookie", "auth_token"]), plain)
def test_whatever_stands_under_a_secret_name_is_hidden(name, value):
    assert logs.mask(None, "info", {name: value, "n": 1}) == {name: "***", "n": 1}


@quick
@given(st.from_regex(r"[a-z]{1,8}", fullmatch=True), st.from_regex(r"[A-Z0-9:]{1,12}", fullmatch=True))
def test_credentials_in_any_address_of_a_line_are_hidden(user, secret):
    line = f"from http://{user}:{secret}@a.example/ to redis://{secret}@b.example/ for me@c.example"
    assert logs.mask(None, "info", {"event": line})["event"] == "from http://***@a.example/ to redis://***@b.example/ for me@c.example"


@pytest.mark.parametrize(
    ("kind", "reason", "family"),
    [
        (errors.WarehouseBusy, "warehouse_busy", errors.RetryLater),
        (errors.FetchRefused, "fetch_refused", errors.Quarantined),
        (errors.PageRejected, "page_rejected", errors.Quarantined),
        (errors.LandingDamaged, "landing_damaged", errors.Quarantined),
        (errors.Misconfigured, "misconfigured", errors.ConsilienceError),
        (errors.Broken, "broken", errors.ConsilienceError),
    ],
)
def test_the_names_that_sql_counts_by_stay(kind, reason, family):
    error = kind("words", path="p", line=0, url=None)
    assert (error.reason, str(error), error.where) == (reason, "words", {"path": "p", "line": 0})
    assert isinstance(error, family)
