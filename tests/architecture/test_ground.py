"""The files around the code: lock, make targets, CI, documents; what they say is true."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def tracked() -> list[Path]:
    out = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / name for name in out.split("\0") if name]


def test_lock_is_hashed_and_names_no_host() -> None:
    lock = (ROOT / "requirements.lock").read_text("utf-8")
    pins = re.findall(r"^([a-z0-9][\w.-]*(?:\[[\w,]+\])?)==\S+(.*)$", lock, re.MULTILINE)
    assert len(pins) > 100
    assert lock.count("--hash=sha256:") >= len(pins)
    assert "://" not in lock
    assert not re.search(r"^\s*(-i|--index-url|--extra-index-url|--find-links)", lock, re.MULTILINE)


@pytest.mark.parametrize("name", ["airflow", "beautifulsoup4", "duckdb", "pydantic", "pytest"])
def test_the_given_libraries_are_pinned(name: str) -> None:
    assert re.search(rf"^(apache-)?{name}==", (ROOT / "requirements.lock").read_text("utf-8"), re.MULTILINE)


def test_uv_lock_and_secrets_are_not_committed() -> None:
    names = {path.name for path in tracked()}
    assert not names & {"uv.lock", ".env"}


def test_no_file_names_a_package_registry() -> None:
    hosts = [".".join(parts) for parts in (("pypi", "org"), ("files", "pythonhosted", "org"), ("registry", "npmjs", "org"))]
    guilty = [(path.name, host) for path in tracked() if path.is_file() for host in hosts if host.encode() in path.read_bytes()]
    assert not guilty


def test_make_help_lists_every_public_target() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"^([a-z][a-z-]*):", makefile, re.MULTILINE))
    shown = subprocess.run(
        ["make", "--no-print-directory", "help"], cwd=ROOT, capture_output=True, text=True, check=True, env={**os.environ, "MAKEFLAGS": ""}
    ).stdout
    plain = re.sub(r"\x1b\[[0-9;]*m", "", shown)
    assert {line.split()[0] for line in plain.splitlines() if line.strip()} == targets


def test_readme_names_the_two_commands_and_ci_runs_the_second() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    assert "make demo" in readme
    assert "make test" in readme
    assert "make test" in (ROOT / ".ci" / "run").read_text("utf-8")
    assert os.access(ROOT / ".ci" / "run", os.X_OK)


@pytest.mark.parametrize("document", sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]), ids=lambda p: str(p.relative_to(ROOT)))
def test_links_between_documents_lead_somewhere(document: Path) -> None:
    targets = re.findall(r"\]\((?!https?:|mailto:|#)([^)#\s]+)", document.read_text("utf-8"))
    missing = [target for target in targets if not (document.parent / target).exists()]
    assert not missing


def test_every_environment_variable_in_the_documents_is_a_setting() -> None:
    from common.settings import Settings

    known = {f"CONSILIENCE_{name.upper()}" for name in Settings.model_fields}
    for document in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), ROOT / ".env.example"]:
        named = set(re.findall(r"\bCONSILIENCE_[A-Z_]+[A-Z]\b", document.read_text("utf-8")))
        assert named <= known, f"{document.name}: {sorted(named - known)}"


def test_the_errors_page_lists_every_class() -> None:
    from common import errors

    page = (ROOT / "docs" / "reference" / "errors.md").read_text("utf-8")
    classes = [name for name, value in vars(errors).items() if isinstance(value, type) and issubclass(value, Exception)]
    assert [name for name in classes if f"`{name}`" not in page] == []
