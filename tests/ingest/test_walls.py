from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import FetchDelayed, FetchRefused
from ingest.web import walls
from ingest.web.walls import Wall, check, headings, is_challenge, look, moved, notice, story_words

URL = "https://paper.example/2026/11/23/bridge-to-be-repaired"
STORY = "<p>The council of the valley met on Tuesday and agreed to repair the old bridge before the winter floods arrive.</p>" * 8
FORM = "<form><input name=user><input type='password' name=pw><button>Log in</button></form>"
MENU = "<nav>" + "".join(f"<a href=/s/{n}>A section of the paper with a long name</a>" for n in range(60)) + "</nav>"


def page(title, body, head=""):
    return f"<!DOCTYPE html><html><head><title>{title}</title>{head}</head><body>{MENU}{body}</body></html>".encode()


WALLS = [
    ("gone", page("Page not found | The Valley Times", "<h1>Sorry</h1><p>We could not find this page.</p>")),
    ("gone", page("404", "<p>Nothing here.</p>")),
    ("gone", page("The Valley Times", "<h1>This article is no longer available</h1><p>Read our other news.</p>")),
    ("gone", page("Oops! That page can’t be found. – Valley", "<p>It looks like nothing was found at this location.</p>")),
    ("gone", page("Seite nicht gefunden - Talbote", "<h1>Seite nicht gefunden</h1>")),
    ("gone", page("Page introuvable · Le Vallon", "<p>Retour à l'accueil</p>")),
    ("gone", page("Página no encontrada", "<p>Lo sentimos.</p>")),
    (
        "bot",
        page(
            "Just a moment...", "<noscript>Enable JavaScript and cookies to continue</noscript><script src=/cdn-cgi/challenge-platform/x>"
        ),
    ),
    ("bot", page("Attention Required! | Cloudflare", "<h1>Sorry, you have been blocked</h1>")),
    ("bot", page("Access Denied", "<h1>Access Denied</h1><p>You don't have permission to access this server. Reference #18.1</p>")),
    ("bot", page("valley.example - Are you a robot?", "<p>Click the box below.</p>")),
    (
        "bot",
        b"<html><head><title>valley.example</title></head><body><script src='https://geo.captcha-delivery.com/c.js'></script></body></html>",
    ),
    (
        "bot",
        b"<html><body><iframe src='/_Incapsula_Resource?SWUDNSAI=31'>Request unsuccessful. Incapsula incident ID: 7</iframe></body></html>",
    ),
    ("login", page("Log in | The Valley Times", f"<h1>Welcome back</h1>{FORM}")),
    ("login", page("The Valley Times", f"<h1>Sign in to continue reading</h1>{FORM}")),
    ("login", page("Anmelden – Talbote", f"<h1>Jetzt anmelden</h1>{FORM}")),
    ("consent", page("Before you continue", "<p>We and our 812 partners store data on your device.</p><button>Accept all</button>")),
    (
        "consent",
        page("Datenschutz-Einstellungen - Talbote", "<p>Wir brauchen Ihre Zustimmung.</p>" * 20 + "<button>Alle akzeptieren</button>"),
    ),
    ("empty", b" \r\n "),
]


@pytest.mark.parametrize(("kind", "body"), WALLS)
def test_walls_and_soft_404s_are_told(kind, body):
    found = look(URL, URL, body)
    assert found is not None
    assert found.kind == kind


MARKS = [
    '<script type="application/ld+json">{"@context": "https://schema.org", "@type": "NewsArticle"}</script>',
    '<script type="application/ld+json">{"@type":["ReportageNewsArticle"]}</script>',
    '<meta property="og:type" content="article">',
    '<meta content="article" property="og:type">',
    '<meta property="article:published_time" content="2026-11-23">',
]


@pytest.mark.parametrize("mark", MARKS)
@pytest.mark.parametrize(("_kind", "body"), [wall for wall in WALLS if b"</head>" in wall[1]])
def test_a_page_that_says_it_is_an_article_is_one(mark, _kind, body):
    assert look(URL, URL, body.replace(b"</head>", mark.encode() + b"</head>")) is None


