"""Where in a YAML file a value stands, so that errors can name the line."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import yaml

from common.errors import Misconfigured

Place = tuple[str | int, ...]


def lines_of(node: yaml.Node | None, at: Place = ()) -> dict[Place, int]:
    """Line number (from 1) of each key and list item below `node`, by its path."""
    found: dict[Place, int] = {}
    if isinstance(node, yaml.MappingNode):
        for name, value in node.value:
            place = (*at, str(name.value))
            found[place] = name.start_mark.line + 1
            found |= lines_of(value, place)
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            found[(*at, index)] = value.start_mark.line + 1
            found |= lines_of(value, (*at, index))
    return found


def nearest_line(lines: Mapping[Place, int], place: Place) -> int:
    """Line of `place`, or of the closest part of it that stands in the file; 1 when nothing of it does."""
    while place and place not in lines:
        place = place[:-1]
    return lines.get(place, 1)


def read(path: Path) -> tuple[object, dict[Place, int]]:
    """Content of a YAML file with the lines of its parts.

    Raises:
        Misconfigured: the file can't be read or is no YAML; the message names file and line.
    """
    try:
        text = path.read_text("utf-8")
        return yaml.safe_load(text), lines_of(yaml.compose(text, Loader=yaml.SafeLoader))
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise Misconfigured(f"{path}:{line}: not valid YAML: {error.problem}. Check indentation, colons and quotes.") from error
    except (OSError, UnicodeDecodeError, yaml.YAMLError, ValueError) as error:
        raise Misconfigured(f"{path}:1: can't be read as UTF-8 YAML: {error}") from error
