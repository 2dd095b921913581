"""The tour of `make demo`: what has arrived, how the stack is started and asked, how children live and end."""

from __future__ import annotations

import datetime as dt
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import duckdb
import httpx
import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from common.errors import Broken, RetryLater
from common.settings import Settings
from demo.__main__ import lead
from demo.tour import airflow, arrivals, children, guide
from demo.tour.arrivals import Found, Wanted
from demo.tour.plan import LADDER_S, Plan, consilience

SINCE = dt.datetime(2026, 11, 23, 10, tzinfo=dt.UTC)
LATER, EARLIER = SINCE + dt.timedelta(minutes=1), SINCE - dt.timedelta(days=6)
A, B = "http://127.0.0.1:8801/a", "http://127.0.0.1:8802/b/"


def found(url: str, body: str = "Text.", *, headline: str = "Headline", seen: dt.datetime = LATER) -> Found:
    return Found(url, seen, headline, body)


@pytest.fixture(autouse=True)
def _signals_as_before() -> Iterator[None]:
    """`lead` ends with signals ignored; children of later tests would inherit that and have to be killed."""
    kept = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    yield
    for number, handler in kept.items():
        signal.signal(number, handler)


# --- what has arrived ---


def test_a_round_is_complete_when_every_page_is_there() -> None:
    state = arrivals.compare([Wanted(A), Wanted(B)], [found(A), found(B)], SINCE)
    assert state.is_complete
    assert state.arrived == [A, B]
    assert state.why() == ""


def test_what_is_missing_is_named() -> None:
    state = arrivals.compare([Wanted(A), Wanted(B)], [found(B)], SINCE)
    assert (state.is_complete, state.missing) == (False, [A])
    assert state.why() == f"1 not arrived: {A}"


def test_many_missing_pages_are_counted() -> None:
    urls = [f"{A}/{n}" for n in range(20)]
    why = arrivals.compare([Wanted(url) for url in urls], [], SINCE).why()
    assert why.startswith("20 not arrived: ")
    assert why.endswith(" …")
    assert why.count("http://") == arrivals.NAMED


def test_an_article_that_nobody_published_is_a_stray_unless_it_is_old() -> None:
    amp = B + "amp/"
    assert arrivals.compare([Wanted(B)], [found(B), found(amp)], SINCE).why() == f"1 in the warehouse, but never published: {amp}"
    assert arrivals.compare([Wanted(B)], [found(B), found(amp, seen=EARLIER)], SINCE).is_complete


@pytest.mark.parametrize(
    ("headline", "body", "arrived"),
    [
        ("Twelve dead", "Nine died.", False),
        ("Twelve dead", "Twelve\u00a0died  in the\n\nnight.", True),
        ("Twelve died in the night.", "Nine died.", True),
        ("Twelve dead", "KARSK — Twelve died in the night.", True),
    ],
)
def test_a_changed_article_has_arrived_when_its_new_text_has(headline: str, body: str, arrived: bool) -> None:
    versions = [found(A, "Nine died."), found(A, body, headline=headline)]
    assert arrivals.compare([Wanted(A, "Twelve died in the night.")], versions, SINCE).is_complete is arrived


def test_the_new_text_of_another_article_does_not_count() -> None:
    assert arrivals.compare([Wanted(A, "New."), Wanted(B)], [found(A), found(B, "New.")], SINCE).missing == [A]


@given(st.lists(st.sampled_from([A, B, A + "/c", B + "d"])), st.lists(st.sampled_from([A, B, A + "/c", B + "e"])))
def test_every_wanted_page_is_either_there_or_missing(want: list[str], have: list[str]) -> None:
    state = arrivals.compare([Wanted(url) for url in want], [found(url) for url in have], SINCE)
    assert sorted([*state.arrived, *state.missing]) == sorted(set(want))
    assert set(state.arrived) <= set(have)
    assert set(state.strays) == set(have) - set(want)
    assert state.is_complete == (set(want) == set(have))


