"""The other readings of a page."""

from __future__ import annotations

import json

import pytest

from ingest.records import OutletRules
from transforms.extract import fallback, signals
from transforms.extract.segments import segments
from transforms.extract.signals import Signals

URL = "https://www.lantern.example/town/story"
LONG = "The rope of the old well was mended on Monday, the mayor said, and the village will drink from it again by the summer. "


def read(html: str) -> Signals:
    return signals.read(html, URL)


def linked(**facts: object) -> str:
    return f'<script type="application/ld+json">{json.dumps({"@type": "Article", **facts})}</script>'


def test_furniture_elements_go_unless_they_hold_the_article() -> None:
    paragraphs = f"<p>{LONG}</p>" * 3
    assert "rope" not in fallback.furniture_free(read(f"<div class=newsletter-box><p>{LONG}</p></div>"))
    assert "rope" in fallback.furniture_free(read(f"<div class=social-page>{paragraphs}</div>"))
    assert "Well" in fallback.furniture_free(read("<div class='cookie-x'><h1>Well</h1></div>"))
    assert "rope" not in fallback.furniture_free(signals.read("<b class=x>rope</b>", URL, None, OutletRules(remove=[".x"])))


def test_text_in_data_keeps_its_lines() -> None:
    lines = f"{LONG}\n\n{LONG}!"
    assert len(fallback.linked(read(linked(articleBody=lines)))) == 2
    assert [block.text for block in fallback.linked(read(linked(articleBody="<p>One</p><p>Two</p>")))] == ["One", "Two"]
    assert fallback.linked(read("<p>No data</p>")) == []


def test_text_that_ran_together_is_divided_by_the_data() -> None:
    page = read(linked(articleBody=f"{LONG}\n{LONG}"))
    assert len(fallback.divided(fallback.blocks(f"<p>{LONG} {LONG}</p>"), page)) == 2
    assert len(fallback.divided(fallback.blocks(f"<p>{LONG * 9}</p>"), page)) == 1
    assert len(fallback.divided(fallback.blocks(f"<p>{LONG}</p>" * 3), page)) == 3


def test_methods_are_lazy_and_stop_at_large_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fallback, "extracted", lambda _: pytest.fail("asked"))
    assert next(fallback.methods(read(linked(articleBody=LONG))))[0].text == LONG.strip()
    large = read("<br>" * (signals.MOST_AFFORDABLE + 1))
    assert list(fallback.methods(large)) == [[]]


def test_votes_name_the_segments_that_trafilatura_keeps() -> None:
    html = f"<title>Well</title><nav><p>Front page and menu</p></nav><article><h1>Well</h1>{f'<p>{LONG}</p>' * 4}</article>"
    page = read(html)
    assert page.tree.body is not None
    found = segments(page.tree.body).segments
    votes = dict(zip([one.text for one in found], fallback.votes(page, found), strict=True))
    assert votes[LONG.strip()] == 1
    assert votes["Front page and menu"] == 0


def test_votes_without_a_text_are_none() -> None:
    page = read("<div></div>")
    assert page.tree.body is not None
    assert list(fallback.votes(page, segments(page.tree.body).segments)) == []
