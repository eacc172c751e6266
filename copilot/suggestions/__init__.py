"""Proposing follow-ups, and staying quiet."""
