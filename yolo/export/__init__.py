"""Trained networks into the formats of other runtimes, one file for each format."""
