"""Who checks: every act carries a person's name. Pure."""

from dataclasses import dataclass

from copilot.errors import BadInputError

_MOST_LETTERS = 200


@dataclass(frozen=True, slots=True)
class Reviewer:
    """A person at a review. `user_id` is who they are in Slack, where that is known."""

    name: str
    user_id: str | None = None

    @property
    def signature(self) -> str:
        """The name as it is recorded. Raises BadInputError where there is none."""
        signed = " ".join(self.name.split())[:_MOST_LETTERS]
        if not signed:
            raise BadInputError("Say who you are first: every check carries a name.")
        return signed
