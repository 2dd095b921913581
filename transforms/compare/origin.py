"""Where a shared text comes from: the agency's own page, else the earliest that does not credit somebody else."""

from __future__ import annotations

import re
from collections.abc import Sequence
from uuid import UUID

from transforms.records import ComparableArticle

# A dateline that names an agency: "LONDON (Reuters) -", "WASHINGTON — (AP)", "Berlin (dpa) -". It stands in the first line.
DATELINE = re.compile(r"^.{0,60}?\((?P<agency>AP|AFP|Reuters|dpa|AAP|PA|UPI|ANSA|EFE|Xinhua|IANS|PTI|Bloomberg|KNA|epd|SID|APA)\)")


def credits_agency(article: ComparableArticle) -> bool:
    """Whether the text names an agency as its source, in its byline or dateline."""
    return article.agency is not None or DATELINE.search(article.body[:120]) is not None


def origin(group: Sequence[ComparableArticle]) -> UUID:
    """The article that the others most likely took: a wire service's own, else the earliest; at one time the one that credits an agency.

    An early reprint keeps the place of the wire text that it credits, for want of the text itself.
    """
    return min(group, key=lambda one: (not one.is_agency, one.published_at, not credits_agency(one), one.article_id)).article_id
