"""Golden pages of our own writing: one page a template, a JSON file beside it says what must come out."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from ingest.records import Hint, OutletProfile
from transforms.extract import ExtractedPage, extract

PAGES = Path(__file__).with_name("pages")
CAPTURED = datetime(2026, 1, 1, tzinfo=UTC)
CASES = sorted(path.stem for path in PAGES.glob("*.json"))
TIMES = {"published_at", "modified_at"}


def read(name: str) -> tuple[dict[str, Any], ExtractedPage]:
    case = json.loads((PAGES / f"{name}.json").read_text("utf-8"))
    body = next(path for path in PAGES.glob(f"{name}.*") if path.suffix != ".json").read_bytes()
    outlet = OutletProfile(outlet_id="x", name=case.get("name", ""), home="", timezone=case.get("timezone", "UTC"))
    hint = Hint.model_validate_json(json.dumps(case["hint"])) if "hint" in case else None
    return case, extract(body, case["url"], content_type=case.get("content_type"), outlet=outlet, hint=hint, captured_at=CAPTURED)


@pytest.mark.parametrize("name", CASES)
def test_fields_of_a_golden_page(name: str) -> None:
    case, page = read(name)
    for field, expected in case["expect"].items():
        found = getattr(page, field)
        if field in TIMES:
            assert found is not None, field
            assert (found, found.utcoffset()) == ((wanted := datetime.fromisoformat(expected)), wanted.utcoffset()), field
        elif field == "captions":
            assert [caption.model_dump() for caption in found] == expected
        else:
            assert found == expected, field


@pytest.mark.parametrize("name", [name for name in CASES if name != "live"])
def test_the_body_is_the_paragraphs_and_nothing_else(name: str) -> None:
    case, page = read(name)
    paragraphs = page.body.split("\n\n")
    assert [text[: len(start)] for text, start in zip(paragraphs, case["paragraphs"], strict=False)] == case["paragraphs"]
    assert len(paragraphs) == len(case["paragraphs"]), paragraphs


def test_a_live_blog_keeps_its_posts() -> None:
    case, page = read("live")
    for start in case["contains"]:
        assert start in page.body


@pytest.mark.parametrize("name", CASES)
def test_the_same_bytes_give_the_same_page(name: str) -> None:
    assert read(name)[1] == read(name)[1]


@pytest.mark.parametrize("name", CASES)
def test_every_page_names_its_method(name: str) -> None:
    assert read(name)[1].extractor.startswith("trees/")


def test_a_text_that_the_trims_take_whole_is_kept_where_its_scores_are_high(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("transforms.extract.furniture.is_furniture", lambda *_: True)
    line = "The old well of Hollin was closed on Monday after a goose had fallen in, the mayor said, and the village drinks from the river."
    html = f"<title>Well closed after goose</title><main><h1>Well closed after goose</h1>{f'<p>{line}</p>' * 3}</main>"
    assert set(extract(html.encode(), "https://p.example/a").body.split("\n\n")) == {line}