@pytest.mark.parametrize(
    "body",
    [
        page("Bridge to be repaired | The Valley Times", f"<h1>Bridge to be repaired</h1>{STORY}"),
        page(
            "Bridge to be repaired", f"<h1>Bridge to be repaired</h1><p>A short note of a dozen words stands here, and no more.</p>{FORM}"
        ),
        page("404: how an error became a joke", f"<h1>404: how an error became a joke</h1>{STORY}"),
        page("Just a moment, says the minister", f"<h1>Just a moment, says the minister</h1>{STORY}"),
        page("Log in, drop out: a generation leaves the networks", f"<h1>Log in, drop out</h1>{STORY}{FORM}"),
        page(
            "Cookies baked in the valley win a prize", f"<h1>Cookies baked in the valley win a prize</h1>{STORY}<button>Accept all</button>"
        ),
        page("Not found guilty: the mayor is free", f"<p>{'word ' * 200}</p>"),
        page("Evidence not found, says the court of the valley", "<p>A short note.</p><button>Accept all</button>"),
        page("Access denied to visitors of the prison", "<h1>Access denied to visitors of the prison</h1><p>A short note.</p>"),
        page("Your data is sold, says a report - The Post", "<p>A short note.</p><button>Accept all</button>"),
        page("Datenschutz: Was Firmen dürfen", "<p>Kurz notiert.</p><button>Alle akzeptieren</button>"),
        page("Captcha wars", f"<h1>Captcha wars</h1><p>A note.</p>{FORM}"),
        page("Sign in the sky", f"<h1>Sign in the sky: a comet passes over the valley</h1><p>A note.</p>{FORM}"),
        page("Cookies win again in the final of the valley league", "<p>3:2</p>"),
        page("Bridge", f"<h1>Bridge</h1>{STORY}<div class='g-recaptcha'></div>"),
        page("Bridge", f"<form id=aspnet><h1>Bridge</h1>{STORY}<div class='g-recaptcha'></div></form>"),
        page("", ""),
        b"plain words of an old page",
    ],
)
def test_articles_are_left_alone(body):
    assert look(URL, URL, body) is None


@pytest.mark.parametrize(
    ("final", "kind"),
    [
        ("https://paper.example/", "gone"),
        ("https://www.paper.example", "gone"),
        ("https://paper.example/login?next=/2026/11/23/bridge", "login"),
        ("https://login.paper.example/?return=x", "login"),
        ("https://consent.paper.example/?url=x", "consent"),
        ("https://paper.example/privacy-gate", "consent"),
        ("https://paper.example/2026/11/23/bridge-repaired", None),
        ("https://www.paper.example/2026/11/23/bridge-to-be-repaired", None),
        ("https://paper.example/?p=17", None),
        (URL, None),
    ],
)
def test_where_a_redirect_leads_tells(final, kind):
    found = moved(URL, final)
    assert (found.kind if found else None) == kind


def test_a_section_may_redirect_to_the_front_page():
    assert moved("https://paper.example/home", "https://paper.example/") is None
    assert moved("https://paper.example/login", "https://paper.example/en/login") is None


def test_titles_are_cut_at_their_seams():
    assert headings(b"<title>Log in | The Paper - News</title><H1 class=x> Sign&nbsp;<b>in</b> </H1>") == [
        "Log in",
        "The Paper",
        "News",
        "Sign in",
    ]
    assert notice(b"<title>The Paper \xe2\x80\x93 Log in</title>") == ("login", "Log in")
    assert headings(b"no heading at all") == []


def test_words_are_counted_outside_links_menus_and_scripts():
    assert story_words(b"<nav><p>a b</p></nav><p>one <a href=x>two</a> three</p><script>if (1 < 2) four()</script><p>five") == 3
    assert story_words(b"<a>never closed <p>inside") == 0
    assert story_words(b"</nav>one") == 1


@given(st.binary(max_size=400) | st.text(max_size=200).map(lambda t: f"<title>{t}</title>".encode()))
def test_any_bytes_get_an_answer(body):
    assert look(URL, URL, body) is None or isinstance(look(URL, URL, body), Wall)


@pytest.mark.parametrize("piece", [b"<h1", b"<title", b"<h1>", b"<a ", b"<script>", b"</a", b"<input ", b"<nav><a>"])
def test_repeated_pieces_take_no_more_than_linear_time(piece):
    body = b"<title>404</title>" + piece * (walls.LOOKED_AT // len(piece))
    look(URL, URL, body)  # quadratic time would take minutes


@pytest.mark.parametrize(
    ("status", "headers", "expected"),
    [
        (403, [("CF-Mitigated", "challenge")], True),
        (202, [("x-amzn-waf-action", "captcha")], True),
        (403, [("server", "cloudflare")], False),
        (302, [("cf-mitigated", "challenge")], False),
        (200, [], False),
    ],
)
def test_challenges_name_themselves(status, headers, expected):
    assert is_challenge(status, headers) is expected


@pytest.mark.parametrize(
    ("body", "error", "fault"),
    [
        (WALLS[0][1], FetchRefused, "gone"),
        (WALLS[7][1], FetchDelayed, "blocked"),
        (WALLS[13][1], FetchRefused, "blocked"),
        (WALLS[16][1], FetchRefused, "blocked"),
        (b"", FetchDelayed, "truncated"),
    ],
)
def test_what_passes_is_asked_again_and_what_does_not_is_put_aside(body, error, fault):
    with pytest.raises(error) as caught:
        check(URL, URL, body)
    assert caught.value.fault == fault
    check(URL, URL, page("Bridge", STORY))
