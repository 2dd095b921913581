"""Sentence encoders of the form of all-MiniLM-L6-v2 (Wang and others 2020; Reimers and Gurevych 2019), and their unit vectors.

One is the published one, for texts; the other was taught by a larger one, for clauses of one story. A vector is the mean of the last layer.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from transforms.claims.text import Range
from transforms.claims.windows import CLS, SEP
from transforms.claims.wordpiece import Vocabulary, vocabulary
from transforms.graphs import VOCABULARY, Graph

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]

WEIGHTS = Path(__file__).parent / "weights"
GRAPH, CLAUSES = "encoder.onnx", "clauses.onnx"
WIDTH = 384
# Subwords read of a text, the two marks included: what the model was trained with.
MOST_SUBWORDS = 128
# Texts whose vectors are remembered: the sentences of some hundred articles, 6 MB, twice that with those of their clauses.
CACHED = 4096


class Encoder:
    """Loaded weights; one text at a time, so that a vector never depends on what else is encoded (8-bit scales are set per run)."""

    def __init__(self, path: Path) -> None:
        self.graph = Graph(path)
        self.vocabulary = vocabulary(VOCABULARY)
        self.vector = lru_cache(maxsize=CACHED)(self.encode)
        self.parts = lru_cache(maxsize=CACHED)(self.encode_parts)

    def vectors(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors of the texts: (texts, 384). The cosine of two is their dot product."""
        import numpy as np

        return np.stack([self.vector(text) for text in texts]) if texts else np.zeros((0, WIDTH), np.float32)

    def encode(self, text: str, most: int = MOST_SUBWORDS) -> Vectors:
        """The unit vector of the first `most` subwords of one text: (384,)."""
        ids = [CLS, *self.subwords(text, most - 2), SEP]
        return self.graph.first(ids=[ids])

    def encode_parts(self, text: str, places: tuple[Range, ...]) -> Vectors:
        """The unit vector of a text and of each place in it, which is read within the text: (1 + places, 384).

        A clause has no subject when it stands alone; here its subwords have met those of the whole sentence before their mean is taken
        ("late chunking", Günther and others 2024). A place behind the last subword that is read has the vector of the whole.
        """
        import numpy as np

        read = located(self.vocabulary, text, MOST_SUBWORDS - 2)
        whole, states = self.graph.run(ids=[[CLS, *(one for one, _ in read), SEP]])
        return np.stack([whole, *(unit(states[rows].mean(axis=0)) if rows else whole for rows in inside(read, places))])

    def subwords(self, text: str, most: int) -> list[int]:
        """The first subword ids of a text."""
        return [one for one, _ in located(self.vocabulary, text, most)]


def located(words: Vocabulary, text: str, most: int) -> list[tuple[int, Range]]:
    """The first subword ids of a text with the place of their word; a text is read no further than they need."""
    # No subword of the vocabulary is longer than 18 letters; white space apart, this reach always holds enough.
    reach = most * 24
    return [(one, place) for place, pieces in words.words(text, 0, min(len(text), reach)) for one in pieces][:most]


def inside(read: Sequence[tuple[int, Range]], places: Sequence[Range]) -> list[list[int]]:
    """For each place the positions of the subwords in it, the mark before the first one counted; none behind the last that is read."""
    return [[at for at, (_, (start, end)) in enumerate(read, 1) if a <= start and end <= b] for a, b in places]


def unit(vector: Vectors) -> Vectors:
    """A vector of length 1 in the direction of another."""
    import numpy as np

    found: Vectors = vector / max(float(np.linalg.norm(vector)), 1e-9)
    return found


@lru_cache(maxsize=1)
def encoder() -> Encoder | None:
    """The encoder of texts that lies in the package; None where its file is absent."""
    return lying(GRAPH)


@lru_cache(maxsize=1)
def clause_encoder() -> Encoder | None:
    """The encoder of the clauses of a story that lies in the package; None where its file is absent."""
    return lying(CLAUSES)


def lying(name: str) -> Encoder | None:
    """The encoder of this name in the package; None where its file is absent."""
    return Encoder(WEIGHTS / name) if (WEIGHTS / name).exists() else None
