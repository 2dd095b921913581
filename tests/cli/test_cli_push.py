from __future__ import annotations

import json
import logging
import re
import signal
import subprocess
import sys
import uuid
from pathlib import Path

import httpx
import pytest
import redis
import sqlalchemy as sa
import structlog
import typer
from typer.testing import CliRunner

from cli import push
from cli.stack import record
from cli.stack.state import beside
from common import clock
from common.errors import Misconfigured, RetryLater
from common.settings import Settings, load
from ingest.push import subscriptions
from ingest.push.inbox import waiting_outlets
from ingest.state import URL, open_state

REDIS = "redis://127.0.0.1:6379/0"


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Run the command in a place of its own with one outlet."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "outlets").mkdir()
    outlet = "id: paper\nname: The Paper\nhome: https://paper.example/\ncountry: GB\nfeeds: ['http://127.0.0.1:9/feed']\n"
    (tmp_path / "outlets" / "paper.yaml").write_text(outlet)
    for name, value in {"ALLOW_NETWORKS": '["127.0.0.0/8"]', "ALLOW_PORTS": "[]", "OUTLETS_DIR": "outlets", "DATA_DIR": "data"}.items():
        monkeypatch.setenv(f"CONSILIENCE_{name}", value)
    app = typer.Typer()
    push.register(app)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    yield lambda *arguments: CliRunner().invoke(app, ["push", *arguments], catch_exceptions=True)
    structlog.reset_defaults()


@pytest.fixture
def queue(monkeypatch):
    """A Redis list of its own."""
    client, name = redis.Redis.from_url(REDIS, socket_connect_timeout=3), f"test:{uuid.uuid4().hex}"
    try:
        client.ping()
    except redis.exceptions.RedisError:
        client.close()
        pytest.skip("no Redis at 127.0.0.1:6379")
    monkeypatch.setenv("CONSILIENCE_REDIS_URL", REDIS)
    monkeypatch.setenv("CONSILIENCE_REDIS_LIST", name)
    yield lambda *messages: client.rpush(name, *map(json.dumps, messages))
    client.delete(name, f"{name}:taken", f"{name}:dead")
    client.close()


def test_pages_are_offered_by_hand(run):
    result = run("url", "paper", "https://paper.example/1", "https://paper.example/2", "--json")
    assert json.loads(result.stdout) == {"offered": 2, "refused": 0}
    assert waiting_outlets(load()) == ["paper"]
    assert run("url", "paper", "https://paper.example/1").stdout == "1 offered, 0 refused\n"


def test_a_refused_address_shows_in_the_exit_code_and_the_others_go_through(run):
    result = run("url", "paper", "https://paper.example/1", "ftp://paper.example/2")
    assert (result.exit_code, result.stdout) == (1, "1 offered, 1 refused\n")


def test_an_unknown_outlet_is_a_wrong_argument(run):
    result = run("url", "papper", "https://paper.example/1")
    assert result.exit_code == 2
    assert "consilience outlets list" in " ".join(re.sub(r"[│╭╮╰╯─]", " ", result.output).split())


def test_the_list_is_drained(run, queue):
    queue({"outlet": "paper", "url": "https://paper.example/1"}, {"outlet": "nobody", "url": "https://paper.example/1"})
    assert json.loads(run("drain", "--json").stdout) == {"messages": 2, "dead": 1, "offered": 1, "refused": 0}
    assert json.loads(run("status", "--json").stdout)["redis"] == {"waiting": 0, "taken": 0, "dead": 1}
    assert "Redis list: 0 waiting, 0 taken, 1 dead" in run("status").stdout


def test_without_redis_draining_tells_the_setting_and_status_goes_on(run):
    assert isinstance(run("drain").exception, Misconfigured)
    assert "Redis list: off" in run("status").stdout
    assert json.loads(run("status", "--json").stdout) == {"subscriptions": [], "redis": None}


def test_subscribing_needs_an_address_of_ours(run):
    result = run("subscribe")
    assert isinstance(result.exception, Misconfigured)
    assert "--public-url" in str(result.exception)


