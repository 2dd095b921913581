from __future__ import annotations

import gzip
import io
import zlib
from datetime import UTC, date, datetime, timedelta, timezone
from ipaddress import IPv6Address, ip_network
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from common import ids, urls
from common.errors import FetchDelayed, FetchRefused
from ingest.discover import window
from ingest.discover.dates import Period, day_in_url, instant, period_in_url, w3c
from ingest.discover.feeds import parse_feed
from ingest.discover.sitemaps import parse_sitemap
from ingest.manners import politeness as p
from ingest.manners.robots import MAX_BYTES, MAX_CRAWL_DELAY_S, Robots, decode
from ingest.records import Capture, Hint
from ingest.store import warc, warc_pages
from ingest.store.captures import batch_slug
from ingest.web.address import is_allowed, is_public, plain
from ingest.web.decode import Decoder, gunzip
from ingest.web.fetch import Answer, Validators, check_target

NOW = datetime(2026, 11, 23, 10, 15, tzinfo=UTC)
quick = settings(max_examples=25, deadline=None)

zones = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
moments = st.datetimes(datetime(1970, 1, 2), datetime(2099, 12, 30), timezones=zones)  # noqa: DTZ001 hypothesis wants naive bounds
days = st.dates(date(1900, 1, 2), date(2099, 12, 30))
words = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=40)
slugs = st.from_regex(r"[a-z]{1,12}", fullmatch=True)


def packed(coding, data):
    return {"gzip": gzip.compress, "deflate": zlib.compress}[coding](data)


def fed(decoder, data, cuts):
    edges = [0, *sorted(cut % (len(data) + 1) for cut in cuts), len(data)]
    out = b"".join(decoder.feed(data[start:end]) for start, end in pairwise(edges))
    decoder.finish()
    return out


# content codings


@quick
@given(st.binary(max_size=300), st.sampled_from(["gzip", "deflate"]))
def test_a_body_may_come_byte_by_byte(data, coding):
    coded = packed(coding, data)
    assert fed(Decoder(coding, 1000), coded, range(len(coded))) == data


@quick
@given(st.lists(st.binary(max_size=60), min_size=1, max_size=4), st.integers(0, 20), st.lists(st.integers(0, 10**6), max_size=6))
def test_members_and_padding_may_be_cut_anywhere(members, padding, cuts):
    coded = b"".join(map(gzip.compress, members)) + b"\0" * padding
    assert fed(Decoder("gzip", 1000), coded, cuts) == b"".join(members)


@quick
@given(st.binary(max_size=200), st.sampled_from(["gzip", "deflate"]), st.data())
def test_every_real_beginning_of_a_coded_body_is_cut_short(data, coding, draw):
    coded = packed(coding, data)
    size = draw.draw(st.integers(1, len(coded) - 1))
    with pytest.raises(FetchDelayed, match="cut short"):
        fed(Decoder(coding, 1000), coded[:size], [])


@quick
@given(st.binary(max_size=200), st.lists(st.integers(0, 10**6), max_size=4))
def test_two_codings_are_undone_from_the_outside(data, cuts):
    assert fed(Decoder("deflate, gzip", 1000), gzip.compress(zlib.compress(data)), cuts) == data


@quick
@given(st.binary(min_size=2, max_size=200), st.data())
def test_gunzip_takes_what_fits_and_no_byte_more(data, draw):
    limit = draw.draw(st.integers(1, len(data) - 1))
    assert gunzip(gzip.compress(data), len(data)) == data
    with pytest.raises(FetchRefused, match=f"more than {limit} bytes"):
        gunzip(gzip.compress(data), limit)


# addresses
EVERYWHERE = [ip_network("0.0.0.0/0")]


@quick
@given(st.ip_addresses(v=6))
def test_reading_an_address_plainly_twice_changes_nothing(address):
    assert plain(plain(address)) == plain(address)
    assert is_public(address) == is_public(plain(address))


@quick
@given(st.ip_addresses(v=4))
def test_no_6to4_address_is_public_whatever_it_carries(inner):
    assert not is_public(IPv6Address((0x2002 << 112) | (int(inner) << 80) | 1))


@quick
@given(st.ip_addresses())
def test_without_allowed_networks_only_public_addresses_pass(address):
    assert is_allowed(address, []) is is_public(address)


@quick
@given(st.integers(0, 2**32 - 1), st.sampled_from(["{0}", "0x{0:x}", "0{0:o}", "0X{0:X}"]))
def test_every_spelling_of_an_ipv4_host_becomes_the_dotted_one(number, form):
    dotted = ".".join(str(number >> shift & 255) for shift in (24, 16, 8, 0))
    assert check_target(f"http://{form.format(number)}/", [80], EVERYWHERE) == f"http://{dotted}/"


@quick
@given(st.integers(1, 65535), st.lists(st.integers(1, 65535), min_size=1, max_size=4))
def test_exactly_the_allowed_ports_pass(port, allowed):
    try:
        passed = bool(check_target(f"https://a.example:{port}/", allowed))
    except FetchRefused:
        passed = False
    assert passed is (port in allowed)


