"""Golden pages of an outlet: pages beside its file with the record that must be read from them; changed rules are tried on them.

`golden/ID/NAME.html` is a page, `golden/ID/NAME.json` what `consilience extract NAME.html` prints for it, or the part of it that matters;
`captured_at` there chooses among dated rules.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter

from cli.extract import record
from cli.extract_explain import NOWHERE, content_type_of
from cli.page_captures import capture
from common.errors import Misconfigured
from common.settings import Settings
from ingest.records import Page

if TYPE_CHECKING:
    from ingest.outlets import Outlet

FOLDER = "golden"
RECORD = TypeAdapter(dict[str, Any])
# Told of the page, not read from it.
GIVEN = frozenset({"id", "url", "captured_at"})
# Characters of a value in a problem: enough to see where it differs.
SHOWN = 80


def pages(folder: Path) -> list[tuple[Path, dict[str, Any]]]:
    """(page, wanted record) of an outlet's folder, by name.

    Raises:
        Misconfigured: a record is missing or no JSON object.
    """
    found = []
    for path in sorted([*folder.glob("*.html"), *folder.glob("*.txt")]):
        try:
            wanted = RECORD.validate_json(path.with_suffix(".json").read_bytes())
        except (OSError, ValueError) as error:
            raise Misconfigured(f"{path.with_suffix('.json')}: {error}; write it with `consilience extract {path} --outlet …`") from error
        found.append((path, wanted))
    return found


def check(settings: Settings, outlet: Outlet) -> tuple[int, list[str]]:
    """(golden pages, what of them is read otherwise).

    Raises:
        Misconfigured: as in `pages`.
    """
    from transforms.pool import Limits, read_pages

    golden = pages(settings.outlets_dir / FOLDER / outlet.id)
    if not golden:
        return 0, []
    readings = read_pages([page_of(outlet.id, *one) for one in golden], {outlet.id: outlet.profile()}, Limits.from_settings(settings))
    return len(golden), [
        f"{path.name}: {line}"
        for (path, wanted), found in zip(golden, readings, strict=True)
        for line in differences(wanted, record(found))
    ]


def page_of(outlet_id: str, path: Path, wanted: dict[str, Any]) -> Page:
    """The page as it was captured."""
    url = str(wanted.get("url") or wanted.get("canonical_url") or NOWHERE)
    one = capture(url, outlet_id, content_type_of(str(path)))
    if at := wanted.get("captured_at"):
        one = one.model_copy(update={"captured_at": datetime.fromisoformat(at)})
    return Page(capture=one, body=path.read_bytes())


def differences(wanted: dict[str, Any], found: dict[str, Any]) -> list[str]:
    """`field: wanted …, found …` for each field that differs; where reading failed, that alone.

    >>> differences({"id": "x", "title": "A"}, {"title": "B", "body": "…"})
    ["title: wanted 'A', found 'B'"]
    """
    if "error" in found:
        return [str(found["error"])]
    names = [name for name in wanted if name not in GIVEN and wanted[name] != found.get(name)]
    return [f"{name}: wanted {shown(wanted[name])}, found {shown(found.get(name))}" for name in names]


def shown(value: object) -> str:
    """A value in short."""
    text = repr(value)
    return text if len(text) <= SHOWN else text[:SHOWN] + "…"
