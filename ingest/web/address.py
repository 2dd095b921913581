"""Which network addresses may be talked to, and names resolved to them: the guard against request forgery."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import threading
from collections.abc import Iterable, Sequence
from typing import Any

from common.errors import FetchDelayed, FetchRefused

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

# Forms that carry an IPv4 address in their last 32 bits: mapped (RFC 4291), translated (RFC 2765), NAT64 (RFC 6052), compatible (RFC 4291).
EMBEDDED_V4 = tuple(map(ipaddress.IPv6Network, ("::ffff:0:0/96", "::ffff:0:0:0/96", "64:ff9b::/96", "::/96")))
# IANA special-purpose registry for IPv4, of 2025, less what is globally reachable (AS112, AMT); said again here because Python's own
# table differs between its versions. Last line: multicast, reserved, and the address at which Azure's hosts serve their guests.
NEVER_PUBLIC_V4 = tuple(
    map(
        ipaddress.IPv4Network,
        (
            *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24"),
            *("192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24"),
            *("224.0.0.0/4", "240.0.0.0/4", "168.63.129.16/32"),
        ),
    )
)
# All that IANA has given out as global unicast (RFC 4291 section 2.4); ULA, link-local, site-local, multicast and 5f00::/16 lie outside.
GLOBAL_V6 = ipaddress.IPv6Network("2000::/3")
# Inside of it: protocol assignments with Teredo, ORCHID and benchmarks (RFC 2928), documentation (RFC 3849, RFC 9637), 6to4 (RFC 7526).
NEVER_PUBLIC_V6 = tuple(map(ipaddress.IPv6Network, ("2001::/23", "2001:db8::/32", "3fff::/20", "2002::/16")))
# Interface identifiers of ISATAP (RFC 5214 section 6.1), which carry an IPv4 address behind them under any prefix.
ISATAP = frozenset({0x0000_5EFE, 0x0200_5EFE})
# Wait before a name that could not be resolved is tried again: DNS trouble passes within minutes.
DNS_RETRY_S = 300.0


def plain(address: Address) -> Address:
    """The IPv4 address inside an IPv6 form, or the address itself."""
    if isinstance(address, ipaddress.IPv4Address) or address.is_loopback or address.is_unspecified:
        return address
    is_wrapped = any(address in network for network in EMBEDDED_V4)
    return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF) if is_wrapped else address


def is_public(address: Address) -> bool:
    """Whether the address belongs to the public internet: by the IANA special-purpose registries, ours and Python's copy of them."""
    bare = plain(address)
    if isinstance(bare, ipaddress.IPv4Address):
        return bare.is_global and not any(bare in network for network in NEVER_PUBLIC_V4)
    if bare not in GLOBAL_V6 or not bare.is_global or any(bare in network for network in NEVER_PUBLIC_V6):
        return False
    is_tunnel = (int(bare) >> 32) & 0xFFFFFFFF in ISATAP
    return not is_tunnel or is_public(ipaddress.IPv4Address(int(bare) & 0xFFFFFFFF))


def is_allowed(address: Address, allow_networks: Iterable[Network]) -> bool:
    """Public, or inside a network that the settings allow."""
    bare = plain(address)
    return is_public(address) or any(bare.version == network.version and bare in network for network in allow_networks)


def literal(host: str) -> Address | None:
    """The address that a URL's host is, without its brackets; None for a name."""
    try:
        return ipaddress.ip_address(host.removeprefix("[").removesuffix("]"))
    except ValueError:
        return None


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
        raise FetchDelayed(f"{host}: name can't be resolved: {error}", after_s=DNS_RETRY_S, host=host, fault="dns") from error


async def checked(host: str, port: int, allow_networks: Sequence[Network]) -> list[str]:
    """Addresses of a host that may be talked to; a connection goes to one of them, so nothing can change in between.

    Raises:
        FetchRefused: none of its addresses may be talked to.
        FetchDelayed: the name can't be resolved.
    """
    known = literal(host)
    found = [str(known)] if known else await resolve(host, port)
    # the zone of a link-local address names an interface of ours and is no part of the address
    allowed = [one for one in found if is_allowed(ipaddress.ip_address(one.partition("%")[0]), allow_networks)]
    if not allowed:
        raise FetchRefused(f"{host} resolves to {', '.join(found)}, which is not on the public internet", host=host, fault="ssrf")
    return allowed
