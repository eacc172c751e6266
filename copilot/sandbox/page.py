"""The browser page of the sandbox."""

from fastapi import FastAPI

from copilot.sandbox.workspace import SandboxWorkspace


def add_page(web: FastAPI, workspace: SandboxWorkspace) -> None: ...
