from __future__ import annotations

import io
import json
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common import clock, errors, ids, logs
from common.settings import Settings, load


def test_every_error_tells_the_caller_what_to_do_next() -> None:
    families = (errors.RetryLater, errors.Quarantined, errors.Misconfigured, errors.Broken)
    for name, value in vars(errors).items():
        if isinstance(value, type) and issubclass(value, errors.ConsilienceError) and value is not errors.ConsilienceError:
            assert sum(issubclass(value, family) for family in families) == 1, name


def test_an_error_keeps_where_it_happened_and_drops_what_is_unknown() -> None:
    error = errors.FetchDelayed("slow", after_s=3.0, url="https://a.example/", outlet=None)
    assert error.where == {"after_s": 3.0, "url": "https://a.example/"}
    assert (error.reason, error.after_s) == ("fetch_delayed", 3.0)


@given(st.lists(st.text(), min_size=1, max_size=3))
def test_keys_depend_on_kind_and_parts_alone(parts: list[str]) -> None:
    assert ids.key("a", *parts) == ids.key("a", *parts)
    assert ids.key("a", *parts) != ids.key("b", *parts)


def test_keys_of_different_cuts_differ() -> None:
    assert ids.key("a", "xy", "z") != ids.key("a", "x", "yz")


def test_known_key_never_changes() -> None:
    # a changed value would orphan every record of every archive
    assert str(ids.key("article", "https://a.example/1")) == "0913bff1-8c09-5412-bb71-06723dd6b76e"


def test_sha256_takes_lone_surrogates() -> None:
    assert ids.sha256("\ud800") != ids.sha256("\ud801")
    assert ids.sha256("abc") == ids.sha256(b"abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_clock_is_utc() -> None:
    assert clock.now().utcoffset() == timedelta(0)
    assert clock.iso(datetime(2018, 9, 20, 23, 30, tzinfo=timezone(timedelta(hours=9)))) == "2018-09-20T14:30:00Z"


def test_settings_are_read_from_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CONSILIENCE_DATA_DIR", "/srv/news")
    monkeypatch.setenv("CONSILIENCE_ALLOW_NETWORKS", '["127.0.0.0/8"]')
    settings = load()
    assert settings.published_file == Path("/srv/news/published/news.duckdb")
    assert settings.state_database_url == "sqlite:////srv/news/state.db"
    assert str(settings.allow_networks[0]) == "127.0.0.0/8"


def test_settings_come_from_a_dotenv_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("CONSILIENCE_KEEP_SNAPSHOTS=9\nOTHER=1\n")
    monkeypatch.chdir(tmp_path)
    assert load().keep_snapshots == 9


def test_a_bad_setting_names_variable_and_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONSILIENCE_AIRFLOW_PORT", "99999")
    monkeypatch.setenv("CONSILIENCE_PAGE_WORKERS", "0")
    with pytest.raises(errors.Misconfigured, match=r"(?s)CONSILIENCE_PAGE_WORKERS.*CONSILIENCE_AIRFLOW_PORT.*consilience settings"):
        load()


def test_every_setting_is_described() -> None:
    assert [name for name, field in Settings.model_fields.items() if not (field.description or "").endswith(".")] == []


def test_logs_are_json_and_hide_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.StringIO()
    monkeypatch.setattr("sys.stderr", stream)
    logs.configure(json=True)
    logs.get(outlet="a", batch=None).info("fetched\n\x1b[31m", api_key="hunter2", url="postgresql://joe:hunter2@db/x")
    line = stream.getvalue()
    assert line.count("\n") == 1
    assert "hunter2" not in line
    assert "\x1b" not in line
    entry = json.loads(line)
    assert (entry["outlet"], entry["url"]) == ("a", "postgresql://***@db/x")
