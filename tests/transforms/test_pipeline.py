"""A captured page becomes one record or one rejection."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from common.errors import PageRejected
from common.ids import key, sha256
from ingest.records import Capture, Hint, OutletProfile, Page
from transforms import claims, extract, pipeline
from transforms.pipeline import transform
from transforms.records import Transformed

CAPTURED = datetime(2024, 5, 6, 8, 0, tzinfo=UTC)
OUTLET = OutletProfile(outlet_id="upland", name="Upland Times", home="https://upland.example/", timezone="Europe/Madrid")
TEXT = (
    "“We will mend the well,” the mayor, Dana Frohm, said on Tuesday. " + "The council had met for three hours in the hall of Hollin. " * 6
)
HTML = f"""<html><head><title>Well to be mended | Upland Times</title><link rel=canonical href="/villages/well">
<meta property="article:published_time" content="2024-05-06T09:30:00"></head><body><h1>Well to be mended</h1><p>{TEXT}</p></body></html>"""


def page(html: str | bytes = HTML, *, url: str = "https://upland.example/amp/villages/well?utm_source=x", hint: Hint | None = None) -> Page:
    return Page(
        capture=Capture(
            capture_id=key("capture", url),
            batch_key="2024-05-06T08:00",
            outlet_id="upland",
            url=url,
            final_url=url,
            captured_at=CAPTURED,
            first_seen_at=CAPTURED - timedelta(minutes=7),
            outcome="fetched",
            status=200,
            content_type="text/html; charset=utf-8",
            hint=hint or Hint(source="feed"),
        ),
        body=html.encode() if isinstance(html, str) else html,
    )


def one_of_both(made: Transformed) -> bool:
    return (made.rejection is None) == (made.article is not None) == (made.version is not None)


def test_an_article_gets_its_keys_and_its_four_times() -> None:
    made = transform(page(), OUTLET, min_words=10)
    assert one_of_both(made)
    assert made.article
    assert made.version
    assert made.article.canonical_url == "https://upland.example/villages/well"
    assert made.article.article_id == made.version.article_id == key("article", made.article.canonical_url)
    content = sha256(f"{made.version.headline}\n\n{made.version.body}")
    assert made.version.content_sha256 == content
    assert made.version.version_id == key("version", str(made.article.article_id), content)
    assert made.version.published_at == datetime(2024, 5, 6, 7, 30, tzinfo=UTC)
    assert made.version.published_at.tzinfo is UTC
    assert made.version.published_raw == "2024-05-06T09:30:00"
    assert (made.version.first_seen_at, made.version.captured_at) == (CAPTURED - timedelta(minutes=7), CAPTURED)
    assert made.version.modified_at is None
    assert made.version.word_count == len(TEXT.split())
    assert (made.version.extractor, made.version.code_version) == (extract.EXTRACTOR, "consilience/0.1.0")


def test_mentions_point_into_the_version() -> None:
    made = transform(page(), OUTLET, min_words=10)
    assert made.version
    assert made.mentions
    assert {mention.version_id for mention in made.mentions} == {made.version.version_id}
    assert any("mend the well" in mention.text for mention in made.mentions)


def test_the_same_page_twice_is_the_same_record() -> None:
    assert transform(page(), OUTLET, min_words=10) == transform(page(), OUTLET, min_words=10)


def test_another_address_of_the_same_page_is_the_same_article_and_version() -> None:
    one, other = (
        transform(page(url=url), OUTLET, min_words=10) for url in ("https://upland.example/villages/well", "https://upland.example/w?id=3")
    )
    assert one.article == other.article
    assert one.version
    assert other.version
    assert (one.version.version_id, one.version.capture_id) != (other.version.version_id, other.version.capture_id)
    assert one.version.version_id == other.version.version_id


@pytest.mark.parametrize(
    ("html", "reason", "disposition"),
    [
        (
            "<title>Well</title><h1>Well to be mended</h1><p>Only a few words here, no more than that, and nothing else at all.</p>",
            "no_article",
            "filtered",
        ),
        (f"<p>{TEXT}</p>", "no_article", "filtered"),
        (b"", "page_rejected", "quarantined"),
        (b"\x00\x01\x02" * 500, "page_rejected", "quarantined"),
    ],
)
def test_what_is_no_article_is_a_rejection_that_names_its_capture(html: str | bytes, reason: str, disposition: str) -> None:
    made = transform(page(html), OUTLET, min_words=40)
    assert one_of_both(made)
    assert made.rejection
    assert (made.rejection.reason, made.rejection.disposition, made.rejection.stage) == (reason, disposition, "extract")
    assert (made.rejection.capture_id, made.rejection.batch_key) == (page().capture.capture_id, "2024-05-06T08:00")
    assert made.rejection.detail


def test_a_short_text_behind_a_paywall_is_an_article() -> None:
    wall = '<script type="application/ld+json">{"@type":"NewsArticle","headline":"Well","isAccessibleForFree":false}</script>'
    made = transform(page(f"<h1>Well to be mended</h1>{wall}<p>{TEXT}</p>"), OUTLET, min_words=4000)
    assert made.version
    assert made.version.is_truncated


def test_the_source_lends_date_and_headline() -> None:
    hint = Hint(source="news_sitemap", title="Well to be mended", published_at=datetime(2024, 5, 1, 10, tzinfo=UTC))
    made = transform(page(f"<p>{TEXT}</p>", hint=hint), OUTLET, min_words=10)
    assert made.version
    assert (made.version.headline, made.version.published_evidence) == ("Well to be mended", "news_sitemap:published")


@pytest.mark.parametrize(("module", "name", "stage"), [(extract, "extract", "extract"), (claims, "find_mentions", "attribute")])
def test_our_own_fault_costs_one_page(monkeypatch: pytest.MonkeyPatch, module: object, name: str, stage: str) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("boom")

    monkeypatch.setattr(module, name, broken)
    made = transform(page(), OUTLET, min_words=10)
    assert made.rejection
    assert (made.rejection.stage, made.rejection.disposition, made.rejection.detail) == (stage, "quarantined", "ZeroDivisionError: boom")


@pytest.mark.parametrize(("module", "name"), [(extract, "extract"), (claims, "find_mentions")])
def test_want_of_memory_is_not_a_property_of_the_page(monkeypatch: pytest.MonkeyPatch, module: object, name: str) -> None:
    def greedy(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr(module, name, greedy)
    with pytest.raises(MemoryError):
        transform(page(), OUTLET, min_words=10)


@pytest.mark.parametrize(("body", "count"), [("", 0), ("one two-three 1,000 it’s", 4), ("日本語", 3), ("— … !", 0)])
def test_words_are_counted_in_every_script(body: str, count: int) -> None:
    assert pipeline.word_count(body) == count


LONGER = "The council met in the hall. " * 8


@pytest.mark.parametrize(("minimum", "reason"), [(0, None), (48, None), (49, "no_article")])
def test_the_fewest_words_are_counted_to_the_word(minimum: int, reason: str | None) -> None:
    made = transform(page(f"<h1>Well to be mended</h1><p>{LONGER}</p>"), OUTLET, min_words=minimum)
    assert one_of_both(made)
    assert (made.rejection.reason if made.rejection else None) == reason
    assert made.rejection is None or made.rejection.detail == "48 words, fewer than 49"


def test_a_live_text_may_be_short() -> None:
    live = '<script type="application/ld+json">{"@type":"LiveBlogPosting","headline":"Well"}</script>'
    made = transform(page(f"{live}<h1>Well to be mended</h1><p>{LONGER}</p>"), OUTLET, min_words=4000)
    assert made.version
    assert made.version.is_live


def test_nothing_lends_a_headline_to_a_page_without_one() -> None:
    made = transform(page(f"<p>{LONGER}</p>", hint=Hint(source="feed", title="")), OUTLET, min_words=1)
    assert made.rejection
    assert (made.rejection.detail, made.rejection.disposition) == ("no headline", "filtered")


@pytest.mark.parametrize(
    ("hint", "field", "value"),
    [
        (Hint(source="feed", title="The feed's"), "headline", "Well to be mended"),
        (Hint(source="feed", section="Water"), "section", "Water"),
        (Hint(source="feed", published_at=datetime(2024, 5, 1, tzinfo=UTC)), "published_evidence", "meta:article:published_time"),
    ],
)
def test_what_the_page_says_comes_before_the_source(hint: Hint, field: str, value: str) -> None:
    made = transform(page(hint=hint), OUTLET, min_words=10)
    assert getattr(made.version, field) == value


def changed(html: str) -> Transformed:
    return transform(page(html), OUTLET, min_words=10)


@pytest.mark.parametrize(
    ("old", "new", "is_another"),
    [
        ("three hours", "four hours", True),
        ("<h1>Well to be mended</h1>", "<h1>Well to be mended soon</h1>", True),
        ("<body>", "<body><nav>Menu of the day</nav>", False),
        ("<p>", "<p class=x>\n\n", False),
        ("T09:30:00", "T10:30:00", False),
        (" | Upland Times", " - Upland Times", False),
    ],
)
def test_a_version_changes_with_headline_and_body_only(old: str, new: str, is_another: bool) -> None:
    before, after = changed(HTML), changed(HTML.replace(old, new))
    assert before.version
    assert after.version
    assert before.article == after.article
    assert (before.version.version_id != after.version.version_id) is is_another
    assert (before.version.content_sha256 != after.version.content_sha256) is is_another
    assert ({m.mention_id for m in before.mentions} == {m.mention_id for m in after.mentions}) or is_another


def test_every_mention_quotes_its_offsets() -> None:
    made = transform(page(), OUTLET, min_words=10)
    assert made.version
    for mention in made.mentions:
        assert 0 <= mention.content.start < mention.content.end <= len(made.version.body)
        assert mention.article_id == made.version.article_id
        pieces = [(mention.content.start, mention.content.end), *mention.content.extra]
        assert all(made.version.body[start:end] in mention.text or mention.text in made.version.body[start:end] for start, end in pieces)


def test_a_quarantined_page_gives_its_reason_by_its_class(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PageRejected("the page has holes", url="https://upland.example/x")

    monkeypatch.setattr(extract, "extract", refuse)
    made = transform(page(), OUTLET, min_words=10)
    assert made.rejection
    assert (made.rejection.reason, made.rejection.stage) == ("page_rejected", "extract")
    assert "the page has holes" in made.rejection.detail


def test_a_fault_s_message_is_bounded() -> None:
    assert pipeline.fault(ValueError("x" * 9000)) == ("ValueError: " + "x" * 9000)[:500]


def test_reading_alone_gives_no_keys_and_filters_nothing() -> None:
    short = pipeline.read(page("<h1>Well to be mended</h1><p>Only a few words here, and nothing else at all in it.</p>"), OUTLET)
    assert short.page
    assert short.rejection is None
    empty = pipeline.read(page(b""), OUTLET)
    assert empty.page is None
    assert empty.rejection


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(
        st.sampled_from(["<p>", "</p>", "<h1>Well</h1>", "<br>", "“We will,” she said.", TEXT, "<script>", "\x00", "<table>"]), max_size=8
    ),
    st.binary(max_size=40),
    st.integers(0, 60),
)
def test_every_page_gives_one_of_both_and_the_same_again(parts: list[str], noise: bytes, minimum: int) -> None:
    body = "".join(parts).encode() + noise
    made, again = (transform(page(body), OUTLET, min_words=minimum) for _ in range(2))
    assert one_of_both(made)
    assert made == again
    assert made.rejection is None or (made.mentions == [] and made.rejection.capture_id == page().capture.capture_id)
    assert Transformed.model_validate_json(made.model_dump_json()) == made
