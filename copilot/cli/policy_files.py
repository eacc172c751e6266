"""Reads a noise policy from a file, or by the name of a preset."""

import json
from dataclasses import replace
from pathlib import Path

from copilot.errors import BadInputError
from copilot.suggestions.noise_policy import PolicySet, Preset, from_json
from copilot.suggestions.policies import policies_faults
from copilot.suggestions.presets import with_preset

_LARGEST = 1_000_000
"""Bytes; a policy with a thousand channels of its own is a tenth of that."""
_START = "`incident-copilot backtest --print-policy` prints one to start from."


def policies_from(named: str, in_force: PolicySet) -> PolicySet:
    """A preset changes the numbers of `in_force` and leaves what differs by severity and channel.

    Raises BadInputError that says what is wrong with the file, and where.
    """
    if named in set(Preset):
        return replace(in_force, base=with_preset(in_force.base, Preset(named)))
    try:
        policies = from_json(_read(Path(named)), in_force.version)
    except ValueError as error:
        raise BadInputError(f"{named} is no policy: {error}. {_START}") from None
    if faults := policies_faults(policies):
        told = "; ".join(f"{name}: {fault}" for name, fault in faults.items())
        raise BadInputError(f"{named} asks for what can't be: {told}")
    return policies


def _read(path: Path) -> object:
    presets = ", ".join(Preset)
    try:
        if path.stat().st_size > _LARGEST:
            raise BadInputError(f"{path} is too large to be a policy. {_START}")
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise BadInputError(
            f"There is no file {path}, and no preset of that name ({presets}). {_START}"
        ) from None
    except (IsADirectoryError, PermissionError) as error:
        raise BadInputError(f"{path} can't be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise BadInputError(f"{path} is no text in UTF-8. {_START}") from None
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise BadInputError(
            f"{path} is no JSON: {error.msg} in line {error.lineno}, column {error.colno}. {_START}"
        ) from None
    except (RecursionError, ValueError):  # brackets in brackets, a number of thousands of digits
        raise BadInputError(f"{path} is no JSON of a sensible size. {_START}") from None
