"""The segments of a landing folder: written while its texts are, read by the load.

Arrow files: of Parquet, a load spent half of its time with the index on decoding lists.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from uuid import UUID

import pyarrow as pa

from transforms.records import ArticleVersion
from warehouse.inverting import DOCUMENTS, POSTINGS, WORDS, Inverter, Segment

FILES = {"search_document": DOCUMENTS, "search_word": WORDS, "search_posting": POSTINGS}
OPTIONS = pa.ipc.IpcWriteOptions(compression="zstd")


def _batch(table: pa.Table) -> pa.RecordBatch:
    """The table as one record batch, also where it has no row."""
    return (table.combine_chunks().to_batches() or [pa.RecordBatch.from_pylist([], table.schema)])[0]


class IndexWriter:
    """Files of the segments of a batch, one record batch a segment."""

    def __init__(self, folder: Path) -> None:
        self._stack = ExitStack()
        self.paths = {stem: folder / f"{stem}.arrow" for stem in FILES}
        self._files = {
            stem: self._stack.enter_context(pa.ipc.new_file(str(self.paths[stem]), schema, options=OPTIONS))
            for stem, schema in FILES.items()
        }
        self.rows = dict.fromkeys(FILES, 0)
        self._inverter = Inverter()
        self._seen: set[tuple[UUID, str | None]] = set()

    def add(self, version: ArticleVersion) -> None:
        """Index a text, once however many captures show it."""
        if (version.version_id, version.language) not in self._seen:
            self._seen.add((version.version_id, version.language))
            self._inverter.add(version.version_id, version.language or "", version.headline, version.body)
            if self._inverter.is_full:
                self._flush()

    def _flush(self) -> None:
        if segment := self._inverter.segment():
            for stem, table in zip(FILES, (segment.documents, segment.words, segment.postings), strict=True):
                self._files[stem].write_batch(_batch(table))
                self.rows[stem] += len(table)

    def __enter__(self) -> IndexWriter:
        return self

    def __exit__(self, kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None) -> None:
        with self._stack:
            if kind is None:
                self._flush()


def segments(folder: Path) -> Iterator[Segment]:
    """The segments of a landing folder, one in memory at a time; none in a folder from before they were landed."""
    paths = [folder / f"{stem}.arrow" for stem in FILES]
    if not all(path.exists() for path in paths):
        return
    with ExitStack() as stack:
        files = [stack.enter_context(pa.ipc.open_file(str(path))) for path in paths]
        for number in range(files[0].num_record_batches):
            yield Segment(*(pa.Table.from_batches([file.get_batch(number)]) for file in files))
