"""What names in markup hint at, how hostile or old markup is cut, and what single lines and addresses of many languages are."""

from __future__ import annotations

import re
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from transforms.extract import fallback, flags, signals
from transforms.extract.beginnings import Beginnings, Kind
from transforms.extract.blocks import Block, blocks
from transforms.extract.body import decided
from transforms.extract.bylines import undated
from transforms.extract.captions import split_credit
from transforms.extract.context import running
from transforms.extract.hints import BIT, LONGEST, NAMES, hints
from transforms.extract.lexicon import lexicon
from transforms.extract.lines import is_bio, is_byline, is_dated, is_label, note_of
from transforms.extract.looks import STOPS, summarised, titled
from transforms.extract.names import split_names
from transforms.extract.prints import print_of, prints
from transforms.extract.segments import LONGEST_SEGMENT, MOST_ELEMENTS, Cut, is_hidden, segments
from transforms.extract.text import folded


def cut(html: str) -> Cut:
    root = LexborHTMLParser(html).body
    assert root is not None
    return segments(root)


def texts(html: str) -> list[str]:
    return [segment.text for segment in cut(html).segments]


# --- names in markup ---

HINTS = {
    "body": ["articleBody", "entry-content", "story_text", "cuerpo-noticia", "testo", "fließtext", "StoryBodyText", "c-paragraph"],
    "comment": ["comments-area", "disqus_thread", "kommentar-liste", "replies", "reacties"],
    "related": ["related-posts", "OUTBRAIN", "mehr-zum-thema", "read-more", "mostRead", "recommended", "inline-link"],
    "menu": ["main-nav", "breadcrumbs", "site-header", "dropdown", "megaMenu", "masthead"],
    "footer": ["site-footer", "impressum", "colophon"],
    "ad": ["ad", "ad-slot", "ads", "werbung", "Anzeige", "publicidad", "sponsored-by"],
    "subscribe": ["newsletter-signup", "abo", "paywall__offer", "regwall-registration", "cta"],
    "social": ["sharing-tools", "socialBar", "whatsapp-link", "teilen"],
    "caption": ["wp-caption-text", "img_credit", "bildunterschrift", "pie-de-foto"],
    "meta": ["byline", "post-date", "autor", "lesezeit"],
    "bio": ["author-bio", "about-the-writer", "authorBox"],
    "title": ["headline", "entry-title", "kicker", "titel"],
    "lead": ["standfirst", "article-intro", "chapo", "vorspann", "sottotitolo", "ingress"],
    "dialog": ["cookie-banner", "consent", "modal-open"],
    "live": ["liveblog-entry", "ticker", "minuto-a-minuto"],
}  # fmt: skip
UNLIKE = [
    ("footer", "football-page"), ("footer", "footage"), ("article", "poster"), ("ad", "address"), ("ad", "shadow"), ("ad", "headline"),
    ("ad", "loading"), ("related", "promoted"), ("subscribe", "about"), ("side", "trail"), ("bio", "biology-news"), ("lead", "misleading"),
    ("tags", "stage"), ("box", "inboard"), ("meta", "information"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "name"), [(kind, name) for kind, names in HINTS.items() for name in names])
def test_names_of_templates_hint_at_their_place(kind: str, name: str) -> None:
    assert hints(name) & BIT[kind]
    assert hints(f"col-md-8 {name.upper() if name.islower() else name}") & BIT[kind]


@pytest.mark.parametrize(("kind", "name"), UNLIKE)
def test_names_that_only_sound_alike_do_not(kind: str, name: str) -> None:
    assert not hints(name) & BIT[kind]


@given(st.lists(st.sampled_from([name for names in HINTS.values() for name in names]), max_size=6), st.text(max_size=30))
def test_hints_of_several_names_are_those_of_each(names: list[str], other: str) -> None:
    whole, parts = " ".join([*names, other])[:LONGEST], 0
    for name in whole.split():
        parts |= hints(name)
    assert hints(whole) == parts < 1 << len(NAMES)


# --- the cut of a page ---


