"""The one place of Airflow's settings: `consilience up` and `docker/airflow.env` are both made from here."""

from __future__ import annotations

import json
import os
from pathlib import Path

from pydantic import SecretStr

from cli.stack.secrets import Secrets
from common.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
DAGS = ROOT / "dags"
PLUGINS = ROOT / "plugins"

# Set in every process of a stack, so that each can be found again after its parent has died.
MARK = "CONSILIENCE_STACK"

# Fewer than 2 tasks at once would let one slow outlet stop the warehouse; more than 8 only swap on a laptop.
LEAST_PARALLEL, MOST_PARALLEL = 2, 8

COMMON = {
    "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
    "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
    # a task started before the API server answers fails, so DAGs wait until the supervisor unpauses them
    "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "True",
    "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": "admin:admin",
    "AIRFLOW__API__INSTANCE_NAME": "Consilience",
    "AIRFLOW__API__WORKERS": "1",
    # on a busy computer the default of 5 s was seen to end tasks with ReadTimeout
    "AIRFLOW__WORKERS__EXECUTION_API_TIMEOUT": "30",
    # a changed DAG file shows within a minute instead of five
    "AIRFLOW__DAG_PROCESSOR__REFRESH_INTERVAL": "30",
    "AIRFLOW__DAG_PROCESSOR__MIN_FILE_PROCESS_INTERVAL": "60",
    "AIRFLOW__DAG_PROCESSOR__PARSING_PROCESSES": "1",
    # a killed scheduler's tasks are taken over after half a minute instead of five, a dead task found after one
    "AIRFLOW__SCHEDULER__ORPHANED_TASKS_CHECK_INTERVAL": "30",
    "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": "60",
    "AIRFLOW__LOGGING__COLORED_CONSOLE_LOG": "False",
}

COMPOSE = {
    "AIRFLOW__API__HOST": "0.0.0.0",  # noqa: S104  # inside the container; docker-compose.yml publishes it on 127.0.0.1 only
    "AIRFLOW__API__PORT": "8080",
    "AIRFLOW__CORE__DAGS_FOLDER": "/opt/consilience/dags",
    "AIRFLOW__CORE__PLUGINS_FOLDER": "/opt/consilience/plugins",
    "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": "http://api-server:8080/execution/",
    "AIRFLOW__CORE__PARALLELISM": "4",
    "CONSILIENCE_DATA_DIR": "/data",
}


def parallelism(settings: Settings) -> int:
    """Tasks at once: the setting, or the number of cores within reason."""
    return settings.airflow_parallelism or min(MOST_PARALLEL, max(LEAST_PARALLEL, os.cpu_count() or LEAST_PARALLEL))


def base_url(settings: Settings) -> str:
    """Where this computer reaches the API server."""
    host = "127.0.0.1" if settings.airflow_host in {"0.0.0.0", "::"} else settings.airflow_host  # noqa: S104
    return f"http://{f'[{host}]' if ':' in host else host}:{settings.airflow_port}"


def own_variables(settings: Settings, state_url: str) -> dict[str, str]:
    """`CONSILIENCE_*` for the children: what was set, with absolute paths, because they run in another folder."""
    chosen = {name: getattr(settings, name) for name in settings.model_fields_set}
    chosen |= {"data_dir": settings.data_dir, "outlets_dir": settings.outlets_dir, "state_url": SecretStr(state_url)}
    return {f"CONSILIENCE_{name.upper()}": _text(value) for name, value in sorted(chosen.items()) if value is not None}


def _text(value: object) -> str:
    match value:
        case SecretStr():
            return value.get_secret_value()
        case Path():
            return str(value.absolute())
        case list():
            return json.dumps([item if isinstance(item, int) else str(item) for item in value])
        case _:
            return str(value)


def local(settings: Settings, secrets: Secrets, *, airflow_url: str, state_url: str, stack_id: str) -> dict[str, str]:
    """Everything that the processes of `consilience up` get beyond the environment of the caller."""
    home = settings.airflow_home.absolute()
    return {
        **COMMON,
        **own_variables(settings, state_url),
        MARK: stack_id,
        "SPT_NOENV": "1",  # setproctitle must not overwrite the environment, it carries the mark
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__DAGS_FOLDER": str(DAGS),
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(PLUGINS),
        "AIRFLOW__CORE__PARALLELISM": str(parallelism(settings)),
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{base_url(settings)}/execution/",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(home / "passwords.json"),
        "AIRFLOW__API__HOST": settings.airflow_host,
        "AIRFLOW__API__PORT": str(settings.airflow_port),
        "AIRFLOW__API__BASE_URL": base_url(settings),
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": airflow_url,
        "AIRFLOW__CORE__FERNET_KEY": secrets.fernet_key,
        "AIRFLOW__API_AUTH__JWT_SECRET": secrets.jwt_secret,
        "AIRFLOW__API__SECRET_KEY": secrets.api_secret,
    }


def compose_file() -> str:
    """The text of docker/airflow.env; secrets and database come from `.env` through docker-compose.yml."""
    lines = [f"{name}={value}" for name, value in sorted((COMMON | COMPOSE).items())]
    return "\n".join(["# Made by `consilience env`; the reasons stand in cli/stack/environment.py.", *lines, ""])
