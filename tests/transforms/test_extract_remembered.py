"""Pages of one outlet read with its memory, from the pages that teach it to the page that is read: the whole way in one process."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from ingest.records import OutletMemory, PageBlocks, Recall
from ingest.recurring import LEAST_PAGES, next_memory
from transforms.extract import ExtractedPage, extract

AT = datetime(2020, 5, 4, tzinfo=UTC)
SLOGANS = {
    "en": "All that the valley needs to know, from the tower of Hollin, every single morning.",
    "de": "Alles, was das Tal wissen muss, vom Turm in Hollin, an jedem einzelnen Morgen.",
    "fr": "Tout ce que la vallée doit savoir, depuis la tour de Hollin, chaque matin que Dieu fait.",
    "ru": "Всё, что нужно знать долине, с башни Холлина, каждое утро без единого исключения.",
    "ja": "谷の人々が知るべきことのすべてを、ホリンの塔から毎朝欠かさずお届けしています。",
}
PLACES = ["Hollin", "Ludden", "Marsh", "Denby", "Overton", "Scar", "Wath", "Holme"]


def page(number: int, slogan: str, *, at: int = 1) -> bytes:
    """A page with a slogan among three paragraphs of its own; `at` is its place, 3 the end."""
    place = PLACES[number % len(PLACES)]
    lines = [
        f"The council of {place} voted on Monday night to mend well number {'x' * number} before the summer, the mayor said afterwards.",
        f"Each household in {place} pays {number} crowns for rope {'x' * number}, according to the treasurer, who had asked for hemp.",
        f"Supporters of the well in {place} had collected names {'x' * number} and read them aloud in front of the hall for hours.",
    ]
    lines.insert(at, slogan)
    text = "".join(f"<p>{line}</p>" for line in lines)
    title = f"Well of {place} is mended {'again ' * number}".strip()
    return f"<html><title>{title}</title><article><h1>{title}</h1>{text}</article></html>".encode()


def read(number: int, slogan: str, recall: Recall | None = None, *, at: int = 1) -> ExtractedPage:
    return extract(page(number, slogan, at=at), f"https://lantern.example/{number}", recall=recall)


def blocks(number: int, slogan: str, recall: Recall | None = None) -> PageBlocks:
    found = read(number, slogan, recall)
    return PageBlocks(
        outlet_id="lantern", page_id=str(number), headline=found.headline, seen_at=AT + timedelta(minutes=number), blocks=found.blocks
    )


def taught(slogan: str, count: int = LEAST_PAGES) -> OutletMemory | None:
    return next_memory("lantern", [blocks(number, slogan) for number in range(1, count + 1)], None, AT)


@pytest.mark.parametrize("code", SLOGANS)
@pytest.mark.parametrize("at", [0, 1, 2, 3])
def test_a_slogan_that_recurs_leaves_the_next_page_wherever_it_stands(code: str, at: int) -> None:
    slogan, memory = SLOGANS[code], taught(SLOGANS[code])
    assert memory is not None
    found = read(9, slogan, memory.recall(), at=at)
    assert slogan not in found.body
    assert len(found.body.split("\n\n")) == 3
    assert "+memory/" in found.extractor or slogan not in read(9, slogan, at=at).body


@pytest.mark.parametrize("code", SLOGANS)
def test_two_pages_teach_nothing(code: str) -> None:
    assert taught(SLOGANS[code], LEAST_PAGES - 1) is None


def test_only_the_slogan_is_learned_and_not_the_paragraphs() -> None:
    memory = taught(SLOGANS["en"], 8)
    assert memory is not None
    assert [one.text for one in memory.recurring] == [SLOGANS["en"]]
    assert (memory.pages, memory.recurring[0].pages) == (8, 8)


def test_pages_that_are_read_with_the_memory_teach_the_same_again() -> None:
    memory = taught(SLOGANS["en"])
    assert memory is not None
    later = [blocks(number, SLOGANS["en"], memory.recall()) for number in range(4, 9)]
    again = next_memory("lantern", later, None, AT)
    assert again is not None
    assert [one.print for one in again.recurring] == [one.print for one in memory.recurring]


def test_a_memory_of_another_outlet_takes_nothing() -> None:
    other = taught(SLOGANS["de"])
    assert other is not None
    assert read(9, SLOGANS["en"], other.recall()) == read(9, SLOGANS["en"])


@pytest.mark.parametrize("code", SLOGANS)
def test_the_same_page_and_memory_give_the_same_record(code: str) -> None:
    memory = taught(SLOGANS[code])
    assert memory is not None
    one, two = (read(9, SLOGANS[code], memory.recall()) for _ in range(2))
    assert one == two
    assert one.model_dump_json() == two.model_dump_json()
