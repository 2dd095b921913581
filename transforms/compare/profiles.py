"""What tells which event an article reports: the meaning of headline and lead, its words, its names and numbers; each of the text alone."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from transforms.compare.rarity import rarity
from transforms.compare.vectors import Pair, Vector, alike, normalised
from transforms.compare.words import anchors, term, terms
from transforms.encode import WIDTH, encoder
from transforms.records import ComparableArticle

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Matrix = NDArray[np.float32]

# A headline names the event: its words count as if they stood so many times in the text.
HEADLINE_WEIGHT = 3
# News is written from the top: only the first characters of a body tell the event, the rest is background that stories share.
LEAD_CHARS = 2000
# Terms kept of an article; the tail of light terms costs time and joins unrelated texts.
KEEP_TERMS = 80
# Components of a vector are kept as whole numbers -127..127: products of whole numbers are exact, so that a cosine is the same
# whatever else is compared in the same run. Cosines change by less than .01.
SCALE = 127
# Articles whose vectors differ more than this report two events, whatever words they share.
NEAR = 0.2
# Share of the vectors' cosine in the likeness. Over four sets .5 to .6 are within .005 B3 F1; headlines alone, which share few words, gain.
MEANING = 0.55
# Without vectors the cosine of words stands for the whole: two articles with .22 were as often one event as others at the usual threshold.
WORDS_ALONE = 1.85
# Across languages names and numbers stand for the whole: a third of them in common, by weight, is as much as two thirds of all else.
ACROSS = 1.3
# Rows of articles that are multiplied at a time: some megabytes of memory.
BLOCK = 256


def encode(headline: str, body: str) -> bytes:
    """The vector of headline and lead as 384 signed bytes, all 0 for no text; empty where no encoder lies in the package."""
    import numpy as np

    model = encoder()
    if not (headline + body).strip():
        return bytes(WIDTH) if model else b""
    return np.rint(model.encode(f"{headline}. {body}") * SCALE).astype(np.int8).tobytes() if model else b""


def bag(article: ComparableArticle) -> Counter[str]:
    """Term counts of headline and lead."""
    counts = Counter(terms(article.body[:LEAD_CHARS]))
    for word in terms(article.headline):
        counts[word] += HEADLINE_WEIGHT
    return counts


def weighed(counts: Counter[str]) -> Vector:
    """The heaviest terms as a unit vector: sublinear frequency (1 + ln tf) times rarity."""
    weights = {word: (1 + math.log(count)) * rarity(word) for word, count in counts.items()}
    return normalised(dict(sorted(weights.items(), key=lambda item: (-item[1], item[0]))[:KEEP_TERMS]))


def named(article: ComparableArticle) -> Vector:
    """Names and numbers of headline and lead with their rarity, not scaled."""
    return {word: rarity(term(word) or word) for word in anchors(f"{article.headline}\n{article.body[:LEAD_CHARS]}")}


@dataclass(frozen=True)
class Profiles:
    """Articles in order of publication, and what tells their events."""

    articles: Sequence[ComparableArticle]
    vectors: Matrix | None
    cut: dict[int, Vector] = field(default_factory=dict)

    def words(self, at: int) -> Vector:
        """The terms of one article; cut when they are first asked for."""
        if at not in self.cut:
            self.cut[at] = weighed(bag(self.articles[at]))
        return self.cut[at]

    def part(self, places: Sequence[int]) -> Profiles:
        """The profiles of some of the articles, in the same order."""
        vectors = None if self.vectors is None else self.vectors[list(places)]
        return Profiles([self.articles[at] for at in places], vectors, {new: self.words(old) for new, old in enumerate(places)})

    def foreign(self, i: int, j: int) -> bool:
        """Whether both languages are known and differ."""
        a, b = self.articles[i].language, self.articles[j].language
        return bool(a and b and a != b)


def profiles(articles: Sequence[ComparableArticle]) -> Profiles:
    """The profiles of articles; those without a vector are encoded."""
    ordered = sorted(articles, key=lambda article: (article.published_at, article.article_id))
    return Profiles(ordered, matrix(ordered))


def matrix(articles: Sequence[ComparableArticle]) -> Matrix | None:
    """One row of whole numbers an article: (articles, 384); None without an encoder."""
    import numpy as np

    found = b"".join(article.vector or encode(article.headline, article.body) for article in articles)
    if len(found) != len(articles) * WIDTH or not found:
        return None
    whole = np.frombuffer(found, np.int8).reshape(len(articles), WIDTH).astype(np.float32)
    length = np.sqrt((whole * whole).sum(axis=1, keepdims=True))
    return np.concatenate([whole, np.maximum(length, 1.0)], axis=1).astype(np.float32)


def near(found: Profiles, floor: float, days: float, only: Sequence[int] | None = None) -> Iterator[tuple[Pair, float]]:
    """Pairs (i < j) at most `days` apart whose cosine reaches `floor`, and the cosine; with `only`, those of these articles."""
    import numpy as np

    assert found.vectors is not None
    whole, length = found.vectors[:, :WIDTH], found.vectors[:, WIDTH].astype(np.float64)
    times, reach = np.array([article.published_at.timestamp() for article in found.articles]), days * 86_400
    asked = np.arange(len(times)) if only is None else np.array(sorted(only), dtype=np.int64)
    is_asked = np.isin(np.arange(len(times)), asked)
    for first in range(0, len(asked), BLOCK):
        rows = asked[first : first + BLOCK]
        low = int(np.searchsorted(times, times[rows[0]] - reach)) if only is not None else int(rows[0])
        columns = np.arange(low, int(np.searchsorted(times, times[rows[-1]] + reach, side="right")))
        # a sum of 384 products of -127..127 is below 2^24, hence exact in 32 bits in whatever order it is taken
        cosine = (whole[rows] @ whole[columns].T).astype(np.float64) / (length[rows, None] * length[None, columns])
        apart = np.abs(times[None, columns] - times[rows, None]) <= reach
        once = (columns[None, :] > rows[:, None]) | ((columns[None, :] < rows[:, None]) & ~is_asked[None, columns])
        for at, to in zip(*np.nonzero((cosine >= floor) & once & apart), strict=True):
            i, j = sorted((int(rows[at]), int(columns[to])))
            yield (i, j), float(cosine[at, to])


def dot(a: Vector, b: Vector) -> float:
    """Dot product, summed exactly: the same whichever comes first."""
    small, large = (a, b) if len(a) <= len(b) else (b, a)
    return math.fsum(weight * large[word] for word, weight in small.items() if word in large)


def similarities(found: Profiles, *, floor: float, days: float, only: Sequence[int] | None = None) -> dict[Pair, float]:
    """Pairs (i < j) at most `days` apart that may tell one event, with their likeness, 0..1; a missing pair counts 0.

    A little more than half the cosine of the vectors, and that of the words; across languages names and numbers alone.

    Args:
        found: Articles in order of publication.
        floor: Least likeness that is looked for; lower ones may be missing.
        days: Articles further apart are not compared.
        only: Positions of the articles whose pairs are wanted; None means all.
    """
    if found.vectors is None:
        words = [found.words(at) for at in range(len(found.articles))]
        scores = ((pair, min(1.0, WORDS_ALONE * score)) for pair, score in alike(words, floor / WORDS_ALONE))
    else:
        scores = (
            ((i, j), MEANING * score + (1 - MEANING) * dot(found.words(i), found.words(j)))
            for (i, j), score in near(found, NEAR, days, only)
        )
    home = {pair: score for pair, score in scores if score >= floor and not found.foreign(*pair)}
    return home | across(found, floor)


def across(found: Profiles, floor: float) -> dict[Pair, float]:
    """Pairs of two languages by the share of names and numbers, by weight, of the article with fewer."""
    if len({article.language for article in found.articles if article.language}) < 2:
        return {}
    names = [named(article) for article in found.articles]
    mass = [math.fsum(weight * weight for weight in vector.values()) or 1.0 for vector in names]
    met = {(i, j): min(1.0, ACROSS * score / min(mass[i], mass[j])) for (i, j), score in alike(names, 0.0) if found.foreign(i, j)}
    return {pair: score for pair, score in met.items() if score >= floor}
