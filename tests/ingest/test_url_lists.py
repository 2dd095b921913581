from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from common.errors import Misconfigured
from ingest.imports import url_lists
from ingest.imports.url_lists import offer_list, rows
from ingest.state import URL, open_state


@pytest.fixture
def outlet(settings):
    text = "id: paper\nname: Paper\nhome: https://www.a.example/\nfeeds: [https://a.example/f]\nexclude: [/video/]\n"
    (settings.outlets_dir / "paper.yaml").write_text(text)


@pytest.fixture
def offered(settings, outlet, tmp_path):
    """Offer a list; what it told and what stands in the frontier."""

    def run(text, name="list.csv"):
        (tmp_path / name).write_bytes(text if isinstance(text, bytes) else text.encode())
        told = offer_list(settings, tmp_path / name, "paper")
        engine = open_state(settings)
        with engine.begin() as connection:
            known = {row.url: row for row in connection.execute(sa.select(URL)).all()}
        engine.dispose()
        return told, known

    return run


def test_a_csv_file_with_a_column_url(offered):
    told, known = offered('id,URL,title\n1,https://a.example/1?utm_source=x,One\n\n2,"https://a.example/2,b","Two, too"\n')
    assert list(known) == ["https://a.example/1", "https://a.example/2,b"]
    assert (told.urls, told.bad) == (2, 0)


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_other_delimiters(offered, delimiter):
    _told, known = offered(f"id{delimiter}url\n1{delimiter}https://a.example/1\n")
    assert list(known) == ["https://a.example/1"]


def test_json_lines_with_a_field_url(offered):
    lines = [{"url": "https://a.example/1"}, {"id": 2}, ["https://a.example/3"], {"url": 7}, {"url": "https://a.example/5"}]
    told, known = offered("\n".join(map(json.dumps, lines)) + "\n{broken\n", "list.jsonl")
    assert list(known) == ["https://a.example/1", "https://a.example/5"]
    assert [line for line, _ in told.told] == [2, 3, 4, 6]
    assert (told.urls, told.bad) == (2, 4)


def test_one_address_a_line(offered):
    told, known = offered("\ufeffhttps://a.example/1\r\n\r\n  https://a.example/2  \r\nnonsense\r\n")
    assert list(known) == ["https://a.example/1", "https://a.example/2"]
    assert [line for line, _ in told.told] == [4]


def test_lines_that_are_not_the_outlets_are_told_with_their_reason(offered):
    text = 'url\nhttps://b.example/1\nhttps://a.example/video/2\nmailto:a@a.example\n""\nhttps://a.example/5\n'
    told, known = offered(text)
    assert list(known) == ["https://a.example/5"]
    reasons = dict(told.told)
    assert list(reasons) == [2, 3, 4, 5]
    assert "not on a host of paper" in reasons[2]
    assert "include and exclude" in reasons[3]
    assert "not an http(s) URL" in reasons[4]
    assert "no 'url'" in reasons[5]


@pytest.mark.parametrize(
    ("column", "value", "expected"),
    [
        ("published", "2018-09-20T10:00:00+02:00", datetime(2018, 9, 20, 8, tzinfo=UTC)),
        ("date", "2018-09-20", datetime(2018, 9, 20, tzinfo=UTC)),
        ("published_at", "2018-09", datetime(2018, 9, 30, tzinfo=UTC)),
        ("date", "soon", None),
    ],
)
def test_a_column_tells_the_publication(offered, column, value, expected):
    _told, known = offered(f"url,{column}\nhttps://a.example/1,{value}\n")
    (row,) = known.values()
    assert (row.dated_at, json.loads(row.hint)["source"]) == (expected, "list")


def test_the_same_list_again_changes_nothing(offered):
    first, known = offered("url\nhttps://a.example/1\nhttps://a.example/1\n")
    again, same = offered("url\nhttps://a.example/1\n")
    assert (first.urls, again.urls, list(known)) == (1, 1, list(same))


@pytest.mark.parametrize("text", ["id,address\n1,https://a.example/1\n", "nonsense\nhttps://a.example/1\n", '["https://a.example/1"]\n'])
def test_a_file_of_no_known_kind_is_told(offered, text):
    with pytest.raises(Misconfigured, match=r"list.csv:1: no column 'url'"):
        offered(text)


def test_an_empty_file_is_an_empty_list(offered):
    assert offered("")[0] == url_lists.Listed()
    assert offered("\n\n")[0] == url_lists.Listed()


def test_a_file_that_is_not_there_is_told(settings, outlet, tmp_path):
    with pytest.raises(Misconfigured, match="can't be read"):
        offer_list(settings, tmp_path / "nowhere.csv", "paper")
    with pytest.raises(Misconfigured, match="no outlet"):
        offer_list(settings, tmp_path / "nowhere.csv", "papr")


def test_a_line_without_end_costs_itself_only(offered):
    told, known = offered("url\nhttps://a.example/1\nhttps://a.example/" + "x" * 300_000 + "\nhttps://a.example/3\n")
    assert list(known) == ["https://a.example/1", "https://a.example/3"]
    assert [line for line, _ in told.told] == [3]


def test_many_bad_lines_are_counted_and_some_told(offered):
    told, _known = offered("url\n" + "x\n" * 250)
    assert (told.bad, len(told.told)) == (250, url_lists.MAX_TOLD)


def test_a_list_longer_than_a_chunk(offered, monkeypatch):
    monkeypatch.setattr(url_lists, "CHUNK", 7)
    told, known = offered("url\n" + "".join(f"https://a.example/{n}\n" for n in range(50)))
    assert told.urls == len(known) == 50


def test_other_character_sets_do_no_harm(offered):
    told, known = offered("url,title\nhttps://a.example/1,B\xe4r\n".encode("latin-1"))
    assert (list(known), told.bad) == (["https://a.example/1"], 0)


@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.binary(max_size=300), st.sampled_from([b"url\n", b'{"url": "https://a.example/1"}\n', b"https://a.example/1\n", b""]))
def test_every_line_of_anything_is_a_row_or_told(tmp_path, data, head):
    (tmp_path / "x").write_bytes(head + data)
    try:
        found = list(rows(tmp_path / "x"))
    except Misconfigured:
        return
    numbers = [number for number, _values, _reason in found]
    assert numbers == sorted(set(numbers))
    assert all(values is not None or reason for _number, values, reason in found)
