"""The notebook runs against the demo's newsroom, cell by cell, as Jupyter would run it."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import Any

import pytest

NOTEBOOK = json.loads((Path(__file__).parents[2] / "docs" / "tutorial" / "notebook.ipynb").read_text("utf-8"))
CELLS = ["".join(cell["source"]) for cell in NOTEBOOK["cells"] if cell["cell_type"] == "code"]


def shown(source: str, names: dict[str, Any]) -> str:
    """Run a cell; what its last line shows."""
    tree = ast.parse(source)
    last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, "cell", "exec"), names)
    return repr(eval(ast.unparse(last), names)) if last else ""


@pytest.fixture(scope="module")
def answers(edition_folder: Path) -> list[str]:
    """What every cell shows."""
    names = dict[str, Any]()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CONSILIENCE_DATA_DIR", str(edition_folder))
        found = [shown(cell, names) for cell in CELLS]
    names["news"].close()
    return found


def test_every_cell_shows_rows(answers: list[str]) -> None:
    assert len(answers) > 8
    assert [
        cell for cell, answer in zip(CELLS, answers, strict=True) if answer in ("", "[]") or "│ 0 rows" in answer or "0 rows" in answer
    ] == []


def test_the_notebook_is_kept_without_output() -> None:
    assert [cell for cell in NOTEBOOK["cells"] if cell.get("outputs") or cell.get("execution_count")] == []
    assert NOTEBOOK["nbformat"] == 4
    assert len({cell["id"] for cell in NOTEBOOK["cells"]}) == len(NOTEBOOK["cells"])
