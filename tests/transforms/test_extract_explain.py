"""Why blocks are in the text or not: every block of a page has one decision, and the kept ones are the body."""

from __future__ import annotations

import pytest

from demo.newsroom.edition import edition, load_stories
from demo.newsroom.site import Site
from ingest.records import OutletProfile
from tests.transforms.test_extract_newsroom import LATER, OPENED
from transforms.extract import extract
from transforms.extract.blocks import Block
from transforms.extract.explain import WORDS, explain
from transforms.extract.furniture import BY_PLACE, Known, trim

URL = "https://www.lantern.example/town/well"
ONE = "The council of Hollin voted on Monday night to mend the old well before the summer, the mayor said."
TWO = "Each household pays nine crowns for the new rope, according to the treasurer, who had asked for hemp."
THREE = "Supporters of the well had collected six hundred names and read them aloud in front of the hall."
PAGE = f"""<html lang=en><head><title>Well is mended</title></head><body><ul><li>World</li></ul>
<article><h1>Well is mended</h1><p>By Jo Doe</p><p>{ONE}</p><p>READ MORE: The price of rope</p><p>{TWO}</p>
<figure><img src=x.jpg><figcaption>The well at dawn (Lantern/O. Reyes)</figcaption></figure><p>{THREE}</p>
<p>Correction: It was nine crowns.</p><p>Related articles</p><p>A goose was found in the library on Sunday.</p></article></body></html>"""


def reasons(page: str, **more: str) -> dict[str, str | None]:
    return {one.text: one.reason for one in explain(page.encode(), URL, **more)}


def test_each_block_has_its_reason() -> None:
    found = reasons(PAGE)
    assert {text for text, reason in found.items() if reason is None} == {ONE, TWO, THREE}
    assert found["READ MORE: The price of rope"] == "prompt"
    assert found["Correction: It was nine crowns."] == "correction"
    assert found["Well is mended"] in {"head", "headline"}
    assert found["World"] == "unchosen"
    assert found["Related articles"] == "tail"
    assert {reason for reason in found.values() if reason} <= set(WORDS)


def test_linked_teasers_behind_the_end_are_no_text() -> None:
    linked = PAGE.replace("A goose was found in the library on Sunday.", "<a href=/goose>A goose was found in the library on Sunday</a>")
    found = reasons(linked)
    assert {text for text, reason in found.items() if reason is None} == {ONE, TWO, THREE}
    assert found["Related articles"] == "prompt"


def test_the_one_paragraph_that_metadata_give_too_is_told_as_kept() -> None:
    head = f'<title>Well is mended</title><meta name="description" content="{ONE}"><meta property="og:description" content="{ONE}">'
    html = f"<html lang=en><head>{head}</head><body><article><h1>Well is mended</h1><h2>{ONE}</h2><p>{ONE}</p></article></body></html>"
    body = extract(html.encode(), URL).body
    assert body
    assert "\n\n".join(one.text for one in explain(html.encode(), URL) if one.kept) == body


def test_kept_blocks_are_the_body_of_every_demo_page() -> None:
    articles = edition(load_stories(), OPENED)
    for article in articles[:: len(articles) // 12]:
        base = f"http://127.0.0.1:88{article.house.number:02d}"
        reply = Site(article.house, base, [other for other in articles if other.house == article.house]).answer(article.path, LATER)
        outlet = OutletProfile(outlet_id=article.house.id, name=article.house.name, home=base, language=article.house.language)
        body = extract(reply.body, base + article.path, outlet=outlet, captured_at=LATER).body
        told = explain(reply.body, base + article.path, outlet=outlet, captured_at=LATER)
        assert [one.text for one in told if one.kept] == body.split("\n\n")


def test_a_dump_is_explained_line_by_line() -> None:
    found = reasons(f"Home\n{ONE}\nAdvertisement\n\n{TWO}", content_type="text/plain; charset=utf-8")
    assert (found[ONE], found["Advertisement"], found["Home"]) == (None, "furniture", "label")


def test_scores_of_the_selector_are_shown() -> None:
    told = explain(PAGE.encode(), URL)
    scores = {one.text: one.score for one in told if one.score is not None}
    assert scores[ONE] > scores["World"]
    assert all(0 <= score <= 1 for score in scores.values())


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (Block("p", "dpa/abc"), "signature"),
        (Block("p", "Jo Doe"), "byline"),
        (Block("p", "Jo Doe writes about wells and ropes."), "bio"),
        (Block("h2", "And now the weather"), "bare"),
    ],
)
def test_the_end_of_a_text_is_told_apart(line: Block, reason: str) -> None:
    found = [Block("p", ONE), Block("p", TWO), line]
    assert trim(found, Known(authors=["Jo Doe"])).reasons == [None, None, reason]
    assert (reason in BY_PLACE) == (reason == "bare")
