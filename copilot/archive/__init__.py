"""Bringing in Slack exports, and handing timelines out."""
