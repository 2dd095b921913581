"""Whether the outlets that state a claim agree on it: each article's sentence on the claim against the claim's central one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from transforms.compare.claims import Cluster
from transforms.compare.placed import meet
from transforms.compare.relation import Statement, Verdict, agreed, linked, names, read, relate, statement
from transforms.compare.rules import attributed_certainty, denied
from transforms.compare.statement import Place, english
from transforms.records import Agreement, ClaimMention, ComparableArticle, Span


@dataclass(frozen=True)
class Text:
    """An article to be quoted from, and the names in it."""

    article: ComparableArticle
    names: frozenset[str]

    @classmethod
    def of(cls, article: ComparableArticle) -> Text:
        """With the names of headline and body."""
        return cls(article, names(f"{article.headline}\n{article.body}"))

    def sentence(self, mention: ClaimMention) -> tuple[int, Statement] | None:
        """The whole sentence of a mention and its offset; None where the body does not hold it."""
        start = sentence_start(self.article.body, mention.content.start, mention.sentence)
        if start is None:
            return None
        told = read(mention.sentence, published=self.article.published_at.date(), language=self.article.language)
        return start, replace(told, names=self.names)


def sentence_start(body: str, content_start: int, sentence: str) -> int | None:
    """Offset of the sentence in which a content begins; None where it is not found around it."""
    at = body.rfind(sentence, 0, content_start + len(sentence))
    return at if 0 <= at <= content_start < at + len(sentence) else None


def agreements(clusters: Sequence[Cluster], articles: Sequence[ComparableArticle]) -> Iterator[Agreement]:
    """For each article of another outlet, its mention closest to the claim against the claim's central one."""
    texts = {article.article_id: Text.of(article) for article in articles}
    for cluster in clusters:
        best: dict[UUID, ClaimMention] = {}
        for one in sorted(cluster.members, key=lambda one: (-cluster.link[one.mention.mention_id].score, one.order)):
            if one.outlet_id != cluster.central.outlet_id:
                best.setdefault(one.mention.article_id, one.mention)
        yield from (agreement(cluster, other, texts) for other in best.values())


def agreement(cluster: Cluster, other: ClaimMention, texts: Mapping[UUID, Text]) -> Agreement:
    """The relation of one mention to the claim's central one."""
    reference = cluster.central.mention
    verdict, span_a, span_b = compared(
        reference,
        texts[reference.article_id],
        other,
        texts[other.article_id],
        (cluster.place(reference), cluster.place(other)),
    )
    return Agreement(
        claim_id=cluster.claim.claim_id,
        mention_a=reference.mention_id,
        mention_b=other.mention_id,
        label=verdict.label,
        span_a=span_a,
        span_b=span_b,
        reason=verdict.reason or "states the same",
        confidence=verdict.confidence,
    )


def compared(
    a: ClaimMention, text_a: Text, b: ClaimMention, text_b: Text, places: tuple[Place, Place] | None = None
) -> tuple[Verdict, Span, Span]:
    """The verdict with its places in both bodies; `places`: where in both sentences the clauses stand that state the claim.

    A model reads sentences better than pieces of them, so the sentences are compared; a difference that touches neither clause is one of
    another claim. A content that is denied comes before; one that is doubted, and other languages, are compared by the contents.
    """
    x, y = statement(a, text_a.names), statement(b, text_b.names)
    whole_a, whole_b = text_a.sentence(a), text_b.sentence(b)
    verdict = denied(x, y)
    if verdict is None and whole_a and whole_b and english(a.sentence) and english(b.sentence):
        (at, one), (there, other) = whole_a, whole_b
        found = touching(linked(one, other), one, other, places)
        verdict = attributed_certainty(x, y) if found.label == "same" else None
        if verdict is None:
            return found, moved(found.a, at), moved(found.b, there)
    verdict = verdict or relate(x, y)
    return verdict, in_body(a, verdict.a), in_body(b, verdict.b)


def touching(verdict: Verdict, a: Statement, b: Statement, places: tuple[Place, Place] | None) -> Verdict:
    """The verdict, or that both agree where it points at neither place."""
    if places is None or meet(verdict.a, places[0]) or meet(verdict.b, places[1]):
        return verdict
    return agreed(a, b, verdict.confidence)


def in_body(mention: ClaimMention, place: Place) -> Span:
    """A place in the mention's text as a span of the body; of a discontinuous content, the whole content."""
    return mention.content if mention.content.extra else moved(place, mention.content.start)


def moved(place: Place, start: int) -> Span:
    """A place in a text that begins at `start` of the body."""
    return Span(start=start + place[0], end=start + place[1])
