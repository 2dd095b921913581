"""Captures -> records: extraction, claims, comparison. Pure: no network, no database, no clock."""
