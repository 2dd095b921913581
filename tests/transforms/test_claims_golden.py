"""Golden articles: short texts of our own over many topics with every attribution that a reader finds in them."""

from __future__ import annotations

from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any

import pytest
import yaml

from transforms.claims import Attribution, attribute

FOLDER = Path(__file__).parent / "claims_golden"
CASES = [(path.stem, case) for path in sorted(FOLDER.glob("*.yaml")) for case in yaml.safe_load(path.read_text("utf-8"))]
NAMES = [f"{topic}: {case['name']}" for topic, case in CASES]


def read(case: dict[str, Any]) -> tuple[str, list[Attribution]]:
    """The text of a case and what is found in it, published at noon."""
    published = datetime.combine(case["published"], time(12), UTC)
    text = case["text"].strip()
    return text, attribute(text, published=published, language=case.get("language"))


def number(value: Any) -> dict[str, Any]:
    """A number as the golden files print it: what is missing or exact is left out."""
    plain = {"value": value.value, "upper": value.upper, "unit": value.unit, "bound": value.bound, "what": value.what}
    return {name: part for name, part in plain.items() if part is not None and part != "exact"}


def printed(text: str, item: Attribution) -> dict[str, Any]:
    """One attribution in the words of the text."""

    def words(span: tuple[int, int] | None) -> str | None:
        return text[slice(*span)] if span else None

    return {
        "source": words(item.source),
        "cue": words(item.cue),
        "content": [words(piece) for piece in item.content],
        "speaker": item.speaker.name,
        "kind": item.speaker.kind,
        "quote_type": item.quote_type,
        "polarity": item.polarity,
        "certainty": item.certainty,
        "negated": item.is_negated,
        "chain": list(item.chain),
        "numbers": [number(n) for n in item.numbers],
        "dates": [d.iso for d in item.dates],
        "said_on": item.said_on,
    }


def expected(entry: dict[str, Any]) -> dict[str, Any]:
    """A golden entry with the parts that files leave out where they are empty."""
    return {"negated": False, "chain": [], "numbers": [], "dates": [], "said_on": None, **entry}


@pytest.mark.parametrize("case", [case for _, case in CASES], ids=NAMES)
def test_every_attribution_of_a_golden_article(case: dict[str, Any]) -> None:
    text, found = read(case)
    assert [printed(text, item) for item in found] == [expected(entry) for entry in case["expected"]]


@pytest.mark.parametrize("case", [case for _, case in CASES], ids=NAMES)
def test_typewriter_quotation_marks_change_no_speaker(case: dict[str, Any]) -> None:
    """The same text with straight double marks: every content, source and speaker stays (offsets too)."""
    text, found = read(case)
    if any(mark in text for mark in "„«»‘") or text.count("“") != text.count("”"):
        return
    straight = attribute(
        text.replace("“", '"').replace("”", '"'),
        published=datetime.combine(case["published"], time(12), UTC),
        language=case.get("language"),
    )
    assert [(a.content, a.source, a.speaker.name) for a in straight] == [(a.content, a.source, a.speaker.name) for a in found]


@pytest.mark.parametrize("case", [case for _, case in CASES], ids=NAMES)
def test_windows_line_ends_and_wide_gaps_change_nothing_but_offsets(case: dict[str, Any]) -> None:
    text, found = read(case)
    published = datetime.combine(case["published"], time(12), UTC)
    wide = attribute(text.replace("\n\n", "\r\n \r\n\r\n"), published=published, language=case.get("language"))
    assert [(a.speaker.name, a.quote_type, a.polarity, a.said_on) for a in wide] == [
        (a.speaker.name, a.quote_type, a.polarity, a.said_on) for a in found
    ]


def test_the_golden_articles_cover_what_they_promise() -> None:
    entries = [entry for _, case in CASES for entry in case["expected"]]
    assert len({topic for topic, _ in CASES}) >= 10
    assert {entry["quote_type"] for entry in entries} == {"direct", "mixed", "indirect"}
    assert {entry["polarity"] for entry in entries} == {"asserts", "denies", "expects", "promises", "questions", "demands", "other"}
    assert {entry["certainty"] for entry in entries} == {"certain", "hedged", "alleged", "planned", "conditional"}
    assert {entry["kind"] for entry in entries} >= {"person", "organisation", "document", "unnamed"}
    assert {case.get("language", "en") for _, case in CASES} == {"en", "de", "fr", "es", "it", "pt"}
