"""What the pair model read before: a story that grows is compared anew with every article, and most of its pairs are old.

An SQLite file beside the warehouse that may be deleted at any time. A score is kept to the last bit, so that it does not matter to a
comparison whether it was read now or remembered.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from common import clock, logs
from transforms.compare import pairs

SCHEMA = "CREATE TABLE IF NOT EXISTS reading (pair BLOB PRIMARY KEY, scores BLOB NOT NULL, used_on INTEGER NOT NULL) WITHOUT ROWID"
FIND = "SELECT scores, used_on FROM reading WHERE pair = ?"
KEEP = "INSERT OR REPLACE INTO reading VALUES (?, ?, ?)"
USE = "UPDATE reading SET used_on = ? WHERE pair = ?"
TIDY = "DELETE FROM reading WHERE used_on < ?"
COUNT = "SELECT count(*) FROM reading"
# Keys are digests: those below 80 are half of them, whichever they are.
HALVE = "DELETE FROM reading WHERE pair < x'80'"
# A story that is older than this has ended; one that has not is read again once.
KEPT_DAYS = 3
# Rows of some 90 bytes: an archive of years that is filled in one go must not fill the disk as well.
MOST = 500_000
# Readings that wait to be written, 5 MB of memory: a backfill makes millions.
WAITING = 20_000


class Readings:
    """Scores of pairs on the disk; new ones and the day of use are written at the end. Where the file fails, nothing is remembered."""

    def __init__(self, con: sqlite3.Connection, day: int) -> None:
        self.con, self.day = con, day
        self.new: dict[bytes, bytes] = {}
        self.used: set[bytes] = set()

    def get(self, pair: bytes) -> bytes | None:
        """The scores of a pair; None where it was not read yet."""
        try:
            row = self.con.execute(FIND, [pair]).fetchone()
        except sqlite3.Error:
            return None
        if row is None:
            return None
        scores, used_on = row
        if used_on < self.day:
            self.used.add(pair)
            self._relieve()
        return bytes(scores)

    def put(self, pair: bytes, scores: bytes) -> None:
        """Remember the scores of a pair."""
        self.new[pair] = scores
        self._relieve()

    def _relieve(self) -> None:
        """Write when much is waiting; where the file can't be written to, it is let go all the same."""
        if len(self.new) + len(self.used) >= WAITING:
            with suppress(sqlite3.Error), self.con:
                self._write()
            self.new.clear()
            self.used.clear()

    def _write(self) -> None:
        self.con.executemany(KEEP, ((pair, scores, self.day) for pair, scores in self.new.items()))
        self.con.executemany(USE, ((self.day, pair) for pair in self.used))

    def write(self) -> None:
        """Write what is new, forget what nobody asked for in days; in one transaction.

        Raises:
            sqlite3.Error: the file is damaged, or another process writes to it.
        """
        with self.con:
            self._write()
            self.con.execute(TIDY, [self.day - KEPT_DAYS])
            if self.con.execute(COUNT).fetchone()[0] > MOST:
                self.con.execute(HALVE)


@contextmanager
def remembered(path: Path) -> Iterator[None]:
    """Let the pair model remember its readings in a file; a damaged one is made anew, one that another process writes to is left alone."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(path, timeout=0)) as con:
        with tolerated(path):
            con.execute(SCHEMA)
        readings = Readings(con, clock.now().toordinal())
        with pairs.remembering(readings):
            yield
        with tolerated(path):
            readings.write()


@contextmanager
def tolerated(path: Path) -> Iterator[None]:
    """Go on without the file where SQLite can't use it; a damaged one is removed."""
    try:
        yield
    except sqlite3.OperationalError as error:
        logs.get(path=str(path)).warning("readings not kept", error=str(error))
    except sqlite3.DatabaseError as error:
        logs.get(path=str(path)).warning("readings damaged, made anew with the next comparison", error=str(error))
        path.unlink(missing_ok=True)
