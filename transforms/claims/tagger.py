"""The learned taggers: encoders of five or of two layers that label each word, in 8-bit integers; model card: weights/README.md."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from transforms.claims.decoding import Tag, best_paths, closed_steps, joined, marginals, tags_of
from transforms.claims.windows import Piece, encoded, windows
from transforms.claims.wordpiece import vocabulary
from transforms.graphs import VOCABULARY, Graph

if TYPE_CHECKING:
    from transforms.claims.decoding import Scores
    from transforms.records import ClaimsMethod

WEIGHTS = Path(__file__).parent / "weights"
GRAPH, STEPS = "tagger.onnx", "steps.csv"
# Folder of the smaller tagger.
FAST = "fast"
# Rewriting of the graph that is left out: the joint node takes three times as long as an addition and a normalisation.
SLOW = ["SkipLayerNormFusion"]
# Windows that are decoded together: the loops over words run once for all of them; 16 hold the memory of a long text down.
TOGETHER = 16


class Tagger:
    """Loaded weights; finds the spans of a text."""

    def __init__(self, folder: Path) -> None:
        import numpy as np

        self.folder = folder
        self.graph = Graph(folder / GRAPH, without=SLOW)
        self.vocabulary = vocabulary(VOCABULARY)
        self.steps: Scores = np.loadtxt(folder / STEPS, delimiter=",", dtype=np.float32) + closed_steps()

    def tags(self, text: str) -> list[Tag]:
        """Every span of source, cue and content, in order."""
        return list(joined(self.found(windows(encoded(text, self.vocabulary)))))

    def found(self, pieces: Iterator[Piece]) -> Iterator[Tag]:
        """The spans of each window."""
        while batch := list(islice(pieces, TOGETHER)):
            scores = [self.scores(piece) for piece in batch]
            for piece, path, sure in zip(batch, best_paths(scores, self.steps), marginals(scores, self.steps), strict=True):
                yield from tags_of(piece.words, path, sure)

    def scores(self, piece: Piece) -> Scores:
        """Label scores of the words of one window: (words, labels)."""
        return self.graph.first(ids=[piece.ids], features=[piece.features], firsts=[piece.firsts])


@lru_cache(maxsize=2)
def tagger(method: ClaimsMethod = "model") -> Tagger | None:
    """The tagger that lies in the package; None where its file is absent."""
    folder = WEIGHTS / FAST if method == "fast" else WEIGHTS
    return Tagger(folder) if (folder / GRAPH).exists() else None
