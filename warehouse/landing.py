"""Landing files: what one batch became, as Parquet, immutable; the folder appears whole, its manifest names the SHA-256 of every file."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime
from operator import itemgetter
from pathlib import Path
from types import TracebackType
from typing import Any
from uuid import UUID

import msgspec
import pyarrow.parquet as pq
from pydantic import BaseModel, Field, ValidationError

from common import clock, ids
from common.errors import Broken, LandingDamaged
from common.settings import Settings
from common.version import CODE_VERSION
from ingest.records import Capture, Model, OutletProfile
from ingest.store.captures import batch_slug
from transforms.pipeline import rejection
from transforms.records import ArticleVersion, Rejection, Transformed
from warehouse import tables
from warehouse.landed_index import IndexWriter
from warehouse.tables import RecordTable

MANIFEST = "manifest.json"
# Rows kept in memory before they go to disk as one Parquet row group: about 8 MB of article text, and as much of mentions, since each
# group costs some time a column.
ROWS_PER_GROUP, MENTIONS_PER_GROUP = 2000, 16_000
# Columns of which hardly two rows are equal: to look for a dictionary of them takes half of the time of writing.
UNREPEATED = frozenset({"body", "headline", "standfirst", "content_sha256", "record_sha256", "text", "sentence"})
# What depends on the capture and not on the text: left out of the hash that tells whether newer code made a different record.
OF_THE_CAPTURE = {"capture_id", "batch_key", "captured_at", "first_seen_at"}


class LandedFile(Model):
    """One Parquet file of a landing folder."""

    rows: int = Field(ge=0)
    sha256: str


class LandingManifest(Model):
    """The commit point of a landing folder."""

    batch_key: str
    captures: int = Field(ge=0, description="Distinct captures of the batch.")
    files: dict[str, LandedFile]
    code_version: str
    made_at: datetime

    @property
    def sha256(self) -> str:
        """Identity of the content: the same files give the same value, whenever they were made."""
        return ids.sha256("\n".join(f"{name} {file.sha256}" for name, file in sorted(self.files.items())))


def folder(settings: Settings, batch_key: str) -> Path:
    """Where the landing files of a batch lie."""
    return settings.landing_dir / batch_slug(batch_key)


def fate_without_page(capture: Capture) -> Rejection | None:
    """The rejection of a capture from which no record was made; None for `not_modified`, which changes nothing."""
    match capture.outcome:
        case "not_modified":
            return None
        case "gone":
            return rejection(capture, "fetch", "gone", f"HTTP {capture.status}", "filtered")
        case "failed":
            return rejection(capture, "fetch", capture.reason or "failed", capture.detail or "no detail")
        case "fetched":
            return rejection(capture, "transform", "no_record", "the transforms returned nothing for this capture")


# Records as MessagePack, the fastest way to their bytes; nothing is ever read back from it.
_encode = msgspec.msgpack.Encoder(enc_hook=vars).encode
_of_the_text = itemgetter(*(name for name in tables.VERSION.fields if name not in OF_THE_CAPTURE))


def record_sha256(version: ArticleVersion, mentions: Sequence[Sequence[Any]]) -> str:
    """Hash of everything that was made from the text, the mentions as rows; differs when newer code reads the same text differently.

    Raises:
        UnicodeEncodeError: a text holds lone surrogates.
    """
    return ids.sha256(_encode([_of_the_text(vars(version)), mentions]))


class _Writer:
    """One Parquet file, written in row groups, flushed to the disk when closed."""

    def __init__(self, folder: Path, table: RecordTable) -> None:
        self.path, self.rows = folder / f"{table.stem}.parquet", 0
        self._schema, self._row = table.landing_schema, table.row
        self._most = MENTIONS_PER_GROUP if table is tables.MENTION else ROWS_PER_GROUP
        self._waiting: list[tuple[Any, ...]] = []
        repeated = [name for name in self._schema.names if name not in table.key and name not in UNREPEATED]
        self._file = pq.ParquetWriter(self.path, self._schema, compression="zstd", use_dictionary=repeated)

    def add(self, record: BaseModel, *besides: str) -> None:
        self.add_rows([(*self._row(record), *besides)])

    def add_rows(self, rows: Iterable[tuple[Any, ...]]) -> None:
        self._waiting.extend(rows)
        if len(self._waiting) >= self._most:
            self._flush()

    def _flush(self) -> None:
        if self._waiting:
            self._file.write_table(tables.table(self._waiting, self._schema))
            self.rows += len(self._waiting)
            self._waiting.clear()

    def __enter__(self) -> _Writer:
        return self

    def __exit__(self, kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None) -> None:
        if kind is None:
            self._flush()
        self._file.close()
        fsync(self.path)

    def landed(self) -> LandedFile:
        return LandedFile(rows=self.rows, sha256=file_sha256(self.path))


def fsync(path: Path) -> None:
    """Push a file's bytes, or a folder's names, to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def file_sha256(path: Path) -> str:
    """Hex SHA-256 of a file, read in pieces."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _complete(row: Transformed) -> bool:
    """A row is an article with its version, or a rejection; never both, never neither."""
    return (row.article is not None and row.version is not None) != (row.rejection is not None)


def _printable(rejection: Rejection) -> Rejection:
    """The rejection with lone surrogates, which UTF-8 can't hold, escaped: its message may quote what was wrong."""
    texts = {name: value.encode("utf-8", "backslashreplace").decode() for name, value in rejection if isinstance(value, str)}
    return rejection.model_copy(update=texts)