def test_a_feed_that_can_not_be_read_is_told(run):
    result = run("subscribe", "--public-url", "https://us.example/push", "--json")
    assert result.exit_code == 1
    (row,) = json.loads(result.stdout)
    assert (row["outlet"], row["outcome"]) == ("paper", "unreadable")
    told = run("subscribe", "--public-url", "https://us.example/push", "--outlet", "paper").stdout.splitlines()
    assert told[:2] == ["paper: unreadable", "  http://127.0.0.1:9/feed"]


def test_leases_are_shown_without_what_is_secret(run):
    engine = open_state(load())
    row = subscriptions.add(engine, "paper", "https://paper.example/feed", "https://hub.example/", "https://us.example", clock.now())
    shown = run("status", "--json").stdout
    (told,) = json.loads(shown)["subscriptions"]
    assert (told["outlet"], told["state"], told["lease_until"]) == ("paper", "pending", None)
    assert row.secret not in shown
    assert row.token not in shown
    told = run("status").stdout.splitlines()
    assert told == [
        "paper: pending; 0 deliveries with 0 pages, 0 ignored",
        "  https://paper.example/feed",
        "  hub https://hub.example/",
        "Redis list: off",
    ]
    with engine.begin() as connection:
        connection.execute(sa.update(subscriptions.S).values(state="active", lease_until=clock.now()))
    engine.dispose()
    assert json.loads(run("status", "--json").stdout)["subscriptions"][0]["state"] == "expired"
    assert json.loads(run("unsubscribe", "--outlet", "paper", "--json").stdout) == {"asked": 0, "failed": 0, "removed": 1}


def test_serving_until_it_is_ended(run, tmp_path):
    code = "from cli.app import main; main()"
    command = [sys.executable, "-c", code, "push", "serve", "--port", "0", "--public-url", "https://us.example/push"]
    script = "import sys, uvicorn; started = uvicorn.Server._log_started_message\n"
    script += "def tell(self, listeners):\n    print(self.servers[0].sockets[0].getsockname()[1], flush=True)\n"
    script += f"uvicorn.Server._log_started_message = tell\nsys.argv[1:] = {command[3:]!r}\n{code}"
    with subprocess.Popen([sys.executable, "-c", script], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as child:
        try:
            port = int(child.stdout.readline())
            assert httpx.get(f"http://127.0.0.1:{port}/health", trust_env=False).text == "ok"
        finally:
            child.send_signal(signal.SIGINT)
        err = child.stderr.read()
    assert "listening on 127.0.0.1:0 for https://us.example/push/websub/…; Ctrl-C ends it" in err
    assert "Traceback" not in err


# the state of a stack on the same folder


def test_a_command_beside_no_stack_uses_the_file_of_its_folder(tmp_path):
    settings = Settings(_env_file=None, data_dir=tmp_path)
    assert beside(settings) is settings


def test_a_state_that_is_set_is_used(tmp_path):
    (tmp_path / "postgres").mkdir()
    settings = Settings(_env_file=None, data_dir=tmp_path, state_url="sqlite:///x.db")
    assert beside(settings) is settings


def test_the_state_of_a_running_stack_is_found(tmp_path):
    (tmp_path / "postgres").mkdir()
    with record.lock(tmp_path):
        url = beside(Settings(_env_file=None, data_dir=tmp_path)).state_database_url
    assert sa.make_url(url).get_backend_name() == "postgresql"
    assert sa.make_url(url).query["host"].endswith("postgres") or "consilience-" in url


def test_beside_a_stack_that_does_not_run_nothing_is_put_where_nobody_looks(run):
    Path("data/postgres").mkdir(parents=True)
    result = run("url", "paper", "https://paper.example/1")
    assert isinstance(result.exception, RetryLater)
    assert "consilience up" in str(result.exception)
    assert not Path("data/state.db").exists()


def test_a_database_of_the_user_s_holds_the_state_in_a_schema(tmp_path):
    try:
        url = beside(
            Settings(_env_file=None, data_dir=tmp_path, airflow_database_url="postgresql://postgres@127.0.0.1:5432/test")
        ).state_database_url
    except Misconfigured:
        pytest.skip("no PostgreSQL at 127.0.0.1:5432/test")
    assert "search_path" in url
    assert URL.name == "consilience_url"
