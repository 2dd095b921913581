from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from importlib.metadata import distribution
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from cli.stack import environment, secrets
from common.settings import Settings

ROOT = Path(__file__).parents[2]


def local(**chosen: object) -> dict[str, str]:
    settings = Settings(_env_file=None, **chosen)
    return environment.local(settings, secrets.make(), airflow_url="postgresql://a", state_url="postgresql://s", stack_id="me")


def known_options() -> set[str]:
    """Every option that the installed Airflow documents, as the name of its variable."""
    template = next(f for f in distribution("apache-airflow-core").files or [] if f.match("config_templates/config.yml"))
    sections = yaml.safe_load(template.read_text())
    return {f"AIRFLOW__{section}__{option}".upper() for section, about in sections.items() for option in about["options"]}


def test_every_setting_is_an_option_of_the_installed_airflow() -> None:
    named = {name for name in {**environment.COMMON, **environment.COMPOSE, **local()} if name.startswith("AIRFLOW__")}
    assert named - known_options() == set()


def test_committed_compose_settings_are_those_of_the_code() -> None:
    assert (ROOT / "docker" / "airflow.env").read_text("utf-8") == environment.compose_file()
    assert not re.search(r"SECRET|FERNET|PASSWORD=|CONN=", environment.compose_file())


def test_local_and_compose_share_what_is_not_a_place() -> None:
    here = local()
    assert all(here[name] == value for name, value in environment.COMMON.items())


def test_children_get_absolute_paths_and_the_mark(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    here = local(data_dir=Path("data"), airflow_port=8123)
    assert here["AIRFLOW_HOME"] == str(tmp_path / "data" / "airflow")
    assert here["CONSILIENCE_DATA_DIR"] == str(tmp_path / "data")
    assert here["AIRFLOW__CORE__DAGS_FOLDER"] == str(ROOT / "dags")
    assert here["AIRFLOW__CORE__EXECUTION_API_SERVER_URL"] == "http://127.0.0.1:8123/execution/"
    assert here[environment.MARK] == "me"
    assert here["AIRFLOW__API__HOST"] == "127.0.0.1"


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:8080"),
        ("0.0.0.0", "http://127.0.0.1:8080"),
        ("::1", "http://[::1]:8080"),
        ("news", "http://news:8080"),
    ],
)
def test_base_url(host: str, url: str) -> None:
    assert environment.base_url(Settings(_env_file=None, airflow_host=host)) == url


@pytest.mark.parametrize(("cores", "wanted"), [(None, 2), (1, 2), (2, 2), (6, 6), (64, 8)])
def test_parallelism_follows_the_cores(monkeypatch: pytest.MonkeyPatch, cores: int | None, wanted: int) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: cores)
    assert environment.parallelism(Settings(_env_file=None)) == wanted
    assert environment.parallelism(Settings(_env_file=None, airflow_parallelism=3)) == 3


words = st.text(st.characters(codec="ascii", exclude_categories=["C"]), min_size=1, max_size=20).map(str.strip).filter(bool)


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "user_agent": words,
            "host_delay_s": st.floats(0, 100),
            "allow_networks": st.lists(st.sampled_from(["127.0.0.0/8", "10.0.0.0/8", "::1/128"]), max_size=3),
            "allow_ports": st.lists(st.integers(1, 65535), max_size=4),
            "ingest_cron": st.sampled_from(["* * * * *", "*/5 * * * *"]),
            "recheck_ladder_s": st.lists(st.integers(1, 10**7), min_size=1, max_size=4),
            "retention_days": st.none() | st.integers(1, 999),
            "airflow_database_url": st.just(SecretStr("postgresql://joe:secret@db/airflow")),
        },
    )
)
def test_children_read_the_settings_of_their_parent(chosen: dict[str, object]) -> None:
    parent = Settings(_env_file=None, data_dir=Path("/d"), outlets_dir=Path("/o"), state_url=SecretStr("postgresql://s"), **chosen)
    variables = environment.own_variables(parent, "postgresql://s")
    before = {name: os.environ.pop(name) for name in list(os.environ) if name.startswith("CONSILIENCE_")}
    os.environ.update(variables)
    try:
        assert Settings(_env_file=None) == parent
    finally:
        for name in variables:
            del os.environ[name]
        os.environ.update(before)


def test_env_command_prints_the_committed_file() -> None:
    script = "import typer; from cli.stack import register; a = typer.Typer(); register(a); a()"
    printed = subprocess.run([sys.executable, "-c", script, "env"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert printed == (ROOT / "docker" / "airflow.env").read_text("utf-8")


def test_secrets_do_not_show(tmp_path: Path) -> None:
    made = secrets.keep(tmp_path)
    assert made.password not in repr(made)
    assert made.password in json.dumps(json.loads((tmp_path / "secrets.json").read_text()))
