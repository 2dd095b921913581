"""Requests to a hub. A feed names the hub, so its address is as hostile as any page's: the same guard, one deadline, bounded answer."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import httpcore

from common import urls
from common.errors import FetchDelayed, FetchRefused
from common.settings import Settings
from ingest.web.address import Network, checked
from ingest.web.target import check_target, follow

# Redirects that keep method and body (RFC 9110 sections 15.4.8, 15.4.9); after any other a POST would become a GET.
SAME_METHOD = frozenset({307, 308})
# Hops of one request, as for pages.
MAX_REDIRECTS = 5
# Addresses of one name that are tried, two families and one more; each gets so many seconds, a dead one shows within 3 s or never.
MAX_ADDRESSES, CONNECT_S = 3, 5.0
# Bytes of an answer that are read: a hub's reason is a line.
ANSWER_BYTES = 4096
# Seconds before a hub in trouble is asked again, where the caller has no better rule.
RETRY_S = 3600.0


class GuardedBackend(httpcore.AsyncNetworkBackend):
    """Opens connections only to addresses that were checked; names are resolved here, so nothing can change in between."""

    def __init__(self, allow_networks: Sequence[Network]) -> None:
        self.allow_networks, self.inner = allow_networks, httpcore.AnyIOBackend()

    async def connect_tcp(
        self, host: str, port: int, timeout: float | None = None, local_address: str | None = None, socket_options: Any = None
    ) -> httpcore.AsyncNetworkStream:
        """Connect to the first checked address that answers.

        Raises:
            FetchRefused: no address of the host may be talked to.
            FetchDelayed: the name can't be resolved.
            ConnectError: none of them answers.
        """
        failure: Exception
        failure, patience = httpcore.ConnectError(f"{host}: no address"), CONNECT_S if timeout is None else min(timeout, CONNECT_S)
        for address in (await checked(host, port, self.allow_networks))[:MAX_ADDRESSES]:
            try:
                return await self.inner.connect_tcp(address, port, patience, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure


@dataclass(frozen=True)
class Reply:
    """Status of a hub and the first line of what it says."""

    status: int
    text: str

    @property
    def accepted(self) -> bool:
        """2xx: the request is taken, verification follows (section 5.1.2; some hubs verify first and answer 204)."""
        return 200 <= self.status < 300


async def post(settings: Settings, hub: str, form: bytes) -> Reply:
    """POST a form to a hub, following redirects that keep the method.

    Raises:
        FetchRefused: its address may not be talked to, or it sends us around.
        FetchDelayed: no answer within `fetch_deadline_s`, or connection trouble.
    """
    try:
        async with asyncio.timeout(settings.fetch_deadline_s):
            return await _post(settings, hub, form)
    except (TimeoutError, httpcore.TimeoutException) as error:
        raise FetchDelayed(f"no answer of the hub within {settings.fetch_deadline_s:g} s", after_s=RETRY_S, url=hub) from error
    except (httpcore.NetworkError, httpcore.ProtocolError, ssl.SSLError, OSError) as error:
        raise FetchDelayed(f"hub: {type(error).__name__}: {error}"[:300], after_s=RETRY_S, url=hub) from error


async def _post(settings: Settings, hub: str, form: bytes) -> Reply:
    target = check_target(hub, settings.allow_ports, settings.allow_networks)
    async with httpcore.AsyncConnectionPool(network_backend=GuardedBackend(settings.allow_networks)) as pool:
        for _hop in range(MAX_REDIRECTS + 1):
            headers = {
                "Host": str(urls.parse(target).host),
                "User-Agent": settings.user_agent,
                "Content-Type": "application/x-www-form-urlencoded",
                "Content-Length": str(len(form)),
                "Accept": "*/*",
                "Accept-Encoding": "identity",
            }
            async with pool.stream("POST", target, headers=list(headers.items()), content=form) as response:
                location = next((value for name, value in response.headers if name.lower() == b"location"), None)
                if response.status not in SAME_METHOD or location is None:
                    return Reply(response.status, await _first_line(response))
            target = follow(target, location.decode("latin-1"), settings.allow_ports, settings.allow_networks)
    raise FetchRefused(f"the hub redirects more than {MAX_REDIRECTS} times", url=hub)


async def _first_line(response: httpcore.Response) -> str:
    body = b""
    async for piece in response.aiter_stream():
        body += piece[:ANSWER_BYTES]
        if len(body) >= ANSWER_BYTES:
            break
    lines = body[:ANSWER_BYTES].decode("utf-8", "replace").split("\n")
    return " ".join(lines[0].split())[:300]
