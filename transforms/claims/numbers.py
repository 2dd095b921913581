"""Numbers in words and digits -> value in base units, unit, bound, range, and what is counted. English and German."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from transforms.claims.lexicon import read, wordlist
from transforms.claims.text import Range
from transforms.records import Bound, NumberValue

BOUND_REACH = 18  # characters left of a number in which "no fewer than" fits
WHAT_REACH = 60  # characters right of a number in which its noun is looked for
WHAT_WORDS = 4  # words right of a number among which its noun may be
CONTINENTAL = frozenset({"de", "fr", "es", "it", "pt"})  # 1.234,5 where English writes 1,234.5
LONGEST_HYPHENED = 3  # digits of the ends of "60-70"; longer ones are years or telephone numbers
MAX_DIGITS = 18  # longer digit strings are identifiers, no quantities

DIGITS = {"en": r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?", "de": r"\d{1,3}(?:\.\d{3})+(?:,\d+)?|\d+(?:,\d+)?"}
START = re.compile(r"[^\W\d_]+|\d|[$€£¥₹]")
WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")
SPACE = "[ \u00a0\u202f\u2009]"
SPACES = str.maketrans(dict.fromkeys("\u00a0\u202f\u2009", " "))  # as many characters, so that offsets stay
HALF = " and a half"
HUNDREDS = frozenset({"hundred", "thousand"})  # to which "and fifty" is added
RATIO = re.compile(r"\bone(?: in| out of|-in-) ?\Z", re.IGNORECASE)  # "one in five voters" counts no five voters
RATIO_REACH = 11
NOT_WHAT = wordlist("not_what")
NO_NOUN_BEHIND = NOT_WHAT - wordlist("what_behind")
PLURALS = wordlist("uncountable")
COUNTED = "|".join(sorted(wordlist("counted_in_compounds")))
COMPOUND = re.compile(rf"-(?:year|{COUNTED})\b")  # "a four-game streak" counts games, "two-sided" counts nothing
STREETS = "Ave|Avenue|Blvd|Boulevard|Court|Ct|Drive|Dr|Highway|Hwy|Lane|Ln|Parkway|Place|Rd|Road|Square|St|Street|Terrace|Way"
ADDRESS = re.compile(rf"(?: (?:[A-Z][\w’'-]*|\d+\w*)\.?){{1,3}} (?:{STREETS})\b")
HOUSE_NUMBER = 3  # digits from which a number before a street is always its house; fewer may count: "5 Wall Street banks"
AT_HOUSE = re.compile(r"\bat \Z")
# Who or what was counted before is not counted again: "the two were hurt".
AGAIN = re.compile(r"\bthe \Z", re.IGNORECASE)
AGAIN_ENDS = re.compile(r" (?:are|were|have|had|do|did|will|would|can|could|should|may|might|must|also)\b|[.,;:]")
# "the 30m vessel" is long, "30m people" are many: an article before, one thing behind.
ARTICLE = re.compile(r"\b(?:an?|the|its|this|that) \Z", re.IGNORECASE)
ONE_THING = re.compile(r" ([a-z]+)(?:['’]s)?\b")
ARTICLE_REACH = 6  # characters of the longest article with its space
CLAUSE_END = re.compile(r"[.,;:!?()\"“”„—–\n]")


def alternation(words: list[str]) -> str:
    """Longest first, so that "per cent" wins over "per"."""
    return "|".join(sorted(map(re.escape, words), key=lambda word: (-len(word), word)))


def compounds(cardinals: dict[str, int]) -> str:
    """Two words that are one number: "twenty-five", "two and a half"; not "two five-year terms"."""
    tens = alternation([word for word, number in cardinals.items() if number in range(20, 100, 10)])
    digits = alternation(["one", *(word for word, number in cardinals.items() if 0 < number < 10)])
    return rf"(?:{tens})[- ](?:{digits})|(?:one|{alternation(list(cardinals))}){HALF}"


@lru_cache(maxsize=4)
def pattern(language: str) -> re.Pattern[str]:
    """The expression of a quantity in a language; every part is bounded, so matching is linear."""
    table = read("values")
    cardinals, ones = list(table["cardinals"]), list(table["ones"])
    spelled = rf"\b(?:{compounds(table['cardinals'])}|{alternation([*cardinals, *ones])})\b"
    amount = rf"(?:(?:(?<![\w.,:-])|(?<=RM)|(?<=Rs))(?:{DIGITS[language]})|{spelled})"
    upper = rf"(?:(?:{DIGITS[language]})|{spelled})"
    scale = rf"(?:{SPACE}?-?(?:a{SPACE})?(?:{alternation(list(table['scales']))})(?![\w]))"
    sign = rf"(?:(?<!\w)(?:{alternation(list(table['currency_signs']))}){SPACE}?)"
    unit = rf"(?:(?:{SPACE}|-)?(?:{alternation(list(table['units']))})(?![\w]))"
    middle = rf"(?:{SPACE}?[-–—]{SPACE}?|{SPACE}(?:to|and|bis|und){SPACE})"
    return re.compile(
        rf"(?P<sign>{sign})?(?P<low>{amount})(?P<low_scale>{scale}{{0,2}})(?P<low_unit>{unit})?"
        rf"(?:(?P<middle>{middle})(?P<sign2>{sign})?(?P<high>{upper})(?P<high_scale>{scale}{{0,2}})(?P<high_unit>{unit})?)?",
        re.IGNORECASE,
    )


@lru_cache(maxsize=1)
def triggers() -> frozenset[str]:
    """First words and signs of a quantity, digits apart."""
    table = read("values")
    signs = [sign.lower().rstrip("$") for sign in table["currency_signs"]]
    return frozenset([*table["cardinals"], *table["ones"], *(sign or "$" for sign in signs)])


def matches(expression: re.Pattern[str], first: frozenset[str], text: str) -> Iterator[re.Match[str]]:
    """Matches in order, tried only where a digit or one of the words `first` begins: most words need no look at the expression."""
    done = 0
    for start in START.finditer(text):
        word = start.group()
        if start.start() >= done and (word[0].isdigit() or word.lower() in first):
            match = expression.match(text, start.start())
            if match:
                done = match.end()
                yield match


def numbers(text: str, language: str | None = None, without: list[Range] | None = None) -> list[NumberValue]:
    """Every quantity of a text, in order; none that overlaps a range of `without` (dates), no times, ordinals or identifiers."""
    code = "de" if language in CONTINENTAL else "en"
    taken = list(without or [])
    found: list[NumberValue] = []
    at = 0
    for match in matches(pattern(code), triggers(), text):
        while at < len(taken) and taken[at][1] <= match.start():
            at += 1
        if at < len(taken) and taken[at][0] < match.end():
            continue
        found.extend(values(text, match, code))
    return found


def values(text: str, match: re.Match[str], code: str) -> Iterator[NumberValue]:
    """One value, a range or a sum as one value, or two values where "and" only lists them."""
    if not countable(text, match, code):
        return
    low = amount(match["low"], match["low_scale"], code)
    if in_metres(text, match):
        yield value(text, match.start(), match.end(), amount(match["low"], "", code), None, "m")
    elif match["high"] is None:
        yield first(text, match, low)
    else:
        yield from paired(text, match, low, code)


def first(text: str, match: re.Match[str], low: float) -> NumberValue:
    """The number of a match before its "to" or "and"."""
    end = match.end("low_unit") if match["low_unit"] else match.end("low_scale")
    return value(text, match.start(), end, low, None, unit_of(match, "low_unit", "sign"))


def paired(text: str, match: re.Match[str], low: float, code: str) -> Iterator[NumberValue]:
    """What two numbers of one match come to."""
    high = amount(match["high"], match["high_scale"], code)
    unit = unit_of(match, "high_unit", "sign2") or unit_of(match, "low_unit", "sign")
    shared = match["low_scale"] == "" and match["high_scale"] and high and low < high / 1000
    base = amount(match["low"], match["high_scale"], code) if shared else low
    if is_range(text, match, base, high):
        yield value(text, match.start(), match.end(), base, high, unit)
    elif is_sum(match):
        total = scaled(base + amount(match["high"], "", code), match["high_scale"])
        yield value(text, match.start(), match.end(), total, None, unit)
    elif not hyphened(match):
        yield first(text, match, base)
        start = match.start("sign2") if match["sign2"] else match.start("high")
        yield value(text, start, match.end(), high, None, unit_of(match, "high_unit", "sign2"))


def in_metres(text: str, match: re.Match[str]) -> bool:
    """A glued "m" that is no million: "the 30m vessel"."""
    if match["low_scale"] != "m" or match["sign"] or match["low_unit"] or match["high"]:
        return False
    thing = ONE_THING.match(text, match.end())
    led = ARTICLE.search(text, max(0, match.start() - ARTICLE_REACH), match.start())
    return led is not None and thing is not None and not (thing[1].endswith("s") or thing[1] in PLURALS or thing[1] in NOT_WHAT)


def is_address(text: str, match: re.Match[str]) -> bool:
    """A house number: "1119 Eighth St."."""
    plain = match["low"].isdigit() and match.end() == match.end("low") and not match["sign"]
    long = len(match["low"]) >= HOUSE_NUMBER or AT_HOUSE.search(text, max(0, match.start() - ARTICLE_REACH), match.start())
    return bool(plain and long and ADDRESS.match(text, match.end()))


def is_sum(match: re.Match[str]) -> bool:
    """As in "a hundred and fifty thousand people": one number in words."""
    spelled = match["high"].lower().split("-")[0].split(" ")[0] in read("values")["cardinals"]
    hundreds = match["low_scale"].strip(" -").lower() in HUNDREDS and not match["low"][0].isdigit()
    further = match["low_unit"] or match["sign2"] or match["high_scale"].strip(" -").lower() == "hundred"
    return match["middle"].strip().lower() == "and" and hundreds and spelled and not further


def hyphened(match: re.Match[str]) -> bool:
    """Joined by a hyphen: a range where it rises, else a score, a season or a telephone number."""
    return match["middle"].strip() == "-" and not (match["high_unit"] or match["high_scale"])


def is_range(text: str, match: re.Match[str], low: float, high: float) -> bool:
    """As in "60 to 70" and "between 60 and 70", not "two dead and 12 hurt" or the score 2-1."""
    if high <= low:
        return False
    joined = match["middle"].strip().lower()
    if hyphened(match) and max(len(match["low"]), len(match["high"])) > LONGEST_HYPHENED:
        return False
    if joined in {"and", "und"}:
        return text[max(0, match.start() - 9) : match.start()].lower().rstrip().endswith(("between", "zwischen"))
    return True


def countable(text: str, match: re.Match[str], code: str) -> bool:
    """Neither an ordinal, a time of day, an identifier nor a bare "one" or "a"."""
    if RATIO.search(text[max(0, match.start() - RATIO_REACH) : match.start()]):
        return False
    return countable_digits(text, match, code) if match["low"][0].isdigit() else countable_words(text, match)


def countable_digits(text: str, match: re.Match[str], code: str) -> bool:
    """Digits that are no house number, ordinal, time of day or identifier."""
    rest = text[match.end() : match.end() + 6].lower()
    return (
        len(match["low"]) <= MAX_DIGITS
        and not is_address(text, match)
        and not re.match(r"(st|nd|rd|th)\b|:\d| ?[ap]\.?m\b|[\w]|-[a-z]*\d", rest)
        and (code != "de" or not re.match(r"\. [A-ZÄÖÜ]|(?:\.\d\d)? ?[Uu]hr", text[match.end() : match.end() + 8]))
    )


def countable_words(text: str, match: re.Match[str]) -> bool:
    """Words that are no bare "one" or "a", no part of a compound, and count for the first time."""
    low = match["low"].lower()
    if low in read("values")["ones"]:
        return bool(match["low_scale"]) or (bool(match["low_unit"]) and low in {"one", "half"})
    if AGAIN_ENDS.match(text, match.end()) and AGAIN.search(text, max(0, match.start() - ARTICLE_REACH), match.start()):
        return False
    return not text.startswith("-", match.end()) or COMPOUND.match(text, match.end()) is not None


def amount(word: str, scale: str, code: str) -> float:
    """The number of an amount with its scales."""
    table = read("values")
    words = word.lower()
    if words[0].isdigit():
        plain = words.replace(".", "").replace(",", ".") if code == "de" else words.replace(",", "")
        result = float(plain)
    else:
        parts = re.split(r"[- ]", words.replace(HALF, " half"))
        result = sum(table["cardinals"].get(part, table["ones"].get(part, 0)) for part in parts)
    return scaled(result, scale)


def scaled(number: float, scale: str) -> float:
    """A number times the words of scale behind it."""
    for part in scale.lower().replace("-", " ").split():
        number *= read("values")["scales"].get(part, 1)
    return round(number, 6)


def unit_of(match: re.Match[str], unit: str, sign: str) -> str | None:
    """The normalised unit: a currency sign before, or a word behind."""
    table = read("values")
    if match[sign]:
        written = match[sign].strip()
        return str(table["currency_signs"].get(written, table["currency_signs"].get(written.upper(), written)))
    return str(table["units"][match[unit].strip(" -\u00a0\u202f\u2009").lower()]) if match[unit] else None


def value(text: str, start: int, end: int, low: float, high: float | None, unit: str | None) -> NumberValue:
    """The record of one quantity."""
    return NumberValue(
        value=low,
        upper=high,
        unit=unit,
        bound="range" if high is not None else bound(text, start),
        what=what(text, end, unit),
        start=start,
        end=end,
    )


def bound(text: str, start: int) -> Bound:
    """The word of measure before a number: "at least", "up to", "rund"."""
    before = text[max(0, start - BOUND_REACH) : start].translate(SPACES).lower().rstrip()
    for words, found in bounds():
        if before.endswith(words) and not before[: -len(words)][-1:].isalnum():
            return found
    return "exact"


@lru_cache(maxsize=1)
def bounds() -> list[tuple[str, Bound]]:
    """Words of measure, the longest first."""
    table: dict[str, Bound] = read("values")["bounds"]
    return sorted(table.items(), key=lambda item: (-len(item[0]), item[0]))


def what(text: str, end: int, unit: str | None) -> str | None:
    """The noun that is counted, in lower case: the first plural among the next words, else the first word."""
    tail = CLAUSE_END.split(text[end : end + WHAT_REACH], maxsplit=1)[0]
    words = [match.group().lower() for match in WORD.finditer(tail)][:WHAT_WORDS]
    if unit == "person":
        return "people"
    if unit is not None and words[:1] != ["of"]:
        return None
    nouns = [word for word in words if word not in NOT_WHAT]
    if words and words[0] in NO_NOUN_BEHIND:
        return None
    return next((w for w in nouns if w in PLURALS or (w.endswith("s") and len(w) > 3)), nouns[0] if nouns else None)
