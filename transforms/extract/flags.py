"""What kind of text it is: cut by a paywall, a live blog."""

from __future__ import annotations

import re
from itertools import islice

from transforms.extract import jsonld
from transforms.extract.lexicon import lexicon
from transforms.extract.lines import LONGEST_PROMPT
from transforms.extract.signals import Signals

PAYWALL = "[class*='paywall' i], [id*='paywall' i], [data-paywall], [class*='subscriber-only' i], [class*='regwall' i]"
LOCKED_TIERS = frozenset({"locked", "metered-locked", "premium", "subscriber", "subscription", "paid"})
TEASER_END = re.compile(r"(?:…|\.\.\.|\[…\]|\[\.\.\.\])\s*$")
# A text of fewer characters beside an element of a paywall is a teaser.
TEASER = 1500
# Where a page says that a text is for subscribers, and how many lines are looked at: short texts stand on short pages.
LOCK_LINES, MOST_LINES = ("p", "h2", "h3", "h4", "div:not(:has(div, p))", "span"), 600
# The word for a live blog in an address, in the languages of the lexicons; "live" alone is also a concert.
LIVE_URL = re.compile(
    r"[/-](?:live-?(?:blog|ticker|updates?|news|text|report(?:ing)?|bericht|verslag|stream)|news-?(?:blog|ticker)|minuto-a-minuto|minuto-per-minuto"
    r"|en-direct|direct|en-vivo|in-diretta|diretta|ao-vivo|ao-minuto|relacja-na-zywo|na-zywo|online-prenos|canli-anlatim|canli-blog)(?=[/._-]|$)"
    r"|/live/(?=[^/]*\d)",
    re.IGNORECASE,
)


def is_truncated(signals: Signals, body: str) -> bool:
    """JSON-LD says not free, or a paywall stands beside a short text, or the text breaks off in an ellipsis, or the page says so."""
    free = [str(node["isAccessibleForFree"]).strip().lower() for node in signals.articles if "isAccessibleForFree" in node]
    if free:
        return free[0] in {"false", "no", "0"}
    if LOCKED_TIERS & {tier.lower() for tier in signals.content("article:content_tier")}:
        return True
    if len(body) >= TEASER:
        return False
    return bool(TEASER_END.search(body)) or signals.tree.css_first(PAYWALL) is not None or is_locked(signals)


def is_locked(signals: Signals) -> bool:
    """A short line says that the rest is for subscribers."""
    lines = islice(signals.texts(*LOCK_LINES), MOST_LINES)
    return any(len(line) <= LONGEST_PROMPT and lexicon().locked.search(line) for line in lines)


def is_live(signals: Signals) -> bool:
    """LiveBlogPosting, or a URL that says so together with several dated posts."""
    if any("LiveBlogPosting" in jsonld.types(node) for node in signals.nodes):
        return True
    return bool(LIVE_URL.search(signals.url)) and len(signals.tree.css("article time, main time, [class*='live' i] time")) > 1
