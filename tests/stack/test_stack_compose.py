"""docker-compose.yml against the compose specification and against what we promise of it; no engine is needed."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docker-compose.yml").read_text("utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load(TEXT)
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
COMPONENTS = ("api-server", "scheduler", "dag-processor", "triggerer")
EXAMPLE = (ROOT / ".env.example").read_text("utf-8")


def test_it_follows_the_specification() -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", "docker-compose.yml"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_the_check_can_fail(tmp_path: Path) -> None:
    (tmp_path / "docker-compose.yml").write_text(TEXT.replace("command:", "comand:"))
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", "docker-compose.yml"]
    assert subprocess.run(command, cwd=tmp_path, capture_output=True).returncode != 0


@pytest.mark.parametrize("name", [*COMPONENTS, "postgres", "push", "newsroom"])
def test_what_stays_up_has_a_health_check(name: str) -> None:
    assert SERVICES[name]["healthcheck"]["test"]


@pytest.mark.parametrize("name", COMPONENTS)
def test_components_share_settings_and_wait_for_the_migration(name: str) -> None:
    service = SERVICES[name]
    assert service["env_file"] == "docker/airflow.env"
    awaited = service["depends_on"]
    wanted = {"migrate": "service_completed_successfully"} if name == "api-server" else {"api-server": "service_healthy"}
    assert {other: about["condition"] for other, about in awaited.items()} == wanted
    assert name in service["command"] or name in " ".join(service["command"])


def test_secrets_come_from_env_and_the_example_names_them() -> None:
    required = set(re.findall(r"\$\{(\w+):\?", TEXT))
    assert required == set(re.findall(r"^(\w+)=$", EXAMPLE, re.MULTILINE))
    for name in required:
        assert f"${{{name}}}" not in TEXT  # never without the demand


def test_only_localhost_is_published() -> None:
    published = [port for service in SERVICES.values() for port in service.get("ports", [])]
    assert published
    assert all(port.startswith("127.0.0.1:") for port in published)


def test_readers_get_the_snapshot_read_only_and_nothing_else() -> None:
    reader = SERVICES["sql"]
    assert reader["volumes"] == ["published:/data/published:ro"]
    assert reader["network_mode"] == "none"
    assert "env_file" not in reader


def test_mounted_files_and_scripts_exist() -> None:
    for name, service in SERVICES.items():
        sources = [volume.split(":")[0] for volume in service.get("volumes", [])]
        assert all((ROOT / source).exists() if source.startswith(".") else source in COMPOSE["volumes"] for source in sources), name
        scripts = [word for word in service.get("command", []) if word.startswith("docker/")]
        assert all((ROOT / script).is_file() for script in scripts), name


@pytest.mark.parametrize("script", sorted((ROOT / "docker").glob("*.sh")), ids=lambda path: path.name)
def test_scripts_are_shell(script: Path) -> None:
    subprocess.run(["bash", "-n", str(script)], check=True)
    assert "set -euo pipefail" in script.read_text("utf-8")


def test_image_copies_what_exists_and_every_package() -> None:
    lines = (ROOT / "Dockerfile").read_text("utf-8").splitlines()
    copied = {word for line in lines if line.startswith("COPY") for word in line.split()[1:-1]}
    assert all((ROOT / name).exists() for name in copied)
    allowed = {line[1:] for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines() if line.startswith("!")}
    assert copied == allowed
    assert {"cli", "common", "demo", "ingest", "transforms", "warehouse", "dags", "plugins"} <= copied
