"""`python -m tests.evals.token_share`: tokens sent to a model, beside one call for each message.

A conversation is played with its own timing through recording, debounce, routing and prompt to a
scripted endpoint, which counts. The same prompt is then asked once for each message, alone, as a
copilot would that knows neither. The model finds nothing in either, so that what is compared is
what was sent, and the few tokens of an empty answer.
"""

import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from copilot.bootstrap import mentions_work
from copilot.clock import ReplayClock
from copilot.db import Database, open_engine
from copilot.incidents.intake import take_in
from copilot.incidents.lifecycle import declare
from copilot.incidents.models import Incident
from copilot.incidents.queries import get_incident, span_of
from copilot.llm.answers import FoundFollowUps
from copilot.llm.endpoint import Endpoint
from copilot.llm.prompting import prompt_about
from copilot.llm.proposer import DEBOUNCE, MOST_OUTPUT_TOKENS, ModelProposer
from copilot.local.proposer import LocalProposer
from copilot.migrating import upgrade
from copilot.ports import ChannelInfo, Debounce, MemberInfo, WorkspaceInfo
from copilot.suggestions.consideration import consider_incident, incidents_with_unconsidered
from copilot.suggestions.models import ModelRun
from copilot.suggestions.token_budgets import TokenBudgets, TokenLimits
from copilot.timeline.permalinks import ts_to_instant
from copilot.timeline.reading import events_in, window_messages
from copilot.timeline.slack_export import open_export
from copilot.timeline.slack_messages import to_records
from copilot.workspaces.directory import (
    names_of,
    people_of,
    upsert_channel,
    upsert_members,
    upsert_workspace,
)
from tests.evals.corpora import SHARED_DATA
from tests.fakes.scripted_endpoint import ScriptedEndpoint, answers_with

DEMO = Path(__file__).parents[2] / "copilot" / "sandbox" / "demo_incident"
SWEEP = timedelta(seconds=5)
TARGET = 0.10
TEAM = "T1"
PLENTY = TokenLimits(10**9, 10**9, 10**9)


@dataclass(frozen=True, slots=True)
class Played:
    """A channel as an export has it."""

    name: str
    channel_id: str
    users: Sequence[Mapping[str, Any]]
    messages: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class TokenShare:
    name: str
    messages: int
    calls: int
    tokens: int
    tokens_of_each: int
    """Of one call for each message."""
    shown: int
    """Messages that a model was shown, those that were shown twice counted twice."""

    @property
    def share(self) -> float:
        return self.tokens / self.tokens_of_each

    def as_line(self) -> str:
        return (
            f"{self.name:28}{self.messages:6} messages {self.calls:4} calls {self.shown:5} shown "
            f"{self.tokens:9,} tokens, one call a message {self.tokens_of_each:9,}: "
            f"{self.share:6.1%} (target {TARGET:.0%})"
        )


def main() -> int:
    """Prints the share of each export; 1 if one of them misses the target."""
    shares = [measure(one) for path in [DEMO, *real_exports()] for one in played_from(path)]
    sys.stdout.write("\n".join(share.as_line() for share in shares) + "\n")
    if not real_exports():
        sys.stdout.write("skipped: the shared data folder with real exports is not there\n")
    return int(any(share.share > TARGET for share in shares))


def real_exports() -> list[Path]:
    return sorted((SHARED_DATA / "slack_exports").glob("k8s-*.zip"))


def played_from(path: Path) -> list[Played]:
    """Each channel of an export."""
    with open_export(path) as export:
        return [
            Played(f"{path.stem} #{one.name}", one.id, export.users, list(export.messages(one)))
            for one in export.channels
        ]


