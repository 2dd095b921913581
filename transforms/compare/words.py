"""Words of a text, as the comparison sees them: tokens, content terms, and the anchors that survive translation."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

TOKEN = re.compile(r"\d+(?:[.,:]\d+)*|[^\W\d_]+(?:['’][^\W\d_]+)*")

# Grammar words of English and German: they say nothing about which event a text reports.
GRAMMAR_WORDS = """
    a about above after again against all also am an and any are around as at be became because been before being below between both
    but by came can could did do does doing down during each either even every few for from further get go had has have having he
    her here hers him himself his how however i if in into is it its itself just last least less let like made make many may me
    might more most much must my near no nor not now of off on once one only onto or other our out over own per quite rather really
    said same say says saying she should since so some still such than that the their them then there these they this those though
    through to too told toward two under until up upon us very was we week well went were what when where which while who whom whose
    why will with within without would year years yesterday yet you your mr mrs ms dr according added among another asked called day
    days first new people time today monday tuesday wednesday thursday friday saturday sunday aber alle als auch auf aus bei bis da
    dann das dass dem den denn der des die dies diese dieser dieses doch dort durch ein eine einem einen einer eines er es für gegen
    habe haben hat hatte hatten ich ihm ihn ihr ihre ihren im ist ja kann kein keine könnte mehr mit muss nach nicht noch nun nur ob
    oder ohne sagte sei sein seine seinem seinen seiner seit sich sie sind soll sollen sollte über um und uns unter vom von vor war
    waren wegen weil wenn wer werde werden wie wieder wir wird worden wurde wurden zu zum zur zwei zwischen montag dienstag mittwoch
    donnerstag freitag samstag sonntag"""
STOP = frozenset(GRAMMAR_WORDS.split())
# Endings cut from English words so that "strike", "strikes" and "striking" meet; longest first. A stem keeps at least four letters.
ENDINGS = ("ations", "ation", "ions", "ion", "ingly", "ments", "ment", "ings", "ing", "ers", "ies", "ied", "ed", "er", "es", "ly", "s", "e")
SHORTEST_STEM = 4


@lru_cache(maxsize=100_000)
def fold(word: str) -> str:
    """Lower case without accents, possessive or quotation marks.

    >>> fold("Müller’s")
    'muller'
    """
    plain = unicodedata.normalize("NFKC", re.sub(r"['’].*$", "", word)).casefold()
    return "".join(c for c in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(c))


@lru_cache(maxsize=100_000)
def term(word: str) -> str | None:
    """The stem of a content word, the digits of a number, None for a grammar word.

    >>> term("cancelled"), term("cancel"), term("inspections"), term("1,200"), term("the")
    ('cancel', 'cancel', 'inspect', '1200', None)
    """
    if word[0].isdigit():
        return re.sub(r"[,.:]", "", word)
    low = word.casefold().replace("’", "'")
    bare = re.sub(r"'.*$", "", low)
    if low in STOP or bare in STOP or len(bare) < 2:
        return None
    plain = fold(bare)
    stem = next((plain[: -len(end)] for end in ENDINGS if plain.endswith(end) and len(plain) - len(end) >= SHORTEST_STEM), plain)
    return stem[:-1] if len(stem) > SHORTEST_STEM and stem[-1] == stem[-2] else stem


def words(text: str) -> list[str]:
    """Words and numbers as written."""
    return TOKEN.findall(text)


def terms(text: str) -> list[str]:
    """Stems of the content words, in order, repeats kept."""
    return [found for word in TOKEN.findall(text) if (found := term(word))]


def anchors(text: str) -> list[str]:
    """Names and numbers: what one event has in common in every language.

    Capitalised words (in German also nouns, which no English text shares) and numbers of two digits or more.
    """
    return [
        fold(word)
        for word in TOKEN.findall(text)
        if (word[0].isupper() and word.casefold() not in STOP and len(word) > 2) or (word[0].isdigit() and len(word) > 1)
    ]
