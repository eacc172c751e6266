"""Celery: runs the jobs that the application names."""
