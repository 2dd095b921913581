"""robots.txt: what RFC 9309 says, with protego as parser of the rules."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from protego import Protego

from common import urls

# RFC 9309 section 2.5: a crawler must read at least 500 kibibytes; we read the 512 that other crawlers do.
MAX_BYTES = 512 * 1024
# RFC 9309 section 2.4: not to be used longer than a day.
MAX_AGE = timedelta(hours=24)
# A Crawl-delay above this is a typing mistake (some write milliseconds); five minutes still lets 288 pages a day through.
MAX_CRAWL_DELAY_S = 300.0

_AGENT_LINE = re.compile(r"^\s*user-?\s?agent\s*:?\s*(?P<value>[^#]*)", re.IGNORECASE)
_TOKEN = re.compile(r"[A-Za-z_-]+")
# The groups of other crawlers get a name that protego can't take for the beginning of ours.
_STRANGER = "0-another-crawler"
_SELF = "us"


def product_token(user_agent: str) -> str:
    """The product token of a User-Agent header (RFC 9309 section 2.2.1: letters, `_` and `-`).

    >>> product_token("Consilience/0.1 (+https://consilience.invalid/bot)")
    'Consilience'
    """
    found = _TOKEN.match(user_agent)
    return found[0] if found else user_agent


def _addressed(line: str, token: str) -> str:
    """A user-agent line with the group's name made exact: ours, everybody's or a stranger's."""
    found = _AGENT_LINE.match(line)
    if not found:
        return line
    value = found["value"].strip()
    named = _TOKEN.match(value)
    name = "*" if value.startswith("*") else _SELF if named and named[0].lower() == token.lower() else _STRANGER
    return f"User-agent: {name}"


class Robots:
    """The rules of one origin for one crawler."""

    def __init__(self, text: str, user_agent: str) -> None:
        """Read the rules; anything that is not a rule is passed over, so an HTML page allows everything."""
        token = product_token(user_agent)
        lines = re.split(r"\r\n|\r|\n", text.lstrip("\ufeff"))
        self.rules = Protego.parse("\n".join(_addressed(line, token) for line in lines))

    def allows(self, url: str) -> bool:
        """Whether the URL may be fetched; /robots.txt itself always (RFC 9309 section 2.2.2)."""
        return str(urls.parse(url).pathname) == "/robots.txt" or bool(self.rules.can_fetch(url, _SELF))

    @property
    def crawl_delay_s(self) -> float | None:
        """Crawl-delay in seconds (not part of the RFC, but law here), capped."""
        asked = self.rules.crawl_delay(_SELF)
        return None if asked is None else min(max(asked, 0.0), MAX_CRAWL_DELAY_S)


def decode(body: bytes) -> str:
    """Text of a robots.txt (RFC 9309 section 2.3: UTF-8), cut at the limit; broken bytes don't spoil the other lines."""
    return body[:MAX_BYTES].decode("utf-8-sig", "replace").replace("\x00", "")


def is_fresh(read_at: datetime | None, now: datetime) -> bool:
    """Whether a stored copy may still be used."""
    return read_at is not None and now - read_at < MAX_AGE
