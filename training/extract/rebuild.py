"""Texts of the gold pages in plain layouts that are rare in the bench: live blogs, tables, bare paragraphs; our own lines around."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

import numpy as np
from selectolax.lexbor import LexborHTMLParser

from training.extract.pages import Sample, tokens
from transforms.extract.features import features
from transforms.extract.furniture import Known
from transforms.extract.segments import segments
from transforms.extract.text import folded

MENU = ("News", "Sport", "World", "Business", "Weather", "Farm", "Search", "Live")
AROUND = ("Share this update", "Share", "Copy link", "Teilen", "Partager", "Post")
BELOW = (
    "Turn on notifications to be first to know.", "The paper is read in nine villages.", "Best viewed with open eyes.",
    "All rights reserved.", "Get the morning letter in your inbox.", "Terms Privacy Contact", "Written by people, printed on paper.",
)  # fmt: skip
TEASERS = ("Goose found in the library", "A new roof for the school", "What the rope costs", "Ferry late again", "Zwei Brücken gesperrt")
POST, CLOCK = ("div", "article", "section", "li"), ("div", "time", "p", "span", "h3")
LONGEST = 14


def rebuilt(sample: Sample, seed: int) -> Sample | None:
    """One page with some of the text's paragraphs in another layout; None where there are too few."""
    random = np.random.RandomState(seed)
    keys = [at for at in np.flatnonzero(sample.labels >= 0.99) if len(sample.texts[at]) >= 5]
    if len(keys) < 3:
        return None
    start = random.randint(0, len(keys) - 2)
    lines = [sample.page.cut.segments[at].text for at in keys[start : start + random.randint(2, LONGEST)]]
    title = next(iter(sample.known.headlines), "") or "News of the day"
    layout = (live, live, table, bare)[random.randint(0, 4)]
    tree = LexborHTMLParser(f"<body>{''.join(layout(title, lines, random))}</body>")
    assert tree.body is not None
    cut = segments(tree.body)
    wanted = {folded(line) for line in lines}
    labels = np.array([folded(segment.text) in wanted for segment in cut.segments], np.float32)
    known = Known([title], None, None, sample.known.authors, [], sample.known.sites)
    names, rows, page = features(cut, known, "", int(random.choice([0, 1, 4])))
    texts = [tokens(segment.text) for segment in cut.segments]
    weights, sizes = np.ones(len(labels), np.float32), np.array([len(words) for words in texts], np.float32)
    return Sample(sample.ident, "rebuilt", sample.site, rows, labels, weights, sizes, page, known, sample.url, {}, "", names, texts, "", 0)


def menu(random: np.random.RandomState, tag: str = "a") -> str:
    return " ".join(f"<{tag}>{word}</{tag}>" for word in random.permutation(MENU)[: random.randint(2, 7)])


def clock(random: np.random.RandomState) -> str:
    return f"{random.randint(0, 24):02d}:{random.randint(0, 60):02d}{random.choice(['', ' GMT', ' Uhr', ' EST', 'h'])}"


def live(title: str, lines: list[str], random: np.random.RandomState) -> Iterator[str]:
    """Posts with a time each."""
    post, mark = POST[random.randint(0, len(POST))], CLOCK[random.randint(0, len(CLOCK))]
    names = random.choice(["", " class=post", " class=live-update", " class=entry"])
    yield f"<header>{menu(random)}</header><main><h1>{escape(title)}</h1>"
    lead = random.randint(0, 3)
    yield "".join(f"<p>{escape(line)}</p>" for line in lines[:lead])
    for number, line in enumerate(lines[lead:]):
        share = f"<div>{AROUND[random.randint(0, len(AROUND))]}</div>" if number % 2 or random.rand() < 0.5 else ""
        yield f"<{post}{names}><{mark}>{clock(random)}</{mark}><p>{escape(line)}</p>{share}</{post}>"
    yield f"</main><div>{random.choice(BELOW)}</div><h3>{random.choice(['More', 'Mehr', 'Now'])}</h3>{teasers(random)}"
    yield f"<footer>{random.choice(BELOW)}</footer>"


def table(title: str, lines: list[str], random: np.random.RandomState) -> Iterator[str]:
    """A page of the nineties."""
    yield f"<table><tr><td colspan=2><font>The Paper</font><br>{random.choice(['Daily', 'Twice a week'])}</td></tr>"
    yield f"<tr><td>{menu(random).replace('</a>', '</a><br>')}</td><td><font><b>{escape(title)}</b></font><br>"
    yield "<font>by Jane Doe, 3 May 2003</font><table><tr><td>A picture of the well (Paper/J. Doe)</td></tr></table>"
    divide = "<p>{}</p>" if random.rand() < 0.6 else "{}<br><br>"
    yield "".join(divide.format(escape(line)) for line in lines)
    yield f"</td></tr><tr><td colspan=2><font>{random.choice(BELOW)}</font></td></tr></table>"


def bare(title: str, lines: list[str], random: np.random.RandomState) -> Iterator[str]:
    """Paragraphs and nothing else."""
    wrap = ("article", "div", "main", "span")[random.randint(0, 4)]
    yield f"<p>The Paper | {menu(random)}</p><{wrap}><h1>{escape(title)}</h1>"
    yield random.choice(["<p>By Jane Doe</p>", "<p>3 May 2017, 6:45 pm By Jane Doe</p>", ""])
    yield "".join(f"<p>{escape(line)}</p>" for line in lines)
    yield f"</{wrap}><p>{random.choice(['Other news:', 'Related stories', 'Mehr zum Thema', 'Sur le même sujet'])}</p>{teasers(random)}"
    yield f"<p>{random.choice(BELOW)}</p>"


def teasers(random: np.random.RandomState) -> str:
    """Headlines of other articles."""
    tag = random.choice(["li", "p", "h4"])
    return "".join(f"<{tag}><a>{line}</a></{tag}>" for line in random.permutation(TEASERS)[: random.randint(1, 5)])
