"""The demo's edition, made once a process: it takes half a minute."""

from __future__ import annotations

from pathlib import Path

import pytest

from common.settings import Settings
from demo import edition_file


@pytest.fixture(scope="session")
def edition_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the published edition."""
    folder = tmp_path_factory.mktemp("edition")
    edition_file.fill(Settings(_env_file=None, data_dir=folder, warehouse_threads=1))
    return folder
