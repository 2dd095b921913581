"""robots.txt: the rules of RFC 9309, read as Google's published parser reads them, and what may be assumed while they can't be read.

A parser of our own because the file is hostile input: matching takes time linear in pattern and URL, nothing is compiled,
and only the rules for one crawler are kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from common import urls

# RFC 9309 section 2.5: a crawler must read at least 500 kibibytes; we read the 512 that other crawlers do.
MAX_BYTES = 512 * 1024
# RFC 9309 section 2.4: not to be used longer than a day.
MAX_AGE = timedelta(hours=24)
# RFC 9309 section 2.3.1.4: after a "reasonably long" time, for example 30 days, unreachable may count as absent.
GIVE_UP = timedelta(days=30)
# Wait after robots.txt could not be read: long enough not to hammer a host in trouble, short enough to be complete soon after it is well.
RETRY_S = 600.0
# A Crawl-delay above this is a typing mistake (some write milliseconds); five minutes still lets 288 pages a day through.
MAX_CRAWL_DELAY_S = 300.0

# One record: a key as people write it (with the slips that Google's parser forgives), a colon or the blank that stands for a forgotten one.
_RECORD = re.compile(
    r"\s*(?:(?P<agent>user[- ]?agent)|(?P<allow>allow)|(?P<disallow>disallow|dissallow|dissalow|disalow|diasllow|disallaw)"
    r"|(?P<delay>crawl[- ]delay))(?P<colon>\s*:|\s)\s*(?P<value>.*)",
    re.IGNORECASE | re.DOTALL,
)
_KEYS = ("agent", "allow", "disallow", "delay")
_TOKEN = re.compile(r"[A-Za-z_-]*")
_SECONDS = re.compile(r"\d{1,9}(\.\d{0,9})?|\.\d{1,9}", re.ASCII)
# Octets that have another spelling: escaped ones, and those that must be escaped (RFC 9309 section 2.2.2).
_ODD = re.compile(r"%[0-9A-Fa-f]{2}|[^\x21-\x7e]")
# RFC 3986 section 2.3: these mean the same escaped and bare.
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")


def product_token(user_agent: str) -> str:
    """The product token of a User-Agent header (RFC 9309 section 2.2.1: letters, `_` and `-`).

    >>> product_token("Consilience/0.1 (+https://consilience.invalid/bot)")
    'Consilience'
    """
    found = _TOKEN.match(user_agent)
    return found[0] if found and found[0] else user_agent


def _one_spelling(found: re.Match[str]) -> str:
    text = found[0]
    if not text.startswith("%"):
        return "".join(f"%{byte:02X}" for byte in text.encode("utf-8", "replace"))
    bare = chr(int(text[1:], 16))
    return bare if bare in _UNRESERVED else text.upper()


def normal(path: str) -> str:
    """A path or pattern with its octets in one spelling (RFC 9309 section 2.2.2).

    >>> normal("/%62%61%7a/ツ%2f")
    '/baz/%E3%83%84%2F'
    """
    return _ODD.sub(_one_spelling, path)


class Rule(NamedTuple):
    """One Allow or Disallow; `*` stands between the parts, `anchored` is the `$` at the end (RFC 9309 section 2.2.3)."""

    octets: int
    allow: bool
    parts: tuple[str, ...]
    anchored: bool

    def matches(self, path: str) -> bool:
        """Whether the rule speaks of a path (normal form, with `*` and `$` escaped); each part is sought once, from left to right."""
        first, rest = self.parts[0], self.parts[1:]
        if not path.startswith(first):
            return False
        at, end = len(first), len(path)
        if self.anchored and rest:
            rest, end = rest[:-1], end - len(self.parts[-1])
            if not path.endswith(self.parts[-1]):
                return False
        elif self.anchored:
            return at == end
        for part in rest:
            found = path.find(part, at, end)
            if found < 0:
                return False
            at = found + len(part)
        return at <= end


def rule_of(pattern: str, *, allow: bool) -> Rule:
    """The rule that a line states."""
    text = normal(pattern)
    first, *rest = text.removesuffix("$").replace("$", "%24").split("*")
    last = rest[-1:]  # an empty last part is the star at the end, which an anchor must not forget
    parts = (first, *(part for part in rest[:-1] if part), *last)
    return Rule(len(text), allow, parts, text.endswith("$"))


def _rules(pattern: str, *, allow: bool) -> Iterator[Rule]:
    """The rule of a line; an allowed index page opens its folder too (an extra of Google's that publishers count on)."""
    yield rule_of(pattern, allow=allow)
    folder, slash, page = pattern.rpartition("/")
    if allow and slash and page.startswith("index.htm"):
        yield rule_of(f"{folder}/$", allow=True)


def _records(text: str) -> Iterator[tuple[str, str]]:
    """Key and value of each line that is a record; a line without a colon only counts when its value is one word."""
    for line in re.split(r"\r\n|\r|\n", text.lstrip("\ufeff")):
        found = _RECORD.fullmatch(line.partition("#")[0].strip())
        if found and (found["colon"].strip() or not re.search(r"\s", found["value"])):
            yield next(key for key in _KEYS if found[key]), found["value"]


class _Group:
    """The rules for one crawler, or for all others."""

    def __init__(self) -> None:
        self.met, self.rules, self.delay_s = False, list[Rule](), list[float]()

    def take(self, key: str, value: str) -> None:
        """Add a record that stands in this group."""
        if key == "delay" and _SECONDS.fullmatch(value):
            self.delay_s.append(min(float(value), MAX_CRAWL_DELAY_S))
        elif key != "delay" and value:
            self.rules += _rules(value, allow=key == "allow")


def _group_of(text: str, token: str) -> _Group:
    """The group that binds the crawler: all that name it, else all for `*` (RFC 9309 section 2.2.1)."""
    ours, others = _Group(), _Group()
    open_groups: list[_Group] = []
    rules_began = False
    for key, value in _records(text):
        if key != "agent":
            rules_began = rules_began or key != "delay"  # other records must not end a group (RFC 9309 section 2.2.4)
            for group in open_groups[:1]:
                group.take(key, value)
            continue
        if rules_began:
            open_groups, rules_began = [], False
        named = _TOKEN.match(value)
        if value == "*" or (value[:1] == "*" and value[1:2].isspace()):
            open_groups.append(others)
        elif named and named[0].lower() == token.lower():
            ours.met = True
            open_groups.insert(0, ours)
    return ours if ours.met else others


class Robots:
    """The rules of one origin for one crawler."""

    def __init__(self, text: str, user_agent: str) -> None:
        """Read the rules; anything that is not a rule is passed over, so an HTML page allows everything."""
        group = _group_of(text, product_token(user_agent))
        self.crawl_delay_s = max(group.delay_s, default=None)
        """Crawl-delay in seconds (not part of the RFC, but law here), capped; the longest where several are given."""
        # The most octets win, Allow where they are equal (RFC 9309 section 2.2.2): the first match in this order decides.
        self.rules = sorted(set(group.rules), key=lambda rule: (-rule.octets, not rule.allow))
        self.plain = tuple(rule.parts[0] for rule in self.rules if len(rule.parts) == 1 and not rule.anchored)
        self.special = [rule for rule in self.rules if len(rule.parts) > 1 or rule.anchored]

    def allows(self, url: str) -> bool:
        """Whether the URL may be fetched."""
        parsed = urls.parse(url)
        return self.permits(str(parsed.pathname), str(parsed.search))

    def permits(self, path: str, query: str = "") -> bool:
        """The same for path and query (with its question mark) of a parsed URL; /robots.txt itself always (RFC 9309 section 2.2.2)."""
        if path == "/robots.txt":
            return True
        spelled = normal(path + query).replace("*", "%2A").replace("$", "%24")
        rules = self.rules if spelled.startswith(self.plain) else self.special
        return next((rule.allow for rule in rules if rule.matches(spelled)), True)


def decode(body: bytes) -> str:
    """Text of a robots.txt (RFC 9309 section 2.3: UTF-8), cut at the limit; broken bytes don't spoil the other lines."""
    return body[:MAX_BYTES].decode("utf-8-sig", "replace").replace("\x00", "")


def means(status: int) -> Literal["rules", "none", "unreachable"]:
    """What the final status of a robots.txt says (RFC 9309 section 2.3.1); 429 asks to wait and so counts as unreachable."""
    if status in {200, 203}:
        return "rules"
    is_absent = status in range(400, 500) or status in {204, 205}
    return "none" if is_absent and status != 429 else "unreachable"


@dataclass(frozen=True)
class Copy:
    """What is known of the robots.txt of one origin; empty text: it has none."""

    text: str | None = None
    read_at: datetime | None = None
    down_since: datetime | None = None
    retry_at: datetime | None = None

    def usable(self, now: datetime) -> str | None:
        """The text that binds us now; None while it must be asked for, or while nothing may be fetched.

        Read less than a day ago, or unreachable for a month: then the last copy holds on, and without one there are no rules.
        """
        if self.read_at is not None and self.text is not None and now - self.read_at < MAX_AGE:
            return self.text
        given_up = self.down_since is not None and now - self.down_since >= GIVE_UP
        return (self.text or "") if given_up and self.wait_s(now) > 0 else None

    def wait_s(self, now: datetime) -> float:
        """Seconds until it may be asked for again."""
        return max((self.retry_at - now).total_seconds(), 0.0) if self.retry_at else 0.0

    def failed(self, now: datetime, asked_s: float | None) -> Copy:
        """The same after one more failure; `asked_s` is what the host itself asked us to wait.

        After a month it is asked for once a day: each failure keeps us off the host for a while, and its pages need their turn.
        """
        since = self.down_since or now
        usual = MAX_AGE.total_seconds() if now - since >= GIVE_UP else RETRY_S
        wait_s = usual if asked_s is None or usual > RETRY_S else max(asked_s, 1.0)
        return Copy(self.text, self.read_at, since, now + timedelta(seconds=wait_s))
