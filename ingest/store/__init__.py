"""Captures on disk: WARC segments, reading indexes, manifests."""