def test_the_truth_gives_addresses_and_the_sign_of_the_newest_text() -> None:
    versions = [{"sign": None}, {"sign": "Twelve dead"}]
    truth = {"articles": [{"url": A, "versions": versions[:1]}, {"url": B + "?utm_source=x", "versions": versions}]}
    assert arrivals.wanted(truth) == [Wanted(A), Wanted(B, "Twelve dead")]


def test_nothing_published_yet_means_nothing_found(tmp_path: Path) -> None:
    assert arrivals.published(Settings(data_dir=tmp_path)) == []


def test_versions_are_read_from_the_published_file(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    settings.published_dir.mkdir(parents=True)
    with duckdb.connect(str(settings.published_file)) as con:
        con.execute("CREATE SCHEMA core")
        con.execute("CREATE TABLE core.article (article_id INT, canonical_url VARCHAR, first_seen_at TIMESTAMP)")
        con.execute("CREATE TABLE core.article_version (article_id INT, headline VARCHAR, body VARCHAR, first_seen_at TIMESTAMP)")
        con.execute("INSERT INTO core.article VALUES (1, ?, ?)", [A, LATER.replace(tzinfo=None)])
        con.executemany("INSERT INTO core.article_version VALUES (1, ?, ?, NULL)", [["H1", "One."], ["H2", "Two."]])
    read = sorted(arrivals.published(settings), key=lambda version: version.headline)
    assert read == [Found(A, LATER, "H1", "One."), Found(A, LATER, "H2", "Two.")]


# --- the plan ---


def test_the_stacks_settings_are_valid_and_meant_for_this_computer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = Plan(tmp_path, airflow_port=18_080)
    for name, value in plan.own_variables.items():
        monkeypatch.setenv(name, value)
    settings = Settings()
    assert {f"CONSILIENCE_{name.upper()}" for name in settings.model_fields_set} == set(plan.own_variables)
    assert settings.published_file == plan.settings.published_file
    assert str(settings.allow_networks[0]) == "127.0.0.0/8"
    assert (settings.allow_ports, settings.airflow_port, settings.recheck_ladder_s) == ([], 18_080, LADDER_S)


def test_own_variables_win_over_inherited_ones(tmp_path: Path) -> None:
    environment = Plan(tmp_path).environment({"CONSILIENCE_DATA_DIR": "elsewhere", "PATH": "/bin"})
    assert environment["CONSILIENCE_DATA_DIR"] == str(tmp_path)
    assert environment["PATH"] == "/bin"


def test_articles_of_the_day_are_read_again_during_the_tour() -> None:
    rungs = LADDER_S[:-1]
    assert max(b - a for a, b in zip([0, *rungs], rungs, strict=False)) <= 120
    # an article that is some hours old when first seen is only read again when the last rung is longer
    assert LADDER_S[-1] >= dt.timedelta(days=1).total_seconds()


def test_the_addresses_name_every_place(tmp_path: Path) -> None:
    text = guide.addresses(Plan(tmp_path, port=9000, airflow_port=9999))
    for part in ("http://127.0.0.1:9999/", "http://127.0.0.1:9000/", str(tmp_path / "published" / "news.duckdb"), "credentials.json"):
        assert part in text


# --- children ---


@pytest.fixture
def family(tmp_path: Path) -> Iterator[children.Children]:
    made = children.Children(tmp_path / "logs", os.environ)
    yield made
    made.end()


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def test_a_dead_child_is_told_with_the_end_of_its_log(family: children.Children) -> None:
    family.start("newsroom", python("print('port 8803 is taken'); raise SystemExit(78)"))
    family.running["newsroom"].wait()
    with pytest.raises(Broken, match=r"newsroom ended \(status 78\):\nport 8803 is taken\nWhole log: .*newsroom\.log"):
        family.wait(lambda: None, 30, lambda: "never")


def test_waiting_ends_with_a_reason(family: children.Children) -> None:
    with pytest.raises(RetryLater, match=r"3 articles missing\nWaited 0 s\. Logs: .*logs"):
        family.wait(lambda: None, 0, lambda: "3 articles missing")
    assert family.wait(lambda: "seen", 0, lambda: "") == "seen"


def test_children_end_at_once_when_asked(family: children.Children, tmp_path: Path) -> None:
    for name in ("newsroom", "stack"):
        family.start(name, python("import signal; signal.pause()"))
    began = time.monotonic()
    assert family.end() == []
    assert time.monotonic() - began < children.GRACE_S
    assert all(child.poll() is not None for child in family.running.values())


def test_a_deaf_child_and_its_own_children_are_killed(family: children.Children, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(children, "GRACE_S", 0.2)
    deaf = "import signal, subprocess, sys; signal.signal(15, signal.SIG_IGN); subprocess.Popen(['sleep', '600']); print(1, flush=True); "
    family.start("stack", python(deaf + "signal.pause()\nsignal.pause()"))
    parent = psutil.Process(family.running["stack"].pid)
    family.wait(lambda: family.log("stack").read_text() or None, 30, lambda: "no sign of life")
    grandchildren = parent.children()
    assert family.end() == ["stack"]
    gone, alive = psutil.wait_procs(grandchildren, timeout=5)
    assert (len(gone), alive) == (1, [])


# --- Airflow's REST API ---

Answers = dict[tuple[str, str], tuple[int, Any]]


@contextmanager
def api(answers: Answers) -> Iterator[tuple[str, list[tuple[str, Any]]]]:
    """A server that knows the given answers, and what it was asked."""
    asked: list[tuple[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            asked.append((f"{self.command} {self.path} {self.headers.get('Authorization', '')}".strip(), json.loads(body or "null")))
            status, data = answers.get((self.command, self.path), (404, {}))
            self.send_response(status)
            self.end_headers()
            self.wfile.write(json.dumps(data).encode())

        do_POST = do_GET  # noqa: N815  the base class names it so

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the base class names it so
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", asked
    finally:
        server.shutdown()
        server.server_close()


TOKEN: Answers = {("POST", "/auth/token"): (201, {"access_token": "t0k"})}


def signed_in(url: str) -> httpx.Client:
    http = airflow.client(airflow.SignIn("admin", "pw", url))
    assert http is not None
    return http


def test_the_credentials_file_is_read_once_it_is_there(tmp_path: Path) -> None:
    path = tmp_path / "credentials.json"
    assert airflow.sign_in(path) is None
    for damage in ("", "{}", '{"username": 1, "user": 2}'):
        path.write_text(damage)
        assert airflow.sign_in(path) is None
    path.write_text('{"username": "admin", "password": "s3cret", "url": "http://127.0.0.1:8080"}')
    who = airflow.sign_in(path)
    assert who == airflow.SignIn("admin", "s3cret", "http://127.0.0.1:8080")
    assert "s3cret" not in repr(who)


def test_signing_in_waits_for_the_server() -> None:
    with api(TOKEN) as (url, asked):
        with signed_in(url) as http:
            assert http.headers["Authorization"] == "Bearer t0k"
        assert asked == [("POST /auth/token", {"username": "admin", "password": "pw"})]
    assert airflow.client(airflow.SignIn("admin", "pw", url)) is None
    with api({("POST", "/auth/token"): (503, {})}) as (url, _):
        assert airflow.client(airflow.SignIn("admin", "pw", url)) is None


@pytest.mark.parametrize(("status", "paused", "ready"), [(200, False, True), (200, True, False), (404, None, False)])
def test_a_dag_is_ready_when_it_is_unpaused(status: int, paused: bool | None, ready: bool) -> None:
    with api(TOKEN | {("GET", "/api/v2/dags/backfill"): (status, {"is_paused": paused})}) as (url, _), signed_in(url) as http:
        assert airflow.is_ready(http, "backfill") is ready


@pytest.mark.parametrize(("status", "is_new"), [(200, True), (201, True), (409, False)])
def test_the_backfill_is_asked_for_both_ends_included(status: int, is_new: bool) -> None:
    with api(TOKEN | {("POST", "/api/v2/backfills"): (status, {})}) as (url, asked), signed_in(url) as http:
        assert airflow.backfill(http, "2018-09-19", "2018-09-21") is is_new
        request, body = asked[-1]
    assert request == "POST /api/v2/backfills Bearer t0k"
    assert (body["from_date"], body["to_date"], body["dag_id"]) == ("2018-09-19T00:00:00Z", "2018-09-21T00:00:00Z", "backfill")


def test_a_refused_backfill_is_an_error_with_airflows_words() -> None:
    answers = TOKEN | {("POST", "/api/v2/backfills"): (422, {"detail": "non-periodic schedule"})}
    with api(answers) as (url, _), signed_in(url) as http, pytest.raises(Broken, match=r"\(422\).*non-periodic schedule"):
        airflow.backfill(http, "2018-09-19", "2018-09-21")


# --- the guide, with the real newsroom and without Airflow ---


@pytest.fixture
def led(tmp_path: Path) -> Iterator[guide.Guide]:
    with_port = Plan(tmp_path, port=free_port(), once=True)
    made = guide.Guide(with_port, Console(file=(tmp_path / "said.txt").open("w"), width=200))
    yield made
    made.end()
    made.console.file.close()


def free_port() -> int:
    import socket

    for base in range(30_000 + os.getpid() % 5000, 36_000, 11):
        probes = [socket.socket() for _ in range(11)]
        try:
            for n, probe in enumerate(probes):
                probe.bind(("127.0.0.1", base + n))
            return base
        except OSError:
            continue
        finally:
            for probe in probes:
                probe.close()
    raise AssertionError("no free ports")


def said(of: guide.Guide) -> str:
    of.console.file.flush()
    return (of.plan.data / "said.txt").read_text()


def publish(data: Path, articles: list[dict[str, Any]]) -> None:
    """A published file that holds what the truth tells."""
    settings = Settings(data_dir=data)
    settings.published_dir.mkdir(parents=True, exist_ok=True)
    target = settings.published_dir / f"{len(list(settings.published_dir.iterdir()))}.duckdb"
    with duckdb.connect(str(target)) as con:
        con.execute("CREATE SCHEMA core")
        con.execute("CREATE TABLE core.article (article_id INT, canonical_url VARCHAR, first_seen_at TIMESTAMP)")
        con.execute("CREATE TABLE core.article_version (article_id INT, headline VARCHAR, body VARCHAR)")
        for number, one in enumerate(articles):
            con.execute("INSERT INTO core.article VALUES (?, ?, current_localtimestamp())", [number, one["url"]])
            for text in one["versions"]:
                con.execute("INSERT INTO core.article_version VALUES (?, ?, ?)", [number, text["headline"], text["body"]])
    settings.published_file.unlink(missing_ok=True)
    settings.published_file.symlink_to(target.name)


def test_two_rounds_with_the_real_newsroom(led: guide.Guide, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guide, "ROUND_WITHIN_S", 0.0)
    led.open_newsroom()
    first = led.truth()
    publish(led.plan.data, first["articles"][1:])
    with pytest.raises(RetryLater, match="first round: 1 not arrived: " + first["articles"][0]["url"]):
        led.round("first round")
    publish(led.plan.data, first["articles"])
    led.round("first round")
    assert led.move_on()
    with pytest.raises(RetryLater, match=r"second round: [0-9]+ not arrived"):
        led.round("second round")
    publish(led.plan.data, led.truth()["articles"])
    led.round("second round")
    assert not led.move_on()
    assert "nothing new is to come" in said(led)
    publish(led.plan.data, [*led.truth()["articles"], first["articles"][0] | {"url": led.plan.newsroom_url + "/stray"}])
    with pytest.raises(Broken, match=r"1 in the warehouse, but never published: .*/stray"):
        led.round("third round")


def test_the_stack_is_asked_for_the_backfill_once_it_is_ready(led: guide.Guide, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guide, "consilience", lambda *_: ["sleep", "600"])
    monkeypatch.setattr(children, "LOOK_EVERY_S", 0.01)
    answers = TOKEN | {("GET", "/api/v2/dags/backfill"): (200, {"is_paused": False}), ("POST", "/api/v2/backfills"): (200, {})}
    with api(answers) as (url, asked):
        home = led.plan.settings.airflow_home
        home.mkdir(parents=True)
        (home / "credentials.json").write_text(json.dumps({"username": "admin", "password": "pw", "url": url}))
        led.start_stack()
    assert [line.split(" Bearer")[0] for line, _ in asked] == ["POST /auth/token", "GET /api/v2/dags/backfill", "POST /api/v2/backfills"]
    assert "backfill of 2018-09-19 to 2018-09-21 requested" in said(led)


def test_a_taken_port_ends_the_tour_with_the_newsrooms_words(led: guide.Guide, tmp_path: Path) -> None:
    led.open_newsroom()
    other = guide.Guide(Plan(tmp_path / "other", port=led.plan.port), led.console)
    assert lead(other) == 1
    assert f"port {led.plan.port} is taken by another process; choose another first port with --port" in " ".join(said(led).split())
    assert other.children.running["newsroom"].poll() == 78


@pytest.mark.parametrize(
    ("fails", "once", "code"),
    [(None, True, 0), (RetryLater("2 not arrived: [x]"), True, 1), (KeyboardInterrupt(), True, 130), (KeyboardInterrupt(), False, 0)],
)
def test_exit_codes(led: guide.Guide, monkeypatch: pytest.MonkeyPatch, fails: BaseException | None, once: bool, code: int) -> None:
    def walk() -> None:
        if fails:
            raise fails

    monkeypatch.setattr(led, "walk", walk)
    monkeypatch.setattr(led, "plan", Plan(led.plan.data, once=once))
    kept = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        assert lead(led) == code
        assert all(signal.getsignal(number) == signal.SIG_IGN for number in kept)
    finally:
        for number, handler in kept.items():
            signal.signal(number, handler)
    assert ("2 not arrived: [x]" in said(led)) is (code == 1)


# runs the tour with a program that only waits in place of `consilience up`
WITHOUT_STACK = """
import sys
from demo.tour import guide
guide.consilience = lambda *_: ["sleep", "600"]
from demo.__main__ import demo
import typer
sys.argv[0] = "demo"
typer.run(demo)
"""


def test_sigterm_ends_the_tour_and_the_newsroom(tmp_path: Path) -> None:
    command = [sys.executable, "-c", WITHOUT_STACK, "--once", "--port", str(free_port()), "--data", str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as tour:
        assert tour.stdout is not None
        while "starting PostgreSQL" not in tour.stdout.readline():
            assert tour.poll() is None
        offspring = psutil.Process(tour.pid).children(recursive=True)
        tour.send_signal(signal.SIGTERM)
        assert tour.wait(timeout=children.GRACE_S) == 130
    assert len(offspring) == 2
    assert psutil.wait_procs(offspring, timeout=1)[1] == []


def test_help_names_every_option() -> None:
    shown = subprocess.run(
        [sys.executable, "-m", "demo", "--help"], capture_output=True, text=True, check=True, env={**os.environ, "COLUMNS": "200"}
    )
    assert all(option in shown.stdout for option in ("--once", "--port", "--airflow-port", "--data"))


def test_the_program_that_belongs_to_this_python_is_used() -> None:
    command = consilience("compare")
    assert Path(command[0]).parent == Path(sys.executable).parent
    assert command[1:] == ["compare"]
