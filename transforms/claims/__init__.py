"""Who said what: attributions with resolved speakers, and the outlet's own factual sentences. Rules only, pure Python."""

from __future__ import annotations

from transforms.claims.attributions import attribute
from transforms.claims.mentions import find_mentions
from transforms.claims.model import METHOD, Attribution, Speaker

__all__ = ["METHOD", "Attribution", "Speaker", "attribute", "find_mentions"]
