"""Texts turned into a segment of the inverted index: which stem stands in which text, how often. Words in, arrays out.

Text is cut by the macro marts.search_words, here and in queries, so that both see the same words. A segment is made once, where a batch
lands; what a load does with it is a copy. Everything is done on whole arrays: a sort by stem costs 0.1 ms an article, a loop over its
words ten times that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from transforms.stems import stems
from warehouse.sql import HERE

Ints = npt.NDArray[np.int32]
Shorts = npt.NDArray[np.uint16]

# Texts whose words are strings in memory at once: about 8 MB of text, 1.3 million words.
TEXTS_PER_CUT = 2000
# Words of one segment: 6,000 articles. Its arrays and their sort take 20 bytes a word, 80 MB.
SEGMENT_WORDS = 4_000_000
# An entry is the place of a document in its segment, times eight, plus a step of STEPS: 16 bits. Two numbers cost a load twice the time.
STEP_BITS = 3
SEGMENT_TEXTS = 1 << (16 - STEP_BITS)
# How often a word stands in a text, rounded down to one of these: BM25 hardly tells 10 from 14. marts.search_found has them as well.
STEPS = (1, 2, 3, 4, 5, 7, 10, 15)

DOCUMENTS = pa.schema(
    [("version_id", pa.uuid()), ("language", pa.string()), ("segment", pa.int32()), ("place", pa.int32()),
     ("headline_length", pa.int32()), ("body_length", pa.int32())]
)  # fmt: skip
WORDS = pa.schema(
    [("segment", pa.int32()), ("word", pa.string()), ("language", pa.string()), ("stem", pa.string()), ("number", pa.int32())]
)
ENTRIES = pa.list_(pa.uint16())
POSTINGS = pa.schema([("segment", pa.int32()), ("number", pa.int32()), ("in_headline", pa.bool_()), ("entries", ENTRIES)])


@dataclass(frozen=True)
class Segment:
    """Documents (a place each), the words in them with the number of their stem, and a row of postings a stem and field."""

    documents: pa.Table
    words: pa.Table
    postings: pa.Table


@dataclass(frozen=True)
class Postings:
    """Postings as flat arrays, ordered by row; a row's entries by document."""

    row: Ints  # of each entry
    entry: Shorts

    @classmethod
    def of(cls, lists: pa.ListArray) -> Postings:
        """The entries of lists, numbered by list."""
        return cls(np.repeat(np.arange(len(lists), dtype=np.int32), lists.value_lengths().to_numpy()), lists.flatten().to_numpy())

    @property
    def place(self) -> Shorts:
        """The document of each entry."""
        return (self.entry >> STEP_BITS).astype(np.uint16)

    def moved(self, place: Ints) -> Postings:
        """With other places of the documents; one below 0 leaves its entry out."""
        entry = (place << STEP_BITS) | (self.entry & ((1 << STEP_BITS) - 1))
        return Postings(self.row[place >= 0], entry[place >= 0].astype(np.uint16))

    def lists(self) -> tuple[Ints, pa.ListArray]:
        """The rows that hold anything, and the entries of each of them."""
        first = _starts(self.row)
        cuts = pa.array(np.append(first, len(self.row)).astype(np.int32))
        return self.row[first], pa.ListArray.from_arrays(cuts, pa.array(self.entry))


def _starts(keys: Ints) -> npt.NDArray[np.int64]:
    """Where each run of equal keys begins."""
    return np.flatnonzero(np.append(True, keys[1:] != keys[:-1])[: len(keys)])


def _order(keys: Ints) -> npt.NDArray[np.int64]:
    """The stable order of keys >= 0, by two passes over 16 bits each: numpy sorts these by radix, four times as fast as 32 bits at once."""
    low = np.argsort((keys & 0xFFFF).astype(np.uint16), kind="stable")
    return low[np.argsort((keys[low] >> 16).astype(np.uint16), kind="stable")]


def gather(keys: Ints, documents: Shorts) -> Postings:
    """Postings of occurrences that come by document; those of a key come by document as well.

    >>> gather(np.array([1, 0, 1, 1], np.int32), np.array([0, 0, 0, 1], np.uint16)).entry.tolist()
    [0, 1, 8]
    """
    order = _order(keys)
    keys, documents = keys[order], documents[order]
    first = np.flatnonzero(np.append(True, (keys[1:] != keys[:-1]) | (documents[1:] != documents[:-1]))[: len(keys)])
    step = np.searchsorted(STEPS, np.diff(np.append(first, len(keys))), side="right") - 1
    return Postings(keys[first], ((documents[first].astype(np.int32) << STEP_BITS) | step).astype(np.uint16))


