"""The search index: right after any course of loads, in any script, for any client; queries with phrases, fields and dates."""

from __future__ import annotations

import random
import re
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import duckdb
import numpy as np
import pytest

from common.settings import Settings
from transforms.stems import stem
from warehouse import indexing, inverting, landed_index, merging, stages
from warehouse.connect import open_private
from warehouse.landing import folder, verify, write_landing
from warehouse.load import load
from warehouse.migrate import repeatable
from warehouse.sql import statement
from warehouse.verify import run_checks

POSTINGS = """
SELECT a.canonical_url, CASE WHEN p.in_headline THEN 'headline' ELSE 'body' END, w.stem, [1, 2, 3, 4, 5, 7, 10, 15][p.entry % 8 + 1]
FROM (SELECT *, unnest(entries) AS entry FROM core.search_posting) p
JOIN core.search_document d ON d.document = p.first_document + p.entry // 8 JOIN core.article a USING (article_id)
JOIN (SELECT DISTINCT stem, stem_id FROM core.search_word) w USING (stem_id)
"""
TEXTS = [
    "Rain fell on the dam.",
    "The dam broke; dams break.",
    "A dam, a dam, a dam!" + " Dams and a dam." * 5,
    "Häuser und ein Haus",
    "No rain.",
]


def held(con: duckdb.DuckDBPyConnection) -> set[tuple[Any, ...]]:
    """Every posting of a present text: address, field, stem, frequency."""
    found = con.execute(POSTINGS).fetchall()
    assert len(found) == len(set(found))
    return set(found)


def expected(con: duckdb.DuckDBPyConnection) -> set[tuple[Any, ...]]:
    """The index made in Python out of the present texts."""
    found: Counter[tuple[str, str, str]] = Counter()
    for url, language, headline, body in con.execute("SELECT canonical_url, language, headline, body FROM core.current_version").fetchall():
        for field, text in (("headline", headline), ("body", body)):
            found.update((url, field, stem(word, language or "")) for word in re.findall(r"\w+", text.lower()))
    return {(*key, max(step for step in inverting.STEPS if step <= count)) for key, count in found.items()}


def faults(con: duckdb.DuckDBPyConnection) -> list[str]:
    return [result.name for result in run_checks(con) if result.violations]


@pytest.mark.parametrize("seed", range(3))
def test_after_any_course_of_loads_the_index_holds_the_present_texts(
    loader: Any, make: Any, con: duckdb.DuckDBPyConnection, seed: int
) -> None:
    dice = random.Random(seed)
    for number in range(5):
        batch = f"b{number}"
        captures = [make.capture(f"herald/{n}", dice.randint(-50, 50), batch=batch) for n in dice.sample(range(5), 3)]
        rows = [
            make.row(c, dice.choice(TEXTS), headline=dice.choice(["Dams", "Rain"]), language=dice.choice(["en", "de", None]))
            if dice.random() < 0.8
            else make.rejection(c)
            for c in captures
        ]
        loader(batch, captures, rows, chunk_size=2)
        assert held(con) == expected(con)
        assert faults(con) == []


def test_a_text_that_newer_code_reads_in_another_language_is_stemmed_anew(loader: Any, make: Any, con: duckdb.DuckDBPyConnection) -> None:
    capture = make.capture("herald/1")
    loader("b1", [capture], [make.row(capture, "Häuser am See")])
    assert con.execute("FROM search('haus')").fetchall() == []
    loader("reprocess/1", [capture], [make.row(capture, "Häuser am See", language="de", code_version="test/2")])
    assert len(con.execute("FROM search('haus')").fetchall()) == 1
    assert held(con) == expected(con)


def test_a_capture_that_is_rejected_anew_leaves_the_index(loader: Any, make: Any, con: duckdb.DuckDBPyConnection) -> None:
    capture = make.capture("herald/1")
    loader("b1", [capture], [make.row(capture, "Rain fell.")])
    loader("reprocess/1", [capture], [make.rejection(capture)])
    assert held(con) == set()
    assert con.execute("FROM core.search_document").fetchall() == []


