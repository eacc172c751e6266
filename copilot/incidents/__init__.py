"""Declaring an incident and everything that changes about it."""
