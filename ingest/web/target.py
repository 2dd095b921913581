"""What the text of a URL already tells about whether it may be fetched; its name is resolved and checked later, at the connection."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ada_url import URL

from common import urls
from common.errors import FetchRefused
from common.settings import Settings
from ingest.web.address import Network, is_allowed, literal

# The address line of one request; longer ones are attacks or loops (RFC 9110 section 4.1 asks for at least 8000).
MAX_URL_CHARS = 8000
# RFC 1035 section 2.3.4, in octets; a name of 253 characters fills 255 octets.
MAX_LABEL_CHARS, MAX_NAME_CHARS = 63, 253
# Control characters (a browser drops tabs and line ends from a URL, others don't), and what stands before the host in an absolute URL.
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:")
_HEAD = re.compile(r"(?i)https?://(?P<authority>[^/?#]+)")
# Top-level names that never lead to the public web: RFC 6761, RFC 6762, RFC 7686, RFC 9476, ICANN's reservation of .internal and
# refusal of .home and .corp (name collisions), and what routers and /etc/hosts make up. RFC 8375 adds home.arpa.
PRIVATE_TOPS = frozenset({"localhost", "local", "internal", "intranet", "lan", "home", "corp", "onion", "alt", "localdomain"})


def _refuse(message: str, url: str, fault: str) -> FetchRefused:
    return FetchRefused(message, url=url[:200], fault=fault)


def check_text(url: str) -> None:
    """Refuse a URL that programs read in different ways; what they agree on is left to the parser.

    Raises:
        FetchRefused: control characters, no `scheme://host`, a backslash or credentials before the path.
    """
    if _CONTROL.search(url):
        raise _refuse("control characters in the URL", url, "bad_url")
    head = _HEAD.match(url.strip())
    if head is None:
        other = _SCHEME.match(url.strip())
        is_web = other is None or other[0].lower() in {"http:", "https:"}
        raise _refuse(f"not an http(s) URL: {url[:200]!r}", url, "bad_url" if is_web else "bad_scheme")
    if "\\" in head["authority"] or "@" in head["authority"]:
        raise _refuse("credentials or a backslash before the host", url, "bad_url")


def _port(parsed: URL) -> int:
    return int(parsed.port or (443 if parsed.protocol == "https:" else 80))


def check_name(host: str, url: str, *, private: bool) -> None:
    """Refuse a host name that can't be one of the public web; `private` lets through those that only a local network knows.

    Raises:
        FetchRefused: labels that DNS does not take, names that are reserved for local use.
    """
    name = host.removesuffix(".").lower()
    labels = name.split(".")
    if len(name) > MAX_NAME_CHARS or any(not 0 < len(label) <= MAX_LABEL_CHARS for label in labels):
        raise _refuse(f"{host[:80]} is not a host name", url, "bad_url")
    is_local = len(labels) == 1 or labels[-1] in PRIVATE_TOPS or labels[-2:] == ["home", "arpa"]
    if is_local and not private:
        raise _refuse(f"{host[:80]} is a name of a local network, which is not on the public internet", url, "ssrf")


def check_parsed(parsed: URL, allow_ports: Sequence[int], allow_networks: Sequence[Network] = ()) -> str:
    """The URL in its normal form, when it may be fetched as far as its text tells.

    Raises:
        FetchRefused: port, credentials, length, a private address or name.
    """
    href, host = str(parsed.href), str(parsed.hostname)
    if parsed.username or parsed.password:
        raise _refuse("credentials in the URL", href, "bad_url")
    if allow_ports and _port(parsed) not in allow_ports:
        raise _refuse(f"port {_port(parsed)} is not among CONSILIENCE_ALLOW_PORTS", href, "bad_port")
    if len(href) > MAX_URL_CHARS:
        raise _refuse(f"URL of {len(href)} characters", href, "bad_url")
    address = literal(host)
    if address is None:
        check_name(host, href, private=bool(allow_networks))
    elif not is_allowed(address, allow_networks):
        raise _refuse(f"{host} is not on the public internet", href, "ssrf")
    return href.partition("#")[0]


def check_target(url: str, allow_ports: Sequence[int], allow_networks: Sequence[Network] = ()) -> str:
    """The absolute URL in its normal form, without fragment, when its text allows a fetch.

    Raises:
        FetchRefused: `where["fault"]` is bad_url, bad_scheme, bad_port or ssrf.
    """
    check_text(url)
    return check_parsed(urls.parse(url), allow_ports, allow_networks)


def follow(base: str, location: str, allow_ports: Sequence[int], allow_networks: Sequence[Network] = ()) -> str:
    """Where a Location header leads (RFC 9110 section 10.2.2), when it may be fetched.

    Raises:
        FetchRefused: as in `check_target`.
    """
    if _CONTROL.search(location):
        raise _refuse("control characters in the Location", location, "bad_url")
    return check_parsed(urls.parse(location, base=base), allow_ports, allow_networks)


def guard(url: str) -> bool:
    """Whether a URL may be fetched, as far as its text tells, with the settings as they are by default."""
    defaults = Settings.model_fields
    try:
        check_target(url, defaults["allow_ports"].default, defaults["allow_networks"].default)
    except FetchRefused:
        return False
    return True
