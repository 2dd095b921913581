"""How the learned models are run: graphs of 8-bit integers on one thread of the processor, around one table of words."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.generic]

# The vocabulary, and the vectors of its subwords as all models here share them: rows of 8-bit integers, and a scale for each row.
WORDS = Path(__file__).parent / "words"
VOCABULARY = WORDS / "vocab.txt"
SHARED = ("table", "scale")


@lru_cache(maxsize=1)
def word_vectors() -> dict[str, Array]:
    """The shared inputs of all graphs, by name; mapped into memory, so that the processes of a machine share them too."""
    import numpy as np

    return {name: np.load(WORDS / f"{name}.npy", mmap_mode="r") for name in SHARED}


class Graph:
    """A graph, loaded; `without` names rewritings of it that the runtime leaves out."""

    def __init__(self, path: Path, *, without: Sequence[str] = ()) -> None:
        import onnxruntime as ort

        options = ort.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1  # as many processes run as there are cores
        options.enable_cpu_mem_arena = False  # memory goes back after each run
        options.log_severity_level = 3
        self.session = ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"], disabled_optimizers=list(without))

    def run(self, **inputs: Sequence[Sequence[int]]) -> list[NDArray[np.float32]]:
        """Every output for one text without padding, (1, …) whole numbers for each input, without that 1."""
        import numpy as np

        given = {name: np.array(values, dtype=np.int64) for name, values in inputs.items()}
        return [found[0] for found in self.session.run(None, given | word_vectors())]

    def first(self, **inputs: Sequence[Sequence[int]]) -> NDArray[np.float32]:
        """The first output of `run`."""
        return self.run(**inputs)[0]
