"""Sentence vectors: texts of one meaning lie close together. The encoder's model card is weights/README.md."""

from __future__ import annotations

from transforms.encode.encoder import WIDTH, Encoder, encoder

__all__ = ["WIDTH", "Encoder", "encoder"]
