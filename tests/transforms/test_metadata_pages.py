"""Metadata of whole pages: titles with the site's name in every setting, captions, and times that several places tell."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.records import Hint, OutletProfile
from transforms.extract import ExtractedPage, extract, headlines, language, signals
from transforms.extract.captions import split_credit

URL = "https://www.lantern.example/villages/well"
CAPTURED = datetime(2021, 1, 1, tzinfo=UTC)
TEXT = (
    "The council of Hollin voted on Monday night to mend the old well before the summer, the mayor said after the meeting.",
    "Each household pays nine crowns for the new rope, according to the treasurer, who had asked for a cheaper one of hemp.",
    "Supporters of the well had collected six hundred names and read them aloud in front of the hall for two long hours.",
)
TITLE = "Old well of Hollin is mended"


def page(head: str = "", body: str = "", *, url: str = URL, hint: Hint | None = None, zone: str = "Europe/Berlin") -> ExtractedPage:
    text = "".join(f"<p>{line}</p>" for line in TEXT)
    html = f"<html lang=en><head><title>{TITLE}</title>{head}</head><body><article><h1>{TITLE}</h1>{body}{text}</article></body></html>"
    outlet = OutletProfile(outlet_id="lantern", name="Lantern", home="", timezone=zone)
    return extract(html.encode(), url, outlet=outlet, hint=hint, captured_at=CAPTURED)


def linked(**facts: object) -> str:
    return f'<script type="application/ld+json">{json.dumps({"@type": "NewsArticle", "headline": TITLE} | facts)}</script>'


@pytest.mark.parametrize(
    "title",
    [
        "{} – Lantern", "{} — The Lantern", "Lantern: {}", "{} :: Lantern", "{} » Lantern", "{} ‹ Lantern", "{} › Lantern", "{} / Lantern",
        "{} • Lantern", "{} | lantern.example", "Lantern - {}", "{} | LANTERN", "{} · Lantern", "{}|Lantern",
    ],
)  # fmt: skip
def test_the_site_s_name_leaves_a_title_in_every_setting(title: str) -> None:
    read = signals.read(f"<title>{title.format(TITLE)}</title><meta property=og:site_name content=Lantern>", URL)
    assert headlines.headline(read).text == TITLE


@pytest.mark.parametrize(
    "title", ["Well and / or rope: the village votes", "Hollin – Ludden: the road is open", "A lantern in the well", "Who pays? | The rope"]
)
def test_marks_inside_a_headline_stay(title: str) -> None:
    read = signals.read(f"<title>{title} | Lantern</title><h1>{title}</h1><meta property=og:site_name content=Lantern>", URL)
    assert headlines.headline(read).text == title


@pytest.mark.parametrize(
    ("line", "text", "credit"),
    [
        ("Studnia / fot. Maria Tkacz", "Studnia", "Maria Tkacz"),
        ("Der Brunnen / Foto: Maria Weber", "Der Brunnen", "Maria Weber"),
        ("井边的村民（新华社记者王小梅摄）", "井边的村民", "新华社记者王小梅摄"),
        ("夜明けの井戸（織田真理撮影）", "夜明けの井戸", "織田真理撮影"),
        ("夜明けの井戸（2020年5月4日）", "夜明けの井戸（2020年5月4日）", None),
        ("우물 [사진=김마리]", "우물", "김마리"),
        ("Колодец. Фото: Мария Ткач", "Колодец.", "Мария Ткач"),
        ("De put. Beeld: Maria Wever / ANP", "De put.", "Maria Wever / ANP"),
        ("Le puits. Photo : Marie Tisserand", "Le puits.", "Marie Tisserand"),
        ("The well and / or the rope", "The well and / or the rope", None),
        ("The well (right) and the hall", "The well (right) and the hall", None),
    ],
)
def test_credits_as_picture_desks_write_them(line: str, text: str, credit: str | None) -> None:
    found = split_credit(line)
    assert found is not None
    assert (found.text, found.credit) == (text, credit)


@pytest.mark.parametrize(
    ("head", "body", "evidence", "instant"),
    [
        (linked(datePublished="2020-05-04T10:05:00+02:00"), "<time datetime=2020-05-03>", "jsonld:datePublished", "2020-05-04T08:05"),
        ("<meta property=article:published_time content=2020-05-04T10:05>", "", "meta:article:published_time", "2020-05-04T08:05"),
        ("", "<time datetime=2020-05-04T10:05:00Z>today</time>", "time", "2020-05-04T10:05"),
        ("", "<span itemprop=datePublished content=2020-05-04T10:05Z>x</span>", "microdata:datePublished", "2020-05-04T10:05"),
        ("", "<p>4 May 2020, 10:05</p>", "text", "2020-05-04T08:05"),
        (linked(datePublished="soon"), "<time datetime=2020-05-04T10:05:00Z>x</time>", "time", "2020-05-04T10:05"),
        (linked(datePublished="2031-01-01T00:00Z"), "<time datetime=2020-05-04T10:05:00Z>x</time>", "time", "2020-05-04T10:05"),
    ],
)
def test_the_best_believable_time_wins(head: str, body: str, evidence: str, instant: str) -> None:
    found = page(head, body)
    assert found.published_evidence == evidence
    assert found.published_at is not None
    assert found.published_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M") == instant
    assert found.body.split("\n\n") == list(TEXT), "a date is no part of the text"


def test_a_page_without_any_time_takes_the_source_s_and_says_so() -> None:
    at = datetime(2020, 5, 4, 8, 5, tzinfo=UTC)
    found = page(hint=Hint(source="feed", published_at=at))
    assert found.published_at == at
    assert found.published_evidence is not None
    assert "feed" in found.published_evidence
    assert page().published_at is None


@pytest.mark.parametrize("zone", ["UTC", "Asia/Tokyo", "America/New_York", "Asia/Kathmandu"])
def test_a_bare_local_time_is_the_outlet_s(zone: str) -> None:
    found = page("<meta property=article:published_time content='2020-05-04 10:05'>", zone=zone)
    assert found.published_at is not None
    assert found.published_at.strftime("%Y-%m-%d %H:%M") == "2020-05-04 10:05"
    assert found.published_at.utcoffset() == datetime(2020, 5, 4, 10, 5, tzinfo=ZoneInfo(zone)).utcoffset()


@settings(max_examples=25, deadline=None)
@given(st.integers(946_684_800, 1_609_200_000), st.sampled_from(["Z", "+00:00", "+05:45", "-03:00", "+0200"]))
def test_a_time_with_its_offset_is_read_as_it_is_written(second: int, offset: str) -> None:
    written = datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%S") + offset
    found = signals.read(linked(datePublished=written), URL)
    assert found.articles[0]["datePublished"] == written
    read = page(linked(datePublished=written)).published_at
    assert read is not None
    assert read == datetime.fromisoformat(written.replace("Z", "+00:00"))


@pytest.mark.parametrize(
    ("declared", "code"),
    [("en-GB", "en"), ("nb_NO", "no"), ("iw", "he"), ("zh-Hant-TW", "zh"), ("", None), ("english", None), ("x", None), ("e1", None)],
)
def test_codes_of_languages(declared: str, code: str | None) -> None:
    assert language.normalised(declared) == code


def test_everything_at_once_keeps_every_field_apart() -> None:
    head = linked(
        description="A rope, a vote and a long night.",
        datePublished="2020-05-04T10:05:00+02:00",
        dateModified="2020-05-05T08:00:00+02:00",
        author=[{"@type": "Person", "name": "Jane Doe"}, {"@type": "Organization", "name": "Reuters"}],
        articleSection="Villages",
        keywords=["well", "rope"],
    )
    found = page(f"{head}<link rel=canonical href='/villages/well?utm_source=x'>", "<figure><figcaption>At dawn (AP)</figcaption></figure>")
    assert (found.headline, found.standfirst, found.section) == (TITLE, "A rope, a vote and a long night.", "Villages")
    assert (found.authors, found.agency, found.tags) == (["Jane Doe"], "Reuters", ["well", "rope"])
    assert (found.canonical_url, found.language, found.site_name) == (URL, "en", None)
    assert found.modified_at is not None
    assert found.modified_at.isoformat() == "2020-05-05T08:00:00+02:00"
    assert [(caption.text, caption.credit) for caption in found.captions] == [("At dawn", "AP")]
    assert {"headline", "authors", "published_at", "modified_at", "section", "canonical_url"} <= set(found.evidence)
    assert found.body.split("\n\n") == list(TEXT)
