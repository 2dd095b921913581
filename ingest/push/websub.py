"""WebSub (W3C Recommendation, 23 January 2018) from the subscriber's side, as decisions on plain values: no clock, network or database."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from urllib.parse import urlencode

Mode = Literal["subscribe", "unsubscribe"]

# The methods of section 7; a hub chooses one of them.
METHODS = ("sha1", "sha256", "sha384", "sha512")
# A lease that a hub grants is believed within these bounds: not renewed at every look, and asked for again once a year at least.
MIN_LEASE_S, MAX_LEASE_S = 300, 366 * 24 * 3600
# A lease is renewed when this share of it is left, so that several tries fit in before it ends.
RENEWAL_SHARE = 0.2
# A hub that does not verify within this has forgotten us; it may queue its verifications for minutes.
PENDING = timedelta(hours=1)
# A hub that refuses or is down is asked again after 1, 2, 4, … hours, at least once a day.
RETRY_S, RETRY_MAX_S = 3600, 24 * 3600
# Characters of a challenge that we echo; hubs send tens.
MAX_CHALLENGE_CHARS = 1024
# Characters of a hub's reason that are kept.
REASON_CHARS = 300

_HEX = re.compile(r"[0-9a-fA-F]+")


@dataclass(frozen=True)
class Subscription:
    """What decisions need to know of one."""

    topic: str
    state: str
    pending_mode: Mode | None
    pending_until: datetime | None
    asked_lease_s: int


@dataclass(frozen=True)
class Verified:
    """The hub asked whether we meant it, and we did: echo the challenge. `lease_s` is None where we let go of the topic."""

    challenge: str
    mode: Mode
    lease_s: int | None


@dataclass(frozen=True)
class Denied:
    """The hub will not send, or no more."""

    reason: str


def request_form(mode: Mode, *, callback: str, topic: str, secret: str, lease_s: int) -> bytes:
    """Body of a request to a hub, `application/x-www-form-urlencoded` (section 5.1)."""
    form = {"hub.callback": callback, "hub.mode": mode, "hub.topic": topic}
    if mode == "subscribe":
        form |= {"hub.lease_seconds": str(lease_s), "hub.secret": secret}
    return urlencode(form).encode("ascii")


def _single(query: Sequence[tuple[str, str]]) -> Mapping[str, str] | None:
    """The `hub.` parameters, None where one is given twice: then nobody can say which is meant."""
    ours = [(name, value) for name, value in query if name.startswith("hub.")]
    return dict(ours) if len({name for name, _value in ours}) == len(ours) else None


def judge(query: Sequence[tuple[str, str]], known: Subscription, now: datetime) -> Verified | Denied | None:
    """What a GET at our callback means (sections 5.2 and 5.3); None: nothing that we asked for, answer 404."""
    asked = _single(query)
    if asked is None or asked.get("hub.topic") != known.topic:
        return None
    mode, challenge = asked.get("hub.mode"), asked.get("hub.challenge", "")
    if mode == "denied":
        return Denied(" ".join(asked.get("hub.reason", "no reason given").split())[:REASON_CHARS])
    if mode is None or mode != known.pending_mode or known.pending_until is None or known.pending_until < now:
        return None
    if not 0 < len(challenge) <= MAX_CHALLENGE_CHARS:
        return None
    if mode == "unsubscribe":
        return Verified(challenge, "unsubscribe", None)
    return Verified(challenge, "subscribe", granted_s(asked.get("hub.lease_seconds"), known.asked_lease_s))


def granted_s(told: str | None, asked_s: int) -> int:
    """Seconds of a lease: what the hub grants, within reason; what we asked for where it does not tell.

    >>> granted_s("600", 864_000), granted_s("soon", 864_000), granted_s("-1", 864_000)
    (600, 864000, 300)
    """
    try:
        seconds = int(str(told)[:20])
    except ValueError:
        seconds = asked_s
    return min(max(seconds, MIN_LEASE_S), MAX_LEASE_S)


def renew_at(verified_at: datetime, lease_s: int) -> datetime:
    """When to ask for the next lease: before this one ends (section 5.1: a subscriber renews by asking again)."""
    return verified_at + timedelta(seconds=lease_s * (1 - RENEWAL_SHARE))


def retry_at(now: datetime, tries: int) -> datetime:
    """When to ask a hub again that has not answered well so many times in a row."""
    return now + timedelta(seconds=min(RETRY_S * 2.0 ** min(max(tries - 1, 0), 10), RETRY_MAX_S))


def signature(method: str, secret: str, body: bytes) -> str:
    """Value of `X-Hub-Signature` for a body (section 7)."""
    return f"{method}={hmac.new(secret.encode(), body, getattr(hashlib, method)).hexdigest()}"


def is_signed(header: str | None, secret: str, body: bytes) -> bool:
    """Whether the hub has signed these bytes with our secret; compared in constant time."""
    method, separator, given = (header or "").strip().partition("=")
    method, given = method.strip().lower(), given.strip()
    if not separator or method not in METHODS or not _HEX.fullmatch(given):
        return False
    expected = signature(method, secret, body).partition("=")[2]
    return hmac.compare_digest(expected, given.lower())
