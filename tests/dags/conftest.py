from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[1]


@pytest.fixture(scope="session")
def in_airflow(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Any]:
    """Runs a script in a process of its own with a bare AIRFLOW_HOME (Airflow warns at import) and reads the JSON of its last line."""
    home = tmp_path_factory.mktemp("airflow")
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("AIRFLOW", "CONSILIENCE_"))}
    settings = {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": "sqlite:////nowhere/x",
    }

    def run(script: str, **variables: str) -> Any:
        done = subprocess.run(
            [sys.executable, str(HERE / script)], cwd=home, env=clean | settings | variables, capture_output=True, text=True, timeout=600
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return json.loads(done.stdout.splitlines()[-1])

    return run
