"""Average-link clustering of a sparse graph, and union-find; both give the same groups whatever order the input came in."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Mapping

Pair = tuple[int, int]


def union(count: int, pairs: Iterable[Pair]) -> list[int]:
    """Connected components: for each node the smallest node that it is joined with."""
    parent = list(range(count))

    def find(node: int) -> int:
        while parent[node] != node:
            parent[node] = node = parent[parent[node]]
        return node

    for a, b in pairs:
        low, high = sorted((find(a), find(b)))
        parent[high] = low
    return [find(node) for node in range(count)]


class Linkage:
    """Clusters under way: their members, and the summed similarity to every neighbour."""

    def __init__(self, count: int, edges: Mapping[Pair, float], may_join: Callable[[list[int]], bool]) -> None:
        self.members: dict[int, list[int]] = {node: [node] for node in range(count)}
        self.near: dict[int, dict[int, float]] = {node: {} for node in range(count)}
        self.may_join = may_join
        for (a, b), weight in edges.items():
            self.near[a][b] = self.near[b][a] = weight

    def average(self, a: int, b: int) -> float:
        """Mean similarity over all pairs of members; a pair without an edge counts 0."""
        return self.near[a][b] / (len(self.members[a]) * len(self.members[b]))

    def join(self, a: int, b: int) -> None:
        """Put cluster b into cluster a."""
        self.members[a] = sorted(self.members[a] + self.members.pop(b))
        for other, weight in self.near.pop(b).items():
            del self.near[other][b]
            if other != a:
                self.near[a][other] = self.near[other][a] = self.near[a].get(other, 0.0) + weight

    def run(self, threshold: float) -> None:
        """Join the closest two clusters again and again until none are as close as `threshold`; ties go to the smaller nodes."""
        heap = [(-self.average(a, b), a, b) for a in self.near for b in self.near[a] if a < b and self.average(a, b) >= threshold]
        heapq.heapify(heap)
        while heap:
            negative, a, b = heapq.heappop(heap)
            if b not in self.near.get(a, {}) or -negative != self.average(a, b) or not self.may_join(self.members[a] + self.members[b]):
                continue
            self.join(a, b)
            for other in self.near[a]:
                if (mean := self.average(a, other)) >= threshold:
                    heapq.heappush(heap, (-mean, min(a, other), max(a, other)))


def average_link(
    count: int,
    edges: Mapping[Pair, float],
    threshold: float,
    *,
    together: Iterable[Pair] = (),
    may_join: Callable[[list[int]], bool] = lambda _members: True,
) -> list[list[int]]:
    """Groups of the nodes 0..count-1, each sorted, in order of their first node.

    Args:
        count: Number of nodes.
        edges: Similarity of pairs (a < b); a missing pair counts 0.
        threshold: Least average similarity between two clusters that are joined.
        together: Pairs that are joined beforehand, where `may_join` allows.
        may_join: Says of the nodes of a cluster to be whether it is allowed.
    """
    linkage = Linkage(count, edges, may_join)
    home = list(range(count))
    for a, b in together:
        low, high = sorted((home[a], home[b]))
        if low != high and may_join(linkage.members[low] + linkage.members[high]):
            for node in linkage.members[high]:
                home[node] = low
            linkage.join(low, high)
    linkage.run(threshold)
    return [linkage.members[first] for first in sorted(linkage.members, key=lambda first: linkage.members[first][0])]
