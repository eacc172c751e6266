"""The ground everything stands on: an append-only log of what happened in a channel."""
