"""Printed dates in many languages, the days of readers, refusals with their reason, and how far weaker evidence is read."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.records import Hint, OutletProfile
from transforms.extract import dates, signals
from transforms.extract.moments import DAY_ONLY, EXACT, IN_WORDS, LOCAL, Moment, complaint, parse
from transforms.extract.printed import in_order, month_of, months, parse_words, plain

CAPTURED = datetime(2020, 6, 1, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
ZONE = UTC


def read(html: str, url: str = "https://paper.example/story", zone: str = "UTC", hint: Hint | None = None) -> signals.Signals:
    return signals.read(html, url, OutletProfile(outlet_id="x", name="X", home="", timezone=zone), None, hint)


def linked(**node: object) -> str:
    return f'<script type="application/ld+json">{json.dumps({"@type": "NewsArticle", **node})}</script>'


# --- printed for people ---


@pytest.mark.parametrize(
    ("line", "languages"),
    [
        ("6 May 2020", ["en"]),
        ("May 6, 2020", ["en"]),
        ("6th of May 2020", ["en-gb"]),
        ("6. Mai 2020", ["de"]),
        ("6 mai 2020", ["fr"]),
        ("6 de mayo de 2020", ["es"]),
        ("6 de maio de 2020", ["pt"]),
        ("6 maggio 2020", ["it"]),
        ("6 de maig del 2020", ["ca"]),
        ("6 mei 2020", ["nl"]),
        ("6. maj 2020", ["da"]),
        ("6. toukokuuta 2020", ["fi"]),
        ("6 maja 2020", ["pl"]),
        ("6. května 2020", ["cs"]),
        ("2020. május 6.", ["hu"]),
        ("6 mai 2020", ["ro"]),
        ("6. svibnja 2020", ["hr"]),
        ("6. мај 2020", ["sr"]),
        ("6 Μαΐου 2020", ["el"]),
        ("6 мая 2020", ["ru"]),
        ("6 травня 2020", ["uk"]),
        ("6 Mayıs 2020", ["tr"]),
        ("6 Mei 2020", ["id"]),
        ("6 مايو 2020", ["ar"]),
        ("٦ مايو ٢٠٢٠", ["ar"]),
        ("6 במאי 2020".replace("ב", "", 1), ["he"]),
        ("6 मई 2020", ["hi"]),
        ("६ मई २०२०", ["hi"]),
        ("2020年5月6日", ["zh"]),
        ("2020년 5월 6일", ["ko"]),
        ("2020. gegužės 6", ["lt"]),
        ("06.05.2020", ["de"]),
        ("6/5/2020", ["fr"]),
        ("6/5/2020", ["en-gb"]),
        ("5/6/2020", ["en-us"]),
        ("5/6/2020", ["en"]),
        ("06-05-2020", ["nl"]),
        ("2020.05.06", ["ko"]),
        ("2020/05/06", ["zh"]),
        ("2020. 5. 6", ["ko"]),
        ("6.5.20", ["de"]),
        ("06/05/20", ["fr"]),
        ("05/06/20", ["en-us"]),
        ("Posted: 6-May-2020", ["en"]),
        ("Wednesday, 6 May, 2020", []),
        # a language that nobody declared
        ("6 mayo 2020", []),
        ("6 května 2020", ["en"]),
    ],
)
def test_days_in_many_languages(line: str, languages: list[str]) -> None:
    found = parse_words(line, ZONE, languages)
    assert found == (datetime(2020, 5, 6, tzinfo=UTC), DAY_ONLY)


@pytest.mark.parametrize(
    ("line", "hour", "minute", "precision"),
    [
        ("6 mai 2020 à 14h30", 14, 30, LOCAL),
        ("6. Mai 2020, 9.05 Uhr", 9, 5, LOCAL),
        ("May 6, 2020 at 12:15 am", 0, 15, LOCAL),
        ("May 6, 2020 9:15 p.m.", 21, 15, LOCAL),
        ("2020年5月6日 8時05分", 8, 5, LOCAL),
        ("6 May 2020 10:30 GMT", 10, 30, EXACT),
        ("6 May 2020 10:30 +02:00", 10, 30, EXACT),
        ("6 May 2020, 25:10", 0, 0, DAY_ONLY),
        ("6 May 2020. Read by 300 people", 0, 0, DAY_ONLY),
    ],
)
def test_clock_times_after_the_day(line: str, hour: int, minute: int, precision: int) -> None:
    at, found = parse_words(line, BERLIN, ["en"]) or (CAPTURED, -1)
    assert (at.date(), at.hour, at.minute, found) == (date(2020, 5, 6), hour, minute, precision)


@pytest.mark.parametrize(
    "line",
    ["", "30 February 2020", "12 people 2020", "31.13.2020", "6 May 1820", "6 May 20201", "123.05.2020", "1 of 2020", "2020年13月1日"],
)
def test_what_is_no_day(line: str) -> None:
    assert parse_words(line, ZONE, ["en"]) is None


def test_a_year_of_two_figures_is_believed_only_where_no_other_date_is_printed() -> None:
    assert parse_words("1.2.19 and 6 May 2020", ZONE, ["de"]) == (datetime(2020, 5, 6, tzinfo=UTC), DAY_ONLY)
    assert parse_words("version 1.2.19.4", ZONE, ["de"]) is None
    assert IN_WORDS.search("6.5.20") is None


@pytest.mark.parametrize("path", ["/2020-05/06/story", "/town/2020-05/06/c_1.htm"])
def test_days_in_chinese_addresses(path: str) -> None:
    found = dates.published(read("<p>x", f"https://paper.example{path}"), CAPTURED)
    assert found
    assert (found.at.date(), found.evidence) == (date(2020, 5, 6), "url")


@pytest.mark.parametrize(
    ("html", "day"),
    [
        ("<div><p>Published May 6, 2020</p><h1>Well</h1></div>", date(2020, 5, 6)),
        ("<div><p>May 6, 2020</p><h1>Well</h1><p>May 7, 2020</p></div>", date(2020, 5, 7)),
        ("<header><p>1 January 2020</p></header><main><div><div><h1>Well</h1></div></div><p>" + "word " * 300 + "</main>", None),
    ],
)
def test_a_day_above_the_headline_in_its_block_counts_after_those_below(html: str, day: date | None) -> None:
    page = read(html)
    found = dates.printed([*page.below_headline, *page.above_headline], ZoneInfo("UTC"), CAPTURED, ["en"])
    assert (found.at.date() if found else None) == day


def test_the_first_readable_day_of_a_line_counts() -> None:
    assert parse_words("12 rooms 2020, opened 6 May 2020", ZONE, ["en"]) == (datetime(2020, 5, 6, tzinfo=UTC), DAY_ONLY)


@pytest.mark.parametrize(
    ("name", "languages", "number"),
    [
        ("listopadu", ["cs"], 11),
        ("listopada", ["hr"], 10),
        ("listopada", ["pl"], 11),
        ("Srpen", ["cs"], 8),
        ("srpanj", ["hr"], 7),
        ("Sept.", ["en"], 9),
        ("Septemb", ["en"], 9),
        ("Ju", ["en"], None),
        ("MÄRZ", ["de"], 3),
        ("marz", ["de"], 3),
        ("déc", ["fr"], 12),
        ("Blurgh", ["en"], None),
        ("", ["en"], None),
        ("dezember", ["xx"], 12),
    ],
)
def test_names_of_months(name: str, languages: list[str], number: int | None) -> None:
    assert month_of(name, languages) == number


def test_every_language_names_twelve_months_apart() -> None:
    for code, forms in months().items():
        assert set(forms.values()) == set(range(1, 13)), code
        assert all(form == plain(form) and form for form in forms)
    assert len(months()) > 35


@pytest.mark.parametrize("code", sorted(set(months()) - {""}))
def test_every_form_is_read_in_its_own_language(code: str) -> None:
    for form, number in months()[code].items():
        assert month_of(form, [code]) == number
        assert (parse_words(f"7 {form} 2019", ZONE, [code]) or (None, 0))[0] == datetime(2019, number, 7, tzinfo=UTC), form


@given(st.dates(date(1990, 1, 1), date(2090, 12, 31)), st.sampled_from(["en-us", "en-gb", "de", "fr", ""]), st.sampled_from("./-"))
def test_figures_are_read_in_the_order_of_the_language(day: date, language: str, separator: str) -> None:
    american = language == "en-us" and separator != "."
    parts = (day.month, day.day) if american else (day.day, day.month)
    assert in_order(*parts, separator, [language]) == (day.day, day.month)
    found = parse_words(separator.join(map(str, (*parts, day.year))), ZONE, [language])
    assert found
    assert found[0].date() == day


@given(st.text(st.sampled_from("0123456789 ./-年月日dejanuryMaiمايو,:h"), max_size=60))
def test_no_line_breaks_the_reading(line: str) -> None:
    found = parse_words(line, ZONE, ["en"])
    assert found is None or found[0].tzinfo is not None


# --- the day of the page's readers ---


@pytest.mark.parametrize(
    ("written", "url", "expected"),
    [
        # the URL's day is that of the desk: the instant stays, the offset follows it
        ("2020-02-18T02:18:11Z", "/2020/02/17/well", "2020-02-17T23:18:11-03:00"),
        ("2020-02-16T23:15:00Z", "/2020/02/17/well", "2020-02-17T00:15:00+01:00"),
        ("2020-02-17T10:15:00Z", "/2020/02/17/well", "2020-02-17T10:15:00+00:00"),
        # no zone of readers explains these
        ("2020-02-18T12:18:11Z", "/2020/02/17/well", "2020-02-18T12:18:11+00:00"),
        ("2020-02-16T08:15:00Z", "/2020/02/17/well", "2020-02-16T08:15:00+00:00"),
        ("2020-02-12T10:15:00Z", "/2020/02/17/well", "2020-02-12T10:15:00+00:00"),
        # an offset that is written is kept
        ("2020-02-18T02:18:11+05:00", "/2020/02/17/well", "2020-02-18T02:18:11+05:00"),
    ],
)
def test_a_time_in_utc_is_shown_on_the_day_of_the_page(written: str, url: str, expected: str) -> None:
    found = dates.published(read(linked(datePublished=written), f"https://paper.example{url}"), CAPTURED)
    assert found
    assert (found.at.isoformat(), found.raw) == (expected, written)
    assert found.at == (parse(written, ZONE) or (None, 0))[0]


def test_the_printed_day_of_the_marked_element_counts_too() -> None:
    page = linked(datePublished="2019-12-05T23:15:00Z") + "<p itemprop=datePublished>06 Dicembre 2019</p>"
    found = dates.published(read(page), CAPTURED)
    assert found
    assert found.at == datetime(2019, 12, 6, 0, 15, tzinfo=timezone(timedelta(hours=1)))
    assert found.at.date() == date(2019, 12, 6)


# --- refusals ---


def test_what_can_t_be_is_refused_with_the_reason() -> None:
    page = linked(datePublished="2031-01-01T00:00Z", dateCreated="1970-01-01") + "<meta name=pubdate content='2019-02-02T10:00Z'>"
    found = dates.dated(read(page), CAPTURED)
    assert found.moment
    assert found.moment.evidence == "meta:pubdate"
    assert found.refused == [
        "jsonld:datePublished 2031-01-01T00:00Z: later than the capture",
        "jsonld:dateCreated 1970-01-01: before the web's news (1990)",
    ]


def test_a_source_s_time_is_refused_with_the_reason_too() -> None:
    hint = Hint(source="feed", published_at=CAPTURED + timedelta(days=9))
    found = dates.dated(read("<p>x", hint=hint), CAPTURED)
    assert found == (None, ["feed:published 2020-06-10T00:00:00+00:00: later than the capture"])


def test_a_page_without_a_believable_time_keeps_all_reasons_up_to_a_bound() -> None:
    page = "".join(f"<meta name=date content='20{n}-01-01'>" for n in range(31, 99))
    found = dates.dated(read(page), CAPTURED)
    assert (found.moment, len(found.refused)) == (None, dates.MOST_REFUSED)


@pytest.mark.parametrize(
    ("at", "latest", "reason"),
    [
        (datetime(2019, 1, 1, tzinfo=UTC), CAPTURED, None),
        (CAPTURED + timedelta(hours=23), CAPTURED, None),
        (CAPTURED + timedelta(hours=25), CAPTURED, "later than the capture"),
        (datetime(2101, 1, 1, tzinfo=UTC), None, "after 2100"),
        (datetime(1989, 1, 1, tzinfo=UTC), None, "before the web's news (1990)"),
    ],
)
def test_reasons(at: datetime, latest: datetime | None, reason: str | None) -> None:
    assert complaint(at, latest) == reason


# --- ranks ---


def test_words_where_machines_expect_a_time_come_after_the_printed_line() -> None:
    page = linked(datePublished="Jun 24, 2019") + "<h1>Well</h1>"
    printed = dates.published(read(page + "<p>August 25, 2018</p>"), CAPTURED)
    alone = dates.published(read(page + "<p>x</p>"), CAPTURED)
    assert printed
    assert alone
    assert (printed.at.date(), printed.evidence) == (date(2018, 8, 25), "text")
    assert (alone.at.date(), alone.evidence) == (date(2019, 6, 24), "jsonld:datePublished")


@pytest.mark.parametrize("word", ["Updated", "Last modified:", "Aktualisiert am", "Mis à jour le", "Actualizado:", "Aggiornato il"])
def test_a_time_of_change_is_no_publication(word: str) -> None:
    found = dates.moments([("time", f"{word} 6 May 2019")], dates.reading(read("")), CAPTURED, [], in_words=True)
    assert list(found) == []


def test_an_exact_time_is_not_looked_at_further(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody(*_: object) -> Moment | None:
        raise AssertionError("read further than needed")

    monkeypatch.setattr(dates, "printed", nobody)
    monkeypatch.setattr(dates, "searched", nobody)
    page = linked(datePublished="2019-05-06T07:08:09+02:00") + "<meta name=pubdate content='2018-01-01'><h1>Well</h1><p>3 March 2018</p>"
    found = dates.published(read(page), CAPTURED)
    assert found
    assert found.at.isoformat() == "2019-05-06T07:08:09+02:00"


def test_changes_have_their_evidence() -> None:
    page = read(linked(dateModified="2019-05-07T01:00Z") + "<meta property='article:modified_time' content='2019-05-08'>")
    found = dates.changed(page, CAPTURED)
    assert found
    assert (found.evidence, found.at) == ("jsonld:dateModified", datetime(2019, 5, 7, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    ("url", "lang", "expected"),
    [
        ("https://paper.example.com/x", "en", ["en"]),
        ("https://paper.example.co.uk/x", "en", ["en-gb"]),
        ("https://paper.example.co.uk/x", "en_US", ["en-us"]),
        ("https://paper.example.com/x", "de-AT", ["de-at"]),
        ("https://paper.example.com/x", "", []),
    ],
)
def test_the_order_of_figures_follows_the_declared_region_or_the_host(url: str, lang: str, expected: list[str]) -> None:
    assert dates.languages(signals.read(f"<html lang='{lang}'>", url)) == expected
