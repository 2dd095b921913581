"""Pages with status 200 that are none: bot walls, login walls, consent walls, soft 404s. Pure detection on the bytes, without a parser.

A page that says it is an article (JSON-LD, Open Graph) is one, whatever it asks for besides: a paywalled page with a login form stays an
article with a flag. Without that, three things must come together: a heading that says it, little text outside links, no other headline.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import unescape
from typing import Literal
from urllib.parse import urlsplit

from common.errors import FetchRefused
from ingest.web import notices
from ingest.web.verdict import passing

Kind = Literal["bot", "login", "consent", "gone", "empty"]

# Bytes that are looked at; walls are small, and an article shows what it is before.
LOOKED_AT = 300_000
# Words outside links, menus and forms, below which a page has no story: walls have 10 to 80, consent walls add legal text.
FEW_WORDS, FEW_LEGAL_WORDS = 120, 400
# Bytes of the pages of bot walls that have no heading: a script and a frame. Pages that only use the same captcha are larger.
SMALL_PAGE = 20_000
# Words of a heading that is only a notice; headlines that begin alike are longer.
NOTICE_WORDS = 9
# Words of a heading that is no notice: so many make a headline, and names of outlets have fewer.
HEADLINE_WORDS = 6
# Characters of a title or headline; more is no heading.
MAX_HEADING = 300

# Marks that only articles carry: schema.org types (with subtypes), Open Graph, microdata.
_ARTICLE = re.compile(
    rb'"@type"\s*:\s*(?:\[\s*)?"(?:\w{0,20}NewsArticle|Article|LiveBlogPosting|BlogPosting|Report)"'
    rb"|og:type[\"']?\s+content=[\"']?article|content=[\"']?article[\"']?\s+property=[\"']?og:type|article:published_time|itemprop=[\"']?articleBody"
)
_TITLE = re.compile(rb"<title[^<>]{0,200}>([^<]{0,300})", re.IGNORECASE)
_H1 = re.compile(rb"<h1\b[^<>]{0,500}>(.{0,600}?)</h1", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(rb"<[^<>]{0,2000}>?")
_TOKEN = re.compile(rb"<(?P<end>/?)(?P<name>[a-zA-Z][a-zA-Z0-9]{0,20})[^<>]*>?|(?P<text>[^<]+)|<")
_FIELD = re.compile(rb"<input\b[^<>]{0,500}(?:password|email|user|login)", re.IGNORECASE)
# Text in these is no story.
_ASIDE = frozenset({*(b"a", b"nav", b"header", b"footer", b"button", b"label", b"select", b"aside"), *(b"script", b"style", b"head")})
_RAW = frozenset({b"script", b"style"})

_NOTICES: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    ("gone", notices.beginning(notices.GONE)),
    ("bot", notices.beginning(notices.BOT)),
    ("login", notices.beginning(notices.LOGIN)),
    ("consent", notices.beginning(notices.CONSENT)),
)
# Words below which a page has no story, and what else it must hold, where a kind of wall differs from the others.
_LIMITS: dict[Kind, int] = {"consent": FEW_LEGAL_WORDS}
_PROOFS: dict[Kind, re.Pattern[bytes]] = {"consent": notices.AGREE, "login": _FIELD}
# A title is made of the heading and the site's name, in either order.
_SEAMS = re.compile(r"\s[|\-–—·»«/]\s|\s*[|»·]\s*")
# The last segment of an address that names an article: words joined by hyphens, or a number.
_ARTICLE_PATH = re.compile(r"\w+-\w+-\w+|\d{4,}|\.html?$")
# Headers by which bot walls name their own answers.
_CHALLENGES = {"cf-mitigated": "challenge", "x-amzn-waf-action": ""}


@dataclass(frozen=True)
class Wall:
    """What stands in place of an article."""

    kind: Kind
    why: str


def is_challenge(status: int, headers: Sequence[tuple[str, str]]) -> bool:
    """Whether the headers of an answer say that a bot wall made it."""
    if status < 200 or status in {301, 302, 303, 304, 307, 308}:
        return False
    return any(name.lower() in _CHALLENGES and _CHALLENGES[name.lower()] in value.lower() for name, value in headers)


def _plain(raw: bytes) -> str:
    text = unescape(_TAG.sub(b" ", raw).decode("utf-8", "replace")).replace("’", "'")
    return " ".join(text.split())[:MAX_HEADING]


def headings(body: bytes) -> list[str]:
    """Title, cut at its seams, and first headline of a page."""
    title, h1 = _TITLE.search(body), _H1.search(body)
    parts = [part for part in _SEAMS.split(_plain(title[1])) if part] if title else []
    return [*parts, *([_plain(h1[1])] if h1 else [])]


def notice(body: bytes) -> tuple[Kind, str] | None:
    """What the headings of a page give notice of, if of anything; a headline among them makes it a page about that."""
    found = [(_notice_of(heading), heading) for heading in headings(body)]
    if any(kind is None and len(heading.split()) >= HEADLINE_WORDS for kind, heading in found):
        return None
    return next(((kind, heading) for kind, heading in found if kind), None)


def _notice_of(heading: str) -> Kind | None:
    is_short = len(heading.split()) <= NOTICE_WORDS
    return next((kind for kind, pattern in _NOTICES if is_short and pattern.match(heading)), None)


def story_words(body: bytes) -> int:
    """Words outside links, menus, forms and scripts, counted in one pass."""
    words, inside = 0, list[bytes]()
    for token in _TOKEN.finditer(body):
        name = (token["name"] or b"").lower()
        if token["text"] is not None and not inside:
            words += len(token["text"].split())
        elif name in _ASIDE and not (inside and inside[-1] in _RAW and name != inside[-1]):
            if not token["end"]:
                inside.append(name)
            elif name in inside:
                del inside[len(inside) - 1 - inside[::-1].index(name) :]
    return words


def moved(asked: str, final: str) -> Wall | None:
    """What a redirect tells by where it leads."""
    here, there = urlsplit(asked), urlsplit(final)
    if (here.hostname, here.path) == (there.hostname, there.path):
        return None
    known = {*here.path.lower().split("/"), (here.hostname or "").split(".")[0]}
    parts = {*there.path.lower().split("/"), (there.hostname or "").split(".")[0]} - known
    if parts & notices.CONSENT_PARTS:
        return Wall("consent", f"redirected to {final[:200]}")
    if parts & notices.LOGIN_PARTS:
        return Wall("login", f"redirected to {final[:200]}")
    if there.path in {"", "/"} and not there.query and _ARTICLE_PATH.search(here.path.rstrip("/").rpartition("/")[2]):
        return Wall("gone", "redirected to the front page")
    return None


def look(asked: str, final: str, body: bytes) -> Wall | None:
    """The wall or soft 404 that a page with status 200 is, or None for all others."""
    if not body.strip():
        return Wall("empty", "a page without a body")
    found = moved(asked, final)
    if found:
        return found
    body = body[:LOOKED_AT]
    suspect = _suspect(body)
    return suspect if suspect and _is_proven(suspect.kind, body) else None


def _suspect(body: bytes) -> Wall | None:
    """The wall that a page shows signs of: a notice, or the marks of a bot wall."""
    told = notice(body)
    if told:
        return Wall(*told)
    is_marked = len(body) < SMALL_PAGE and notices.BOT_MARKS.search(body)
    return Wall("bot", "the page of a bot wall") if is_marked else None


def _is_proven(kind: Kind, body: bytes) -> bool:
    """Whether a page with signs of a wall is one: no article by its own word, with all that such a wall holds, and without a story."""
    proof = _PROOFS.get(kind)
    if _ARTICLE.search(body) or (proof and not proof.search(body)):
        return False
    return story_words(body) < _LIMITS.get(kind, FEW_WORDS)


def check(asked: str, final: str, body: bytes) -> None:
    """Refuse a page that is none.

    Raises:
        FetchDelayed: a bot wall (blocked), or nothing at all (truncated): another try may get the page.
        FetchRefused: a login or consent wall (blocked), a soft 404 (gone).
    """
    found = look(asked, final, body)
    if found is None:
        return
    if found.kind == "empty":
        raise passing("truncated", found.why, url=asked)
    if found.kind == "bot":
        raise passing("blocked", f"bot wall: {found.why}", url=asked, wall="bot")
    message = "soft 404" if found.kind == "gone" else f"{found.kind} wall"
    raise FetchRefused(f"{message}: {found.why}", url=asked, fault="gone" if found.kind == "gone" else "blocked", wall=found.kind)
