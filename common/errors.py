"""Every exception of Consilience, sorted by what the caller does next.

    ConsilienceError
    ├── RetryLater          the same work may succeed later: Airflow retries, the frontier sets a new due time
    │   ├── FetchDelayed        a host asked us to wait, or failed in passing
    │   └── WarehouseBusy       another process holds the warehouse file
    ├── Quarantined         this record can't pass: write a quarantine row, go on with the batch
    │   ├── FetchRefused        the address, answer or size is not acceptable
    │   ├── PageRejected        the page has no article in it, or broke the parser
    │   └── LandingDamaged      a landing file can't be read
    ├── Misconfigured       a person has to change a file or a setting: stop, say which
    └── Broken              a bug or a violated invariant: stop, keep everything

Which to raise is told in docs/reference/errors.md. The class alone decides; no caller looks at messages.
"""

from __future__ import annotations


class ConsilienceError(Exception):
    """Root of the tree; `where` holds typed context (fault, url, outlet, stage, path) that logs and quarantine rows keep."""

    def __init__(self, message: str, **where: str | int | float | None) -> None:
        super().__init__(message)
        self.where = {key: value for key, value in where.items() if value is not None}

    @property
    def reason(self) -> str:
        """The stable short name of the fault, e.g. `fetch_refused`, used in SQL."""
        return "".join("_" + c.lower() if c.isupper() else c for c in type(self).__name__).lstrip("_")

    @property
    def fault(self) -> str:
        """The class of the fault, a word of docs/reference/errors.md such as `ssrf` or `timeout`; the reason where none was named."""
        return str(self.where.get("fault") or self.reason)


class RetryLater(ConsilienceError):
    """The same work may succeed later."""


class FetchDelayed(RetryLater):
    """A host asked us to wait (429, 503, robots.txt unreachable) or failed in passing; `after_s` is the wait in seconds."""

    def __init__(self, message: str, *, after_s: float, **where: str | int | float | None) -> None:
        super().__init__(message, after_s=after_s, **where)
        self.after_s = after_s


class WarehouseBusy(RetryLater):
    """Another process holds the private warehouse file."""


class Quarantined(ConsilienceError):
    """This record can't pass; the batch goes on without it."""


class FetchRefused(Quarantined):
    """The address, the answer or its size is not acceptable; asking again would not help."""


class PageRejected(Quarantined):
    """The page holds no article, or broke or outlasted the parser."""


class LandingDamaged(Quarantined):
    """A landing file is cut short or unreadable."""


class Misconfigured(ConsilienceError):
    """A setting or an outlet file is wrong; the message names file, field and remedy."""


class Broken(ConsilienceError):
    """An invariant does not hold: a bug of ours."""
