"""Sentence vectors: texts of one meaning lie close together. The encoders' model card is weights/README.md."""

from __future__ import annotations

from transforms.encode.encoder import WIDTH, Encoder, clause_encoder, encoder

__all__ = ["WIDTH", "Encoder", "clause_encoder", "encoder"]