def cut(texts: Sequence[str]) -> tuple[pa.DictionaryArray, Ints]:
    """The words of all texts one after the other, and how many each text has."""
    with duckdb.connect(config={"threads": 1}) as con:
        con.execute("CREATE SCHEMA marts;" + (HERE / "macros" / "030_search_words.sql").read_text("utf-8"))
        con.register("texts", pa.table({"text": pa.array(texts, pa.string()), "number": range(len(texts))}))
        found = con.sql("SELECT marts.search_words(text) AS words FROM texts ORDER BY number").to_arrow_table()["words"]
    lists = pa.chunked_array(found.chunks, pa.list_(pa.string())).combine_chunks()
    return pc.dictionary_encode(lists.flatten()), pc.list_value_length(lists).to_numpy().astype(np.int32)


@dataclass
class Inverter:
    """Collects texts; `segment` says what they make. Headlines count as texts of their own."""

    number: int = 0
    words: int = 0
    _waiting: list[tuple[UUID, str, str, str]] = field(default_factory=list)
    _known: list[tuple[UUID, str]] = field(default_factory=list)
    _cut: list[pa.DictionaryArray] = field(default_factory=list)
    _lengths: list[Ints] = field(default_factory=list)

    def add(self, version_id: UUID, language: str, headline: str, body: str) -> None:
        """Take in a text."""
        self._waiting.append((version_id, language, headline, body))
        if len(self._waiting) >= TEXTS_PER_CUT:
            self._flush()

    @property
    def is_full(self) -> bool:
        """Enough for a segment: the next texts might not fit."""
        return self.words >= SEGMENT_WORDS or len(self._known) > SEGMENT_TEXTS - TEXTS_PER_CUT

    def _flush(self) -> None:
        if self._waiting:
            words, lengths = cut([text for one in self._waiting for text in (one[3], one[2])])
            self._known += [one[:2] for one in self._waiting]
            self._cut.append(words)
            self._lengths.append(lengths)
            self.words += len(words)
            self._waiting.clear()

    def segment(self) -> Segment | None:
        """The segment of everything since the last one; None where there is nothing."""
        self._flush()
        if not self._known:
            return None
        made = _segment(self.number, self._known, self._cut, np.concatenate(self._lengths))
        self.number, self.words, self._known, self._cut, self._lengths = self.number + 1, 0, [], [], []
        return made


def _segment(number: int, known: list[tuple[UUID, str]], cut_texts: list[pa.DictionaryArray], lengths: Ints) -> Segment:
    """Invert the texts of the documents `known` (version, language); text 2n is the body of document n, 2n + 1 its headline."""
    encoded = pa.chunked_array(cut_texts).unify_dictionaries().combine_chunks()
    languages = sorted({language for _, language in known})
    spoken = np.array([languages.index(language) for _, language in known], np.int32)
    texts = np.repeat(np.arange(len(lengths), dtype=np.int32), lengths)
    words = encoded.indices.to_numpy() + len(encoded.dictionary) * spoken[texts // 2]
    table, stem_of = _words(number, encoded.dictionary, languages, words)
    rows, lists = gather((stem_of[words] * 2 + texts % 2).astype(np.int32), (texts // 2).astype(np.uint16)).lists()
    postings: list[Any] = [np.full(len(rows), number, np.int32), rows // 2, rows % 2 == 1, lists]
    return Segment(_documents(number, known, lengths), table, pa.table(postings, schema=POSTINGS))


def _documents(number: int, known: list[tuple[UUID, str]], lengths: Ints) -> pa.Table:
    count = len(known)
    versions = pa.array([version.bytes for version, _ in known], pa.binary(16)).cast(pa.uuid().storage_type)
    columns: list[Any] = [
        pa.ExtensionArray.from_storage(pa.uuid(), versions), [language for _, language in known], np.full(count, number, np.int32),
        np.arange(count, dtype=np.int32), lengths[1::2], lengths[::2],
    ]  # fmt: skip
    return pa.table(columns, schema=DOCUMENTS)


def _words(number: int, dictionary: pa.Array, languages: list[str], words: Ints) -> tuple[pa.Table, Ints]:
    """Every word in every language that it stands in, with its stem; and the number of the stem of word + len(dictionary) * language."""
    is_met = np.zeros(len(dictionary) * len(languages), np.bool_)
    is_met[words] = True
    met = np.flatnonzero(is_met)
    spelled = dictionary.take(pa.array(met % len(dictionary))).to_pylist()
    spoken = [languages[one] for one in met // len(dictionary)]
    found = pa.array(stems(spelled, spoken), pa.string())
    ordered = pc.unique(found).sort()
    numbers = pc.index_in(found, ordered).to_numpy().astype(np.int32)
    stem_of = np.zeros(len(is_met), np.int32)
    stem_of[met] = numbers
    columns: list[Any] = [np.full(len(met), number, np.int32), spelled, spoken, found, numbers]
    return pa.table(columns, schema=WORDS), stem_of