# robots.txt


@quick
@given(slugs, st.sampled_from(["\n", "\r\n", "\r"]), st.booleans())
def test_line_ends_and_a_byte_order_mark_change_no_rule(folder, end, mark):
    body = end.join(["User-agent: *", f"Disallow: /{folder}/", "Crawl-delay: 4"]).encode()
    rules = Robots(decode(b"\xef\xbb\xbf" * mark + body), "NewsBot/1")
    assert not rules.allows(f"https://a.example/{folder}/x")
    assert rules.allows(f"https://a.example/-{folder}/x")
    assert rules.crawl_delay_s == 4.0


@quick
@given(st.floats() | st.text("0123456789.-+einfa", max_size=8))
def test_no_crawl_delay_is_negative_endless_or_no_number(value):
    found = Robots(f"User-agent: *\nCrawl-delay: {value}\n", "NewsBot/1").crawl_delay_s
    assert found is None or 0.0 <= found <= MAX_CRAWL_DELAY_S


@quick
@given(st.integers(0, 40), st.sampled_from([b"x", "é".encode(), "€".encode(), b"\xff", b"\0"]))
def test_a_cut_inside_a_character_spoils_nothing_before_it(short_by, filler):
    text = decode(b"User-agent: *\n#" + b"-" * (MAX_BYTES - 15 - short_by) + filler * 60)
    assert text.startswith("User-agent: *\n#---")
    assert len(text) <= MAX_BYTES
    assert "\0" not in text


# waits


@quick
@given(st.integers(0, 10**9))
def test_retry_after_in_seconds_and_as_a_date_say_the_same(seconds):
    then = NOW + timedelta(seconds=seconds)
    as_date = then.strftime("%a, %d %b %Y %H:%M:%S GMT")
    assert p.retry_after_s(str(seconds), NOW) == p.retry_after_s(as_date, NOW) == min(seconds, p.RETRY_AFTER_MAX_S)


@quick
@given(st.integers(1, 10**6), st.sampled_from(["-{}", "+{}", "{},5", "{} s", "0x{}", "{}e1", "~{}"]))
def test_what_is_neither_seconds_nor_date_asks_for_nothing(number, form):
    assert p.retry_after_s(form.format(number), NOW) is None


@quick
@given(st.integers(0, 500), st.none() | st.floats(0, p.RETRY_AFTER_MAX_S))
def test_a_host_is_left_alone_for_an_hour_at_most_and_never_less_than_it_asked(failures, asked):
    until = p.blocked_until(NOW, failures, asked)
    wait = (until - NOW).total_seconds() if until else 0.0
    assert (asked or 0.0) - 1e-6 <= wait <= p.HOST_BACKOFF_MAX_S
    assert (until is None) == (not asked and failures < p.BREAKER_FAILURES)


# batches


@quick
@given(st.text(max_size=80), st.text(max_size=80))
def test_two_keys_share_a_folder_only_if_they_are_one(one, other):
    assert (batch_slug(one) == batch_slug(other)) is (one == other)


@quick
@given(st.text(), st.text("abc", min_size=201, max_size=210))
def test_a_short_key_never_meets_the_folder_of_a_long_one(short, long):
    assert batch_slug(long).endswith("__" + ids.sha256(long))
    assert batch_slug(batch_slug(long)) != batch_slug(long)
    assert batch_slug(short) != batch_slug(short + long)


@quick
@given(words.filter(bool))
def test_a_folder_name_is_one_step_of_a_path(key):
    slug = batch_slug(key)
    assert not slug.startswith(".")
    assert {"/", "\\", ":", "\0", "\n"}.isdisjoint(slug)


# dates and windows


@quick
@given(moments)
def test_a_w3c_date_time_is_read_as_its_instant(moment):
    found = w3c(moment.isoformat())
    assert found == moment
    assert found.utcoffset() == timedelta(0)


@quick
@given(days, st.sampled_from(["%Y/%m/%d/", "%Y-%m-%d-", "%Y_%m_%d.", "%Y.%m.%d/", "%Y%m%d-"]), slugs)
def test_a_day_is_found_before_and_behind_words_but_not_in_the_host(day, form, slug):
    assert day_in_url(f"https://a.example/{slug}/{day.strftime(form)}{slug}") == Period(day, day)
    assert day_in_url(f"https://{day:%Y-%m-%d}.example/{slug}") is None


@quick
@given(days)
def test_a_month_and_a_year_hold_their_day_and_end_where_the_next_begins(day):
    month, year = period_in_url(f"https://a.example/{day:%Y-%m}.xml"), period_in_url(f"https://a.example/{day:%Y}.xml")
    assert month.first <= day <= month.last
    assert (month.first.day, (month.last + timedelta(days=1)).day, month.last.month) == (1, 1, day.month)
    assert (year.first, year.last) == (date(day.year, 1, 1), date(day.year, 12, 31))
    assert not month.is_day


