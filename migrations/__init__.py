"""Alembic migrations: the only way tables come to be."""
