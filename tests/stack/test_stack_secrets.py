from __future__ import annotations

import base64
import json
import os
import stat
from pathlib import Path

import pytest

from cli.stack import secrets
from common.errors import Misconfigured


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_made_once_and_private(tmp_path: Path) -> None:
    home = tmp_path / "airflow"
    first = secrets.keep(home)
    assert secrets.keep(home) == first
    assert mode(home / "secrets.json") == 0o600
    assert secrets.make() != secrets.make()


def test_keys_have_the_length_that_airflow_wants() -> None:
    made = secrets.make()
    assert len(made.jwt_secret.encode()) >= 64
    assert len(base64.urlsafe_b64decode(made.fernet_key)) == 32
    assert len(made.password) >= 20


def test_a_file_with_a_wider_mode_is_narrowed(tmp_path: Path) -> None:
    secrets.keep(tmp_path)
    (tmp_path / "secrets.json").chmod(0o644)
    secrets.keep(tmp_path)
    assert mode(tmp_path / "secrets.json") == 0o600


@pytest.mark.parametrize("damage", ["", "{}", "[]", '{"fernet_key": "x"}'])
def test_a_damaged_file_is_never_replaced_in_silence(tmp_path: Path, damage: str) -> None:
    (tmp_path / "secrets.json").write_text(damage)
    with pytest.raises(Misconfigured, match=r"secrets\.json is damaged"):
        secrets.keep(tmp_path)
    assert (tmp_path / "secrets.json").read_text() == damage


def test_private_from_the_first_moment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []
    real = os.fdopen

    def spy(descriptor: int, *arguments: object, **options: object) -> object:
        seen.append(stat.S_IMODE(os.fstat(descriptor).st_mode))
        return real(descriptor, *arguments, **options)

    monkeypatch.setattr(os, "fdopen", spy)
    before = os.umask(0)
    try:
        secrets.write_private(tmp_path / "deep" / "x", "secret")
    finally:
        os.umask(before)
    assert seen == [0o600]
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["x"]


def test_sign_in_files(tmp_path: Path) -> None:
    made = secrets.make()
    path = secrets.write_sign_in(tmp_path, made, "http://127.0.0.1:1")
    assert json.loads(path.read_text()) == {"username": "admin", "password": made.password, "url": "http://127.0.0.1:1"}
    assert json.loads((tmp_path / "passwords.json").read_text()) == {"admin": made.password}
    assert {mode(path), mode(tmp_path / "passwords.json")} == {0o600}
