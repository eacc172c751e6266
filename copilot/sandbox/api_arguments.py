"""Arguments of a Web API call as Slack takes them: JSON, form or query; and its errors."""

import json
from collections.abc import Mapping
from typing import Any

_MAX_LIMIT = 1000


class ApiError(Exception):
    """Refuses a call with Slack's error code."""

    def __init__(
        self,
        code: str,
        *,
        details: list[str] | None = None,
        fields: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.details = details
        self.fields = fields or {}

    def body(self) -> dict[str, Any]:
        body: dict[str, Any] = {"ok": False, "error": self.code, **self.fields}
        if self.details:
            body["errors"] = self.details
            body["response_metadata"] = {"messages": [f"[ERROR] {d}" for d in self.details]}
        return body


class Arguments:
    """Everything may arrive as text, so lists and objects are also read from JSON text."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = values

    def has(self, name: str) -> bool:
        return self._values.get(name) is not None

    def text(self, name: str, default: str = "") -> str:
        value = self._values.get(name)
        if value is None:
            return default
        if isinstance(value, dict | list):
            raise ApiError("invalid_arguments", details=[f"{name} must be a text"])
        return str(value)

    def required(self, name: str) -> str:
        value = self.text(name)
        if not value:
            raise ApiError("invalid_arguments", details=[f"missing required field: {name}"])
        return value

    def flag(self, name: str) -> bool:
        return str(self._values.get(name, "")).lower() in ("true", "1")

    def limit(self, default: int) -> int:
        try:
            limit = int(self._values.get("limit") or default)
        except (TypeError, ValueError):
            raise ApiError("invalid_limit") from None
        if not 1 <= limit <= _MAX_LIMIT:
            raise ApiError("invalid_limit")
        return limit

    def objects(self, name: str, code: str) -> list[dict[str, Any]] | None:
        """A list of objects, or None if absent; refuses anything else with `code`."""
        value = self._parsed(name, code)
        if value is None:
            return None
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            raise ApiError(code)
        return value

    def mapping(self, name: str, code: str) -> dict[str, Any] | None:
        value = self._parsed(name, code)
        if value is not None and not isinstance(value, dict):
            raise ApiError(code)
        return value

    def _parsed(self, name: str, code: str) -> Any:
        value = self._values.get(name)
        if isinstance(value, str):
            if not value:
                return None
            try:
                return json.loads(value)
            except (ValueError, RecursionError):
                raise ApiError(code) from None
        return value
