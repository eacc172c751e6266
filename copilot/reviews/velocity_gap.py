"""How much the machine wrote against how much people checked. Pure; see docs/velocity-gap.md."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from statistics import median

from copilot.reviews.gap_entries import (
    Check,
    ClaimStory,
    Entry,
    ShownSuggestion,
    checks_of,
    is_check,
    stories_of,
)
from copilot.reviews.gap_numbers import FEWEST_FOR_THE_SLOWEST, Quantile, Rate
from copilot.reviews.vocabulary import LedgerKind
from copilot.suggestions.reading_time import (
    SECONDS_PER_SOURCE,
    WORDS_PER_MINUTE,
    minutes_to_check,
)
from copilot.suggestions.vocabulary import DecisionKind, SuggestionKind

RUSH = 0.5
"""Who takes less than half the time that reading takes has not read. At 238 words a minute that is
more than 476, where most people read 175 to 300 (Brysbaert 2019): nobody quick is accused."""
UNSEEN_AFTER = timedelta(hours=24)
"""A suggestion that nobody decided on or opened for so long was not seen."""
FEWEST_MEASURED = 20
_LEAST_S, _MOST_S = 3.0, 60.0
"""Bounds of a measured time per source, so that neither rushing nor a coffee moves the cap far."""
_AWAY_S = 600.0
"""Who had a claim open for longer was not reading all the while."""
_WANTED = frozenset({DecisionKind.ACCEPTED, DecisionKind.EDITED, DecisionKind.MERGED})


@dataclass(frozen=True, slots=True)
class Gap:
    """Of one review, incident, week or workspace; None where nothing can be said."""

    produced_words: int
    """Of claims that came into the review."""
    produced_claims: int
    checked_words: int
    """Of claims on which a person's word was given and stands."""
    checked_claims: int
    checked_of_produced_words: int
    """Of the words produced here, those that a person's word stands on by now."""
    waiting_words: int
    """Of the claims produced here, those that stand and nobody has checked."""
    waiting_claims: int
    debt_minutes: float
    """What reading those takes."""
    active_hours: int
    """Clock hours in which anything was drafted or checked."""
    produced_per_hour: float | None
    checked_per_hour: float | None
    ratio: float | None
    """Words produced for each that was checked."""
    source_open: Rate
    time_to_check: Quantile
    """Seconds: the median."""
    time_to_check_p90: Quantile
    rubber_stamps: Rate
    reversals: Rate
    edit_distance: Quantile
    acceptance: Mapping[str, Rate]
    """By kind of suggestion."""
    false_positives: Rate
    seeded: Rate


def velocity_gap(
    entries: Sequence[Entry],
    shown: Iterable[ShownSuggestion] = (),
    *,
    now: datetime,
    since: datetime | None = None,
    until: datetime | None = None,
    seconds_per_source: float = SECONDS_PER_SOURCE,
) -> Gap:
    """Of what happened from `since` until before `until`, as it was known at `until`, or is now.

    `entries` goes back to the beginning: what was opened before `since` counts as opened.
    """
    window = _Window(since, until)
    known_until = None if until is None or until > now else until
    stories = stories_of(_about(entries, window), known_until)
    produced = [one for one in stories if one.drafted and window.has(one.drafted.at)]
    waiting = [one for one in produced if one.is_waiting]
    checked = [
        one
        for one in stories
        if one.drafted and one.is_checked and window.has(one.checks[-1].entry.at)
    ]
    checks = [check for check in checks_of(stories) if window.has(check.entry.at)]
    verified = [check for check in checks if check.entry.kind == LedgerKind.VERIFIED]
    seconds = [check.seconds for check in checks if check.seconds is not None]
    hours = _active_hours(entries, window)
    produced_words, checked_words = _words(produced), _words(checked)
    suggestions = [one for one in shown if window.has(one.shown_at)]
    return Gap(
        produced_words=produced_words,
        produced_claims=len(produced),
        checked_words=checked_words,
        checked_claims=len(checked),
        checked_of_produced_words=_words([one for one in produced if one.is_checked]),
        waiting_words=_words(waiting),
        waiting_claims=len(waiting),
        debt_minutes=debt_of_stories(waiting, seconds_per_source),
        active_hours=hours,
        produced_per_hour=produced_words / hours if hours else None,
        checked_per_hour=checked_words / hours if hours else None,
        ratio=produced_words / checked_words if checked_words else None,
        source_open=_source_open(produced),
        time_to_check=Quantile.at(0.5, seconds),
        time_to_check_p90=Quantile.at(0.9, seconds, FEWEST_FOR_THE_SLOWEST),
        rubber_stamps=Rate(sum(map(is_rubber_stamp, verified)), len(verified)),
        reversals=_reversals(stories, window),
        edit_distance=_edit_distance(checks),
        acceptance=_acceptance(suggestions),
        false_positives=_false_positives(suggestions, known_until or now),
        seeded=_seeded(entries, window),
    )


