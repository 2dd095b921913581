"""The parts of the tour one by one: its plan, its comparison, its calls, its words when something is missing."""

from __future__ import annotations

import datetime as dt
import json
import os
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import duckdb
import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from common.errors import Broken, RetryLater
from common.settings import Settings
from demo.newsroom.__main__ import parser
from demo.newsroom.clock import BEHIND, STALE
from demo.tour import airflow, arrivals, children, guide
from demo.tour.arrivals import Found, Wanted
from demo.tour.plan import BACKFILL_FROM, BACKFILL_TO, LOOKBACK_DAYS, Plan

SINCE = dt.datetime(2026, 11, 23, 10, tzinfo=dt.UTC)
URLS = [f"http://127.0.0.1:880{n}/a" for n in range(1, 6)]
WORDS = st.text("ab \u00a0\n\ufb01e\u0301", min_size=1, max_size=12)


# --- the plan ---


def test_the_newsroom_understands_the_plans_command(tmp_path: Path) -> None:
    plan = Plan(tmp_path, port=9100)
    assert plan.newsroom_command[:3] == [sys.executable, "-m", "demo.newsroom"]
    given_ = parser().parse_args(plan.newsroom_command[3:])
    assert (given_.port, given_.outlets, given_.state, given_.clock) == (9100, tmp_path / "outlets", tmp_path / "newsroom.json", None)


def test_every_variable_of_the_plan_is_a_setting_and_differs_from_its_default(tmp_path: Path) -> None:
    plain = Settings(_env_file=None)
    for name, value in Plan(tmp_path, airflow_port=9999).own_variables.items():
        field = name.removeprefix("CONSILIENCE_").lower()
        assert field in Settings.model_fields
        assert value != str(getattr(plain, field))


def test_live_ingest_looks_back_to_the_oldest_past_day_of_a_kept_newsroom() -> None:
    assert dt.timedelta(days=LOOKBACK_DAYS) > STALE + BEHIND + dt.timedelta(days=5)
    assert dt.date.fromisoformat(BACKFILL_TO) - dt.date.fromisoformat(BACKFILL_FROM) == dt.timedelta(days=2)


def test_everything_of_the_tour_lies_in_its_folder(tmp_path: Path) -> None:
    plan = Plan(tmp_path)
    places = [plan.logs, plan.outlets, plan.settings.published_file, plan.settings.airflow_home, Path(plan.newsroom_command[-1])]
    assert all(place.is_relative_to(tmp_path) for place in places)
    assert list(tmp_path.iterdir()) == []  # a plan does nothing yet


def test_the_request_for_the_backfill_holds_whole_days_and_repeats_nothing() -> None:
    body = airflow.request(BACKFILL_FROM, BACKFILL_TO, "backfill")
    ends = [dt.datetime.fromisoformat(str(body[name])) for name in ("from_date", "to_date")]
    assert ends == [dt.datetime(2018, 9, 19, tzinfo=dt.UTC), dt.datetime(2018, 9, 21, tzinfo=dt.UTC)]
    assert (body["reprocess_behavior"], json.loads(json.dumps(body))) == ("none", body)


# --- arrivals ---


@given(WORDS)
def test_plain_text_is_plain_already(text: str) -> None:
    once = arrivals.plain(text)
    assert arrivals.plain(once) == once
    assert once == once.strip()
    assert arrivals.plain(f"  {text}\n\n") == once
    assert not [mark for mark in ("\u00a0", "\n", "\ufb01", "  ") if mark in once]


@given(st.permutations([Found(url, SINCE, "H", f"Text {n}.") for n, url in enumerate(URLS)]))
def test_the_order_of_the_warehouse_does_not_matter(found: list[Found]) -> None:
    expected = [Wanted(url, f"Text {n}.") for n, url in enumerate(URLS)]
    assert arrivals.compare(expected, found, SINCE) == arrivals.Round(URLS, [], [])
    assert arrivals.compare(expected[::-1], found[:-1], SINCE).missing == [found[-1].url]


@given(st.sets(st.sampled_from(URLS)), st.sets(st.sampled_from(URLS)))
def test_more_in_the_warehouse_never_makes_more_missing(first: set[str], more: set[str]) -> None:
    expected = [Wanted(url) for url in URLS]
    few, many = (arrivals.compare(expected, [Found(u, SINCE, "H", "B") for u in have], SINCE) for have in (first, first | more))
    assert set(many.missing) <= set(few.missing)
    assert set(few.arrived) <= set(many.arrived)


def test_why_tells_both_faults_at_once() -> None:
    told = arrivals.Round([], ["http://x/1"], ["http://x/2", "http://x/3"]).why()
    assert told == "1 not arrived: http://x/1; 2 in the warehouse, but never published: http://x/2, http://x/3"


def test_an_article_first_seen_at_the_very_opening_is_of_this_newsroom() -> None:
    stray = [Found(URLS[0], SINCE, "H", "B")]
    assert arrivals.compare([], stray, SINCE).strays == URLS[:1]
    assert arrivals.compare([], stray, SINCE + dt.timedelta(seconds=1)).strays == []


