"""What is quarantined, and why: questions to ops.quarantine for the command line."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import duckdb

from common.errors import Misconfigured
from ingest.records import Model

ROWS = """
SELECT q.capture_id, q.batch_key, c.batch_key AS capture_batch, q.outlet_id, q.url, q.stage, q.reason, q.detail, q.code_version,
       q.recorded_at, q.is_resolved, c.outcome, c.captured_at, c.status, c.content_type, c.warc_file, c.warc_offset
FROM ops.quarantine q
LEFT JOIN core.capture c USING (capture_id)
WHERE ($everything OR NOT q.is_resolved)
  AND ($outlet IS NULL OR q.outlet_id = $outlet) AND ($reason IS NULL OR q.reason = $reason) AND ($stage IS NULL OR q.stage = $stage)
  AND ($begins = '' OR starts_with(q.capture_id::VARCHAR, $begins))
-- a capture that failed again in a later run is one row: the newest
QUALIFY q.capture_id IS NULL OR row_number() OVER (PARTITION BY q.capture_id ORDER BY q.recorded_at DESC, q.batch_key DESC) = 1
ORDER BY q.recorded_at DESC, q.batch_key, q.url, q.capture_id
"""


class Held(Model):
    """A capture, or the landing files of a batch (no capture_id), that failed."""

    capture_id: UUID | None
    batch_key: str
    capture_batch: str | None
    outlet_id: str | None
    url: str | None
    stage: str
    reason: str
    detail: str
    code_version: str
    recorded_at: datetime
    is_resolved: bool
    outcome: str | None
    captured_at: datetime | None
    status: int | None
    content_type: str | None
    warc_file: str | None
    warc_offset: int | None

    @property
    def is_replayable(self) -> bool:
        """Whether the archive has the page, so that present code can read it again."""
        return self.outcome == "fetched" and not self.is_resolved


def held(
    con: duckdb.DuckDBPyConnection,
    *,
    outlet: str | None = None,
    reason: str | None = None,
    stage: str | None = None,
    begins: str = "",
    everything: bool = False,
) -> list[Held]:
    """What is in quarantine, newest first; `begins`: how the capture id begins; `everything`: also what was mended since."""
    values = {"outlet": outlet, "reason": reason, "stage": stage, "begins": begins, "everything": everything}
    result = con.execute(ROWS, values)
    names = [column[0] for column in result.description or ()]
    return [Held(**dict(zip(names, row, strict=True))) for row in result.fetchall()]


def the_one(con: duckdb.DuckDBPyConnection, begins: str) -> Held:
    """The row whose capture id begins so.

    Raises:
        Misconfigured: there is none, or there are several.
    """
    found = held(con, begins=begins.lower(), everything=True)
    if len(found) != 1:
        told = "several captures begin so; give more of the id" if found else "nothing in quarantine begins so"
        raise Misconfigured(f"{begins!r}: {told}; `consilience quarantine list` shows the ids")
    return found[0]
