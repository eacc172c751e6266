"""A Slack that keeps what was posted to it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from copilot.clock import Clock
from copilot.ports import AdminNote, ReviewerNote, SuggestionCard
from tests.fakes.incident_channel import FakeIncidentChannel


@dataclass(frozen=True, slots=True)
class Posted:
    channel_id: str
    card: SuggestionCard
    posted_at: datetime
    message_ts: str


class FakeMessenger(FakeIncidentChannel):
    """Looks for what it has only where it was tried before, like the real one.

    `failures` are raised one by one before a card is posted; `lost_answers` after it was posted,
    as when the connection breaks while Slack answers.
    """

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self.clock = clock
        self.posts: list[Posted] = []
        self.updates: list[SuggestionCard] = []
        self.told_reviewers: list[tuple[str, ReviewerNote]] = []
        self.told_admins: list[tuple[str, AdminNote]] = []
        self.failures: list[BaseException] = []
        self.lost_answers: list[BaseException] = []
        self.on_post: Callable[[SuggestionCard], None] | None = None
        """Called while a card is on its way, e.g. to decide on it meanwhile."""
        self.on_update: Callable[[SuggestionCard], None] | None = None
        """The same while a card is redrawn."""

    def post_card(
        self,
        team_id: str,
        channel_id: str,
        card: SuggestionCard,
        tried_since: datetime | None = None,
    ) -> str:
        if self.failures:
            raise self.failures.pop(0)
        if self.on_post is not None:
            self.on_post(card)
        found = [
            each
            for each in self.posts
            if tried_since is not None and each.card.delivery_id == card.delivery_id
        ]
        if not found:
            now = self.clock.now()
            message_ts = f"{int(now.timestamp())}.{len(self.posts):06d}"
            found = [Posted(channel_id, card, now, message_ts)]
            self.posts += found
        if self.lost_answers:
            raise self.lost_answers.pop(0)
        return found[0].message_ts

    def update_card(
        self, team_id: str, channel_id: str, message_ts: str, card: SuggestionCard
    ) -> None:
        if self.failures:
            raise self.failures.pop(0)
        assert any(each.message_ts == message_ts for each in self.posts)
        if self.on_update is not None:
            self.on_update(card)
        self.updates.append(card)

    def tell_admin(self, team_id: str, user_id: str, note: AdminNote) -> None:
        self._refuse("tell_admin")
        self.told_admins.append((user_id, note))

    def tell_reviewer(self, team_id: str, user_id: str, note: ReviewerNote) -> None:
        self._refuse("tell_reviewer")
        self.told_reviewers.append((user_id, note))
