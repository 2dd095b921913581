"""Live blogs as templates of several languages print them, and their posts in the record of the page."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.records import OutletProfile
from transforms.extract import ExtractedPage, extract, live, signals

NOW = datetime(2020, 5, 4, 18, tzinfo=UTC)
OUTLET = OutletProfile(outlet_id="lantern", name="Lantern", home="", timezone="Europe/Berlin")
BLOGS = {
    "de": (
        "/dorf/liveticker-brunnen", "Ratssitzung zum Brunnen im Liveticker",
        "Der Rat von Hollin stimmt heute Abend über den alten Brunnen ab; hier steht, was auf dem Platz und im Saal geschieht.",
        ("Das Seil hält. Die Bürgermeisterin zieht den ersten Eimer hoch, und auf dem ganzen Platz wird lange geklatscht.",
         "Der Kämmerer sagt, das Seil habe neun Kronen je Haushalt gekostet, eine weniger als befürchtet worden war.",
         "Sechshundert Menschen sind auf dem Platz, die Kapelle spielt, und der Bäcker verteilt warmes Brot an die Kinder."),
        "Artikel teilen",
    ),
    "fr": (
        "/village/en-direct/puits", "Le vote sur le puits en direct",
        "Le conseil de Hollin vote ce soir sur le vieux puits ; cette page suit la soirée sur la place et dans la salle.",
        ("La corde tient. La maire a tiré le premier seau sous les applaudissements de toute la place du village.",
         "Le trésorier annonce que la corde a coûté neuf couronnes par foyer, une de moins que ce que l’on craignait.",
         "Six cents personnes sont sur la place, la fanfare joue et le boulanger distribue du pain chaud aux enfants."),
        "Partager cet article",
    ),
    "es": (
        "/pueblo/minuto-a-minuto/pozo", "La votación del pozo, minuto a minuto",
        "El concejo de Hollin vota esta noche sobre el viejo pozo; esta página sigue lo que pasa en la plaza y en la sala.",
        ("La cuerda aguanta. La alcaldesa ha subido el primer cubo entre los aplausos de toda la plaza del pueblo.",
         "El tesorero dice que la cuerda ha costado nueve coronas por hogar, una menos de lo que se temía hasta ahora.",
         "Seiscientas personas están en la plaza, toca la banda y el panadero reparte pan caliente entre los niños."),
        "Compartir en Facebook",
    ),
    "pl": (
        "/wies/relacja-na-zywo/studnia", "Głosowanie o studni: relacja na żywo",
        "Rada Hollin głosuje dziś wieczorem nad starą studnią; na tej stronie opisujemy, co się dzieje na rynku i w sali.",
        ("Lina trzyma. Pani wójt wyciągnęła pierwsze wiadro, a cały rynek bił jej brawo przez kilka długich minut.",
         "Skarbnik mówi, że lina kosztowała dziewięć koron od gospodarstwa, o jedną mniej, niż się obawiano na początku.",
         "Na rynku jest sześćset osób, gra orkiestra, a piekarz rozdaje dzieciom ciepły chleb prosto ze swojego pieca."),
        "Udostępnij artykuł",
    ),
}  # fmt: skip
TIMES = ("2020-05-04T19:40:00+02:00", "2020-05-04T17:05:00Z", "2020-05-04T18:30")
INSTANTS = ["2020-05-04T17:40:00+00:00", "2020-05-04T17:05:00+00:00", "2020-05-04T16:30:00+00:00"]


def entries(code: str) -> str:
    """Posts, newest first, each with its time, a label and a share line."""
    _, _, _, texts, share = BLOGS[code]
    return "".join(
        f'<div class="ticker-entry"><time datetime="{at}">{at[11:16]}</time><p>{text}</p><p class=share>{share}</p></div>'
        for at, text in zip(TIMES, texts, strict=True)
    )


def linked(code: str, *, escaped: bool = False) -> str:
    """The same posts as data."""
    updates = [
        {"@type": "BlogPosting", "datePublished": at, "articleBody": f"&lt;p&gt;{text}&lt;/p&gt;" if escaped else f"<p>{text}</p>"}
        for at, text in zip(TIMES, BLOGS[code][3], strict=True)
    ]
    data = {"@type": "LiveBlogPosting", "headline": BLOGS[code][1], "liveBlogUpdate": updates}
    return f'<script type="application/ld+json">{json.dumps(data, ensure_ascii=False)}</script>'


def read(code: str, head: str, posts: str, path: str | None = None) -> ExtractedPage:
    place, title, lead, *_ = BLOGS[code]
    top = f"<html lang={code}><head><title>{title}</title>{head}</head>"
    html = f"{top}<body><article><h1>{title}</h1><p>{lead}</p>{posts}</article></body></html>"
    return extract(html.encode(), f"https://lantern.example{path or place}", outlet=OUTLET, captured_at=NOW)


def told(page: ExtractedPage) -> list[tuple[str, str]]:
    """(instant, text) of the posts."""
    return [(one.posted_at.astimezone(UTC).isoformat() if one.posted_at else "", page.body[one.start : one.end]) for one in page.posts]


@pytest.mark.parametrize("code", sorted(BLOGS))
def test_a_printed_live_blog_is_lead_and_posts_and_no_share_line(code: str) -> None:
    _, title, lead, texts, share = BLOGS[code]
    page = read(code, "", entries(code))
    assert (page.is_live, page.headline, page.language) == (True, title, code)
    assert page.body.split("\n\n") == [lead, *texts]
    assert told(page) == list(zip(INSTANTS, texts, strict=True))
    assert share not in page.body


@pytest.mark.parametrize("code", sorted(BLOGS))
@pytest.mark.parametrize("escaped", [False, True])
def test_data_times_the_posts_that_are_printed_without_a_time(code: str, escaped: bool) -> None:
    texts = BLOGS[code][3]
    page = read(code, linked(code, escaped=escaped), "".join(f"<div class=entry><p>{text}</p></div>" for text in texts), "/x")
    assert page.is_live
    assert told(page) == list(zip(INSTANTS, texts, strict=True))


@pytest.mark.parametrize("code", sorted(BLOGS))
def test_the_same_page_at_an_address_of_an_article_has_no_posts(code: str) -> None:
    page = read(code, "", entries(code), "/village/well-12345")
    assert (page.is_live, page.posts) == (False, [])
    assert page.body.startswith(BLOGS[code][2])


@pytest.mark.parametrize(
    ("raw", "instant"),
    [
        ("2020-05-04T19:40:00+02:00", "2020-05-04T17:40:00+00:00"),
        ("2020-05-04 19:40", "2020-05-04T17:40:00+00:00"),
        ("2020-05-04T17:40:00Z", "2020-05-04T17:40:00+00:00"),
        ("2031-05-04T17:40:00Z", None),
        ("just now", None),
        ("", None),
    ],
)
def test_moments_of_posts_are_believed_up_to_the_capture(raw: str, instant: str | None) -> None:
    at = live.moment(raw, ZoneInfo("Europe/Berlin"), NOW)
    assert (at.astimezone(UTC).isoformat() if at else None) == instant


@pytest.mark.parametrize(
    "updates",
    [None, "text", 7, {"@type": "BlogPosting"}, [None, 3, "x", []], [{"articleBody": None}], [{"articleBody": ["a", {"b": 1}]}]],
)
def test_data_of_no_sense_makes_no_post_and_breaks_nothing(updates: object) -> None:
    data = json.dumps({"@type": "LiveBlogPosting", "headline": "Well", "liveBlogUpdate": updates})
    page = read("de", f'<script type="application/ld+json">{data}</script>', f"<p>{BLOGS['de'][3][0]}</p>")
    assert (page.is_live, page.posts) == (True, [])
    assert BLOGS["de"][3][0] in page.body


def test_a_deep_page_is_climbed_a_few_steps_only() -> None:
    deep = "<div>" * 30 + '<time datetime="2020-05-04T10:00Z">x</time>' + "</div>" * 30
    page = signals.read(f"<article>{deep}{deep}<p>{BLOGS['de'][3][0]}</p></article>", "https://lantern.example/live-blog/x")
    assert live.printed(page, ZoneInfo("UTC"), NOW) == []


@settings(max_examples=15, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 600), st.integers(0, 3)), min_size=2, max_size=8))
def test_whatever_the_times_posts_keep_the_page_s_order_and_their_own_words(rows: list[tuple[int, int]]) -> None:
    texts = [
        f"Message number {number} of the evening says that bucket {number} was drawn after the {'long ' * more}speech."
        for number, (_, more) in enumerate(rows)
    ]
    times = [(NOW - timedelta(minutes=minutes)).isoformat() for minutes, _ in rows]
    posts = "".join(f"<li class=post><time datetime={at}>x</time><p>{text}</p></li>" for at, text in zip(times, texts, strict=True))
    page = read("de", "", f"<ol>{posts}</ol>")
    assert [page.body[one.start : one.end] for one in page.posts] == texts
    assert [one.posted_at.isoformat() if one.posted_at else "" for one in page.posts] == times
    assert all(before.end < after.start for before, after in pairwise(page.posts))
