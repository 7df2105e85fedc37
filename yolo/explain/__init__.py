"""What the attention does, and why a detection was made."""
