"""Hypothesis draws the same cases on every machine, and keeps no files."""

from hypothesis import settings

settings.register_profile("same-everywhere", derandomize=True, deadline=None, max_examples=60, database=None)
settings.load_profile("same-everywhere")
