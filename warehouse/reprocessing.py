"""Requests to read captures again: kept on disk until the new records are loaded, so that one which was killed or damaged is done anew."""

from __future__ import annotations

import fcntl
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from uuid import UUID

from pydantic import ValidationError

from common import clock
from common.errors import Broken, Misconfigured, RetryLater
from common.settings import Settings
from ingest.records import Capture, Model
from ingest.store.captures import batch_slug, sealed_batches, write_durably

_ENDING = ".request.json"


class Request(Model):
    """One batch `reprocess/…` that is to be made."""

    batch_key: str
    batches: list[str]
    made_at: datetime
    only: frozenset[UUID] = frozenset()  # captures that are meant; empty: all

    def means(self, capture: Capture) -> bool:
        """Whether the capture is to be read again."""
        return not self.only or capture.capture_id in self.only


def _path(settings: Settings, batch_key: str) -> Path:
    """Beside the landing folders; they don't begin with a dot."""
    return settings.landing_dir / f".{batch_slug(batch_key)}{_ENDING}"


def _read(path: Path) -> Request:
    try:
        return Request.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise Broken(f"{path}: request can't be read: {error}; remove it to give it up", path=str(path)) from error


def ask(settings: Settings, batch_key: str, batches: list[str] | None, only: Iterable[UUID] = ()) -> Request:
    """Note what is to be read again (None or nothing: every sealed batch); a request that exists stays as it is.

    Raises:
        Misconfigured: a named batch is not there.
        Broken: the request on disk is damaged.
    """
    path = _path(settings, batch_key)
    if path.is_file():
        return _read(path)
    sealed = [batch.batch_key for batch in sealed_batches(settings)]
    if missing := sorted(set(batches or []) - set(sealed)):
        raise Misconfigured(
            f"there is no sealed batch {missing[0]!r}; `consilience status` and the folder data/captures show those there are"
        )
    request = Request(batch_key=batch_key, batches=batches or sealed, made_at=clock.now(), only=frozenset(only))
    path.parent.mkdir(parents=True, exist_ok=True)
    write_durably(path, request.model_dump_json(indent=1).encode())
    return request


@contextmanager
def held(settings: Settings, batch_key: str) -> Iterator[None]:
    """Work on a request as the only process; the lock ends with the process, however it ends.

    Raises:
        RetryLater: another process works on it.
    """
    with _path(settings, batch_key).open("rb") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise RetryLater(f"{batch_key}: another process works on it") from error
        yield


def waiting(settings: Settings) -> list[str]:
    """Requests that nobody works on, oldest first; also those whose records were made and wait for their load."""
    found = []
    for path in settings.landing_dir.glob(f".*{_ENDING}"):
        try:
            request = _read(path)
            with held(settings, request.batch_key):
                found.append((request.made_at, request.batch_key))
        except RetryLater:
            continue
        except (Broken, FileNotFoundError):
            if path.exists():
                raise
            # settled by its process since we listed the files
    return [batch_key for _made_at, batch_key in sorted(found)]


def settle(settings: Settings, batch_key: str) -> None:
    """The records are loaded: forget the request."""
    _path(settings, batch_key).unlink(missing_ok=True)
