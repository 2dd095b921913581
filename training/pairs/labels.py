"""Labels of pairs of real sentences, each read by itself; here lie labels and digests of the words, the words in an archive.

    python -m training.pairs.labels --pairs LOOSE.jsonl --out LABELLED.jsonl [--held]
    python -m training.pairs.labels --pairs READ.jsonl --add READ.txt

The first joins them with the pairs of `training.pairs.loose`, for `train --labelled`; an eighth, by digest, is held out and written with
--held alone. The second adds new ones: lines "number label sure", the number that of a line of --pairs.
"""

from __future__ import annotations

import argparse
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from common.ids import sha256
from training.pairs.corpus import lines, write_lines
from transforms.compare.pairs import RELATIONS

LABELS = Path(__file__).parent / "labels.tsv"
SURE = 2  # of 3; a 1 could as well be another label
HELD = ("0", "1")  # digests that begin so are held out


def digest(a: str, b: str) -> str:
    """Names a pair without its words: 16 hexadecimal digits of SHA-256, the same in both orders."""
    return sha256("\n".join(sorted((a, b))))[:16]


def joined(labels: Iterable[str], pairs: Iterable[Mapping[str, str]], held: bool = False) -> Iterator[dict[str, str]]:
    """{a, b, label} of surely labelled pairs that are not held out, or of those that are; `labels`: lines of digest, label, sureness."""
    known = {name: label for name, label, sure in map(str.split, labels) if int(sure) >= SURE and name.startswith(HELD) == held}
    for one in pairs:
        if label := known.get(digest(one["a"], one["b"])):
            yield {"a": one["a"], "b": one["b"], "label": label}


def judged(line: str, labels: Collection[str], asked: str) -> tuple[int, str, str]:
    """Number, label and sureness that a reader wrote; `asked` names what the line is to hold before the sureness.

    Raises:
        ValueError: the label is none of these, or sureness not 1 to 3.
    """
    number, label, sure = line.split()
    if label not in labels or sure not in {"1", "2", "3"}:
        raise ValueError(f"{line.strip()!r}: write the number of {asked}, and 1, 2 or 3")
    return int(number), label, sure


def added(read: Iterable[str], pairs: Sequence[Mapping[str, str]]) -> Iterator[str]:
    """Lines for the table of labels.

    Raises:
        ValueError: a label is none of RELATIONS, or sureness not 1 to 3.
    """
    for line in read:
        number, label, sure = judged(line, RELATIONS, f"a pair, one of {', '.join(RELATIONS)}")
        yield f"{digest(pairs[number]['a'], pairs[number]['b'])}\t{label}\t{sure}\n"


def main() -> None:
    """Join or add."""
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--labels", type=Path, default=LABELS)
    ask.add_argument("--pairs", type=Path, required=True)
    ask.add_argument("--out", type=Path)
    ask.add_argument("--held", action="store_true")
    ask.add_argument("--add", type=Path)
    asked = ask.parse_args()
    if asked.add:
        new = "".join(added(asked.add.read_text("utf-8").splitlines(), lines(asked.pairs)))
        with asked.labels.open("a", encoding="utf-8") as table:
            table.write(new)
    if asked.out:
        write_lines(asked.out, joined(asked.labels.read_text("utf-8").splitlines(), lines(asked.pairs), asked.held))


if __name__ == "__main__":
    main()
