"""What a fetch becomes: the capture of an answer or of a failure, gathered in segments that are committed often."""

from __future__ import annotations

from time import monotonic
from uuid import UUID

from common import clock, ids
from common.settings import Settings
from ingest.frontier import Due
from ingest.records import Capture, Outcome
from ingest.store import captures, gist, warc
from ingest.web.fetch import GONE, Answer, Validators

# Seconds after which a segment is committed, full or not: what a kill makes us fetch again stays small.
SEGMENT_S = 60.0


class Keeper:
    """Keeps what came of the URLs of one outlet in one batch; `is_recheck` where they were captured before.

    `validators` and `texts` (fingerprints of pages whose body changed) hold, by capture, what the frontier keeps of an answer.
    """

    def __init__(self, settings: Settings, batch_key: str, outlet_id: str, *, is_recheck: bool) -> None:
        self.batch_key, self.outlet_id, self.is_recheck = batch_key, outlet_id, is_recheck
        self.writer = captures.SegmentWriter(settings, batch_key, outlet_id)
        self.validators: dict[UUID, Validators] = {}
        self.texts: dict[UUID, str] = {}
        self.settled: list[UUID] = []
        self.committed = monotonic()

    @property
    def is_full(self) -> bool:
        """Whether it is time to commit what was gathered."""
        return self.writer.is_full or monotonic() - self.committed > SEGMENT_S

    def commit(self) -> list[Capture]:
        """Put what was gathered on the disk; returns it. What was noted of the captures of the commit before is let go."""
        for capture_id in self.settled:
            self.validators.pop(capture_id, None)
            self.texts.pop(capture_id, None)
        done = self.writer.commit()
        self.settled = [one.capture_id for one in done]
        self.committed = monotonic()
        return done

    def fail(self, due: Due, reason: str, detail: str, *, fault: str | None = None) -> Capture:
        """Keep that a URL can't be had: refused, quarantined or given up; `fault` is the class of the fault."""
        return self.writer.add(self._capture(due, "failed", reason=reason, detail=detail), fault=fault)

    def keep(self, due: Due, answer: Answer) -> Capture:
        """Keep an answer: a page, one whose body we hold already, or one that is gone."""
        sha256 = ids.sha256(answer.body)
        if answer.status in GONE:
            capture = self._capture(due, "gone", answer)
            return self.writer.add(capture, warc.response_members(answer, capture.capture_id, sha256))
        if answer.status == 304 or sha256 == due.body_sha256:
            capture = self._capture(due, "not_modified", answer, sha256=due.body_sha256)
            members = warc.revisit_members(answer, capture.capture_id, sha256, due.original)
        else:
            capture = self._capture(due, "fetched", answer, sha256=sha256)
            members = warc.response_members(answer, capture.capture_id, sha256)
            self._note_text(due, capture, answer)
        capture = self.writer.add(capture, members)
        self.validators[capture.capture_id] = answer.validators
        return capture

    def _note_text(self, due: Due, capture: Capture, answer: Answer) -> None:
        """The fingerprint of a page whose body changed: if it stays the same, only dates or nonces did."""
        text = gist.fingerprint(answer.body) if due.body_sha256 else None
        if text:
            self.texts[capture.capture_id] = text

    def _capture(
        self,
        due: Due,
        outcome: Outcome,
        answer: Answer | None = None,
        *,
        sha256: str | None = None,
        reason: str | None = None,
        detail: str | None = None,
    ) -> Capture:
        moment = answer.captured_at if answer else clock.now()
        return Capture(
            capture_id=ids.key("capture", self.batch_key, due.url, moment.isoformat()),
            batch_key=self.batch_key,
            outlet_id=self.outlet_id,
            url=due.url,
            final_url=answer.final_url if answer else due.url,
            captured_at=moment,
            first_seen_at=due.first_seen_at,
            outcome=outcome,
            status=answer.status if answer else None,
            content_type=answer.header("content-type") if answer else None,
            hint=due.hint.model_copy(update={"source": "recheck"}) if self.is_recheck else due.hint,
            sha256=sha256,
            reason=reason,
            detail=detail,
        )
