"""Damaged files, odd answers and values that the stack must survive or refuse; no process is started here."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import distribution
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pydantic import SecretStr

from cli.stack import environment, postgres, processes, record, restart, secrets, status, supervisor
from cli.stack.api import PAGE, Api, tally
from common.errors import Broken, Misconfigured, RetryLater
from common.settings import Settings

NAMES = st.text("abcdefghijklmnopqrstuvwxyz-", min_size=1, max_size=12)
KNOWN = st.builds(record.Known, NAMES, st.integers(1, 2**22), st.floats(0, 2e9))
RECORDS = st.builds(
    record.Record, NAMES, st.sampled_from(["starting", "ready", "stopping"]), NAMES, KNOWN, st.lists(KNOWN, max_size=5).map(tuple)
)


def settings_of(folder: Path, **more: Any) -> Settings:
    return Settings(_env_file=None, data_dir=folder / "data", outlets_dir=folder / "outlets", **more)


def local(chosen: Settings, made: secrets.Secrets) -> dict[str, str]:
    return environment.local(chosen, made, airflow_url="postgresql://u:dbpw@h/a", state_url="postgresql://u:dbpw@h/s", stack_id="id")


# --- environment ---


def documented() -> dict[str, dict[str, Any]]:
    """Variable -> what the installed Airflow's documentation says of the option."""
    template = next(f for f in distribution("apache-airflow-core").files or [] if f.match("config_templates/config.yml"))
    sections = yaml.safe_load(template.read_text())
    return {f"AIRFLOW__{s}__{o}".upper(): about for s, found in sections.items() for o, about in found["options"].items()}


OPTIONS = documented()
SHARED = {**environment.COMMON, **environment.COMPOSE}


@pytest.mark.parametrize("name", sorted(name for name in SHARED if name.startswith("AIRFLOW__")))
def test_values_are_of_the_type_that_airflow_wants(name: str) -> None:
    read = {"integer": int, "float": float, "boolean": lambda text: {"True": True, "False": False}[text], "string": str}
    assert read[OPTIONS[name]["type"]](SHARED[name]) is not None  # a value of another type raises


def test_names_of_variables_are_upper_case_and_in_three_parts() -> None:
    for name in SHARED:
        assert re.fullmatch(r"AIRFLOW__[A-Z]+(_[A-Z]+)*__[A-Z]+(_[A-Z]+)*|CONSILIENCE_[A-Z_]+", name)


def test_no_secret_reaches_the_committed_file(tmp_path: Path) -> None:
    """Whatever a stack has as a secret, no variable that carries one is in docker/airflow.env."""
    made = secrets.make()
    variables = local(settings_of(tmp_path), made)
    hidden = {made.fernet_key, made.jwt_secret, made.api_secret, made.password}
    carriers = {name for name, value in variables.items() if value in hidden or "dbpw" in value}
    assert carriers >= {"AIRFLOW__CORE__FERNET_KEY", "AIRFLOW__API_AUTH__JWT_SECRET", "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"}
    assert not [name for name in carriers if name in environment.compose_file()]
    assert made.password not in variables.values()  # it lies in files of mode 0600 only


def test_the_rendered_file_reads_back_as_what_it_was_made_from() -> None:
    lines = [line for line in environment.compose_file().splitlines() if not line.startswith("#")]
    assert dict(line.split("=", 1) for line in lines) == SHARED
    assert lines == sorted(lines)


def test_own_settings_stay_out_of_the_childrens_way(tmp_path: Path) -> None:
    made = secrets.make()
    bare, chosen = (set(local(settings_of(tmp_path, **more), made)) for more in ({}, {"retention_days": 9, "user_agent": "x"}))
    assert chosen - bare == {"CONSILIENCE_RETENTION_DAYS", "CONSILIENCE_USER_AGENT"}
    assert {f"CONSILIENCE_{name.upper()}" for name in Settings.model_fields} >= {n for n in chosen if n.startswith("CONSILIENCE_")} - {
        environment.MARK
    }


def test_a_setting_made_void_is_not_handed_on(tmp_path: Path) -> None:
    variables = environment.own_variables(settings_of(tmp_path, retention_days=None, airflow_parallelism=None), "sqlite://")
    assert sorted(variables) == ["CONSILIENCE_DATA_DIR", "CONSILIENCE_OUTLETS_DIR", "CONSILIENCE_STATE_URL"]


# --- secrets ---


@pytest.mark.parametrize(
    "damage", [b"null", b"7", b'"x"', b"\xff\xfe", b'{"fernet_key": "a", "jwt_secret": "b", "api_secret": "c"}', b"[1"]
)
def test_damaged_secrets_name_file_and_remedy(tmp_path: Path, damage: bytes) -> None:
    (tmp_path / "secrets.json").write_bytes(damage)
    with pytest.raises(Misconfigured, match=r"secrets\.json is damaged; put its backup in place, or delete it and Airflow's database"):
        secrets.keep(tmp_path)


