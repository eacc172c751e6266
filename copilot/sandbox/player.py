"""Plays a Slack export into the sandbox: each message becomes a signed event at its own time."""

import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from copilot.clock import ReplayClock
from copilot.sandbox.people import user_of_export
from copilot.sandbox.playback import Playback
from copilot.sandbox.score import PlayedCommand, Step, score
from copilot.sandbox.sender import Sender
from copilot.sandbox.workspace import SandboxWorkspace
from copilot.timeline.slack_export import ExportChannel, SlackExport

LULL_STOP = timedelta(minutes=5, seconds=1)
LONGEST_WAIT_S = 8.0
_TOPICS = ("channel_topic", "group_topic")


@dataclass(slots=True)
class PlayResult:
    """`events` counts each event once, however often it was delivered."""

    events: int = 0
    failed: int = 0
    """Deliveries that the app never answered with 2xx."""
    messages: int = 0
    deliveries: int = 0
    commands: int = 0


class Player:
    """Plays once. `pause`, `resume`, `set_speed` and `stop` may be called from any thread.

    `speed` is times the incident's own pace; 0 is as fast as possible. However slow, no wait is
    longer than `longest_wait_s`. Everything is already in the sandbox when the app hears of it.
    """

    def __init__(
        self,
        workspace: SandboxWorkspace,
        sender: Sender,
        export: SlackExport,
        *,
        clock: ReplayClock,
        speed: float,
        deliveries: int = 1,
        shuffle_seed: int | None = None,
        on_step: Callable[[datetime], None] | None = None,
        commands: Sequence[PlayedCommand] = (),
        longest_wait_s: float = LONGEST_WAIT_S,
    ) -> None:
        self._workspace, self._sender, self._export = workspace, sender, export
        self._clock, self._speed, self._longest_wait_s = clock, speed, longest_wait_s
        self._deliveries = deliveries
        self._shuffle_seed = shuffle_seed
        self._on_step = on_step or (lambda _: None)
        self._commands = commands
        self._steps: list[Step] = []
        self._playback: Playback | None = None
        self._result = PlayResult()
        self._previous_at: datetime | None = None

    def prepare(self, channel: str | None = None) -> None:
        """Create people and channels, read the messages; `play` does it if nobody did."""
        chosen = self._chosen(channel)
        self._create_people()
        self._steps = score(self._workspace, self._export, chosen, self._commands)
        self._create_channels(chosen, is_wanted=channel is not None)
        if not self._steps:
            return
        self._playback = Playback(
            speed=self._speed,
            total=len(self._steps),
            starts_at=self._steps[0].at,
            ends_at=self._steps[-1].at,
            longest_wait_s=self._longest_wait_s,
            on_change=self._workspace.playback_changed,
        )
        self._workspace.playback = self._playback

    def play(self, channel: str | None = None) -> PlayResult:
        """Play everything, or one channel by name or id. Returns when done or stopped."""
        if self._playback is None:
            self.prepare(channel)
        if self._playback is None:
            return self._result
        if self._shuffle_seed is None:
            self._play_in_order(self._playback)
        else:
            order = random.Random(self._shuffle_seed)  # noqa: S311 - repeatable, no secret
            self._play_shuffled(self._playback, order)
        self._sender.wait_until_idle()
        self._playback.finish()
        return self._result

    def pause(self) -> None:
        if self._playback:
            self._playback.pause()

    def resume(self) -> None:
        if self._playback:
            self._playback.resume()

    def set_speed(self, speed: float) -> None:
        self._speed = speed
        if self._playback:
            self._playback.set_speed(speed)

    def stop(self) -> None:
        """Let `play` return soon, before its end."""
        if self._playback:
            self._playback.stop()

    def _play_in_order(self, playback: Playback) -> None:
        for step in self._steps:
            self._wait_for(step.at, playback)
            if playback.is_stopped:
                return
            self._apply(step)
            for sent in self._envelopes(step):
                for copy in range(self._deliveries):
                    self._deliver(sent, copy)
            self._run_command(step)
            playback.step()
            self._on_step(self._clock.now())

    def _play_shuffled(self, playback: Playback, chance: random.Random) -> None:
        """Between two commands everything has happened, and its events arrive in any order."""
        for _, group in groupby(self._steps, key=lambda step: step.command is not None):
            steps = list(group)
            for step in steps:
                self._apply(step)
            self._deliver_shuffled(steps, playback, chance)
            for step in steps:
                if playback.is_stopped:
                    return
                self._clock.advance_to(step.at)
                self._run_command(step)
                playback.arrive(step.at)
                playback.step()
            self._on_step(self._clock.now())

    def _deliver_shuffled(
        self, steps: Iterable[Step], playback: Playback, chance: random.Random
    ) -> None:
        wanted = [
            (step.at, sent, copy)
            for step in steps
            for sent in self._envelopes(step)
            for copy in range(self._deliveries)
        ]
        chance.shuffle(wanted)
        for at, sent, copy in wanted:
            if playback.is_stopped:
                return
            self._clock.advance_to(at)
            self._deliver(sent, copy)
            self._on_step(self._clock.now())

    def _envelopes(self, step: Step) -> list[dict[str, Any]]:
        self._result.events += len(step.events)
        return [self._sender.envelope(event) for event in step.events]

    def _deliver(self, sent: Mapping[str, Any], copy: int) -> None:
        self._result.deliveries += 1
        if not self._sender.deliver(sent, redelivery=copy).is_ok:
            self._result.failed += 1

    def _apply(self, step: Step) -> None:
        """Let it have happened in the workspace."""
        if step.body is not None:
            self._workspace.store(step.channel_id, step.body)
            self._result.messages += step.is_message
            if step.body.get("subtype") in _TOPICS:
                self._workspace.know_topic(step.channel_id, str(step.body.get("topic") or ""))
        if step.removed_ts is not None:
            self._workspace.forget_message(step.channel_id, step.removed_ts)

    def _run_command(self, step: Step) -> None:
        if (played := step.command) is None:
            return
        self._result.commands += 1
        self._workspace.command(played.user, played.channel, played.command, played.text)

    def _wait_for(self, at: datetime, playback: Playback) -> None:
        """Let the time up to `at` pass, stopping where a lull becomes one."""
        previous_at, self._previous_at = self._previous_at, at
        if previous_at is not None and at - previous_at > LULL_STOP:
            self._pass_until(previous_at + LULL_STOP, playback)
            if playback.is_stopped:
                return
            self._on_step(self._clock.now())
        self._pass_until(at, playback)

    def _pass_until(self, at: datetime, playback: Playback) -> None:
        playback.wait_until(at, self._clock.advance_to)
        if not playback.is_stopped:
            self._clock.advance_to(at)

    def _chosen(self, channel: str | None) -> list[ExportChannel]:
        return self._export.channels if channel is None else [self._export.channel(channel)]

    def _create_channels(self, chosen: Iterable[ExportChannel], *, is_wanted: bool) -> None:
        """Those in which something happens, or the one that was asked for."""
        played = {step.channel_id for step in self._steps}
        for found in chosen:
            if found.id not in self._workspace.channels and (is_wanted or found.id in played):
                self._workspace.add_channel(
                    found.name, channel_id=found.id, is_private=found.is_private
                )

    def _create_people(self) -> None:
        for position, entry in enumerate(self._export.users):
            user = user_of_export(entry, position)
            if user is not None and user.id not in self._workspace.users:
                self._workspace.put_user(user)
