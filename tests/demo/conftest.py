"""The demo's edition, made once a test run: it takes half a minute."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

import pytest

from common.settings import Settings
from demo import edition_file


@pytest.fixture(scope="session")
def edition_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the published edition, for reading; the processes that share the tests share it."""
    base = tmp_path_factory.getbasetemp()
    run = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    folder = run / "edition"
    with (run / "edition.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "published" / "news.duckdb").exists():
            edition_file.fill(Settings(_env_file=None, data_dir=folder, warehouse_threads=1))
    return folder
