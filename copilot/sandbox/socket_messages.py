"""What Slack says down a socket besides payloads; pure."""

from typing import Any

CONNECTION_TIME_S = 3600
_HOST = "applink-sandbox"


def hello(number: int, app_id: str) -> dict[str, Any]:
    """The first message of a socket; `number` counts those that are open."""
    return {
        "type": "hello",
        "num_connections": number,
        "debug_info": {
            "host": _HOST,
            "build_number": 1,
            "approximate_connection_time": CONNECTION_TIME_S,
        },
        "connection_info": {"app_id": app_id},
    }


def disconnection(reason: str) -> dict[str, Any]:
    return {"type": "disconnect", "reason": reason, "debug_info": {"host": _HOST}}


def retry_reason(why: str) -> str:
    """What an envelope calls a failure that has another name over HTTP."""
    return "timeout" if why == "http_timeout" else why
