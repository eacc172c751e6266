"""Proposer and drafter that need no model service."""
