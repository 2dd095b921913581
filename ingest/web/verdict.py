"""What becomes of a URL after a fault: retry later at T, quarantine, or dead. Pure; the table stands in docs/reference/errors.md."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from common.errors import ConsilienceError, FetchDelayed, RetryLater
from ingest.manners.politeness import BACKOFF_BASE_S, MAX_ATTEMPTS, url_backoff_s

Fate = Literal["retry", "quarantine", "dead"]

# Least seconds before the next try, by the fault; the waits grow with the attempts (politeness.url_backoff_s) where that is longer.
RETRIED: dict[str, float] = {
    "timeout": BACKOFF_BASE_S,
    "protocol": BACKOFF_BASE_S,
    "http_5xx": BACKOFF_BASE_S,
    "rate_limited": BACKOFF_BASE_S,
    # a body that came damaged comes well from the next machine behind the load balancer, or after the deploy
    "truncated": 300.0,
    "corrupt": 300.0,
    # name servers pass their trouble within minutes, not seconds
    "dns": 300.0,
    # a certificate that ran out is renewed by a person
    "tls": 3600.0,
    # bot walls count requests over hours, and may be a mistake of ours that is mended meanwhile
    "blocked": 6 * 3600.0,
}
# Faults after which a person may want to look: asking again would give the same answer.
QUARANTINED = frozenset(
    {
        *("bad_url", "bad_scheme", "bad_port", "ssrf", "redirect_loop", "loop", "robots", "http_4xx"),
        *("too_large", "header_too_large", "decompress_bomb", "bad_encoding", "content_type", "not_html", "xml_bomb"),
    }
)
# The publisher took the page away (404, 410, soft 404): nothing to look at, nothing to ask for again.
DEAD = frozenset({"gone"})
# Messages may hold what a host sent; the rest of a longer one helps nobody.
MAX_MESSAGE_CHARS = 300
FAULTS = frozenset(RETRIED) | QUARANTINED | DEAD


@dataclass(frozen=True)
class Verdict:
    """The fate of a URL; `at` is the instant of the next try, for `retry` alone."""

    fate: Fate
    at: datetime | None = None


def passing(fault: str, message: str, **where: str | int | float | None) -> FetchDelayed:
    """The error of a fault that passes, with the least wait of the table."""
    return FetchDelayed(message[:MAX_MESSAGE_CHARS], after_s=RETRIED[fault], fault=fault, **where)


def decide(
    fault: str, attempts: int, now: datetime, asked_s: float | None = None, *, passes: bool | None = None, counts: bool = True
) -> Verdict:
    """The verdict on one failed try.

    Args:
        fault: the word in `error.where["fault"]`; an unknown one is judged by `passes`.
        attempts: failed tries of this URL, this one included where it `counts`.
        now: the instant of the failure.
        asked_s: seconds that the host or our own manners asked us to wait.
        passes: the one who raised it says that it passes (RetryLater) or does not; None leaves it to the fault.
        counts: false when the URL itself was not tried (the host is left alone, another process has its turn).
    """
    if fault in DEAD:
        return Verdict("dead")
    retried = passes if passes is not None else fault in RETRIED
    if not retried or (counts and attempts >= MAX_ATTEMPTS):
        return Verdict("quarantine")
    waits = [asked_s or 0.0, RETRIED.get(fault, BACKOFF_BASE_S) if counts else 0.0, url_backoff_s(attempts) if counts else 0.0]
    return Verdict("retry", now + timedelta(seconds=max(waits)))


def of(error: ConsilienceError, attempts: int, now: datetime) -> Verdict:
    """The verdict on an error of a fetch; `attempts` are the failed tries before this one."""
    passes = isinstance(error, RetryLater)
    counts = not error.where.get("blocked")
    asked = error.where.get("after_s")
    return decide(error.fault, attempts + counts, now, None if asked is None else float(asked), passes=passes, counts=counts)
