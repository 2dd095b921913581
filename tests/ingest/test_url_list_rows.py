"""Lists as people and programs write them: each good line gives its page, each other line its reason, whatever stands beside it."""

from __future__ import annotations

import csv
import io
import json

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from common.errors import Misconfigured
from ingest.imports import url_lists
from ingest.imports.url_lists import offer_list, rows
from ingest.state import URL, open_state

ANY_FOLDER = hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
# Characters that a cell may hold on its one line.
CELLS = st.text(st.characters(exclude_characters="\r\n\0", exclude_categories=["Cs"]), max_size=20)
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9)
JSON = st.recursive(
    LEAVES, lambda below: st.lists(below, max_size=2) | st.dictionaries(st.text(max_size=3), below, max_size=2), max_leaves=4
)


@pytest.fixture
def paper(settings):
    (settings.outlets_dir / "paper.yaml").write_text("id: paper\nname: Paper\nhome: https://a.example/\nfeeds: [https://a.example/f]\n")


@pytest.fixture
def listed(tmp_path):
    def run(data):
        (tmp_path / "x").write_bytes(data if isinstance(data, bytes) else data.encode())
        return list(rows(tmp_path / "x"))

    return run


@pytest.mark.parametrize("text", ["url\rhttps://a.example/1\r", "url,a\rb\n", "id\r,url\r1,https://a.example/1"])
def test_a_header_that_is_no_csv_is_told(listed, text):
    with pytest.raises(Misconfigured, match="x:1: no CSV"):
        listed(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("url\n a \n", [" a "]),
        ("URL , title\na,b\n", ["a"]),
        ("\n\n \nurl\na\n", ["a"]),
        ('"url"\n"a""b"\n', ['a"b']),
        ("title;url\n1,2;a\n", ["a"]),
        ("url,title\na\n", ["a"]),
        ("title,url\na\n", [None]),
        ("url,url\na,b\n", ["b"]),
        ("url\na,b,c\n", ["a"]),
    ],
)
def test_the_column_is_found_in_every_table(listed, text, expected):
    assert [values.get("url") for _number, values, _reason in listed(text)] == expected


def test_a_row_that_is_no_csv_costs_itself_only(listed):
    (first, bad, last) = listed("url,title\na,1\nb\rc,2\nd,3\n")
    assert (first[1]["url"], last[1]["url"]) == ("a", "d")
    assert bad[:2] == (3, None)
    assert "no CSV" in bad[2]


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("[1]", "no JSON object"),
        ("7", "no JSON object"),
        ("{", "no JSON"),
        ("[" * 50_000, "no JSON"),
        ('{"url": 1' + "0" * 6000 + "}", "no JSON"),
    ],
)
def test_a_json_line_that_is_none_costs_itself_only(listed, line, word):
    (first, bad, last) = listed('{"url": "a"}\n' + line + '\n{"url": "b"}')
    assert (first[1], last[1]) == ({"url": "a"}, {"url": "b"})
    assert bad[:2] == (2, None)
    assert word in bad[2]


@pytest.mark.parametrize("over", [0, 1, 2])
def test_the_longest_line_is_read_and_a_longer_one_is_told(listed, monkeypatch, over):
    monkeypatch.setattr(url_lists, "MAX_LINE_CHARS", 40)
    long = "https://a.example/".ljust(39 + over, "x")
    found = [values["url"] for _number, values, _reason in listed(f"https://a.example/1\n{long}\nhttps://a.example/3\n")]
    assert found == ["https://a.example/1", long if over == 0 else url_lists.OVERLONG, "https://a.example/3"]


def test_a_folder_is_no_list(tmp_path):
    with pytest.raises(Misconfigured, match="can't be read"):
        list(rows(tmp_path))


@ANY_FOLDER
@given(st.lists(st.tuples(CELLS, CELLS), max_size=8), st.sampled_from(",;\t|"))
def test_what_a_program_writes_as_csv_is_read_back(listed, cells, delimiter):
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\n", quoting=csv.QUOTE_ALL)
    writer.writerows([("url", "title"), *cells])
    assert [(values["url"], values["title"]) for _number, values, _reason in listed(text.getvalue())] == cells


@ANY_FOLDER
@given(st.lists(st.dictionaries(st.sampled_from(["url", "date", "published", "x"]), JSON, max_size=3), min_size=1, max_size=6))
def test_every_json_object_is_a_page_or_a_told_line(settings, paper, tmp_path, objects):
    good = {"url": "https://a.example/good"}
    lines = [json.dumps(one) for one in [good, *objects]]
    (tmp_path / "x").write_text("\n".join(lines))
    found = offer_list(settings, tmp_path / "x", "paper")
    assert (found.urls, found.bad) == (1, len(objects))


def test_progress_is_told_after_each_chunk_with_all_that_came_before(settings, paper, tmp_path, monkeypatch):
    monkeypatch.setattr(url_lists, "CHUNK", 2)
    (tmp_path / "x").write_text("url\n" + "".join(f"https://a.example/{n}\n" for n in range(5)))
    told = []
    found = offer_list(settings, tmp_path / "x", "paper", told.append)
    assert (told, found.urls) == ([2, 4], 5)


def test_chunks_that_were_offered_stay_when_the_rest_breaks_off(settings, paper, tmp_path, monkeypatch):
    monkeypatch.setattr(url_lists, "CHUNK", 2)
    (tmp_path / "x").write_text("url\n" + "".join(f"https://a.example/{n}\n" for n in range(5)))

    def stop(count):
        raise KeyboardInterrupt(count)

    with pytest.raises(KeyboardInterrupt):
        offer_list(settings, tmp_path / "x", "paper", stop)
    engine = open_state(settings)
    with engine.begin() as connection:
        kept = connection.execute(sa.select(URL.c.url).order_by(URL.c.url)).scalars().all()
    engine.dispose()
    assert kept == ["https://a.example/0", "https://a.example/1"]
