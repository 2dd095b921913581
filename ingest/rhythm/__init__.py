"""Rhythm: when a source is asked again, and which signs make a known page due again."""
