"""Manners and rhythm as arithmetic: how long to wait, when to come back. No clock, no network, no database."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Literal

from common.errors import ConsilienceError, RetryLater

# First wait after a failure: most trouble passes within a minute.
BACKOFF_BASE_S = 60.0
# A host in trouble is asked at least once an hour, so that it is complete again soon after it has come back.
HOST_BACKOFF_MAX_S = 3600.0
# A URL's waits grow by eight: 1 min, 8 min, 1 h, 8 h, 24 h. The last try comes after a day and a half, which outlives an outage of a day.
URL_BACKOFF_FACTOR, URL_BACKOFF_MAX_S = 8, 24 * 3600.0
# A larger Retry-After is a mistake or an attack (RFC 9110 section 10.2.3 sets no bound).
RETRY_AFTER_MAX_S = 3600.0
# Tries of one URL before it is given up as failed; tries that a blocked host prevented don't count.
MAX_ATTEMPTS = 6
# Failures in a row before a host is left alone: one broken page must not close the outlet, three say the host is down.
BREAKER_FAILURES = 3
# Faults that say something about the host rather than the page; damaged bodies and refused pages come from a host that answers.
HOST_FAULTS = frozenset({"dns", "tls", "timeout", "protocol", "http_5xx", "rate_limited"})
# Faults that were found before anything was sent.
UNSENT_FAULTS = frozenset({"bad_url", "bad_scheme", "bad_port", "ssrf", "robots"})
# The host itself asks for quiet (RFC 6585 section 4, RFC 9110 section 15.6.4); without Retry-After it is left alone at the first one.
THROTTLED = frozenset({429, 503})
# Whole seconds by the RFC; some rate limiters send fractions.
_SECONDS = re.compile(r"[0-9]+(\.[0-9]*)?")
# Exponents beyond this only cost time; the caps are reached long before.
_MAX_EXPONENT = 20


def request_delay_s(host_delay_s: float, outlet_delay_s: float | None, crawl_delay_s: float | None) -> float:
    """Least seconds between two requests to one host: the outlet's own figure or the default, or robots.txt where that is longer."""
    chosen = host_delay_s if outlet_delay_s is None else outlet_delay_s
    return max(chosen, crawl_delay_s or 0.0)


def host_backoff_s(failures: int) -> float:
    """Seconds to leave a host alone after so many failures beyond the first few.

    >>> [host_backoff_s(n) for n in (0, 1, 2, 3)]
    [0.0, 60.0, 120.0, 240.0]
    """
    return 0.0 if failures < 1 else min(BACKOFF_BASE_S * 2.0 ** min(failures - 1, _MAX_EXPONENT), HOST_BACKOFF_MAX_S)


def url_backoff_s(attempts: int) -> float:
    """Seconds to wait after the so-and-so-many-th failed try of one URL.

    >>> [url_backoff_s(n) for n in (1, 2, 3)]
    [60.0, 480.0, 3840.0]
    """
    return min(BACKOFF_BASE_S * float(URL_BACKOFF_FACTOR) ** min(max(attempts, 1) - 1, _MAX_EXPONENT), URL_BACKOFF_MAX_S)


def retry_after_s(value: str | None, now: datetime) -> float | None:
    """Seconds asked for by a Retry-After header (RFC 9110 section 10.2.3), at most an hour; None where it says nothing usable."""
    if value is None:
        return None
    text = value.strip()
    if _SECONDS.fullmatch(text):
        return min(float(text[:12]), RETRY_AFTER_MAX_S)
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return min(max((moment - now).total_seconds(), 0.0), RETRY_AFTER_MAX_S)


def blocked_until(now: datetime, failures: int, asked_s: float | None, status: int | None = None) -> datetime | None:
    """Until when a host is left alone after `failures` in a row (the breaker); None: it may be asked on.

    `asked_s` is what the host itself asked for. When the time is over, the next request is the probe: a success forgets all
    failures, a further failure closes the host at once and for longer, as the failures before still count.
    """
    quiet = host_backoff_s(failures) if asked_s is None and status in THROTTLED else 0.0
    waits = [asked_s or 0.0, quiet, host_backoff_s(failures - BREAKER_FAILURES + 1)]
    return now + timedelta(seconds=max(waits)) if max(waits) > 0 else None


def asked_by(error: ConsilienceError) -> tuple[float | None, int | None]:
    """Seconds that the host asked us to wait (None: it did not say), and the status of its answer."""
    asked, status = error.where.get("asked_s"), error.where.get("status")
    return None if asked is None else float(asked), None if status is None else int(status)


def sign_of(error: ConsilienceError | None) -> Literal["alive", "trouble", "nothing"]:
    """What the end of a request says about its host; None: an answer that could be used."""
    if error is None:
        return "alive"
    fault = error.where.get("fault")
    # a bot wall is asked again later, unlike a login wall, and whoever goes on asking proves to be a bot
    if fault in HOST_FAULTS or (fault in {None, "blocked"} and isinstance(error, RetryLater)):
        return "trouble"
    return "nothing" if fault in UNSENT_FAULTS or (fault is None and "status" not in error.where) else "alive"


def next_recheck(first_seen: datetime, dated: datetime | None, now: datetime, ladder_s: Sequence[int]) -> datetime | None:
    """When an article is read again: the next rung of its ages after first sight.

    Rungs that have passed are skipped, not caught up. None after the last one, and for pages that were older than the
    whole ladder when we met them (an archive does not change any more).
    """
    ladder = sorted(ladder_s)
    if not ladder or (dated is not None and first_seen - dated > timedelta(seconds=ladder[-1])):
        return None
    return next((due for age in ladder if (due := first_seen + timedelta(seconds=age)) > now), None)