@pytest.mark.parametrize(
    ("attributes", "is_so"),
    [
        ({"hidden": ""}, True),
        ({"hidden": None}, True),
        ({"aria-hidden": "true"}, True),
        ({"aria-hidden": "false"}, False),
        ({"style": "color: red; DISPLAY : none"}, True),
        ({"style": "display:block"}, False),
        ({"style": None}, False),
        ({}, False),
    ],
)
def test_hidden_elements(attributes: dict[str, str | None], is_so: bool) -> None:
    assert is_hidden(attributes) is is_so


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>वह आया।<br>वह चला गया।</p>", ["वह आया।", "वह चला गया।"]),
        ("<p>وہ آیا۔<br>وہ چلا گیا۔</p>", ["وہ آیا۔", "وہ چلا گیا۔"]),
        ("<p>هل جاء؟<br>نعم</p>", ["هل جاء؟", "نعم"]),
        ("<p>「来た。」<br>『行った』<br>と話した。</p>", ["「来た。」", "『行った』", "と話した。"]),
        ("<p>Er kam,<br>sah<br>und ging.</p>", ["Er kam, sah und ging."]),
        ("<p>One<br>\n<br>Two</p>", ["One", "Two"]),
        ("<p><select><option>1</option></select>Text<textarea>x</textarea></p>", ["Text"]),
        ("<div><script>if (a < b) { document.write('<p>no</p>') }</script>Text</div>", ["Text"]),
        ("<template><template><p>x</p></template></template><p>Text</p>", ["Text"]),
        ("<p>a<p>b<div>c</p>d</div>", ["a", "b", "c", "d"]),
        ("<table><p>out of place</p><tr><td>cell</table>", ["out of place", "cell"]),
        ("<ul><li>a<ul><li>b</ul>c</ul>", ["a", "b", "c"]),
        ("<custom-box><p>Text</p></custom-box><o:p>Word</o:p>", ["Text", "Word"]),
        ("<!-- <p>x</p> --><?php echo 1 ?><p>Text</p>", ["Text"]),
        ("<p>e\u0301\u00ad\u200bt\u00e9</p>", ["été"]),
    ],
)
def test_markup_of_all_kinds_and_scripts(html: str, expected: list[str]) -> None:
    assert texts(html) == expected


@pytest.mark.parametrize("line", ["वह आया।", "وہ آیا۔", "هل جاء؟", "『行った』"])
def test_fragments_are_cut_at_the_same_stops(line: str) -> None:
    assert [block.text for block in blocks(f"{line}<br>{line}")] == [line, line]


def test_a_cut_stays_in_its_bounds() -> None:
    assert len(cut("<div><i>" * (MOST_ELEMENTS + 99) + "x").elements) <= MOST_ELEMENTS
    (long,) = cut(f"<p>{'word ' * LONGEST_SEGMENT}</p>").segments
    assert len(long.text) <= LONGEST_SEGMENT
    assert texts("<p>" + "<b>" * 3000 + "deep") == ["deep"]


TREES = st.recursive(
    st.sampled_from(["One. ", "two ", "<br>", "<b>three</b>", "<a href=/x>four</a>", "<script>five</script>"]),
    lambda inner: st.builds(
        lambda tag, parts: f"<{tag}>{''.join(parts)}</{tag}>",
        st.sampled_from(["div", "p", "li", "span", "section", "x-card", "noscript"]),
        st.lists(inner, max_size=4),
    ),
    max_leaves=12,
)


@settings(max_examples=60, deadline=None)
@given(TREES)
def test_no_read_text_is_lost_and_none_is_made_up(html: str) -> None:
    made, tree = cut(html), LexborHTMLParser(html)
    tree.strip_tags(["script", "noscript"])
    assert tree.body is not None
    assert folded("".join(segment.text for segment in made.segments)) == folded(tree.body.text())
    assert all(segment.linked <= len(segment.text) and segment.marked <= len(segment.text) for segment in made.segments)
    assert all(one.first <= two.first for one, two in pairwise(made.elements))
    assert all(0 <= element.first <= element.last <= len(made.segments) for element in made.elements)