def test_the_published_file_is_compared_as_it_lies(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    settings.published_dir.mkdir(parents=True)
    rows = [(1, URLS[0], SINCE), (2, URLS[1], SINCE - dt.timedelta(days=1)), (3, URLS[2], SINCE)]
    with duckdb.connect(str(settings.published_file)) as con:
        con.execute("CREATE SCHEMA core")
        con.execute("CREATE TABLE core.article (article_id INT, canonical_url VARCHAR, first_seen_at TIMESTAMP)")
        con.execute("CREATE TABLE core.article_version (article_id INT, headline VARCHAR, body VARCHAR)")
        con.executemany("INSERT INTO core.article VALUES (?, ?, ?)", [[n, url, at.replace(tzinfo=None)] for n, url, at in rows])
        con.executemany("INSERT INTO core.article_version VALUES (?, ?, ?)", [[n, "H", f"Body {n}."] for n, *_ in rows])
    found = arrivals.published(settings)
    assert {version.first_seen.tzinfo for version in found} == {dt.UTC}
    state = arrivals.compare([Wanted(URLS[0], "Body 1."), Wanted(URLS[3])], found, SINCE)
    assert state == arrivals.Round([URLS[0]], [URLS[3]], [URLS[2]])  # the second is older than this newsroom


# --- the guide and what answers in place of the newsroom ---


class Stranger(BaseHTTPRequestHandler):
    """Another program on the newsroom's port."""

    body = b""
    status = 200

    def do_GET(self) -> None:
        self.send_response(self.status)
        self.end_headers()
        self.wfile.write(self.body)

    do_POST = do_GET  # noqa: N815  the base class names it so

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def led(tmp_path: Path) -> Iterator[guide.Guide]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Stranger) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        made = guide.Guide(Plan(tmp_path, port=server.server_port), Console(file=(tmp_path / "said.txt").open("w"), width=200))
        made.children.start("newsroom", [sys.executable, "-c", "import signal; signal.pause()"])
        yield made
        made.end()
        made.console.file.close()
        server.shutdown()


@pytest.mark.parametrize("body", [b"<html>It works!</html>", b"", b"[]", b"null", b'{"status": "ok"}', b'{"pid": 1}'])
def test_whoever_else_answers_on_the_port_is_not_our_newsroom(led: guide.Guide, monkeypatch: pytest.MonkeyPatch, body: bytes) -> None:
    monkeypatch.setattr(Stranger, "body", body)
    assert led.is_open() is None
    own = json.dumps({"pid": led.children.running["newsroom"].pid, "outlets": 10}).encode()
    monkeypatch.setattr(Stranger, "body", own)
    assert led.is_open() == json.loads(own)
    monkeypatch.setattr(Stranger, "status", 503)
    assert led.is_open() is None


def test_a_clock_that_does_not_move_is_told_with_the_newsrooms_words(led: guide.Guide, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(led, "truth", lambda: {"to_come": 2, "minutes_to_come": 30})
    monkeypatch.setattr(Stranger, "body", b"at most 3 minutes are left")
    monkeypatch.setattr(Stranger, "status", 400)
    with pytest.raises(RetryLater, match="the newsroom's clock does not move: at most 3 minutes are left"):
        led.move_on()


def test_an_empty_warehouse_is_told_with_every_page_and_where_to_look(led: guide.Guide, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guide, "ROUND_WITHIN_S", 0.0)
    articles = [{"url": url, "versions": [{"sign": None}]} for url in URLS]
    monkeypatch.setattr(led, "truth", lambda: {"articles": articles, "opened": SINCE.isoformat()})
    with pytest.raises(RetryLater) as caught:
        led.round("first round")
    told = str(caught.value)
    assert all(url in told for url in URLS)
    assert "first round: 5 not arrived" in told
    assert f"CONSILIENCE_DATA_DIR={led.plan.data} consilience sql 'FROM ops.quarantine'" in told
    assert str(led.plan.logs) in told


def test_no_sign_in_before_the_credentials_are_written(led: guide.Guide) -> None:
    assert led.signed_in() is None


@pytest.mark.parametrize("status", [401, 404, 500])
def test_a_server_that_refuses_is_not_ready(monkeypatch: pytest.MonkeyPatch, led: guide.Guide, status: int) -> None:
    monkeypatch.setattr(Stranger, "status", status)
    assert airflow.client(airflow.SignIn("admin", "pw", led.plan.newsroom_url)) is None
    with httpx.Client(base_url=led.plan.newsroom_url) as http:
        assert not airflow.is_ready(http, "backfill")


# --- children ---


def test_a_log_begins_anew_and_keeps_both_streams(tmp_path: Path) -> None:
    family = children.Children(tmp_path / "logs", {**os.environ, "WORD": "moon"})
    for word in ("old", "new"):
        family.start("x", [sys.executable, "-c", f"import os, sys; print('{word}'); sys.stderr.write(os.environ['WORD'])"])
        family.running["x"].wait()
    assert sorted(family.log("x").read_text().split()) == ["moon", "new"]
    assert family.end() == []


def test_only_the_end_of_a_long_log_is_shown(tmp_path: Path) -> None:
    family = children.Children(tmp_path, os.environ)
    family.start("x", [sys.executable, "-c", "for n in range(50): print(f'line {n}')\nraise SystemExit(3)"])
    family.running["x"].wait()
    with pytest.raises(Broken, match=r"the x ended \(status 3\)") as caught:
        family.check()
    assert [line for line in str(caught.value).splitlines() if line.startswith("line")] == [
        f"line {n}" for n in range(50 - children.TAIL_LINES, 50)
    ]
