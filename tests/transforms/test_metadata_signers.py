"""Who signs, as it is printed in many countries: reporters' titles, degrees, labels, places, and services in their own scripts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.extract import people, signals
from transforms.extract.lexicon import lexicon
from transforms.extract.names import split_names
from transforms.extract.text import folded


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("김마리 기자", ["김마리"]),
        ("김마리 선임기자", ["김마리"]),
        ("김마리·이철수 기자", ["김마리", "이철수"]),
        ("글: 김마리 기자", ["김마리"]),
        ("김마리 워싱턴 특파원", ["김마리"]),
        ("선임기자", []),
        ("기자", []),
        ("文／織田真理", ["織田真理"]),
        ("文/王小梅", ["王小梅"]),
        ("取材・文／織田真理", ["織田真理"]),
        ("記者 王小梅", ["王小梅"]),
        ("記者王小梅／台北報導", ["王小梅"]),
        ("王小梅/台北報導", ["王小梅"]),
        ("作者：王小梅 李明", ["王小梅", "李明"]),
        ("بقلم: مريم الحائك", ["مريم الحائك"]),
        ("मीरा बुनकर", ["मीरा बुनकर"]),
    ],
)
def test_reporters_of_asia_without_their_titles(line: str, names: list[str]) -> None:
    assert split_names(line) == names


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("By Jane Doe, Ph.D.", ["Jane Doe"]),
        ("By Jane Doe, MD, and John Roe, PhD", ["Jane Doe", "John Roe"]),
        ("By John Roe, Jr.", ["John Roe"]),
        ("By John Roe Jr.", ["John Roe Jr"]),
        ("Por José Pozo, enviado especial", ["José Pozo"]),
        ("Por María Tejedor, corresponsal", ["María Tejedor"]),
        ("Par Marie Tisserand, envoyée spéciale", ["Marie Tisserand"]),
        ("Di Ugo Pozzi, inviato", ["Ugo Pozzi"]),
        ("Por Maria Tecelã, correspondente", ["Maria Tecelã"]),
        ("Von Maria Weber, Korrespondentin", ["Maria Weber"]),
        ("By Jane Doe, Political Correspondent", ["Jane Doe"]),
        ("Text: Jane Doe, Photos: John Roe", ["Jane Doe", "John Roe"]),
        ("Texte : Marie Tisserand", ["Marie Tisserand"]),
        ("By José María de la Fuente", ["José María de la Fuente"]),
        ("Von Ludwig van der Aa", ["Ludwig van der Aa"]),
        ("By Jane O’Neill-Smith", ["Jane O’Neill-Smith"]),
        ("By JANE O'NEILL", ["Jane O'Neill"]),
    ],
)
def test_people_are_named_without_what_they_are(line: str, names: list[str]) -> None:
    assert split_names(line) == names


@pytest.mark.parametrize(
    ("body", "place", "service"),
    [
        ("ŁÓDŹ (PAP) – Rada wsi", "ŁÓDŹ", "PAP"),
        ("ŽILINA – Rada obce", "ŽILINA", None),
        ("ŞANLIURFA (AA) - Köy meclisi", "ŞANLIURFA", "Anadolu Agency"),
        ("PARÍS, 4 may (Reuters) - El concejo", "PARÍS", "Reuters"),
        ("ÅRHUS (Ritzau) - Brønden", "ÅRHUS", "Ritzau"),
        ("Łukasz – tak nazywa się piekarz", None, None),
        ("Žofie – tak se jmenuje", None, None),
    ],
)
def test_places_with_letters_of_all_latin_alphabets(body: str, place: str | None, service: str | None) -> None:
    assert (people.dateline(body), people.credited(body)) == (place, service)


@pytest.mark.parametrize(
    ("end", "service"),
    [
        ("他走了。（新华社）", "Xinhua"),
        ("彼は去った。（共同通信）", "Kyodo News"),
        ("彼は去った。（時事）", None),
        ("Он ушёл. (ТАСС)", "TASS"),
        ("Він пішов. (Укрінформ)", "Ukrinform"),
        ("그는 떠났다. (연합뉴스)", "Yonhap"),
        ("他走了（他说）", None),
        ("Он ушёл (в понедельник)", None),
    ],
)
def test_services_in_their_own_script_at_the_end_of_a_text(end: str, service: str | None) -> None:
    assert people.credited(f"Text.\n\n{end}") == service


def author(html: str) -> people.Credits:
    page = (
        f"<html><head><title>Well is mended</title></head><body><article><h1>Well is mended</h1>{html}<p>Text.</p></article></body></html>"
    )
    return people.credited_on(signals.read(page, "https://lantern.example/well"))


@pytest.mark.parametrize(
    ("html", "authors"),
    [
        ("<p class=byline>By Jane Doe on 4 May 2020</p>", ["Jane Doe"]),
        ("<p>By Jane Doe on 4 May 2020</p>", ["Jane Doe"]),
        ("<p>Von Maria Weber am 4. Mai 2020</p>", ["Maria Weber"]),
        ("<p class=author>김마리 기자</p>", ["김마리"]),
        ("<span class=author-name>文／織田真理</span>", ["織田真理"]),
        ("<p class=byline>By Jane Doe, Ph.D.</p>", ["Jane Doe"]),
        ("<p>By the old well they stood on 4 May 2020</p>", []),
        ("<p class=byline>4 May 2020</p>", []),
    ],
)
def test_printed_lines_of_a_page(html: str, authors: list[str]) -> None:
    assert author(html).authors == authors


@given(st.sampled_from(sorted(lexicon().agencies)), st.sampled_from(["({})", "Source: {}", "{}/abc", "Quelle: {}", "（{}）"]))
def test_every_alias_of_a_service_is_read_in_the_forms_of_its_lines(alias: str, form: str) -> None:
    name = people.supplier(form.format(alias).replace("（", "(").replace("）", ")"))
    assert name == lexicon().agencies[folded(alias)]


@given(st.text("JaneDo 기자記／/・,.|김王文：", max_size=40))
def test_whatever_the_line_names_are_of_it_and_clean(line: str) -> None:
    for name in split_names(line):
        assert folded(name) in folded(line)
        assert name == name.strip() != ""