def test_secrets_with_an_unknown_part_are_damaged(tmp_path: Path) -> None:
    secrets.keep(tmp_path)
    whole = json.loads((tmp_path / "secrets.json").read_text())
    (tmp_path / "secrets.json").write_text(json.dumps(whole | {"spare": "x"}))
    with pytest.raises(Misconfigured, match="damaged"):
        secrets.keep(tmp_path)


def test_a_new_port_changes_the_sign_in_and_not_the_password(tmp_path: Path) -> None:
    kept = secrets.keep(tmp_path)
    urls = [json.loads(secrets.write_sign_in(tmp_path, secrets.keep(tmp_path), f"http://x:{port}").read_text()) for port in (1, 2)]
    assert [found["url"] for found in urls] == ["http://x:1", "http://x:2"]
    assert {found["password"] for found in urls} == {kept.password}


def test_replacing_a_private_file_leaves_no_draft(tmp_path: Path) -> None:
    for text in ("long " * 100, "short"):
        secrets.write_private(tmp_path / "x", text)
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("x", "short")]


# --- the record ---


@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(RECORDS)
def test_any_record_is_read_as_it_was_written(tmp_path: Path, made: record.Record) -> None:
    record.write(tmp_path, made)
    assert record.read(tmp_path) == made
    assert record.path(tmp_path).stat().st_mode & 0o777 == 0o600


DAMAGED = [
    b"null",
    b"7",
    b'"x"',
    b"\xff",
    b'{"components": 3}',
    b'{"components": [7]}',
    b'{"components": [], "supervisor": 7}',
    b'{"components"',
]


@pytest.mark.parametrize("damage", DAMAGED)
def test_a_damaged_record_is_none_and_status_still_answers(tmp_path: Path, damage: bytes) -> None:
    chosen = settings_of(tmp_path)
    chosen.outlets_dir.mkdir()
    with record.lock(chosen.data_dir):
        record.path(chosen.data_dir).write_bytes(damage)
        assert record.read(chosen.data_dir) is None
        found = status.gather(chosen)
    assert (found["phase"], {part["status"] for part in found["components"]}) == ("down", {"down"})


def test_a_second_lock_tells_of_a_stack_whose_record_is_damaged(tmp_path: Path) -> None:
    with record.lock(tmp_path):
        record.path(tmp_path).write_text("null")
        with pytest.raises(Misconfigured, match=rf"already running on {tmp_path}; `consilience down` ends it"), record.lock(tmp_path):
            pass
        assert record.is_held(tmp_path)
    assert not record.is_held(tmp_path)


def test_recovery_from_a_record_of_the_dead_forgets_it_in_silence(tmp_path: Path) -> None:
    chosen, said = settings_of(tmp_path), list[str]()
    chosen.data_dir.mkdir()
    me = processes.known("supervisor", os.getpid())
    dead = replace(me, name="scheduler", started=me.started - 1000)
    record.write(chosen.data_dir, record.Record("nobody-has-this-mark", "ready", "http://x", dead, (dead,)))
    supervisor.recover(chosen, said.append)
    assert (said, record.read(chosen.data_dir)) == ([], None)


# --- status ---


@pytest.mark.parametrize("damage", ["", "null", "[]", "{}", '{"username": "admin"}', "{"])
def test_damaged_credentials_leave_health_and_runs_empty(tmp_path: Path, damage: str) -> None:
    chosen = settings_of(tmp_path)
    chosen.airflow_home.mkdir(parents=True)
    (chosen.airflow_home / "credentials.json").write_text(damage)
    me = processes.known("supervisor", os.getpid())
    assert status.ask(chosen, record.Record("id", "ready", "http://127.0.0.1:1", me)) == ({}, {})


def test_status_is_json_and_names_no_secret(tmp_path: Path) -> None:
    chosen = settings_of(tmp_path, airflow_database_url=SecretStr("postgresql://joe:dbpw@h/x"))
    chosen.outlets_dir.mkdir()
    kept = secrets.keep(chosen.airflow_home)
    secrets.write_sign_in(chosen.airflow_home, kept, "http://127.0.0.1:1")
    me = processes.known("supervisor", os.getpid())
    with record.lock(chosen.data_dir):
        record.write(chosen.data_dir, record.Record("id", "ready", "http://127.0.0.1:1", me, (replace(me, name="scheduler"),)))
        text = json.dumps(status.gather(chosen))
    assert '"scheduler", "status": "unhealthy"' in text
    assert not [word for word in ("dbpw", kept.password, kept.fernet_key) if word in text]


# --- the API ---


