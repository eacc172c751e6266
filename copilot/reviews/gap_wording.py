"""The velocity gap in the words that people read: one honest sentence for each question. Pure."""

from collections.abc import Sequence

from copilot.reviews.gap_entries import ShownSuggestion
from copilot.reviews.gap_export import Row
from copilot.reviews.gap_numbers import FEWEST, FEWEST_FOR_THE_SLOWEST
from copilot.reviews.velocity_gap import Gap
from copilot.suggestions.vocabulary import DecisionKind

LABELS = {
    "produced_words": "Words written by the machine",
    "produced_claims": "Sentences written by the machine",
    "checked_words": "Words checked by people",
    "checked_claims": "Sentences checked by people",
    "checked_of_produced_words": "Of the words written, checked by now",
    "waiting_words": "Words that wait",
    "waiting_claims": "Sentences that wait",
    "debt_minutes": "Reading that waits",
    "active_hours": "Hours with anything written or checked",
    "produced_per_hour": "Written in such an hour",
    "checked_per_hour": "Checked in such an hour",
    "ratio": "Words written for each that was checked",
    "source_open": "Sentences of which somebody opened a source",
    "time_to_check": "Time to check a sentence, median",
    "time_to_check_p90": "Nine in ten take at most",
    "rubber_stamps": "Verified without time or source to read",
    "reversals": "Verified and later taken back",
    "edit_distance": "Words changed by an edit, median",
    "acceptance.commitment": "Promises that were wanted",
    "acceptance.request": "Requests that were wanted",
    "acceptance.proposal": "Proposals that were wanted",
    "false_positives": "Suggestions that nobody wanted or saw",
    "seeded": "Altered sentences that were caught",
}
_FEWEST = {"time_to_check_p90": FEWEST_FOR_THE_SLOWEST}
_WANTED = (DecisionKind.ACCEPTED, DecisionKind.EDITED, DecisionKind.MERGED)


def value_words(row: Row) -> str:
    """E.g. `24 %`, `14 s`, `1,840 words`; why there is none where there is none."""
    name, value, _, _, of, unit = row
    if value is None and of is not None:
        return f"too few to tell: {of} of {_FEWEST.get(name, FEWEST)}"
    return "–" if value is None else amount(value, unit)


def interval_words(row: Row) -> str:
    """The 95 % interval, open where few values tell of no bound; empty where there is no value."""
    _, value, low, high, of, unit = row
    if value is None or of is None:
        return ""
    ends = [amount(end, unit) if end is not None else "…" for end in (low, high)]
    return f"{ends[0]} to {ends[1]}"


def amount(value: float, unit: str) -> str:
    if unit == "share":
        return f"{round(100 * value)} %"
    if unit == "minutes":
        return minutes(value)
    if unit == "seconds":
        return f"{value:.0f} s" if value >= 10 else f"{value:.1f} s"
    if unit in ("words", "claims", "hours"):
        return f"{value:,.0f}"
    return f"{value:,.2f}" if unit == "words per word" else f"{value:,.0f} words"


def minutes(value: float) -> str:
    if 0 < value < 1:
        return "less than a minute"
    return f"{round(value):,} minute{'' if round(value) == 1 else 's'}"


def words_sentence(gap: Gap, when: str = "") -> str:
    """E.g. `Of 1,840 words drafted this week 1,210 were checked by a person; the rest waits, about
    9 minutes of reading.`"""
    if not gap.produced_words:
        return f"Nothing was drafted{when}."
    if gap.waiting_words == gap.produced_words:
        verb = "waits" if gap.debt_minutes < 1 or round(gap.debt_minutes) == 1 else "wait"
        return (
            f"None of the {gap.produced_words:,} words drafted{when} was checked by a person; "
            f"{_about(gap)}{minutes(gap.debt_minutes)} of reading {verb}."
        )
    drafted = f"Of {gap.produced_words:,} words drafted{when} {gap.checked_of_produced_words:,}"
    checked = f"{drafted} {_were(gap.checked_of_produced_words)} checked by a person"
    dropped = gap.produced_words - gap.checked_of_produced_words - gap.waiting_words
    left = f" and {dropped:,} dropped by a newer draft" if dropped else ""
    if not gap.waiting_words:
        return f"{checked}{left}; nothing waits."
    return f"{checked}{left}; the rest waits, {_about(gap)}{minutes(gap.debt_minutes)} of reading."


def _about(gap: Gap) -> str:
    return "" if gap.debt_minutes < 1 else "about "


def debt_sentence(minutes_each: float, reviewers: int, cap_minutes: float, waits: bool) -> str:
    people = "one person" if reviewers == 1 else f"each of {reviewers} people"
    reading = f"{_first_up(minutes(minutes_each))} of reading"
    verb = "waits" if minutes_each < 1 or round(minutes_each) == 1 else "wait"
    much = "Nothing waits" if minutes_each <= 0 else f"{reading} {verb}"
    held = (
        "so the next section is not drafted yet"
        if waits
        else f"from {cap_minutes:g} minutes on no further section is drafted"
    )
    return f"{much} for {people}; {held}."


def time_sentence(gap: Gap) -> str:
    time, stamps = gap.time_to_check, gap.rubber_stamps
    if not time.of and not stamps.of:
        return "Nobody has checked a sentence yet."
    half = (
        f"Half of them took {amount(time.value, 'seconds')} or less. "
        if time.value is not None
        else f"Of {time.of} the time is known, too few to say what is usual. "
    )
    if not stamps.of:
        return f"{half}None was verified yet."
    return (
        f"{half}Of {stamps.of} verified sentences {stamps.hits or 'none'} {_were(stamps.hits)} "
        "waved through: with no source open, or faster than anybody reads."
    )


def suggestions_sentence(shown: Sequence[ShownSuggestion], when: str = "") -> str:
    if not shown:
        return f"No suggestion was shown{when}."
    wanted, dismissed, left, open_ = (
        sum(one.decision in decisions for one in shown)
        for decisions in (_WANTED, (DecisionKind.DISMISSED,), (DecisionKind.SNOOZED,), (None,))
    )
    parts = [f"{wanted or 'none'} {_were(wanted)} taken", f"{dismissed or 'none'} dismissed"]
    parts += [f"{left} left for the review"] if left else []
    undecided = f"; nobody decided on {open_}" if open_ else ""
    told = f"{', '.join(parts[:-1])} and {parts[-1]}{undecided}"
    return f"Of {len(shown)} suggestions shown{when} {told}."


def _were(count: int) -> str:
    return "was" if count == 1 else "were"


def _first_up(text: str) -> str:
    return text[:1].upper() + text[1:]
