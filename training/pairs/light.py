"""A text in other words or with other detail that still states the same: what outlets do to one wire text."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

# Spellings and words that stand for one another in news.
SWAPS = """
    per cent=percent; percent=per cent; U.S.=US; US=U.S.; United States=U.S.; Britain=UK; said=told reporters; more than=over;
    about=around; around=about; about=roughly; nearly=almost; almost=nearly; about=some; will=is to; will=is going to;
    company=firm; firm=company; police=officers; officials=authorities; because=since; because of=due to; due to=because of;
    after=following; before=ahead of; bought=acquired; talks=negotiations; people=persons; children=kids; attack=assault;
    help=aid; showed=indicated; began=started; started=began; ended=finished; large=big; big=large; major=big; quickly=rapidly;
    while=whereas; although=though; tons=tonnes; tonnes=tons; metres=meters; kilometres=km; million=mn; billion=bn; bn=billion;
    on Monday=Monday; on Tuesday=Tuesday; Wednesday=on Wednesday; on Thursday=Thursday; on Friday=Friday; wounded=injured;
    injured=hurt; car=vehicle; plane=aircraft; doctors=physicians; study=research; researchers=scientists; lawyer=attorney;
    attorney=lawyer; prison=jail; jail=prison; film=movie; autumn=fall; was killed=died; were killed=died; died=were killed;
    also =; however, =; has been=was; had been=was; which=that; former=ex-; last year=a year ago;
    this year=in the current year; so far =; still =; just =; only=merely; told=informed; said=stated; added=said;
    announced=said"""
WORDS = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
SPELLED = re.compile(rf"\b(?:{'|'.join(WORDS[1:])})\b")
SMALL = re.compile(r"(?<![\d.,$€£])\b(?:[2-9]|1[0-2])\b(?![\d.,:%]|\s?(?:percent|per cent|[ap]\.?m))")
EXTRA = (
    ", officials said", ", a spokesman said", ", according to a statement", ", local media reported", ", the agency said",
    ", he said", ", she added", ", sources told the newspaper", ", as had been announced", ", two days after the first reports",
)  # fmt: skip
LEAD = (
    "Meanwhile, ",
    "On Tuesday, ",
    "In a statement, ",
    "Separately, ",
    "Earlier, ",
    "As expected, ",
    "At the same time, ",
    "But ",
    "And ",
)
TAIL = re.compile(r"(?<=[a-z]), (?:which|who|when|where|as|after|while|according to|because|and|with|a |an |the )[^,]{8,}\.$")
HEAD = re.compile(r"^[A-Z][^,]{6,45}, (?=[a-z]{2,} )")
SAID = re.compile(r"^(?P<what>.{25,}), (?P<who>[^,]{3,45}) (?P<verb>said|told reporters|announced|reported)(?P<when>(?: on)? \w+day)?\.$")
TITLE = re.compile(
    r"(?<=[a-z,] )(?:President|Prime Minister|Chancellor|Senator|Sen\.|Rep\.|Governor|Gov\.|Mayor|Mr\.?|Mrs\.?|Ms\.?|Dr\.?|Judge) (?=[A-Z])"
)
DAYS = r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|Jan|Feb|Mar|Apr|May|Ju[nl]|Aug|Sep|Oct|Nov|Dec"
# A name where a person, body or place would stand as well: after such a word, and before no noun.
NAME = re.compile(
    r"\b(?:by|with|against|told|for|that|as|while|but|when|because|said|which|where|if) "
    rf"(?P<name>(?!{DAYS})[A-Z][\w-]+(?: [A-Z][\w-]+)*)"
    r"(?=[,.]| (?:said|is|was|has|had|will|would|and|in|on|at|after|to|[a-z]+ed)\b)"
)
ROLES = (
    "the official",
    "the minister",
    "he",
    "she",
    "the company",
    "the group",
    "the agency",
    "the country",
    "the city",
    "the man",
    "they",
    "it",
)
SPEAKERS = (
    "officials said",
    "a spokesman said",
    "he said",
    "she said",
    "they added",
    "people familiar with the matter said",
    "a lawyer said",
)
QUOTES = str.maketrans({"“": '"', "”": '"', "’": "'", "‘": "'"})


TABLE = [(old.strip(), new.strip()) for old, _, new in (part.strip("\n").partition("=") for part in SWAPS.split(";"))]


def swap(text: str, chance: random.Random) -> str:
    """Some words changed for their like."""
    for old, new in chance.sample(TABLE, len(TABLE)):
        if chance.random() < 0.4:
            text = re.sub(rf"(?<!\w){re.escape(old)}(?!\w)", new, text, count=1)
    return re.sub(r"  +", " ", text).replace(" ,", ",").strip(" ,")


def spell(text: str, chance: random.Random) -> str:
    """Small numbers in words or digits."""
    text = SPELLED.sub(lambda found: str(WORDS.index(found.group()) + 1), text)
    return text if chance.random() < 0.5 else SMALL.sub(lambda found: WORDS[int(found.group()) - 1], text)


def cut(text: str, chance: random.Random) -> str:
    """Without the clause at an end."""
    return TAIL.sub(".", text) if chance.random() < 0.7 else HEAD.sub("", text)


def add(text: str, chance: random.Random) -> str:
    """With a detail more."""
    if chance.random() < 0.4:
        return (
            chance.choice(LEAD) + text[0].lower() + text[1:]
            if re.match(r"(?:The|A|An|In|It|He|She|They|His|More|About|Some) ", text)
            else text
        )
    return text[:-1] + chance.choice(EXTRA) + "." if text.endswith(".") else text


# Words at the start of a sentence that lose their capital inside one.
SMALL_START = ("The", "A", "An", "It", "He", "She", "They", "More")


def turn(text: str, _chance: random.Random) -> str:
    """The speaker at the front."""
    found = SAID.match(text)
    if not found:
        return text
    who, what = found["who"], found["what"]
    first = what[0].lower() if what.split()[0] in SMALL_START else what[0]
    return f"{who[0].upper()}{who[1:]} {found['verb']}{found['when'] or ''} that {first}{what[1:]}."


def rename(text: str, chance: random.Random) -> str:
    """A name shortened, without its title, or told by a role: the two texts then mean one person or body."""
    text = TITLE.sub("", text)
    found = list(NAME.finditer(text))
    if not found:
        return text
    one = chance.choice(found)
    short = one["name"].split()[-1] if " " in one["name"] and chance.random() < 0.5 else chance.choice(ROLES)
    return text[: one.start("name")] + short + text[one.end("name") :]


def respeak(text: str, chance: random.Random) -> str:
    """Another description of the speaker at the end."""
    found = SAID.match(text)
    return f"{found['what']}, {chance.choice(SPEAKERS)}{found['when'] or ''}." if found else text


def retype(text: str, chance: random.Random) -> str:
    """Other quotation marks and dashes."""
    return text.translate(QUOTES).replace("–", "-").replace("—", "--") if chance.random() < 0.8 else text.rstrip(".")


STEPS: tuple[Callable[[str, random.Random], str], ...] = (swap, spell, cut, add, turn, rename, respeak, rename, retype)


def light(text: str, chance: random.Random) -> str:
    """The text after one to three of these."""
    for step in chance.sample(STEPS, chance.randint(1, 3)):
        changed = step(text, chance)
        text = changed if len(changed.split()) >= 5 else text
    return text
