"""Workspaces, their channels and members."""
