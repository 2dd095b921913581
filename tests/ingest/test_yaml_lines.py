from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from common.errors import Misconfigured
from ingest.yaml_lines import lines_of, nearest_line, read

TEXT = """\
# a comment
id: paper
rules:
  - body: div
    remove:
      - p.x
      - p.y
flow: {a: 1,
  b: [2,
  3]}
"""


def lines(text):
    return lines_of(yaml.compose(text, Loader=yaml.SafeLoader))


def test_every_key_and_item_has_its_line():
    assert lines(TEXT) == {
        ("id",): 2,
        ("rules",): 3,
        ("rules", 0): 4,
        ("rules", 0, "body"): 4,
        ("rules", 0, "remove"): 5,
        ("rules", 0, "remove", 0): 6,
        ("rules", 0, "remove", 1): 7,
        ("flow",): 8,
        ("flow", "a"): 8,
        ("flow", "b"): 9,
        ("flow", "b", 0): 9,
        ("flow", "b", 1): 10,
    }


@pytest.mark.parametrize(
    ("place", "line"),
    [(("rules", 0, "remove", 1), 7), (("rules", 0, "remove", 1, "deeper"), 7), (("rules", 5), 3), (("nothing",), 1), ((), 1)],
)
def test_what_is_not_there_has_the_line_of_what_holds_it(place, line):
    assert nearest_line(lines(TEXT), place) == line


def test_an_empty_file_has_no_lines(tmp_path):
    (tmp_path / "a.yaml").write_text("# nothing\n")
    assert read(tmp_path / "a.yaml") == (None, {})


def test_a_missing_file_is_told(tmp_path):
    with pytest.raises(Misconfigured, match=r"a.yaml:1: can't be read"):
        read(tmp_path / "a.yaml")


@given(
    st.recursive(
        st.integers() | st.text("abc "),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("xyz", min_size=1), inner, max_size=3),
    )
)
def test_every_part_of_a_document_has_a_line_of_it(document):
    text = yaml.safe_dump(document)
    found = lines(text)
    assert all(1 <= line <= text.count("\n") for line in found.values())
    for place in found:
        part = document
        for step in place:
            part = part[step]