def is_rubber_stamp(check: Check) -> bool:
    """Verified with no source open, or faster than anybody reads the claim and what it quotes."""
    if not check.had_sources_open:
        return True
    return check.seconds is not None and check.seconds < RUSH * reading_seconds(check.entry)


def reading_seconds(entry: Entry) -> float:
    """To read the claim and its quotes once."""
    return (entry.words + entry.source_words) / WORDS_PER_MINUTE * 60


def debt_of_stories(
    stories: Iterable[ClaimStory], seconds_per_source: float = SECONDS_PER_SOURCE
) -> float:
    """Minutes to check those of them that wait."""
    return sum(
        minutes_to_check(one.drafted.words, one.drafted.sources, seconds_per_source)
        for one in stories
        if one.drafted is not None and one.is_waiting
    )


def measured_seconds_per_source(entries: Iterable[Entry]) -> float | None:
    """The median that people spent on a source beyond reading the claim; None while unknown.

    Only who had the sources open counts: rubber stamps must not make the debt look smaller.
    """
    measured = [
        max(0.0, check.seconds - check.entry.words / WORDS_PER_MINUTE * 60) / check.entry.sources
        for check in checks_of(stories_of(entries))
        if check.had_sources_open
        and check.entry.sources
        and check.seconds is not None
        and check.seconds <= _AWAY_S
    ]
    if len(measured) < FEWEST_MEASURED:
        return None
    return min(_MOST_S, max(_LEAST_S, median(measured)))


@dataclass(frozen=True, slots=True)
class _Window:
    since: datetime | None
    until: datetime | None

    def has(self, at: datetime) -> bool:
        is_before = self.since is not None and at < self.since
        return not is_before and (self.until is None or at < self.until)


def _about(entries: Sequence[Entry], window: _Window) -> Sequence[Entry]:
    """All lines of the claims to which anything happened in it; the others count nowhere."""
    if window.since is None and window.until is None:
        return entries
    touched = {entry.claim_id for entry in entries if window.has(entry.at)}
    return [entry for entry in entries if entry.claim_id in touched]


def _words(stories: Iterable[ClaimStory]) -> int:
    return sum(story.words for story in stories)


def _active_hours(entries: Iterable[Entry], window: _Window) -> int:
    return len(
        {
            entry.at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
            for entry in entries
            if window.has(entry.at) and (is_check(entry) or entry.kind == LedgerKind.DRAFTED)
        }
    )


def _source_open(produced: Sequence[ClaimStory]) -> Rate:
    """Of the claims that stand, or that somebody checked, those with any source opened."""
    counted = [one for one in produced if one.withdrawn_at is None or one.checks]
    return Rate(sum(one.opened_at is not None for one in counted), len(counted))


def _reversals(stories: Iterable[ClaimStory], window: _Window) -> Rate:
    verified = [
        story
        for story in stories
        if any(
            check.entry.kind == LedgerKind.VERIFIED and window.has(check.entry.at)
            for check in story.checks
        )
    ]
    return Rate(sum(story.is_reversed for story in verified), len(verified))


def _edit_distance(checks: Iterable[Check]) -> Quantile:
    """Of each claim the last edit, against what the machine wrote."""
    last = {
        check.entry.claim_id: check.entry.edit_distance
        for check in checks
        if check.entry.edit_distance is not None
    }
    return Quantile.at(0.5, [distance for distance in last.values() if distance is not None])


def _acceptance(shown: Sequence[ShownSuggestion]) -> Mapping[str, Rate]:
    """Of what was decided on, the wanted; what was left for later is not decided."""
    return {
        kind.value: Rate(
            sum(one.decision in _WANTED for one in shown if one.kind == kind),
            sum(
                one.decision in _WANTED or one.decision == DecisionKind.DISMISSED
                for one in shown
                if one.kind == kind
            ),
        )
        for kind in SuggestionKind
    }


def _false_positives(shown: Sequence[ShownSuggestion], now: datetime) -> Rate:
    """Of what was shown and is decided, opened or a day old: dismissed, or seen by nobody."""
    dismissed = sum(one.decision == DecisionKind.DISMISSED for one in shown)
    untouched = [one for one in shown if one.decision is None and not one.is_opened]
    unseen = sum(now - one.shown_at >= UNSEEN_AFTER for one in untouched)
    return Rate(dismissed + unseen, len(shown) - len(untouched) + unseen)


def _seeded(entries: Iterable[Entry], window: _Window) -> Rate:
    answered = [
        entry.is_caught
        for entry in entries
        if entry.kind == LedgerKind.SEEDED and entry.is_caught is not None and window.has(entry.at)
    ]
    return Rate(sum(answered), len(answered))
