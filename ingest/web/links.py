"""Open connections that wait for the next request to their origin: at most one each, not for long."""

from __future__ import annotations

import ssl
from collections.abc import Sequence
from time import monotonic

from ada_url import URL

from ingest.web.address import Network
from ingest.web.wire import Link, Origin, connect

# An idle connection is kept so long; a delay of one or two seconds then reuses it.
KEEP_ALIVE_S = 5.0
# Origins whose connection is kept at once: the outlets of one task; each costs a file descriptor.
MAX_IDLE = 64


def origin_of(parsed: URL) -> Origin:
    """Where a connection for a URL leads; IPv6 addresses without their brackets."""
    is_tls = parsed.protocol == "https:"
    host = str(parsed.hostname).removeprefix("[").removesuffix("]")
    return Origin(host, int(parsed.port or (443 if is_tls else 80)), is_tls)


def tls_context() -> ssl.SSLContext:
    """Certificates and host names are verified, against the system's roots and those of certifi (slim images have none)."""
    import certifi

    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    context.set_alpn_protocols(["http/1.1"])
    return context


class Links:
    """Opens connections and keeps those that are fit for another request."""

    def __init__(self, allow_networks: Sequence[Network]) -> None:
        self.allow_networks = allow_networks
        self.idle: dict[Origin, tuple[Link, float]] = {}
        self.tls: ssl.SSLContext | None = None

    async def open(self, origin: Origin, *, fresh: bool = False) -> Link:
        """A connection to an origin, one that waits if there is one and it is not to be `fresh`.

        Raises:
            FetchDelayed: dns, protocol, timeout, tls.
            FetchRefused: ssrf.
        """
        kept, until = self.idle.pop(origin, (None, 0.0))
        if kept is not None:
            if not fresh and kept.is_clean and monotonic() < until:
                kept.again()
                return kept
            kept.close()
        if origin.is_tls and self.tls is None:
            self.tls = tls_context()
        return await connect(origin, self.tls if origin.is_tls else None, self.allow_networks)

    def give_back(self, link: Link) -> None:
        """Keep a connection for the next request, or close it where its exchange is not over."""
        link.skip()
        if not link.is_clean or link.origin in self.idle:
            link.close()
            return
        now = monotonic()
        self.idle[link.origin] = (link, now + KEEP_ALIVE_S)
        oldest = next(iter(self.idle))
        if len(self.idle) > MAX_IDLE or self.idle[oldest][1] < now:
            self.idle.pop(oldest)[0].close()

    def close(self) -> None:
        """Let go of all."""
        for link, _until in self.idle.values():
            link.close()
        self.idle.clear()
