"""What a command asks, and about which incident."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from copilot.errors import NotFoundError
from copilot.incidents.models import Incident
from copilot.incidents.queries import latest_incident_in


@dataclass(frozen=True, slots=True)
class Asked:
    team_id: str
    channel_id: str
    channel_name: str
    user_id: str
    rest: str
    """What was typed after the command's first word, on one line."""
    text: str = ""
    """The same with its line breaks, for what is written down as it is."""
    trigger_id: str = ""
    """Opens one form, within three seconds."""
    response_url: str = ""
    """Takes five answers to the asker within half an hour."""

    @property
    def is_in_direct_message(self) -> bool:
        """With one person or a few: no place for an incident, since nobody can be brought in."""
        is_one = self.channel_id.startswith("D") or self.channel_name == "directmessage"
        return is_one or self.channel_name.startswith("mpdm-")


def incident_asked_about(session: Session, asked: Asked) -> Incident:
    """The open incident of the channel, else its last one."""
    incident = latest_incident_in(session, asked.team_id, asked.channel_id)
    if incident is None:
        raise NotFoundError(
            "There is no incident in this channel. `/incident declare what is wrong sev2` starts "
            "one here; ask again where one is."
        )
    return incident
