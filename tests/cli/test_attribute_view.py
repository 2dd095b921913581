"""`consilience attribute FILE --html`: spans in colours, arrows that lead somewhere, nothing that runs."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
import typer
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from cli.attribute import register
from cli.attribute_view import classes, page, paragraphs, parts
from transforms.claims import attribute

TEXT = "“The <dam> is safe,” Mayor Lena Ortiz said.\n\nShe said that Kim Doe had told her it would hold. The river rose."


class Reader(HTMLParser):
    """Collects the text, the ids and the inner links of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.names: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        self.ids += [value or "" for name, value in attrs if name == "id"]
        self.links += [value or "" for name, value in attrs if name == "href"]

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def read(html: str) -> Reader:
    reader = Reader()
    reader.feed(html)
    return reader


def made(text: str) -> str:
    return page(text, attribute(text, language="en"), title="dam")


def test_spans_are_coloured_by_role() -> None:
    html = made(TEXT)
    assert '<span class="source">Mayor Lena Ortiz</span>' in html
    assert '<span class="cue">said</span>' in html
    assert '<span class="content">“The &lt;dam&gt; is safe,”</span>' in html


def test_every_arrow_leads_somewhere() -> None:
    reader = read(made(TEXT))
    assert reader.links
    assert {link.removeprefix("#") for link in reader.links} <= set(reader.ids)
    assert len(reader.ids) == len(set(reader.ids))


def test_speech_within_speech_is_marked() -> None:
    assert 'class="source nested">Kim Doe<' in made(TEXT)


def test_the_table_tells_speaker_and_chain() -> None:
    html = made(TEXT)
    assert "<td>Lena Ortiz → Kim Doe</td>" in html
    assert html.count("<tr id=") == len(attribute(TEXT, language="en"))


def test_nothing_in_the_page_runs_or_is_fetched() -> None:
    reader = read(made("“<script>alert(1)</script>” & “<img src=x onerror=y>”, Lee said."))
    assert not reader.names & {"script", "img", "iframe", "link", "object", "form"}
    assert all(link.startswith("#") for link in reader.links)


def test_a_text_without_attributions_is_shown_as_it_is() -> None:
    assert "The river rose." in made("The river rose.")


@given(st.text(alphabet="Lee said“”.\n <&>ab", max_size=120))
def test_the_text_of_the_page_is_the_text(text: str) -> None:
    found = attribute(text, language="en")
    for line in paragraphs(text):
        assert "".join(part.text for part in parts(text, line, found)) == text[slice(*line)]


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ([], ""),
        (["content"], "content"),
        (["content", "cue"], "cue nested"),
        (["content", "content"], "content nested"),
        (["source"], "source"),
    ],
)
def test_classes(names: list[str], expected: str) -> None:
    assert classes(names) == expected


def run(*arguments: str) -> tuple[int, str]:
    app = typer.Typer()
    register(app)
    app.callback()(lambda: None)
    result = CliRunner().invoke(app, ["attribute", *arguments])
    return result.exit_code, result.output


def test_the_command_prints_the_page(tmp_path: Path) -> None:
    file = tmp_path / "dam.txt"
    file.write_text(TEXT, "utf-8")
    status, output = run(str(file), "--html", "--published", "2018-09-20")
    assert status == 0
    assert re.search(r"<title>dam</title>", output)


@pytest.mark.parametrize("arguments", [["--html"], ["FILE"], ["FILE", "--html", "--published", "soon"], ["BYTES", "--html"]])
def test_what_the_command_can_not_do(tmp_path: Path, arguments: list[str]) -> None:
    (tmp_path / "FILE").write_text(TEXT, "utf-8")
    (tmp_path / "BYTES").write_bytes(b"\xff\xfe\x00")
    status, _ = run(*(str(tmp_path / a) if a.isupper() else a for a in arguments))
    assert status == 2