# --- patterns by what they begin with ---


PATTERN = st.sampled_from(
    [r"(?:see|watch) more", "ilgili", "[ée]t[ée]", r"\d+ min", "(?:a )?note", "¿?tienes", "(?:la|le)?x", "и(?:так)?", r"\w{3}"]
)


@given(st.lists(PATTERN, min_size=1, max_size=5), st.sampled_from(["", r"\W*$"]), st.text("sewatchmorİilgéÉ1٣ninotXlИи¿?.", max_size=9))
def test_beginnings_match_as_one_pattern_would(patterns: list[str], end: str, text: str) -> None:
    whole = re.compile(f"(?:{'|'.join(patterns)}){end}", re.IGNORECASE).match(text)
    assert Beginnings({"kind": Kind(patterns, end=end)})("kind", text) == (whole is not None)


@pytest.mark.parametrize(
    "line", ["İLGİLİ HABERLER", "ÇOK OKUNANLAR", "À LIRE AUSSI", "ΣΧΕΤΙΚΆ ΆΡΘΡΑ", "ПОХОЖИЕ НОВОСТИ", "ÄHNLICHE ARTIKEL"]
)
def test_capitals_of_all_scripts_open_a_closing_line(line: str) -> None:
    assert lexicon().begins("closing", line)


# --- single lines ---


@pytest.mark.parametrize(
    "line",
    [
        "4 May 2020", "Monday, May 4, 2020 10:05 am", "4. Mai 2020, 10:05 Uhr", "4 mai 2020 à 10h05", "4 de mayo de 2020", "4 maggio 2020",
        "4 mei 2020", "4 maja 2020", "4 мая 2020, 10:05", "4 травня 2020", "4 Mayıs 2020", "2020年5月4日", "2020년 5월 4일", "04.05.2020",
    ],
)  # fmt: skip
def test_days_of_all_languages_date_a_line_and_sentences_are_no_dates(line: str) -> None:
    assert is_dated(line)
    assert is_dated(f"Hollin | {line}")
    assert not is_dated(f"It happened on {line}.")
    assert not is_dated(f"{line} {'and then the water came back to the village ' * 3}")


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("Von Maria Weber und Jörg Süßkind", ["Maria Weber", "Jörg Süßkind"]),
        ("Par Marie Tisserand et Anne Puits", ["Marie Tisserand", "Anne Puits"]),
        ("Por María Tejedor y José Pozo", ["María Tejedor", "José Pozo"]),
        ("Di Maria Tessitore e Ugo Pozzi", ["Maria Tessitore", "Ugo Pozzi"]),
        ("Door Maria Wever en Jan Put", ["Maria Wever", "Jan Put"]),
        ("Av Maria Vävare och Jan Brunn", ["Maria Vävare", "Jan Brunn"]),
        ("Автор: Мария Ткач и Иван Колодезь", ["Мария Ткач", "Иван Колодезь"]),
        ("记者：王小梅、李明", ["王小梅", "李明"]),
        ("By JANE DOE and JOHN ROE | 4 May 2020", ["Jane Doe", "John Roe"]),
        ("By Jane Doe, Staff Writer", ["Jane Doe"]),
        ("By Jane Doe (jane@lantern.example)", ["Jane Doe"]),
        ("By Jane Doe on 4 May 2020 at 10:05", ["Jane Doe"]),
        ("4 May 2020", []),
        ("", []),
        ("By " + "word " * 200, []),
    ],
)
def test_bylines_of_several_people(line: str, names: list[str]) -> None:
    assert split_names(line) == names


@pytest.mark.parametrize(
    ("line", "is_one"),
    [
        ("By Jane Doe", True),
        ("Jane Doe, Hollin", True),
        ("JANE DOE", True),
        ("Jane Doe left the hall.", False),
        ("The letter that was written to Jane Doe by the mayor of Hollin", False),
        ("By the old well", False),
    ],
)
def test_a_byline_is_mostly_a_name(line: str, is_one: bool) -> None:
    assert is_byline(line, ["Jane Doe"]) is is_one
    assert not is_byline(line, [])


