"""The walls of the house: imports point down only, heavy libraries stay off the top, sizes stay readable, nothing prints or pickles."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

# Higher floors may import lower ones; cli, demo and dags stand side by side and never import one another.
FLOORS = {"common": 0, "ingest": 1, "transforms": 2, "warehouse": 3, "cli": 4, "demo": 4, "dags": 4, "plugins": 5}
LONGEST_MODULE, LONGEST_FUNCTION = 400, 60


def sources() -> list[Path]:
    return sorted(path for floor in FLOORS for path in (ROOT / floor).rglob("*.py"))


def imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module


def ids(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", sources(), ids=ids)
def test_imports_point_down(path: Path) -> None:
    here = path.relative_to(ROOT).parts[0]
    tops = {name.split(".")[0] for name in imported(ast.parse(path.read_text("utf-8")))}
    wrong = {top for top in tops if top in FLOORS and top != here and FLOORS[top] >= FLOORS[here]}
    assert not wrong, f"{here} stands on floor {FLOORS[here]} and may not import {sorted(wrong)}"


@pytest.mark.parametrize("path", sorted((ROOT / "transforms").rglob("*.py")), ids=ids)
def test_transforms_stay_pure(path: Path) -> None:
    effects = {"httpx", "duckdb", "sqlalchemy", "common.clock", "common.settings"}
    found = effects & set(imported(ast.parse(path.read_text("utf-8"))))
    # the pool is the rim of this floor: it may read its limits from the settings
    allowed = {"common.settings"} if path.name in {"pool.py", "worker.py"} else set()
    assert found <= allowed
    assert not [n for n in imported(ast.parse(path.read_text("utf-8"))) if n.startswith("ingest.") and n != "ingest.records"]


@pytest.mark.parametrize("path", sources(), ids=ids)
def test_sizes_and_manners(path: Path) -> None:
    text = path.read_text("utf-8")
    tree = ast.parse(text)
    assert len(text.splitlines()) <= LONGEST_MODULE
    functions = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]
    long = [f.name for f in functions if (f.end_lineno or f.lineno) - f.lineno >= LONGEST_FUNCTION]
    assert not long, f"functions over {LONGEST_FUNCTION} lines"
    assert not {"pickle", "marshal", "shelve"} & set(imported(tree))


def test_no_cycles_between_modules() -> None:
    modules = {".".join(p.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): p for p in sources()}
    graph = {name: sorted(set(top_level(ast.parse(path.read_text("utf-8")))) & modules.keys() - {name}) for name, path in modules.items()}
    done: set[str] = set()

    def visit(name: str, trail: tuple[str, ...]) -> None:
        assert name not in trail, " -> ".join([*trail[trail.index(name) :], name])
        if name not in done:
            for other in graph[name]:
                visit(other, (*trail, name))
            done.add(name)

    for name in graph:
        visit(name, ())


def top_level(tree: ast.Module) -> Iterator[str]:
    for node in tree.body:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


HEAVY = ("airflow", "duckdb", "trafilatura", "sklearn", "lxml", "pyarrow")


def test_help_needs_no_heavy_library() -> None:
    script = f"import sys, cli.app; cli.app.build(); print([m for m in {HEAVY} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_every_command_has_help() -> None:
    import typer.main

    from cli.app import build

    def walk(command: object, name: str) -> Iterator[str]:
        children = getattr(command, "commands", {})
        if not (getattr(command, "help", None) or "").strip():
            yield name
        for child_name, child in children.items():
            yield from walk(child, f"{name} {child_name}")

    assert not list(walk(typer.main.get_command(build()), "consilience"))


def test_every_command_is_in_the_documents() -> None:
    import typer.main

    from cli.app import build

    def leaves(command: object, name: str) -> Iterator[str]:
        children = getattr(command, "commands", {})
        for child_name, child in children.items():
            yield from leaves(child, f"{name} {child_name}")
        if not children:
            yield name

    page = (ROOT / "docs" / "reference" / "commands.md").read_text("utf-8")
    assert [name for name in leaves(typer.main.get_command(build()), "consilience") if f"`{name}" not in page] == []
