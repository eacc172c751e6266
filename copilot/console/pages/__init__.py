"""Routes of the console, one module a page."""