@pytest.mark.parametrize(
    ("block", "is_one"),
    [
        (Block("p", "Villages"), True),
        (Block("p", "The council met on Monday night in Hollin"), False),
        (Block("h2", "The council met on Monday night in Hollin again"), True),
        (Block("h2", "Who pays for the rope?"), False),
        (Block("blockquote", "Water for all"), False),
        (Block("p", "He left."), False),
        (Block("p", "وہ آیا۔"), False),
    ],
)
def test_labels_are_no_sentences(block: Block, is_one: bool) -> None:
    assert is_label(block) is is_one


@pytest.mark.parametrize(
    ("line", "is_one"),
    [
        ("Jane Doe covers villages for the Lantern.", True),
        ("Jane Doe est journaliste au service des villages.", True),
        ("Jane Doe schreibt seit 2001 über Dörfer.", True),
        ("Jane Doe escribe sobre pueblos.", True),
        ("Jane Doe said that the water is back.", False),
        ("Jane Doe’s house stands on the square.", False),
    ],
)
def test_bios_are_told_from_what_a_person_said(line: str, is_one: bool) -> None:
    assert is_bio(line, ["Jane Doe"]) is is_one


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("Correction, May 4, 2020: The rope cost nine crowns.", "correction"),
        ("Correction (May 4, 2020): The rope cost nine crowns.", "correction"),
        ("Correction May 4, 2020: The rope cost nine crowns.", "correction"),
        ("Clarification: The rope is of hemp.", "correction"),
        ("Update, May 4, 2020: The rope has come.", "update"),
        ("Updated: – The rope has come.", "update"),
        ("This page is being updated through the night.", "update"),
        ("Corrections to the plan are due in May.", None),
        ("Update your plans, the mayor said.", None),
        ("The update, he said on May 4, 2020: no rope.", None),
        ("Correction: " + "word " * 200, None),
    ],
)
def test_dated_notes_and_sentences_that_look_alike(line: str, kind: str | None) -> None:
    assert note_of(line) == kind


@pytest.mark.parametrize(
    ("line", "rest"),
    [
        ("By Jane Doe on 4 May 2020", "By Jane Doe"),
        ("Von Maria Weber am 4. Mai 2020, 10:05 Uhr", "Von Maria Weber"),
        ("4 May 2020 | By Jane Doe", "By Jane Doe"),
        ("By Jane Doe", "By Jane Doe"),
        ("On 4 May 2020", "On"),
    ],
)
def test_a_line_without_its_date_ends_with_no_word_for_it(line: str, rest: str) -> None:
    assert undated(line) == rest


# --- prints, scores ---


@given(st.text("abcdefgh ÄÖß漢字12,.!-", max_size=40), st.text("0123456789 ,.!-", max_size=10))
def test_figures_and_marks_do_not_change_a_print(text: str, noise: str) -> None:
    assert print_of(text) == print_of(f"{noise}{text}{noise}")
    assert [one.print for one in prints([Block("p", text), Block("h2", text + noise)])] == ([print_of(text)] if print_of(text) else [])


@pytest.mark.parametrize(
    ("text", "score", "kept", "reason"),
    [
        ("The well at dawn (Lantern/O. Reyes)", 0.9, False, "credit"),
        ("The well at dawn. It is old. (Lantern/O. Reyes)", 0.9, True, "score"),
        ("The well at dawn (built in 1903)", 0.9, True, "score"),
        ("The well at dawn, where six hundred people met " + "once more " * 14 + "(Lantern/O. Reyes)", 0.9, True, "score"),
        ("The well at dawn (Lantern/O. Reyes)", 0.1, False, "score"),
    ],
)
def test_only_a_credit_beats_a_score(text: str, score: float, kept: bool, reason: str) -> None:
    made = decided(Block("p", text), score, 0.5, "score")
    assert (made.kept, made.reason, made.score) == (kept, reason, score)


@pytest.mark.parametrize(
    ("text", "stops"),
    [("One. Two! Three?", 3), ("3.5 crowns", 0), ("「来た。」と話した。", 2), ("वह आया। वह गया।", 2), ("e.g. this", 1), ("", 0)],
)
def test_stops_are_those_of_sentences(text: str, stops: int) -> None:
    assert len(STOPS.findall(text)) == stops


