"""Texts with marks for tests: "[S> Lee] [Q said] [C< it rained]" -> the plain text and the tags that the tagger would give."""

from __future__ import annotations

import re

from transforms.claims.decoding import Tag
from transforms.claims.tagger import WEIGHTS

MARK = re.compile(r"\[(?P<kind>[SQC])(?P<side>[<>]?) |(?P<end>\])")
ROLES = {"S": "SRC", "Q": "CUE", "C": "CNT"}


def marked(text: str, sure: float = 0.9) -> tuple[str, list[Tag]]:
    """The text without marks, and its tags in order."""
    plain, at, open_, tags = "", 0, ("", "", 0), []
    for match in MARK.finditer(text):
        plain += text[at : match.start()]
        at = match.end()
        if match["end"]:
            tags.append(Tag(ROLES[open_[0]], open_[1], open_[2], len(plain), sure, words=len(plain[open_[2] :].split())))
        else:
            open_ = (match["kind"], match["side"], len(plain))
    return plain + text[at:], tags


class Scripted:
    """Stands for the tagger: gives tags that a test has marked."""

    folder = WEIGHTS

    def __init__(self, tags: list[Tag]) -> None:
        self.given = tags

    def tags(self, text: str) -> list[Tag]:
        return self.given
