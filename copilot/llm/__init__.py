"""Edge: everything that imports openai."""
