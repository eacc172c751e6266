"""What a policy reads like once the changes of one version are taken back. Pure.

Only what that version changed goes back to what it was before; what anybody set since stays, so
that undoing an old change never undoes a newer one.
"""

from collections.abc import Mapping
from typing import Any

from copilot.suggestions.noise_policy import PolicySet, as_json, from_json

_SCOPES = ("by_severity", "by_channel")
_Path = tuple[str, str, str]
"""Scope (empty for the whole workspace), severity or channel, field."""
_ABSENT = object()


def taken_back(before: PolicySet, made: PolicySet, in_force: PolicySet) -> PolicySet | None:
    """`in_force` without what `made` changed of `before`, or None if nothing of it is left.

    Raises ValueError where what remains is no policy.
    """
    old, changed, now = _flat(before), _flat(made), _flat(in_force)
    result = dict(now)
    for path in old.keys() | changed.keys():
        if old.get(path, _ABSENT) == changed.get(path, _ABSENT):
            continue
        value = _back(path, old, changed, now)
        if value is _ABSENT:
            result.pop(path, None)
        else:
            result[path] = value
    if result == now:
        return None
    return from_json(_nested(result), in_force.version)


def _back(
    path: _Path, old: Mapping[_Path, Any], changed: Mapping[_Path, Any], now: Mapping[_Path, Any]
) -> Any:
    """The field's value once this change is taken back."""
    current = now.get(path, _ABSENT)
    if current == changed.get(path, _ABSENT):
        return old.get(path, _ABSENT)
    if path[2] != "muted" or path not in changed or path not in now:
        return current  # set anew since then: the newer word counts
    return _without_mutes(path, old, changed, now)


def _without_mutes(
    path: _Path, old: Mapping[_Path, Any], changed: Mapping[_Path, Any], now: Mapping[_Path, Any]
) -> Any:
    """Kinds are muted one by one, so of several mutes in a channel each is undone alone."""
    inherited = ("", "", path[2])
    was, became, is_now = set(old.get(path, old[inherited])), set(changed[path]), set(now[path])
    value = sorted((is_now - (became - was)) | (was - became))
    if value == sorted(is_now):
        return now[path]
    says_nothing = path != inherited and value == now[inherited]
    return _ABSENT if says_nothing else value


def _flat(policies: PolicySet) -> dict[_Path, Any]:
    data = as_json(policies)
    flat: dict[_Path, Any] = {
        ("", "", name): value for name, value in data.items() if name not in _SCOPES
    }
    for scope in _SCOPES:
        for key, override in data[scope].items():
            flat |= {(scope, key, name): value for name, value in override.items()}
    return flat


def _nested(flat: Mapping[_Path, Any]) -> dict[str, Any]:
    data: dict[str, Any] = {scope: {} for scope in _SCOPES}
    for (scope, key, name), value in flat.items():
        if scope:
            data[scope].setdefault(key, {})[name] = value
        else:
            data[name] = value
    return data
