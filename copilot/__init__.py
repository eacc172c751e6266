"""Incident Copilot: reads everything, says little, and proves every sentence."""

__version__ = "0.1.0"
