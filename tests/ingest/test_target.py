from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import FetchRefused
from ingest.web.target import MAX_URL_CHARS, check_target, follow, guard

LOOPBACK = [ipaddress.ip_network("127.0.0.0/8")]

REFUSED = {
    "ssrf": [
        "http://127.1/", "http://0x7f.1/", "http://0177.0.0.1/", "http://2130706433/", "http://[::ffff:7f00:1]/", "http://[64:ff9b::a00:1]/",
        "http://[64:ff9b:1::808:808]/", "http://[2002:a00:1::1]/", "http://[2001:0:1::1]/", "http://[3fff::1]/", "http://168.63.129.16/",
        "http://169.254.169.254/latest/", "http://localhost/", "http://a.localhost/", "http://localhost./", "http://metadata/", "http://nas.local/",
        "http://db.internal/", "http://router.lan/", "http://x.home.arpa/", "http://①②⑦.⓪.⓪.①/", "http://127。0。0。1/", "http://%31%32%37.0.0.1/",
        "http://127.0.0.1./",
    ],
    "bad_port": ["http://a.example:22/", "http://a.example:0/", "https://a.example:6379/"],
    "bad_scheme": ["file:///etc/passwd", "ftp://a.example/", "data:text/html,x", "javascript:alert(1)", "about:blank", "X:1"],
    "bad_url": [
        "", "words", "//a.example/", "http:a.example", "http:///a.example", "http://", "http://a.example:65536/", "http://a.example:80a/",
        "http://u:p@a.example/", "http://u@a.example/", "http://a.example\\@b.example/", "http://a.exam\tple/", "http://a.example/\r\nX: 1",
        "http://.example.com/", "http://a..example/", "http://" + "a" * 64 + ".example/", "http://" + "abcdefgh." * 40 + "com/", "http://[::1/",
        "http://a.example/" + "a" * MAX_URL_CHARS,
    ],
}  # fmt: skip
ALLOWED = [
    "https://news.example.com/a?b=c", "http://news.example.com:8080/", "http://b\u00fccher.example/\u00fc", "http://1.1.1.1/", "http://[2606:4700::1111]/",
    "http://news.example.com./", "http://news.example.com/?u=http://127.0.0.1/", "http://localhost.example.com/", "http://news.example.com/a@b\\c",
    "http://a_b.example.com/", "http://192.175.48.1/",
]  # fmt: skip


@pytest.mark.parametrize(("fault", "url"), [(fault, url) for fault, found in REFUSED.items() for url in found])
def test_what_the_text_of_a_url_gives_away(fault, url):
    with pytest.raises(FetchRefused) as caught:
        check_target(url, [80, 443, 8080])
    assert caught.value.fault == fault
    assert not guard(url)


@pytest.mark.parametrize("url", ALLOWED)
def test_addresses_of_the_public_web_pass(url):
    assert guard(url)
    assert check_target(url, []).startswith("http")


def test_an_allowed_network_opens_its_addresses_and_local_names():
    assert check_target("http://127.0.0.1:8801/a", [], LOOPBACK) == "http://127.0.0.1:8801/a"
    assert check_target("http://demo:8801/a", [], LOOPBACK) == "http://demo:8801/a"
    with pytest.raises(FetchRefused):
        check_target("http://10.0.0.1/", [], LOOPBACK)


@pytest.mark.parametrize(
    ("location", "expected"),
    [
        ("/b", "http://a.example/b"), ("../b c#x", "http://a.example/b%20c"), ("//b.example/", "http://b.example/"), ("?x", "http://a.example/x/y?x"),
        ("https://b.example:443/", "https://b.example/"),
    ],
)  # fmt: skip
def test_a_location_is_read_from_where_it_stands(location, expected):
    assert follow("http://a.example/x/y", location, [80, 443]) == expected


@pytest.mark.parametrize(
    "location", ["//10.0.0.1/", "http://a.example@10.0.0.1/", "http:\\\\10.0.0.1\\", "/a\x0bb", "mailto:x@y", "//a.example:22/"]
)
def test_a_location_is_judged_like_any_address(location):
    with pytest.raises(FetchRefused):
        follow("http://a.example/", location, [80, 443])


@given(st.text(max_size=60) | st.text(max_size=30).map("http://{}/".format) | st.text(max_size=30).map("http://a.example/{}".format))
def test_any_text_is_refused_or_becomes_an_address_that_passes_again(text):
    if guard(text):
        once = check_target(text, [80, 443, 8080, 8443])
        assert guard(once)
        assert check_target(once, [80, 443, 8080, 8443]) == once


@given(st.ip_addresses(v=4), st.sampled_from(["http://{0}/", "http://[::ffff:{0}]/", "http://[64:ff9b::{0}]/"]))
def test_a_literal_address_is_judged_like_what_it_carries(address, form):
    assert guard(form.format(address)) == guard(f"http://{address}/")