def measure(played: Played, debounce: Debounce = DEBOUNCE) -> TokenShare:
    with (
        ScriptedEndpoint(answers_with(lambda _: {"items": []})) as endpoint,
        scratch_database() as db,
    ):
        incident_id = declare_played(db, played)
        model = Endpoint(base_url=endpoint.url, api_key="k", model="scripted-1")
        _play(db, incident_id, played, _proposer(db, model, debounce))
        calls, tokens = endpoint.calls, endpoint.tokens
        messages = _one_by_one(db, incident_id, model)
        with db.reading() as session:
            runs = session.scalars(select(ModelRun).where(ModelRun.engine.like("model%"))).all()
        if len(runs) != calls:
            raise AssertionError("a call is not on record")
        return TokenShare(
            name=played.name,
            messages=messages,
            calls=calls,
            tokens=tokens,
            tokens_of_each=endpoint.tokens - tokens,
            shown=sum(len(run.inputs) for run in runs),
        )


def _proposer(db: Database, model: Endpoint, debounce: Debounce) -> ModelProposer:
    return ModelProposer(
        model,
        LocalProposer(),
        mentions_work,
        TokenBudgets(db, PLENTY, ReplayClock(datetime.fromisoformat("2026-01-01T00:00:00Z"))),
        reads_private=False,
        debounce=debounce,
    )


def _play(db: Database, incident_id: int, played: Played, proposer: ModelProposer) -> None:
    """Every message when it was said, and the sweeper looking round in between."""
    clock = ReplayClock(ts_to_instant(str(played.messages[0]["ts"])))
    for number, message in enumerate(played.messages):
        clock.advance_to(ts_to_instant(str(message["ts"])))
        with db.transaction() as session:
            event = {"type": "message", "channel": played.channel_id, **message}
            take_in(session, TEAM, to_records(TEAM, event, played.channel_id), clock.now())
        following = played.messages[number + 1 :][:1]
        until = ts_to_instant(str(following[0]["ts"])) if following else None
        _sweep_until(db, incident_id, proposer, clock, until)


def _sweep_until(
    db: Database,
    incident_id: int,
    proposer: ModelProposer,
    clock: ReplayClock,
    until: datetime | None,
) -> None:
    """A few seconds at a time, until the next message or until nothing is left to do."""
    while until is None or clock.now() + SWEEP < until:
        clock.advance_to(clock.now() + SWEEP)
        with db.reading() as session:
            due = incidents_with_unconsidered(session, 1, clock.now(), proposer.debounce)
            left = due or incidents_with_unconsidered(session, 1, clock.now())
        if not left:
            return
        if due:
            consider_incident(db, incident_id, proposer, clock, clock)


def _one_by_one(db: Database, incident_id: int, model: Endpoint) -> int:
    with db.reading() as session:
        incident = get_incident(session, incident_id)
        events = events_in(session, span_of(incident))
        said = window_messages(session, events, names_of(session, TEAM))
        people = people_of(session, TEAM)
    for message in said:
        asked = prompt_about([replace(message, is_new=True)], people)
        model.ask(asked.prompt, FoundFollowUps, max_output_tokens=MOST_OUTPUT_TOKENS)
    return len(said)


def declare_played(db: Database, played: Played) -> int:
    start = ts_to_instant(str(played.messages[0]["ts"]))
    with db.transaction() as session:
        workspace = WorkspaceInfo(TEAM, "Acme", "https://acme.slack.com/", "UBOT")
        upsert_workspace(session, workspace, start)
        upsert_channel(session, TEAM, ChannelInfo(played.channel_id, played.name, False))
        upsert_members(session, TEAM, [_member(user) for user in played.users])
        declared: Incident = declare(
            session,
            team_id=TEAM,
            channel_id=played.channel_id,
            title=played.name,
            severity=None,
            by=None,
            now=start,
        ).incident
        return declared.id


def _member(user: Mapping[str, Any]) -> MemberInfo:
    profile = user.get("profile") or {}
    name = profile.get("display_name") or user.get("name") or user["id"]
    return MemberInfo(user["id"], name, user.get("real_name") or "", bool(user.get("is_bot")))


@contextmanager
def scratch_database() -> Iterator[Database]:
    with tempfile.TemporaryDirectory() as folder:
        engine = open_engine(f"sqlite:///{folder}/played.db")
        upgrade(engine)
        yield Database(engine, lambda _: None)
        engine.dispose()


if __name__ == "__main__":
    sys.exit(main())
