"""A channel that keeps the headline, topic and people it was given."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime

from copilot.ports import Briefing, HeadlineCard


class FakeIncidentChannel:
    """`refusals` are raised one by one by the method they are planned for; `lost` after it did
    what was asked, as when the connection breaks while Slack answers.
    """

    def __init__(self) -> None:
        self.headlines: dict[str, HeadlineCard] = {}
        """By ts, as Slack shows them now."""
        self.drawn: list[HeadlineCard] = []
        """Every drawing, posts included."""
        self.pinned: list[str] = []
        self.topics: list[str] = [""]
        self.invited: list[str] = []
        self.briefed: list[tuple[str, Briefing]] = []
        self.told: list[tuple[str, str]] = []
        self.refusals: defaultdict[str, list[BaseException]] = defaultdict(list)
        self.lost: defaultdict[str, list[BaseException]] = defaultdict(list)
        self.on_draw: Callable[[], None] | None = None
        """Called while a drawing is on its way, e.g. to change something meanwhile."""

    def post_headline(
        self,
        team_id: str,
        channel_id: str,
        card: HeadlineCard,
        tried_since: datetime | None = None,
    ) -> str:
        self._refuse("post")
        if tried_since is not None:
            for ts, known in self.headlines.items():
                if (known.incident_id, known.posting) == (card.incident_id, card.posting):
                    return ts
        ts = f"17726328{len(self.drawn):02d}.000100"
        self._draw(ts, card)
        self._lose("post")
        return ts

    def update_headline(
        self, team_id: str, channel_id: str, message_ts: str, card: HeadlineCard
    ) -> bool:
        self._refuse("update")
        if message_ts not in self.headlines:
            return False
        self._draw(message_ts, card)
        self._lose("update")
        return True

    def pin(self, team_id: str, channel_id: str, message_ts: str) -> None:
        self._refuse("pin")
        self.pinned.append(message_ts)

    def topic(self, team_id: str, channel_id: str) -> str:
        return self.topics[-1]

    def set_topic(self, team_id: str, channel_id: str, topic: str) -> None:
        self._refuse("topic")
        self.topics.append(topic)

    def invite(self, team_id: str, channel_id: str, user_ids: Sequence[str]) -> None:
        self._refuse("invite")
        self.invited += user_ids

    def brief(self, team_id: str, channel_id: str, user_id: str, briefing: Briefing) -> None:
        self._refuse("brief")
        self.briefed.append((user_id, briefing))

    def tell(self, team_id: str, channel_id: str, user_id: str, text: str) -> None:
        self._refuse("tell")
        self.told.append((user_id, text))

    def _draw(self, ts: str, card: HeadlineCard) -> None:
        self.headlines[ts] = card
        self.drawn.append(card)
        if self.on_draw is not None:
            self.on_draw()

    def _refuse(self, what: str) -> None:
        if self.refusals[what]:
            raise self.refusals[what].pop(0)

    def _lose(self, what: str) -> None:
        if self.lost[what]:
            raise self.lost[what].pop(0)