@quick
@given(days, days, st.integers(0, 5), st.integers(0, 5))
def test_touching_is_mutual_and_widening_keeps_it(one, other, a, b):
    first, second = Period(one, one + timedelta(days=a)), Period(other, other + timedelta(days=b))
    assert first.touches(second) is second.touches(first)
    assert first.touches(second) is any(other <= one + timedelta(days=n) <= second.last for n in range(a + 1))
    assert first.widened(abs((one - other).days)).touches(second)


@quick
@given(moments)
def test_an_archive_day_is_a_day_of_utc_wherever_the_page_was_written(moment):
    day = moment.astimezone(UTC).date()
    found = w3c(moment.isoformat())
    assert window.archive(day).takes(found)
    assert not window.archive(day + timedelta(days=1)).takes(found)
    assert not window.archive(day - timedelta(days=1)).takes(found)


@quick
@given(moments)
def test_the_daily_sitemap_of_any_zone_is_opened_for_the_day_in_utc(moment):
    local, utc = moment.date(), moment.astimezone(UTC).date()
    assert window.archive(utc).opens(f"https://a.example/sitemap-{local}.xml", None)


@quick
@given(st.integers(0, 60), st.integers(-60, 90 * 24))
def test_live_takes_what_lies_within_its_days(lookback, age_h):
    dated = NOW - timedelta(hours=age_h)
    assert window.live(NOW, lookback).takes(dated) is (dated >= instant(NOW.date()) - timedelta(days=lookback))


# sources


@quick
@given(st.lists(st.tuples(slugs, moments), max_size=5), words)
def test_what_a_sitemap_names_comes_back_in_order(entries, name):
    inner = "".join(f"<url><loc>https://a.example/{slug}</loc><lastmod>{at.isoformat()}</lastmod></url>" for slug, at in entries)
    found = parse_sitemap(f"<urlset xmlns='http://{ids.sha256(name)[:9]}.example/'>{inner}</urlset>".encode(), "https://a.example/s.xml")
    assert [(page.url.rpartition("/")[2], page.dated_at) for page in found.pages] == entries


@quick
@given(slugs, moments.map(lambda moment: moment.astimezone(UTC).replace(microsecond=0)), st.sampled_from(["published", "updated"]))
def test_what_an_atom_feed_dates_comes_back(slug, moment, name):
    entry = f"<entry><link href='/{slug}'/><{name}>{moment.isoformat()}</{name}></entry>"
    body = f"<feed xmlns='http://www.w3.org/2005/Atom'>{entry}</feed>".encode()
    (page,) = parse_feed(body, "https://a.example/feed")
    assert (page.url, page.dated_at, page.hint.published_at) == (f"https://a.example/{slug}", moment, moment)


# what is written is read again

values = st.text(st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f"), max_size=60)
names = st.from_regex(r"[A-Za-z][A-Za-z0-9-]{0,20}", fullmatch=True)


@quick
@given(st.lists(st.tuples(names | st.sampled_from(["Content-Length", "content-encoding", "Transfer-Encoding"]), values), max_size=8))
def test_no_header_of_a_page_harms_its_body(headers):
    url = "https://a.example/1"
    response, request = warc.response_members(Answer(url, url, 200, "Fine \xe9", headers, b"<p>\r\n\r\nbody\0", NOW), ids.key("c", 1))
    assert warc_pages.read_body(io.BytesIO(response + request), 0) == b"<p>\r\n\r\nbody\0"
    assert len(gzip.decompress(response).split(b"\r\nContent-Length: ")) == 3  # the record's own and that of the page


@quick
@given(words, st.none() | words, st.none() | moments, st.none() | st.integers(100, 599))
def test_a_line_of_the_index_comes_back_as_it_was(title, detail, published, status):
    hint = Hint(source="feed", title=title, published_at=published)
    one = Capture(
        capture_id=ids.key("c", title), batch_key=title, outlet_id="a", url="https://a.example/", final_url="https://a.example/",
        captured_at=NOW, first_seen_at=NOW, outcome="failed", status=status, content_type=detail, detail=detail, hint=hint,
    )  # fmt: skip
    line = one.model_dump_json().encode()
    assert Capture.model_validate_json(line) == one
    assert line.splitlines() == [line]


@quick
@given(st.none() | values, st.none() | values)
def test_a_request_is_conditional_only_on_what_was_sent(etag, modified):
    sent = [(name, value) for name, value in (("ETAG", etag), ("Last-Modified", modified)) if value is not None]
    answer = Answer("u", "u", 200, "", sent, b"", NOW)
    assert answer.validators == Validators(etag, modified)
    assert sorted(answer.validators.headers().values()) == sorted(value for value in (etag, modified) if value)


@quick
@given(st.integers() | st.booleans() | st.binary() | st.lists(st.text(), max_size=1))
def test_a_hint_takes_no_title_that_is_no_text(title):
    with pytest.raises(ValidationError, match="title"):
        Hint(source="feed", title=title)


@quick
@given(words, words)
def test_an_address_that_was_checked_is_checked_already(path, query):
    once = check_target(f"http://A.example:80/{path}?{query}#x", [80])
    assert check_target(once, [80]) == once
    assert urls.origin(once) == "http://a.example"