class Lists(BaseHTTPRequestHandler):
    """A listing of `total` items, `most` a page, as a server with a lower limit of its own gives them."""

    total, most, asked = 0, PAGE, list[tuple[int, int]]()
    body: bytes | None = None

    def reply(self, found: Any, raw: bytes | None = None) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(found).encode() if raw is None else raw)

    def do_GET(self) -> None:
        query = {name: int(values[0]) for name, values in parse_qs(urlsplit(self.path).query).items() if values[0].isdigit()}
        if not query:
            return self.reply({}, self.body)
        self.asked.append((query["offset"], query["limit"]))
        start = query["offset"]
        shown = range(start, min(start + min(self.most, query["limit"]), self.total))
        return self.reply({"import_errors": [{"filename": str(n)} for n in shown], "total_entries": max(self.total, 7)})

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.reply({"access_token": "t"})

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Lists) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.parametrize(
    ("total", "most", "pages"),
    [(0, PAGE, 1), (7, PAGE, 1), (PAGE, PAGE, 1), (PAGE + 1, PAGE, 2), (25, 10, 3), (2, PAGE, 2)],
    # the last one: a count that is too high must not make it ask for ever
)
def test_every_item_comes_once_whatever_the_pages_are(url: str, monkeypatch: pytest.MonkeyPatch, total: int, most: int, pages: int) -> None:
    for name, value in {"total": total, "most": most, "asked": []}.items():
        monkeypatch.setattr(Lists, name, value)
    with Api(url, "pw") as api:
        found = [error["filename"] for error in api.import_errors()]
    assert found == [str(n) for n in range(total)]
    assert len(Lists.asked) == pages
    assert {limit for _, limit in Lists.asked} == {PAGE}


@pytest.mark.parametrize("body", [b"<html>It works!</html>", b"", b"[]", b"null"])
def test_another_program_on_the_port_is_no_healthy_airflow(url: str, monkeypatch: pytest.MonkeyPatch, body: bytes) -> None:
    monkeypatch.setattr(Lists, "body", body)
    with Api(url, "pw") as api:
        assert api.health() == {}


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(["success", "failed", "running"]))))
def test_tally_counts_every_run_once_in_order(pairs: list[tuple[str, str]]) -> None:
    counted = tally(iter(pairs))
    assert sum(sum(states.values()) for states in counted.values()) == len(pairs)
    assert list(counted) == sorted({dag for dag, _ in pairs})
    assert all(list(states) == sorted(states) and min(states.values()) > 0 for states in counted.values())


def test_runs_are_asked_for_with_a_zone(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[dict[str, Any]] = []
    with Api(url, "pw") as api:
        monkeypatch.setattr(api, "pages", lambda path, key, **query: asked.append(query) or iter([]))
        assert api.runs_since(datetime(2026, 11, 23, tzinfo=UTC)) == {}
    assert asked == [{"updated_at_gte": "2026-11-23T00:00:00+00:00"}]


# --- the supervisor's decisions ---


def test_a_signal_ends_the_block_once_and_handlers_come_back() -> None:
    before = signal.getsignal(signal.SIGTERM)
    reached = []
    with supervisor.stopping_on_signals():
        reached.append("inside")
        signal.raise_signal(signal.SIGTERM)
        reached.append("never")
    assert reached == ["inside"]
    assert signal.getsignal(signal.SIGTERM) is before


def test_a_second_signal_does_not_disturb_the_ending() -> None:
    ended = []
    with supervisor.stopping_on_signals():
        try:
            signal.raise_signal(signal.SIGHUP)
        finally:
            signal.raise_signal(signal.SIGTERM)
            signal.raise_signal(signal.SIGINT)
            ended.append("orderly")
    assert ended == ["orderly"]


def test_a_signal_that_a_destructor_swallows_is_not_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "LOOK_EVERY_S", 0.0)
    waiting, reached = supervisor.Supervisor(settings_of(tmp_path), lambda _: None), []
    with supervisor.stopping_on_signals() as waiting.heed_signals:
        waiting.heed_signals()
        with contextlib.suppress(KeyboardInterrupt):  # as Python does when the handler runs inside __del__
            signal.raise_signal(signal.SIGTERM)
        reached.append("swallowed")
        waiting._until(lambda: False, "what never comes")
        reached.append("never")
    assert reached == ["swallowed"]


def test_other_errors_pass_through() -> None:
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(RetryLater), supervisor.stopping_on_signals():
        raise RetryLater("x")
    assert signal.getsignal(signal.SIGINT) is before


def test_waiting_for_what_never_comes_names_it_and_the_logs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "READY_WITHIN_S", 0.0)
    monkeypatch.setattr(supervisor, "LOOK_EVERY_S", 0.0)
    waiting = supervisor.Supervisor(settings_of(tmp_path), lambda _: None)
    with pytest.raises(Broken, match=r"waited 0 s for the moon; see .+/airflow/logs"):
        waiting._until(lambda: False, "the moon")


def test_the_waits_before_a_restart_double() -> None:
    deaths: list[float] = []
    waits = []
    for moment in range(restart.MOST_DEATHS + 1):
        deaths.append(float(moment))
        waits.append(restart.wait_before(deaths, float(moment)))
    assert waits == [1.0, 2.0, 4.0, 8.0, 16.0, None]
    assert restart.wait_before([*deaths, 5000.0], 5000.0) == 1.0  # an old series of deaths is forgiven


@given(st.text(st.characters(codec="ascii", exclude_categories=["Cc"]), min_size=1, max_size=30))
def test_socket_urls_keep_any_folder(name: str) -> None:
    from sqlalchemy import make_url

    found = make_url(postgres.socket_url(Path("/tmp") / name, "airflow"))
    assert (found.query["host"], found.database, found.host) == (str(Path("/tmp") / name), "airflow", None)
