"""Reading with the memory of an outlet: what recurs goes, what is the page's own stays, and the record tells."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.records import Recall
from tests.transforms.test_extract_explain import ONE, THREE, TWO, URL
from transforms.extract import EXTRACTOR, extract
from transforms.extract.blocks import Block
from transforms.extract.explain import explain
from transforms.extract.furniture import Known, trim
from transforms.extract.prints import MOST_BLOCKS, SHOWN, print_of, prints, recurs

AT = datetime(2020, 5, 4, tzinfo=UTC)
SLOGAN = "All that the valley needs to know, every day from the tower of Hollin, for nine crowns a month."


def recall(*texts: str, everywhere: tuple[str, ...] = ()) -> Recall:
    return Recall(
        learned_at=AT, prints=[name for text in texts if (name := print_of(text))], everywhere=[print_of(t) or "" for t in everywhere]
    )


def kept(*blocks: str | Block, memory: Recall | None) -> list[str]:
    found = [block if isinstance(block, Block) else Block("p", block) for block in blocks]
    return trim(found, Known(recall=memory)).paragraphs


def test_what_recurs_leaves_the_text_and_the_rest_stays() -> None:
    assert kept(ONE, SLOGAN, TWO, THREE, memory=recall(SLOGAN)) == [ONE, TWO, THREE]
    assert kept(ONE, SLOGAN, TWO, THREE, memory=recall("Something else of the tower.")) == [ONE, SLOGAN, TWO, THREE]
    assert kept(ONE, SLOGAN, memory=None) == [ONE, SLOGAN]


def test_digits_case_and_marks_make_no_difference() -> None:
    assert kept(
        ONE,
        TWO,
        THREE,
        "Already 1,204 readers support us: be one of them.",
        memory=recall("already 977 readers support us, be one of them"),
    ) == [
        ONE,
        TWO,
        THREE,
    ]
    assert print_of("2020-05-04") is None


def test_a_heading_over_text_stays_unless_most_pages_have_it() -> None:
    heading = Block("h2", "What we know so far")
    assert kept(ONE, heading, TWO, THREE, memory=recall(heading.text)) == [ONE, heading.text, TWO, THREE]
    assert kept(ONE, heading, TWO, THREE, memory=recall(heading.text, everywhere=(heading.text,))) == [ONE, TWO, THREE]
    assert kept(ONE, TWO, heading, SLOGAN, THREE, memory=recall(heading.text, SLOGAN)) == [ONE, TWO, THREE]


def test_a_page_that_is_mostly_known_is_a_copy_and_stays_whole() -> None:
    assert kept(ONE, TWO, THREE, memory=recall(ONE, TWO)) == [ONE, TWO, THREE]


def page(*lines: str) -> bytes:
    text = "".join(f"<p>{line}</p>" for line in lines)
    return f"<html lang=en><title>Well is mended</title><article><h1>Well is mended</h1>{text}</article>".encode()


@pytest.mark.parametrize("content_type", ["text/html", "text/plain"])
def test_the_record_names_the_memory_only_where_it_took_something(content_type: str) -> None:
    lines = [f"{ONE} {TWO}", SLOGAN, f"{THREE} {ONE[:-1]} again."]
    body = page(*lines) if content_type == "text/html" else "\n".join(["Well is mended at last", *lines]).encode()
    plain = extract(body, URL, content_type=content_type)
    read = extract(body, URL, content_type=content_type, recall=recall(SLOGAN))
    assert (plain.extractor, read.extractor) == (EXTRACTOR, f"{EXTRACTOR}+memory/2020-05-04T00:00:00Z")
    assert read.body.split("\n\n") == [lines[0], lines[2]]
    unused = extract(body, URL, content_type=content_type, recall=recall("Words of another page, not of this."))
    assert unused == plain


def test_what_was_taken_away_is_still_learned_from() -> None:
    read = extract(page(f"{ONE} {TWO}", SLOGAN, THREE), URL, recall=recall(SLOGAN))
    assert SLOGAN not in read.body
    assert print_of(SLOGAN) in {one.print for one in read.blocks}


def test_explanations_name_the_memory() -> None:
    told = {one.text: one.reason for one in explain(page(f"{ONE} {TWO}", SLOGAN, THREE), URL, recall=recall(SLOGAN))}
    assert (told[SLOGAN], told[THREE]) == ("recurs", None)


def test_prints_are_bounded_and_each_once() -> None:
    found = prints(
        [Block("h2", "Again and again"), Block("p", "again, and again 3"), *(Block("p", f"Line {'x' * n}") for n in range(MOST_BLOCKS + 9))]
    )
    assert len(found) == MOST_BLOCKS
    assert (found[0].is_heading, found[0].text, found[0].length) == (True, "Again and again", 15)
    assert prints([Block("p", "word " * 99)])[0].text == ("word " * 99)[:SHOWN]


@given(
    st.lists(st.sampled_from([ONE, TWO, THREE, SLOGAN, "Share", "12"]), max_size=8),
    st.sets(st.sampled_from([ONE, TWO, THREE, SLOGAN, "Share"])),
)
def test_only_known_blocks_recur_and_never_most_of_a_page(lines: list[str], known: set[str]) -> None:
    blocks = [Block("p", line) for line in lines]
    found = recurs(blocks, recall(*known))
    assert len(found) == len(blocks)
    gone = [line for line, is_gone in zip(lines, found, strict=True) if is_gone]
    assert set(gone) <= known
    assert 2 * sum(map(len, gone)) <= sum(map(len, lines))
