"""Which network addresses may be talked to, and a connector that talks to no other: the guard against request forgery."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import threading
from collections.abc import Iterable, Sequence
from typing import Any

import httpcore

from common.errors import FetchDelayed, FetchRefused

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

# Forms that carry an IPv4 address in their last 32 bits: mapped (RFC 4291), translated (RFC 2765), NAT64 (RFC 6052), compatible (RFC 4291).
EMBEDDED_V4 = tuple(map(ipaddress.IPv6Network, ("::ffff:0:0/96", "::ffff:0:0:0/96", "64:ff9b::/96", "::/96")))
# Never public although not all of them count as private: 6to4 (retired by RFC 7526), site-local (retired by RFC 3879).
NEVER_PUBLIC_V6 = tuple(map(ipaddress.IPv6Network, ("2002::/16", "fec0::/10")))
# Wait before a name that could not be resolved is tried again: DNS trouble passes within minutes.
DNS_RETRY_S = 300.0
# Addresses of one name that are tried: two families and one more.
MAX_ADDRESSES = 3


def plain(address: Address) -> Address:
    """The IPv4 address inside an IPv6 form, or the address itself."""
    if isinstance(address, ipaddress.IPv4Address) or address.is_loopback or address.is_unspecified:
        return address
    is_wrapped = any(address in network for network in EMBEDDED_V4)
    return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF) if is_wrapped else address


def is_public(address: Address) -> bool:
    """Whether the address belongs to the public internet (IANA special-purpose registries as Python knows them, and our additions)."""
    bare = plain(address)
    if bare.is_multicast or bare.is_reserved or bare.is_unspecified or not bare.is_global:
        return False
    return not (isinstance(bare, ipaddress.IPv6Address) and any(bare in network for network in NEVER_PUBLIC_V6))


def is_allowed(address: Address, allow_networks: Iterable[Network]) -> bool:
    """Public, or inside a network that the settings allow."""
    bare = plain(address)
    return is_public(address) or any(bare.version == network.version and bare in network for network in allow_networks)


async def resolve(host: str, port: int) -> list[str]:
    """Addresses of a host, in the resolver's order, each once.

    The look-up runs in a daemon thread of its own: the system's resolver can't be interrupted and must not hold up the end of the process.

    Raises:
        FetchDelayed: the name can't be resolved.
    """
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[Any] = loop.create_future()

    def settle(result: object, error: OSError | None) -> None:
        if not answer.done():
            answer.set_exception(error) if error else answer.set_result(result)

    def look_up() -> None:
        result, fault = None, None
        try:
            result = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            fault = error if isinstance(error, OSError) else OSError(str(error))
        try:
            loop.call_soon_threadsafe(settle, result, fault)
        except RuntimeError:  # the loop has ended meanwhile; nobody waits any more
            return

    threading.Thread(target=look_up, name=f"resolve-{host}", daemon=True).start()
    try:
        return list(dict.fromkeys(str(info[4][0]) for info in await answer))
    except OSError as error:
        raise FetchDelayed(f"{host}: name can't be resolved: {error}", after_s=DNS_RETRY_S, host=host) from error


class PinnedBackend(httpcore.AsyncNetworkBackend):
    """Opens TCP connections only to addresses that were checked; names are resolved here, so nothing can change in between."""

    def __init__(self, allow_networks: Sequence[Network]) -> None:
        self.allow_networks = allow_networks
        self.inner = httpcore.AnyIOBackend()

    async def connect_tcp(
        self, host: str, port: int, timeout: float | None = None, local_address: str | None = None, socket_options: Any = None
    ) -> httpcore.AsyncNetworkStream:
        """Connect to the first checked address that answers.

        Raises:
            FetchRefused: no address of the host may be talked to.
            FetchDelayed: the name can't be resolved.
        """
        found = await resolve(host, port)
        allowed = [one for one in found if is_allowed(ipaddress.ip_address(one.partition("%")[0]), self.allow_networks)]
        if not allowed:
            raise FetchRefused(f"{host} resolves to {', '.join(found)}, which is not on the public internet", host=host)
        failure: Exception = httpcore.ConnectError(f"{host}: no address")
        for address in allowed[:MAX_ADDRESSES]:
            try:
                return await self.inner.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure
