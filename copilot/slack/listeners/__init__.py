"""Thin translations from Slack's payloads to the features."""
