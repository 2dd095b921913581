"""What the names in a page's markup (class, id, role, itemprop) hint at: one bit for each kind of place."""

from __future__ import annotations

import re
from functools import lru_cache

from transforms.extract.beginnings import beginnings

# Kinds of places and the words that templates name them by, anywhere in a name: "articleBody", "js-article_body".
KINDS: dict[str, str] = {
    "body": (
        r"(?:article|story|entry|post|news|page|main|body|detail|artikel|node|single)[-_ ]{0,2}(?:body|content|text|copy|inhalt|main)"
        r"(?![-_]?(?:header|footer))"
        r"|content[-_ ]{0,2}(?:body|text|main)|body[-_ ]?(?:copy|text)|rich[-_]?text|text[-_]?block|prose|paragraph|paywall[-_]?content"
        r"|cuerpo|corps|testo|texto|absatz|textabschnitt|copytext|flie(?:ss|ß)text|wysiwyg"
    ),
    "article": r"article|story|post(?!er)|entry|artikel|beitrag|noticia|nota\b|actu",
    "content": r"content|main|text|body|detail",
    "comment": r"comment|disqus|kommentar|discuss|talkback|repl(?:y|ies)|respond|leserbrief|reacties|forum|coral",
    "related": (
        r"relat|recommend|teaser|promo(?!te)|also|read[-_]?(?:more|next|on)|see[-_]?more|more[-_]|[-_]more|mehr|weiter|popular|trend|most[-_]|latest"
        r"|outbrain|taboola|similar|further|linklist|crosslink|inline[-_]?link|upnext|next[-_]|[-_]next|suggest|recirc|aufmacher|ähnlich|verwandt"
    ),
    "menu": (
        r"nav|menu|breadcrumb|toolbar|masthead|topbar|pagination|pager|skip|site[-_]?header|page[-_]?header"
        r"|drop[-_]?down|search|flyout|drawer|mega"
    ),
    "footer": r"foot(?!age|ball)|bottom|copyright|imprint|impressum|legal|colophon",
    "side": r"aside|sidebar|\brail|widget|secondary|col(?:umn)?[-_]?right|right[-_]?col|rightcol",
    "ad": r"\bads?(?:[-_]|\b)|advert|sponsor|banner|anzeige|werbung|dfp|gpt|publicid|commercial|affiliate|shop|deal|product|buy",
    "subscribe": (
        r"newsletter|subscri|paywall|sign[-_]?(?:up|in)|signup|\babo(?:[-_]|\b)|regist|log[-_]?in|passwor|passwort|forgot|account|konto|captcha|premium|piano|offer|\bcta|call[-_]?to|donat|membership|meter|gate"
    ),
    "social": r"shar(?:e|ing)|social|facebook|twitter|whatsapp|follow|icon|teilen|like[-_]|rating|vote|poll|survey|reaction",
    "caption": r"caption|credit|bildtext|bildunter|legend|copyright|pie[-_]?de",
    "media": (
        r"figure|image|img|photo|picture|gallery|media|video|audio|player|slid(?:e|er)|carousel|bild|foto|thumb|podcast"
        r"|chart|graphic"
    ),
    "meta": r"byline|author|autor|auteur|date|time|meta|publish|writer|contrib|info\b|headerinfo|lesezeit|duration",
    "bio": r"bio\b|bio[-_]|[-_]bio|about[-_]|author[-_]?(?:box|info|profile|card|desc|bio)|profile|vita",
    "tags": r"\btags?\b|tags?[-_]|[-_]tags?|topic|keyword|categor|schlagwort|themen|rubrik|section[-_]?name|label|badge",
    "title": r"title|headline|heading|kicker|titel|\bhed\b|überschrift",
    "lead": (
        r"\blead|standfirst|summary|intro|\bdek|\bdeck|sub[-_]?(?:title|head|titel)|chapo|vorspann|excerpt|descri"
        r"|abstract|sottotitolo|entradilla|bajada|ingress|untertitel"
    ),
    "card": r"card|item|list|grid|tile|module|slot|swiper|feed|stream|river|cluster",
    "embed": r"embed|tweet|instagram|iframe|external|third[-_]?party|tiktok|youtube",
    "dialog": r"cookie|consent|gdpr|cmp\b|modal|overlay|popup|dialog|tooltip|toast|privacy|notice|alert|notification",
    "hidden": r"hidden|visually|sr[-_]only|screen[-_]?reader|offscreen|noprint|print[-_]?only|d-none|display-none|invisible",
    "note": r"correct|editor.{0,2}note|disclaimer|update|footnote|endnote|source|quelle|reference",
    "quote": r"quote|\bpull|zitat",
    "box": r"box|fact|info|key[-_]?point|highlight|toc\b|table[-_]?of|takeaway|glossar|explainer",
    "live": r"live|ticker|timeline|minuto",
}
NAMES = tuple(KINDS)
BIT = {name: 1 << number for number, name in enumerate(NAMES)}
PATTERNS = {BIT[name]: re.compile(words) for name, words in KINDS.items()}
# Letters that a word is told by before its pattern is tried: a name holds the first three letters of two or three kinds, not of 22.
TOLD = 3
# Templates name some thousand places; the memory of names stays small.
REMEMBERED = 20_000
# Longer lists of names are utility classes, which say nothing of the place.
LONGEST = 300
CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")


def heads() -> dict[str, int]:
    """First letters of the words -> bits of their kinds."""
    found: dict[str, int] = {}
    for name, words in KINDS.items():
        for head in {text[:TOLD] for text in beginnings(words)}:
            found[head] = found.get(head, 0) | BIT[name]
    return found


HEADS = heads()
SHORT = {head: bits for head, bits in HEADS.items() if len(head) < TOLD}


@lru_cache(maxsize=REMEMBERED)
def hint(name: str) -> int:
    """Bits of the kinds that one name hints at."""
    text = name if name.islower() else CAMEL.sub("-", name).lower()
    may = 0
    for at in range(len(text) - TOLD + 1):
        may |= HEADS.get(text[at : at + TOLD], 0)
    for head, bits in SHORT.items():
        if head in text:
            may |= bits
    found = 0
    while may:
        bit = may & -may
        may ^= bit
        if PATTERNS[bit].search(text):
            found |= bit
    return found


@lru_cache(maxsize=REMEMBERED)
def hints(names: str) -> int:
    """Bits of the kinds that the names of an element hint at.

    >>> hints("wide articleBody") & BIT["body"] > 0
    True
    """
    bits = 0
    for name in names[:LONGEST].split():
        bits |= hint(name)
    return bits
