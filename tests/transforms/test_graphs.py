"""One table of words for all graphs: lent, not copied, and the one that each was made with."""

from __future__ import annotations

import importlib
from pathlib import Path

import numpy as np
import pytest

from transforms import graphs
from transforms.claims import tagger
from transforms.compare import pairs

encoding = importlib.import_module("transforms.encode.encoder")
GRAPHS = [
    *(tagger.WEIGHTS / tagger.GRAPH, pairs.WEIGHTS / pairs.GRAPH),
    *(encoding.WEIGHTS / name for name in (encoding.GRAPH, encoding.CLAUSES)),
]


def test_the_table_has_a_row_and_a_scale_for_every_subword() -> None:
    shapes = {name: vectors.shape for name, vectors in graphs.word_vectors().items()}
    words = len(graphs.VOCABULARY.read_text("utf-8").splitlines())
    assert shapes == {"table": (words, encoding.WIDTH), "scale": (words, 1)}


def test_it_is_mapped_once() -> None:
    assert graphs.word_vectors() is graphs.word_vectors()


@pytest.mark.parametrize("path", GRAPHS, ids=lambda path: path.stem)
def test_a_graph_leaves_it_out_and_runs_with_it(path: Path) -> None:
    assert path.stat().st_size < 1.1 * (graphs.WORDS / "table.npy").stat().st_size  # six layers weigh about as much
    graph = graphs.Graph(path)
    names = {one.name for one in graph.session.get_inputs()}
    assert names >= {"ids", *graphs.SHARED}
    marks = {name: [[0, 6, 6]] if name == "marks" else [[0, 0, 0]] for name in names - {"ids", *graphs.SHARED}}
    assert np.isfinite(graph.first(ids=[[101, 2054, 102]], **marks)).all()
