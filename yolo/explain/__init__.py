"""Explain what the attention of a network does, and why it made a detection."""