def _write_row(writers: dict[str, _Writer], index: IndexWriter, row: Transformed, capture: Capture) -> None:
    """Write one row to the files it belongs to; a text that UTF-8 can't hold (lone surrogates) becomes a rejection."""
    if row.rejection is not None:
        writers["rejection"].add(_printable(row.rejection))
        return
    assert row.article is not None
    assert row.version is not None
    mentions = [tables.MENTION.row(one) for one in row.mentions]
    try:
        _encode(row.article)  # raises as well, and is not in the hash
        sha256 = record_sha256(row.version, mentions)
    except UnicodeEncodeError as error:
        writers["rejection"].add(rejection(capture, "transform", "not_unicode", str(error)))
        return
    writers["article"].add(row.article)
    writers["article_version"].add(row.version, sha256)
    writers["claim_mention"].add_rows(mentions)
    index.add(row.version)


def _capture_of(row: Transformed) -> UUID:
    if not _complete(row):
        raise Broken("a transformed row must hold an article with its version, or a rejection, and not both")
    return row.rejection.capture_id if row.rejection else row.version.capture_id  # type: ignore[union-attr]


def _write_files(
    path: Path, captures: Iterable[Capture], rows: Iterable[Transformed], outlets: Iterable[OutletProfile]
) -> tuple[int, dict[str, LandedFile]]:
    """Write every Parquet file; returns the number of distinct captures and the files."""
    with ExitStack() as stack:
        writers = {table.stem: stack.enter_context(_Writer(path, table)) for table in tables.LANDED}
        index = stack.enter_context(IndexWriter(path))
        for outlet in outlets:
            writers["outlet"].add(outlet)
        known = {capture.capture_id: capture for capture in captures}
        for capture in known.values():
            writers["capture"].add(capture)
        waiting = dict(known)
        for row in rows:
            capture_id = _capture_of(row)
            if capture_id not in waiting:
                raise Broken("a transformed row without a capture of its batch, or the second one of a capture")
            _write_row(writers, index, row, waiting.pop(capture_id))
        for capture in waiting.values():
            if rejection := fate_without_page(capture):
                writers["rejection"].add(rejection)
    landed = {f"{stem}.parquet": writer.landed() for stem, writer in writers.items()}
    for stem, file in index.paths.items():
        fsync(file)
        landed[file.name] = LandedFile(rows=index.rows[stem], sha256=file_sha256(file))
    return len(known), landed


@contextmanager
def _new_folder(target: Path) -> Iterator[Path]:
    """A folder that gets its name only when it is complete; a second writer of the same batch gives way to the first."""
    target.parent.mkdir(parents=True, exist_ok=True)
    path = Path(tempfile.mkdtemp(prefix=".tmp-", dir=target.parent))
    try:
        yield path
        fsync(path)
        if not target.exists():
            path.rename(target)
            fsync(target.parent)
    finally:
        shutil.rmtree(path, ignore_errors=True)


def write_landing(
    settings: Settings,
    batch_key: str,
    captures: Iterable[Capture],
    rows: Iterable[Transformed],
    *,
    outlets: Iterable[OutletProfile] = (),
) -> LandingManifest:
    """Write what a batch became; every capture ends as a record or a rejection, none is lost.

    Raises:
        Broken: the rows don't fit the captures.
    """
    target = folder(settings, batch_key)
    with _new_folder(target) as path:
        count, files = _write_files(path, captures, rows, outlets)
        manifest = LandingManifest(batch_key=batch_key, captures=count, files=files, code_version=CODE_VERSION, made_at=clock.now())
        (path / MANIFEST).write_text(manifest.model_dump_json(indent=1), "utf-8")
        fsync(path / MANIFEST)
    return read_manifest(target)


def read_manifest(path: Path) -> LandingManifest:
    """The manifest of a landing folder.

    Raises:
        LandingDamaged: it is missing, cut or not JSON.
    """
    try:
        return LandingManifest.model_validate_json((path / MANIFEST).read_bytes())
    except (OSError, ValidationError) as error:
        raise LandingDamaged(_damage(path / MANIFEST, "can't be read"), path=str(path / MANIFEST)) from error


def verify(path: Path) -> LandingManifest:
    """The manifest of a landing folder after every file was compared with its SHA-256.

    Raises:
        LandingDamaged: a file is missing or differs; the message names it and the remedy.
    """
    manifest = read_manifest(path)
    for name, file in manifest.files.items():
        if not (path / name).is_file():
            raise LandingDamaged(_damage(path / name, "is missing"), path=str(path / name))
        if file_sha256(path / name) != file.sha256:
            raise LandingDamaged(_damage(path / name, "is not what was written (cut short or changed)"), path=str(path / name))
    return manifest


def _damage(path: Path, fault: str) -> str:
    return f"{path} {fault}; its folder is removed and the next transform run makes it again from the captures."


def landed_batches(settings: Settings) -> list[LandingManifest]:
    """The manifests of all landing folders, oldest first; a damaged one is left out (loading it by name tells why)."""
    found = []
    for path in sorted(settings.landing_dir.glob(f"[!.]*/{MANIFEST}")):
        try:
            found.append(read_manifest(path.parent))
        except LandingDamaged:
            continue
    return sorted(found, key=lambda manifest: (manifest.made_at, manifest.batch_key))


def discard(settings: Settings, batch_key: str) -> None:
    """Remove the landing folder of a batch, so that it is made again; first out of sight, then from the disk."""
    path = folder(settings, batch_key)
    if path.exists():
        trash = Path(tempfile.mkdtemp(prefix=".tmp-", dir=settings.landing_dir))
        path.rename(trash / "folder")
        shutil.rmtree(trash)