def test_headlines_and_summaries_are_recognised_in_part() -> None:
    title = folded("Old well of Hollin is mended")
    assert [
        titled(folded(text), [title]) for text in ("Old well of Hollin is mended", "News: Old well of Hollin is mended", "Old well")
    ] == [2, 1, 0]
    about = [folded("Three weeks of work and a new rope bring the water back.")]
    assert summarised(about[0], about)
    assert summarised(folded("Three weeks of work and a new rope bring the water"), about)
    assert not summarised(folded("Three weeks"), about)


@given(st.lists(st.floats(0, 10), max_size=9))
def test_running_sums_begin_at_nothing(values: list[float]) -> None:
    sums = running(np.array(values, dtype=np.float64))
    assert (len(sums), sums[0]) == (len(values) + 1, 0)
    assert np.diff(sums) == pytest.approx(values)


# --- whole pages: other readings, flags ---

TIMES = "<main><time>1</time><time>2</time></main>"


@pytest.mark.parametrize(
    ("path", "is_so"),
    [
        ("/dorf/liveticker-brunnen", True), ("/direct/puits.html", True), ("/en-vivo/pozo", True), ("/in-diretta/pozzo", True),
        ("/ao-vivo/poco", True), ("/na-zywo/studnia", True), ("/canli-anlatim/kuyu", True), ("/liveblog", True),
        ("/live/brunnen-12345", True),
        ("/directions-to-the-well", False), ("/alive-again", False), ("/live/concerts", False),
        ("/delivery-of-rope", False),
    ],
)  # fmt: skip
def test_live_blogs_by_their_address_in_many_languages(path: str, is_so: bool) -> None:
    assert flags.is_live(signals.read(TIMES, f"https://lantern.example{path}")) is is_so


@pytest.mark.parametrize(
    ("line", "is_cut"),
    [
        ("Subscribe to continue reading this story", True),
        ("Dieser Artikel ist nur für Abonnenten", True),
        ("La suite de cet article est réservée aux abonnés", True),
        ("La suite est réservée aux abonnés", True),
        ("Artikeln är endast för prenumeranter", True),
        ("Artikkelen er kun for abonnenter", True),
        ("この記事は会員限定です", True),
        ("Subscribers met the editor on Monday", False),
        ("Abonnenten des Dorfblatts trafen sich am Montag", False),
        ("Les abonnés du journal étaient réunis lundi", False),
        ("Artikeln är skriven för hand", False),
    ],
)
def test_short_texts_are_cut_where_the_page_says_so(line: str, is_cut: bool) -> None:
    page = signals.read(f"<article><p>The council met on Monday night.</p><div>{line}</div></article>", "https://lantern.example/a")
    assert flags.is_truncated(page, "The council met on Monday night.") is is_cut
    assert not flags.is_truncated(page, "x" * flags.TEASER)


@pytest.mark.parametrize(
    ("html", "holds"),
    [
        ("<div class=t><h1>Well</h1></div>", True),
        (f"<div class=t>{'<p>' + 'word ' * 30 + '</p>'}</div>", False),
        (f"<div class=t>{('<p>' + 'word ' * 30 + '</p>') * 3}</div>", True),
        ("<div class=t><p>One</p><p>Two</p><p>Three</p></div>", False),
        ("<main class=t>Text</main>", True),
    ],
)
def test_what_holds_the_article_is_no_furniture(html: str, holds: bool) -> None:
    node = LexborHTMLParser(html).css_first(".t")
    assert node is not None
    assert fallback.holds_article(node) is holds


@given(st.text("The well. (AP/)[]|:©Foto漢写真：", max_size=60))
def test_a_caption_and_its_credit_are_of_the_line(line: str) -> None:
    found = split_credit(line)
    if found is None:
        assert not line.strip()
    else:
        assert folded(found.text) in folded(line)
        assert found.credit is None or folded(found.credit) in folded(line)
