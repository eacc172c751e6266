"""`manifest`: what to paste into Slack to make the app."""

import json
import sys
from enum import StrEnum
from typing import Any

import typer

from copilot.cli.output import errors_in_words, notes
from copilot.errors import BadInputError
from copilot.settings import read_settings
from copilot.slack.manifest import manifest as build_manifest


class ManifestFormat(StrEnum):
    JSON = "json"
    YAML = "yaml"


def manifest(
    socket_mode: bool | None = typer.Option(
        None,
        "--socket-mode/--http",
        help="How Slack reaches the copilot. Default: Socket Mode, unless there is a public URL.",
    ),
    url: str | None = typer.Option(
        None, help="The address that Slack can reach. Default: COPILOT_PUBLIC_URL."
    ),
    many_workspaces: bool = typer.Option(
        False,
        "--many-workspaces",
        help="For installing by OAuth in any workspace; tokens rotate. Needs a public URL.",
    ),
    org: bool = typer.Option(False, "--org", help="May be installed for a whole Enterprise Grid."),
    format: ManifestFormat = typer.Option(ManifestFormat.JSON, help="Slack takes either."),
) -> None:
    """Print the app manifest, to paste at api.slack.com/apps (*Create New App*)."""
    with errors_in_words():
        address = url or read_settings().public_url
        by_socket = socket_mode if socket_mode is not None else address is None
        _require_address(address, by_socket=by_socket, many_workspaces=many_workspaces)
    made = build_manifest(
        socket_mode=by_socket,
        public_url=address,
        many_workspaces=many_workspaces,
        org_deploy=org,
    )
    if format is ManifestFormat.YAML:
        sys.stdout.write("\n".join(_yaml(made)) + "\n")
    else:
        sys.stdout.write(json.dumps(made, indent=2) + "\n")
    way = "Socket Mode" if by_socket else f"HTTP at {address}"
    notes.print(f"[dim]For {way}. docs/slack.md says what comes next.[/dim]")


def _require_address(address: str | None, *, by_socket: bool, many_workspaces: bool) -> None:
    needs_it = not by_socket or many_workspaces
    if needs_it and not (address or "").startswith("https://"):
        raise BadInputError(
            "Slack needs an address that it can reach over HTTPS: give --url https://… or set "
            "COPILOT_PUBLIC_URL. Without one, use --socket-mode."
        )


def _yaml(value: Any, indent: str = "") -> list[str]:
    """Lines of YAML for a mapping; a JSON text, number or truth is YAML, too."""
    lines = []
    for key, inner in value.items():
        if isinstance(inner, dict):
            lines += [f"{indent}{key}:", *_yaml(inner, f"{indent}  ")]
        elif isinstance(inner, list):
            lines += [f"{indent}{key}:", *_yaml_items(inner, f"{indent}  ")]
        else:
            lines.append(f"{indent}{key}: {json.dumps(inner, ensure_ascii=False)}")
    return lines


def _yaml_items(items: list[Any], indent: str) -> list[str]:
    lines = []
    for item in items:
        if isinstance(item, dict):
            first, *rest = _yaml(item, f"{indent}  ")
            lines += [f"{indent}- {first.strip()}", *rest]
        else:
            lines.append(f"{indent}- {json.dumps(item, ensure_ascii=False)}")
    return lines
