from __future__ import annotations

import asyncio
import ipaddress
import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import FetchDelayed, FetchRefused
from ingest.web import address
from ingest.web.address import is_allowed, is_public, plain, resolve
from ingest.web.wire import Origin, connect

LOOPBACK = [ipaddress.ip_network("127.0.0.0/8")]


@pytest.mark.parametrize("text", ["1.1.1.1", "11.0.0.1", "100.128.0.1", "2606:4700:4700::1111", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8"])
def test_public_addresses(text):
    assert is_public(ipaddress.ip_address(text))


PRIVATE = [
    "127.0.0.1", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254",
    "100.64.0.1", "192.0.0.1", "192.0.2.5", "198.18.0.1", "198.51.100.7", "203.0.113.1",
    "0.0.0.0", "0.1.2.3", "224.0.0.1", "240.0.0.1", "255.255.255.255", "::",
    "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:0:10.0.0.1", "64:ff9b::10.0.0.1", "2002:a00:1::1",
    "2001::1", "fe80::1", "fec0::1", "fc00::1", "fd00:ec2::254", "ff02::1",
    "100::1", "2001:db8::1",
]  # fmt: skip


@pytest.mark.parametrize("text", PRIVATE)
def test_addresses_that_are_never_public(text):
    assert not is_public(ipaddress.ip_address(text))


@given(st.ip_addresses(v=4))
def test_an_embedded_address_is_as_public_as_itself(inner):
    for prefix in ("::ffff:0:0", "::ffff:0:0:0", "64:ff9b::"):
        wrapped = ipaddress.IPv6Address(int(ipaddress.IPv6Address(prefix)) + int(inner))
        assert plain(wrapped) == inner
        assert is_public(wrapped) == is_public(inner)


def test_an_allowed_network_opens_only_itself():
    assert is_allowed(ipaddress.ip_address("127.9.9.9"), LOOPBACK)
    assert is_allowed(ipaddress.ip_address("::ffff:127.0.0.1"), LOOPBACK)
    assert not is_allowed(ipaddress.ip_address("10.0.0.1"), LOOPBACK)
    assert not is_allowed(ipaddress.ip_address("::1"), LOOPBACK)


def test_literal_and_numeric_hosts_resolve_to_themselves():
    assert asyncio.run(resolve("127.0.0.1", 80)) == ["127.0.0.1"]
    assert asyncio.run(resolve("2130706433", 80)) == ["127.0.0.1"]


@pytest.mark.parametrize("host", ["no-such-name.invalid", "a" * 70 + ".invalid", "\udcff"])
def test_a_name_that_does_not_resolve_is_retried_later(host, monkeypatch):
    def fail(*_args, **_more):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    if host == "no-such-name.invalid":  # no question may leave the computer
        monkeypatch.setattr(address.socket, "getaddrinfo", fail)
    with pytest.raises(FetchDelayed, match="can't be resolved"):
        asyncio.run(resolve(host, 80))


def answers(monkeypatch, *lists):
    """The resolver gives these lists of addresses, one a question."""
    given_lists = iter(lists)
    asked = []

    def look_up(host, port, **_more):
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in next(given_lists)]

    monkeypatch.setattr(address.socket, "getaddrinfo", look_up)
    return asked


@pytest.mark.parametrize("found", [["10.0.0.1"], ["169.254.169.254", "::1"], ["fe80::1%eth0"]])
def test_no_connection_goes_to_a_private_address(monkeypatch, found):
    answers(monkeypatch, found)
    with pytest.raises(FetchRefused, match="not on the public internet") as caught:
        asyncio.run(connect(Origin("evil.example", 80, False), None, []))
    assert caught.value.fault == "ssrf"


def opened(origin, networks=LOOPBACK):
    async def run():
        link = await connect(origin, None, networks)
        link.close()
        return link.peer

    return asyncio.run(run())


def test_the_connection_goes_to_the_address_that_was_checked(monkeypatch, site):
    asked = answers(monkeypatch, ["10.0.0.1", "127.0.0.1"], ["10.0.0.1"])
    assert opened(Origin("rebind.example", site.server_port, False)) == "127.0.0.1"
    assert asked == ["rebind.example"]


def test_the_next_address_is_tried_when_one_is_dead(monkeypatch, site):
    answers(monkeypatch, ["127.0.0.2", "127.0.0.1"])
    assert opened(Origin("two.example", site.server_port, False)) == "127.0.0.1"


def test_a_literal_address_asks_no_resolver(monkeypatch, site):
    asked = answers(monkeypatch)
    assert opened(Origin("127.0.0.1", site.server_port, False)) == "127.0.0.1"
    assert asked == []


def test_all_addresses_dead_is_a_fault_that_passes(monkeypatch):
    answers(monkeypatch, ["127.0.0.1"])
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        with pytest.raises(FetchDelayed) as caught:
            opened(Origin("dead.example", holder.getsockname()[1], False))
    assert caught.value.fault == "protocol"


# IANA special-purpose registries (2025), what RFCs retired, and where clouds keep their metadata
SPECIAL = [
    "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
    "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
    "168.63.129.16/32", "64:ff9b:1::/48",
    "100::/64", "100:0:0:1::/64", "2001::/32", "2001:2::/48", "2001:10::/28", "2001:20::/28", "2001:db8::/32",
    "2002::/16", "3fff::/20", "5f00::/16", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8", "4000::/3", "8000::/1",
]  # fmt: skip


@given(st.sampled_from(SPECIAL).map(ipaddress.ip_network).flatmap(lambda n: st.ip_addresses(network=n)))
def test_no_address_of_a_special_network_is_public(found):
    assert not is_public(found)


@given(st.ip_addresses(v=4), st.sampled_from(["2a00:1450::", "2606:4700:0:1::"]), st.sampled_from([0x5EFE, 0x0200_5EFE]))
def test_a_tunnel_address_is_public_only_with_its_end(inner, prefix, mark):
    tunnel = ipaddress.IPv6Address(int(ipaddress.IPv6Address(prefix)) | mark << 32 | int(inner))
    assert is_public(tunnel) == is_public(inner)
