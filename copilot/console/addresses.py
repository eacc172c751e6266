"""Ids in addresses: a number no row can have is an address that does not exist."""

from typing import Annotated

from fastapi import Path

_LARGEST = 2**63 - 1

IncidentId = Annotated[int, Path(ge=1, le=_LARGEST)]
SuggestionId = Annotated[int, Path(ge=1, le=_LARGEST)]
ClaimId = Annotated[int, Path(ge=1, le=_LARGEST)]
CommentId = Annotated[int, Path(ge=1, le=_LARGEST)]
EpisodeNumber = Annotated[int, Path(ge=1, le=1_000_000)]


def incident_path(incident_id: int) -> str:
    return f"/incidents/{incident_id}"


def message_path(incident_id: int, message_ts: str) -> str:
    """Opens the incident where the message is, with the message loaded, without JavaScript too."""
    return f"{incident_path(incident_id)}?at={message_ts}#m-{message_ts}"