def test_a_load_that_fails_leaves_the_index_as_it_was(
    loader: Any, make: Any, con: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = make.capture("herald/1"), make.capture("herald/2", batch="b2")
    loader("b1", [one], [make.row(one, "Rain fell.")])
    before = held(con)
    monkeypatch.setattr(indexing, "statement", lambda name: statement(name) if name < "search_3" else "SELECT error('the disk is full')")
    with pytest.raises(duckdb.Error, match="the disk is full"):
        loader("b2", [two], [make.row(two, "Sun shone.")])
    assert held(con) == before
    assert con.execute("SELECT count(*) FROM core.article").fetchall() == [(1,)]


def test_a_warehouse_from_before_the_index_gets_one(settings: Any, compared: duckdb.DuckDBPyConnection) -> None:
    before = held(compared)
    for table in ("search_word", "search_document", "search_posting", "search_segment"):
        compared.execute(f"DELETE FROM core.{table}")
    compared.close()
    stages.publish(settings)
    with open_private(settings) as con:
        assert held(con) == before
        assert indexing.index_missing(con) == 0


def test_slices_make_the_same_index(loader: Any, make: Any, con: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inverting, "TEXTS_PER_CUT", 2)
    monkeypatch.setattr(inverting, "SEGMENT_WORDS", 8)
    monkeypatch.setattr(indexing, "TEXTS_AT_ONCE", 2)
    captures = [make.capture(f"herald/{n}") for n in range(len(TEXTS))]
    loader("b1", captures, [make.row(c, text, language="en") for c, text in zip(captures, TEXTS, strict=True)])
    assert held(con) == expected(con)
    assert con.execute("SELECT count(*) FROM core.search_segment").fetchall() == [(3,)]
    con.execute("DELETE FROM core.search_document")
    assert indexing.index_missing(con) == len(TEXTS)
    assert held(con) == expected(con)


def test_segments_that_have_gathered_become_one_without_what_is_gone(
    loader: Any, make: Any, con: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(merging, "FAN", 3)
    texts = [*TEXTS, "Sun over the dam."]
    for number, text in enumerate(texts):
        capture = make.capture(f"herald/{number % 4}", number, batch=f"b{number}")
        loader(f"b{number}", [capture], [make.row(capture, text, language="en", headline="")])
        assert held(con) == expected(con)
    assert len(con.execute("FROM core.search_segment").fetchall()) < 4
    ((postings,),) = con.execute("SELECT sum(len(entries)) FROM core.search_posting").fetchall()
    assert len(held(con)) <= postings < sum(len(set(text.split())) for text in texts)
    assert faults(con) == []


def test_a_text_without_words_is_a_document_without_postings(loader: Any, make: Any, con: duckdb.DuckDBPyConnection) -> None:
    captures = [make.capture("herald/1"), make.capture("herald/2", 1, batch="b2")]
    loader("b1", captures[:1], [make.row(captures[0], "— … —", headline="")])
    loader("b2", captures[1:], [make.row(captures[1], "Rain fell.", headline="")])
    assert (held(con), faults(con)) == (expected(con), [])
    assert con.execute("SELECT count(*) FROM core.search_document").fetchall() == [(2,)]


def test_a_landing_folder_without_segments_is_indexed_from_its_texts(
    loader: Any, make: Any, con: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexing, "segments", lambda _folder: iter(()))
    capture = make.capture("herald/1")
    loader("b1", [capture], [make.row(capture, "Rain fell.", headline="")])
    assert held(con) == expected(con) != set()


def test_how_often_a_stem_stands_in_a_text_is_kept_in_steps() -> None:
    counts = np.arange(1, 40)
    keys = np.repeat(np.arange(len(counts), dtype=np.int32), counts)
    entries = inverting.gather(keys, np.zeros(len(keys), np.uint16)).entry
    kept = [inverting.STEPS[step] for step in entries]
    assert kept == [max(step for step in inverting.STEPS if step <= count) for count in counts]
    assert len(inverting.STEPS) == 1 << inverting.STEP_BITS
    assert f"[{', '.join(map(str, inverting.STEPS))}][entry % {len(inverting.STEPS)} + 1]" in repeatable()


@pytest.mark.parametrize("texts", [7, 8, 9, 40])
def test_no_segment_has_more_texts_than_places(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, make: Any, texts: int) -> None:
    monkeypatch.setattr(inverting, "TEXTS_PER_CUT", 3)
    monkeypatch.setattr(inverting, "SEGMENT_TEXTS", 8)
    with landed_index.IndexWriter(tmp_path) as writer:
        for number in range(texts):
            writer.add(make.row(make.capture(f"herald/{number}"), f"Dam {number}.").version)
    sizes = [len(segment.documents) for segment in landed_index.segments(tmp_path)]
    assert sum(sizes) == texts
    assert max(sizes) <= 8


def test_the_last_place_of_a_segment_fits() -> None:
    entries = inverting.gather(np.zeros(1, np.int32), np.array([inverting.SEGMENT_TEXTS - 1], np.uint16))
    assert entries.place.tolist() == [inverting.SEGMENT_TEXTS - 1]


def test_only_neighbours_of_a_size_gather() -> None:
    def sizes(*words: int) -> list[int]:
        return [one.words for one in merging.gathered([merging.Stretch(n, 1, size) for n, size in enumerate(words)])]

    assert sizes(*[10] * 7) == []
    assert sizes(*[10] * 8) == [10] * 8
    assert sizes(10_000, *[10] * 8) == [10] * 8
    assert sizes(*[80] * 7, *[10] * 8) == [80] * 7 + [10] * 8
    assert sizes(merging.FULL, *[10] * 7) == []
    assert sizes(*[merging.FULL - 1] * 8) == []


@pytest.mark.parametrize("is_wanted", [[True, False, True], [False, False, True]])
def test_a_segment_without_some_of_its_texts_is_one_made_of_the_others(is_wanted: list[bool]) -> None:
    def made(numbers: list[int]) -> inverting.Segment:
        inverter = inverting.Inverter()
        for number in numbers:
            inverter.add(UUID(int=number), "en", "Dam", TEXTS[number])
        segment = inverter.segment()
        assert segment is not None
        return segment

    def postings(segment: inverting.Segment) -> list[tuple[Any, ...]]:
        stems = {row["number"]: row["stem"] for row in segment.words.to_pylist()}
        return [(stems[row["number"]], row["in_headline"], row["entries"]) for row in segment.postings.to_pylist()]

    left = indexing.wanted(made([0, 1, 2]), np.array(is_wanted))
    again = made([n for n in range(3) if is_wanted[n]])
    assert postings(left) == postings(again)
    assert left.documents == again.documents


class Shelf:
    """A warehouse that is only read."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self.con = con

    def rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        return self.con.execute(sql, list(values)).fetchall()


@pytest.fixture(scope="module")
def library(empty_file: Path, tmp_path_factory: pytest.TempPathFactory, dam_of_session: Any) -> Iterator[Shelf]:
    """Texts of several languages and scripts; days after noon of 20 September 2018 are their publication."""
    make, _ = dam_of_session
    texts = {
        "herald": ("en", "Second summit agreed", "Moon and Kim will meet for a second summit in Pyongyang."),
        "ledger": ("en", "Talks", "At the summit the second speaker was Moon. Summits like this are rare."),
        "bote": ("de", "Zweites Gipfeltreffen", "Die Häuser der Verhandlungen; pre-war O'Brien, 3,5 Millionen Euro für die Straße."),
        "asahi": ("ja", "首脑会谈", "南北首脑会谈在平壤举行。カイダン"),
        "hindi": ("hi", "शिखर सम्मेलन", "प्योंगयांग में हिन्दी 和平 мир"),
    }
    captures = [make.capture(f"{name}/x", n) for n, name in enumerate(texts)]
    rows = [
        make.row(c, body, headline=headline, language=language, published_at=make.at(n * 60 * 24))
        for n, (c, (language, headline, body)) in enumerate(zip(captures, texts.values(), strict=True))
    ]
    made = Settings(data_dir=tmp_path_factory.mktemp("library"), warehouse_threads=1)
    made.warehouse_file.parent.mkdir(parents=True)
    shutil.copy(empty_file, made.warehouse_file)
    write_landing(made, "b1", captures, rows)
    with open_private(made) as con:
        load(con, verify(folder(made, "b1")), folder(made, "b1"), make.noon)
        yield Shelf(con)


def hits(desk: Any, query: str, macro: str = "search") -> list[str]:
    return [outlet for (outlet,) in desk.rows(f"SELECT outlet_id FROM marts.{macro}(?)", query)]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("summits", ["herald", "ledger"]),  # the headline counts three times
        ('"second summit"', ["herald"]),
        ('"second summits"', ["herald"]),  # a phrase is one of stems
        ('"summit second"', []),
        ("second-summit", ["herald"]),  # what is written together stands together
        ('"second summit', ["herald"]),  # a quote that nobody closed
        ("headline:summit", ["herald"]),
        ('headline:"second summit" pyongyang', ["herald"]),
        ("headline:pyongyang", []),
        ("summit -pyongyang", ["ledger"]),
        ('summit -"second speaker"', ["herald"]),
        ("-summit", []),
        ("summit outlet:ledger", ["ledger"]),
        ("summit OUTLET:Ledger", ["ledger"]),
        ("moon outlet:ledger outlet:herald", ["herald", "ledger"]),
        ("moon -outlet:ledger", ["herald"]),
        ("language:de", ["bote"]),
        ("-language:en -language:de", ["hindi", "asahi"]),
        ("summit after:2018-09-21", ["ledger"]),
        ("summit before:2018-09-21", ["herald"]),
        ("after:2018-09-21 before:2018-09-23", ["bote", "ledger"]),
        ("after:2018-09-24T11:00", ["hindi"]),
        ("summit after:2018-09 before:2019", ["herald", "ledger"]),
        ("haus verhandlung", ["bote"]),
        ("STRASSE", ["bote"]),
        ("pre-war o'brien 3,5", ["bote"]),
        ("首脑", ["asahi"]),
        ("会谈 平壤", ["asahi"]),
        ("谈会", []),
        ("カイ", ["asahi"]),
        ("हिन्दी", ["hindi"]),
        ("МИР", ["hindi"]),
        ("pyong", ["herald"]),  # a word that no text holds asks for longer ones
        ("pyong*", ["herald"]),
        ("seco* summ*", ["herald", "ledger"]),
        ("summiting", ["herald", "ledger"]),  # no text spells it so
        ("häusern", ["bote"]),
        ("yongyang", []),
        ("x:y", []),
        ('"" - -"" *', []),
    ],
)
def test_queries(library: Any, query: str, expected: list[str]) -> None:
    assert hits(library, query) == expected


def test_a_query_is_cut_as_texts_are(library: Any) -> None:
    letters = [chr(n) for n in range(0x20, 0x260)]  # up to there the short expression may stand in
    letters += [*map(chr, range(0x2010, 0x2040)), "\t", "\n", "\r", "€"]
    texts = [f"a{letter}b {letter}" for letter in letters] + ["e\u0301te\u0301 Straße İstanbul x²", "首脑 at 3,5", ""]
    rows = library.rows(
        "SELECT text FROM (SELECT unnest(?::VARCHAR[]) AS text) WHERE marts.search_words(text) <> marts.search_query_words(text)", texts
    )
    assert rows == []


def test_any_of_the_words_is_enough_where_it_is_asked_so(library: Any) -> None:
    assert sorted(hits(library, "pyongyang speaker volcano", "search_any")) == ["herald", "ledger"]
    assert hits(library, "pyongyang speaker volcano") == []


def test_a_word_that_is_asked_for_twice_counts_once(library: Any) -> None:
    once, twice = (library.rows("SELECT outlet_id, score FROM search(?)", query) for query in ("moon", "moon MOON moon"))
    assert once == twice != []


def test_small_words_count_in_phrases_and_where_all_are_asked_for(library: Any) -> None:
    assert hits(library, "at the", "search_any") == hits(library, "the volcano", "search_any") == []
    assert hits(library, '"at the summit"', "search_any") == hits(library, "at the summit speaker") == ["ledger"]


@pytest.mark.parametrize("query", ["after:yesterday", "before:2018-13-01", "dam after:"])
def test_what_is_no_date_is_said(library: Any, query: str) -> None:
    with pytest.raises(duckdb.Error, match="is no date; write it as"):
        hits(library, query)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ('"agreed pyongyang"', []),  # the end of a headline is not beside its text
        ('"moon and kim will meet"', ["herald"]),
        ('"moon moon"', []),
        ('"second summit in pyongyang" "second speaker"', []),
        ('headline:"summit agreed"', ["herald"]),
        ('headline:"for a second"', []),
        ('"häuser der verhandlungen"', ["bote"]),
        ('"Straße pre"', []),
        ('"北首脑"', ["asahi"]),
        ('"हिन्दी 和平"', ["hindi"]),
        ('"mosul offensive"', []),
    ],
)
def test_phrases_are_looked_up_in_the_texts(library: Any, query: str, expected: list[str]) -> None:
    assert hits(library, query) == expected


def test_a_phrase_counts_the_steps_of_all_its_forms(desk: Any, make: Any) -> None:
    captures = [make.capture(f"{name}/x") for name in ("one", "two", "three")]
    bodies = ["Dams — “broken”\n\nwalls stood.", "broken dams and walls", "The dam broken wall"]
    desk.put(captures, [make.row(c, body, headline="Notes", language="en") for c, body in zip(captures, bodies, strict=True)], [])
    indexing.index_missing(desk.con)
    assert sorted(hits(desk, '"dam broken walls"')) == ["one", "three"]


def test_how_a_query_is_understood(library: Any) -> None:
    found = library.rows("SELECT is_not, field, word, step, words FROM marts.search_query(?) ORDER BY place, step", '-outlet:x "a b" c')
    assert found == [(True, "outlet", None, 0, 0), (False, "", "a", 0, 2), (False, "", "b", 1, 2), (False, "", "c", 0, 1)]


def test_rank_is_bm25(desk: Any, make: Any) -> None:
    """By hand: 3 texts of 4, 4 and 2 words; `storm` stands in two of them, 2 and 1 times."""
    captures = [make.capture(f"{name}/x") for name in ("twice", "once", "never")]
    bodies = ["storm storm at sea", "storm at the sea", "calm sea"]
    desk.put(captures, [make.row(c, body, headline="Notes") for c, body in zip(captures, bodies, strict=True)], [])
    indexing.index_missing(desk.con)
    # idf = ln(1 + (3 - 2 + .5) / (2 + .5)) = .4700; mean length 10 / 3; saturation tf * 2.2 / (tf + 1.2 * (.25 + .75 * 4 / mean))
    assert desk.rows("SELECT outlet_id, score FROM search('storm')") == [("twice", 0.612), ("once", 0.434)]


def test_the_excerpt_shows_another_form_of_the_word(library: Any) -> None:
    ((excerpt,),) = library.rows("SELECT excerpt FROM search('haus verhandlung')")
    assert "Häuser" in excerpt


def test_a_text_that_is_unchanged_adds_no_posting(loader: Any, make: Any, con: duckdb.DuckDBPyConnection) -> None:
    first, again = make.capture("herald/1"), make.capture("herald/1", 10, batch="b2")
    loader("b1", [first], [make.row(first, "Rain fell.")])
    loader("b2", [again], [make.row(again, "Rain fell.")])
    assert con.execute("SELECT count(*), min(first_document), max(first_document) FROM core.search_posting").fetchall() == [(3, 1, 1)]
