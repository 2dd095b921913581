"""Articles nearest in meaning, by the vectors that are stored."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

# An angle each: the first two components of a vector whose others are 0.
PLANE = {"north": (0, 1), "nearly": (0.1, 1), "east": (1, 0), "south": (0, -1)}
VECTOR = """
INSERT INTO core.article_vector BY NAME
SELECT version_id, ([?, ?] || list_resize([0.0], 382, 0.0))::FLOAT[384] AS vector, ? AS method FROM core.article_version WHERE headline = ?
"""


@pytest.fixture
def plane(desk: Any, make: Any) -> Any:
    """Articles whose headlines are the directions of their vectors."""
    captures = [make.capture(f"{name}/x", n) for n, name in enumerate(PLANE)]
    desk.put(captures, [make.row(c, f"{name} wind", headline=name, says=name) for c, name in zip(captures, PLANE, strict=True)], [])
    for name, (x, y) in PLANE.items():
        desk.con.execute(VECTOR, [x, y, "test/1", name])
    return desk


def id_of(desk: Any, table: str, column: str, name: str) -> UUID:
    ((found,),) = desk.rows(
        f"SELECT x.{column} FROM core.{table} x JOIN core.article_version v USING (article_id) WHERE v.headline = ?", name
    )
    return UUID(str(found))


def nearest(desk: Any, identity: UUID) -> list[tuple[str, float]]:
    return [tuple(row) for row in desk.rows("SELECT headline, similarity FROM marts.similar(?)", identity)]


def test_articles_come_by_the_angle_between_them(plane: Any) -> None:
    assert nearest(plane, id_of(plane, "article", "article_id", "north")) == [("nearly", 0.995), ("east", 0.0), ("south", -1.0)]


def test_a_text_is_as_good_as_an_id(plane: Any) -> None:
    identity = id_of(plane, "article", "article_id", "north")
    assert nearest(plane, identity) == nearest(plane, str(identity))  # type: ignore[arg-type]


def test_a_claim_means_the_middle_of_those_that_state_it(plane: Any) -> None:
    claim = UUID(int=7)
    for name in ("north", "east"):
        link = [claim, id_of(plane, "claim_mention", "mention_id", name)]
        plane.con.execute("INSERT INTO core.claim_link BY NAME SELECT ? AS claim_id, ? AS mention_id, 1 AS score, 'x' AS method", link)
    assert nearest(plane, claim) == [("nearly", 0.774), ("south", -0.707)]


def test_a_story_means_the_middle_of_its_articles(plane: Any) -> None:
    story = UUID(int=8)
    for name in ("north", "nearly"):
        member = [story, id_of(plane, "article", "article_id", name)]
        plane.con.execute("INSERT INTO core.story_article BY NAME SELECT ? AS story_id, ? AS article_id, 'x' AS method", member)
    assert [name for name, _ in nearest(plane, story)] == ["east", "south"]


def test_vectors_of_another_model_are_not_compared(plane: Any) -> None:
    version = id_of(plane, "article_version", "version_id", "east")
    plane.con.execute("UPDATE core.article_vector SET method = 'test/2' WHERE version_id = ?", [version])
    assert [name for name, _ in nearest(plane, id_of(plane, "article", "article_id", "north"))] == ["nearly", "south"]


def test_what_is_not_there_has_nothing_near(plane: Any) -> None:
    assert nearest(plane, UUID(int=9)) == []
