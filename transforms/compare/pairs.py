"""The pair model: how two statements relate, whether a text supports a claim, and its stance. Model card: weights/README.md."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cached_property, lru_cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from transforms.claims.wordpiece import vocabulary
from transforms.compare.marks import Reader
from transforms.compare.statement import english
from transforms.graphs import VOCABULARY, Graph

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Scores = NDArray[np.float32]

METHOD = "minilm-l6/2"

WEIGHTS = Path(__file__).parent / "weights"
GRAPH = "pairs.onnx"

RELATIONS = ("same", "number", "date", "actor", "certainty", "contradicts", "other")
EVIDENCE = ("supports", "denies", "neutral")
STANCES = ("supports", "denies", "reports", "unrelated")
# The columns of `scores`: probabilities that sum to 1 within each of the three heads.
COLUMNS = (*RELATIONS, *EVIDENCE, *(f"stance_{label}" for label in STANCES))
HEADS = (slice(0, 7), slice(7, 10), slice(10, 14))
# Pairs that are remembered: those of some stories, 4 MB.
CACHED = 16_384


# Bytes of a digest that names a pair: in a billion pairs no two are likely to share one.
DIGEST = 16


class Memory(Protocol):
    """Scores by the digest of a pair and the model that read it."""

    def get(self, pair: bytes) -> bytes | None: ...  # pragma: no cover
    def put(self, pair: bytes, scores: bytes) -> None: ...  # pragma: no cover


MEMORY: ContextVar[Memory | None] = ContextVar("memory", default=None)


@contextmanager
def remembering(memory: Memory) -> Iterator[None]:
    """Ask this memory before a pair is read, and tell it what was read, while this lasts."""
    token = MEMORY.set(memory)
    try:
        yield
    finally:
        MEMORY.reset(token)


class PairModel:
    """Loaded weights; one pair at a time, so that a score never depends on what else is asked (8-bit scales are set per run)."""

    def __init__(self, folder: Path = WEIGHTS) -> None:
        self.path = folder / GRAPH
        self.graph = Graph(self.path)
        self.reader = Reader(vocabulary(VOCABULARY))
        self.ordered = lru_cache(maxsize=CACHED)(self.recall)

    @cached_property
    def name(self) -> bytes:
        """Digest of the weights."""
        return sha256(self.path.read_bytes()).digest()

    def recall(self, a: str, b: str) -> Scores:
        """`read`, or what a memory has of it, which is the same to the last bit."""
        import numpy as np

        memory = MEMORY.get()
        if memory is None:
            return self.read(a, b)
        words = (one.encode("utf-8", "surrogatepass") for one in (a, b))
        pair = sha256(b"\0".join((self.name, *words))).digest()[:DIGEST]
        if (known := memory.get(pair)) is not None:
            return np.frombuffer(known, np.float32)
        found = self.read(a, b)
        memory.put(pair, found.tobytes())
        return found

    def read(self, a: str, b: str) -> Scores:
        """Probabilities of every column with `a` read first, as claim: (14,)."""
        import numpy as np

        ids, marks = self.reader.pair(a, b)
        raw = self.graph.first(ids=[ids], marks=[marks])
        found = np.empty_like(raw)
        for head in HEADS:
            found[head] = np.exp(raw[head] - raw[head].max())
            found[head] /= found[head].sum()
        return found

    def scores(self, pairs: Sequence[tuple[str, str]]) -> Scores:
        """Probabilities of COLUMNS for each pair: (pairs, 14). Relations do not depend on the order of a pair; evidence and stance do."""
        import numpy as np

        found = np.zeros((len(pairs), len(COLUMNS)), np.float32)
        for at, (a, b) in enumerate(pairs):
            found[at] = self.ordered(a, b)
            found[at, HEADS[0]] = (found[at, HEADS[0]] + self.ordered(b, a)[HEADS[0]]) / 2
        return found


@lru_cache(maxsize=1)
def pair_model() -> PairModel | None:
    """The model that lies in the package; None where its file is absent."""
    return PairModel() if (WEIGHTS / GRAPH).exists() else None


def scores(pairs: Sequence[tuple[str, str]]) -> Scores | None:
    """`PairModel.scores` of the model in the package; None where its file is absent."""
    model = pair_model()
    return model.scores(pairs) if model else None


def bearing(claim: str, text: str) -> float | None:
    """How likely an English text supports or denies a claim, 0..1; None of other languages and without the model."""
    model = pair_model()
    if model is None or not english(claim) or not english(text):
        return None
    return 1 - float(model.ordered(claim, text)[COLUMNS.index("neutral")])
