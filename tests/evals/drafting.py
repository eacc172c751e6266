"""`python -m tests.evals.drafting`: how good the built-in drafter's reviews are.

Both Kubernetes exports and an export built from each of twenty post-mortems go the product's way:
imported, read for follow-ups, drafted, read back as the console would. Then:

- *pass*: of the published claims those that pass every check by code, run here once more.
- *entries*: of the human timeline's entries those whose message a published claim cites.
- *stated*: of the action items those that a message states: it holds at least half of the words
  that carry the item's meaning, stems with synonyms folded, and no fewer than three.
- *covered*: of the stated ones those of which a published claim cites such a message.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from copilot.archive.importing import import_slack_export
from copilot.clock import ReplayClock
from copilot.db import Database, open_engine
from copilot.incidents.queries import get_incident
from copilot.local.drafter import LocalDrafter
from copilot.local.proposer import LocalProposer
from copilot.migrating import upgrade
from copilot.ports import Quote, WindowMessage
from copilot.reviews.citations import check_claim
from copilot.reviews.drafting import draft_review
from copilot.reviews.material import read_material
from copilot.reviews.policies import policy_in_force, set_policy
from copilot.reviews.reading import ReviewView, current_review
from copilot.reviews.review_policy import HIGHEST_CAP
from copilot.reviews.words import content_stems
from copilot.suggestions.consideration import propose_now
from tests.evals.corpora import SHARED_DATA
from tests.evals.drafting_exports import PostMortem, chosen_post_mortems, write_export

_NOW = datetime(2026, 3, 4, tzinfo=UTC)
_SHARE_STATED = 0.5
_FEWEST_STATED = 3


@dataclass(frozen=True, slots=True)
class Drafted:
    """A review and what it was drafted from."""

    title: str
    view: ReviewView
    messages: tuple[WindowMessage, ...]
    names: frozenset[str]
    zone: ZoneInfo
    post_mortem: PostMortem | None = None

    @property
    def cited(self) -> frozenset[str]:
        """Stamps of the messages that published claims cite."""
        return frozenset(
            citation.message_ts for claim in self.view.claims for citation in claim.citations
        )


@dataclass(frozen=True, slots=True)
class Score:
    title: str
    messages: int
    claims: int
    passing: int
    kept_apart: int
    entries: int
    entries_covered: int
    items: int
    items_stated: int
    items_covered: int
    cited: int
    not_in_timeline: tuple[str, ...]
    left_out: tuple[str, ...]


def main(arguments: Sequence[str] | None = None) -> int:
    options = _options(arguments)
    if not SHARED_DATA.is_dir():
        print("skipped: the shared data folder is not there")  # noqa: T201
        return 0
    scores = []
    for drafted in drafts(options.only):
        score = score_of(drafted)
        scores.append(score)
        print("\n".join(_lines(score)), flush=True)  # noqa: T201
        if options.show:
            print("\n".join(shown(drafted)), flush=True)  # noqa: T201
    print("\n".join(in_sum(scores)))  # noqa: T201
    return 0 if all(score.passing == score.claims for score in scores) else 1


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.evals.drafting", description=__doc__)
    parser.add_argument("--only", default="", metavar="WORDS", help="incidents with these in name")
    parser.add_argument(
        "--show", action="store_true", help="print each sentence, and what was not told"
    )
    return parser.parse_args(arguments)


def drafts(only: str = "") -> Iterator[Drafted]:
    with tempfile.TemporaryDirectory() as name, _database(Path(name)) as db:
        for path in sorted((SHARED_DATA / "slack_exports").glob("k8s-*.zip")):
            if only.lower() in path.stem.lower():
                yield _drafted(db, path, path.stem, None)
        for post_mortem in chosen_post_mortems():
            if only.lower() in f"{post_mortem.name} {post_mortem.title}".lower():
                path = write_export(post_mortem, Path(name))
                yield _drafted(db, path, post_mortem.title, post_mortem)


@contextmanager
def _database(folder: Path) -> Iterator[Database]:
    engine = open_engine(f"sqlite:///{folder / 'drafted.db'}")
    upgrade(engine)
    try:
        yield Database(engine, lambda _: None)
    finally:
        engine.dispose()


def _drafted(db: Database, path: Path, title: str, post_mortem: PostMortem | None) -> Drafted:
    clock = ReplayClock(_NOW)
    (incident,) = import_slack_export(db, path, title=title, now=_NOW).incidents
    lift_the_cap(db, incident.id)
    propose_now(db, incident.id, LocalProposer(), clock)
    draft_review(db, incident.id, LocalDrafter(), clock)
    with db.reading() as session:
        view = current_review(session, incident.id)
        material = read_material(session, incident.id)
    assert view is not None
    zone = ZoneInfo(material.facts.time_zone)
    return Drafted(title, view, material.messages, material.names, zone, post_mortem)


def lift_the_cap(db: Database, incident_id: int) -> None:
    """Nobody checks here, and the whole draft is what is measured."""
    with db.transaction() as session:
        team_id = get_incident(session, incident_id).team_id
        found = policy_in_force(session, team_id)
        if found.policy.debt_cap_minutes < HIGHEST_CAP:
            lifted = replace(found.policy, debt_cap_minutes=HIGHEST_CAP)
            reason = "The whole draft is measured"
            set_policy(
                session, team_id, lifted, replaces=found.version, reason=reason, by="U0", now=_NOW
            )


def score_of(drafted: Drafted) -> Score:
    view, post_mortem, cited = drafted.view, drafted.post_mortem, drafted.cited
    items = post_mortem.action_items if post_mortem else ()
    stated = [found for item in items if (found := stating(item, drafted.messages))]
    entries = post_mortem.entries if post_mortem else ()
    return Score(
        title=drafted.title,
        messages=len(drafted.messages),
        claims=len(view.claims),
        passing=sum(_passes(drafted, place) for place in range(len(view.claims))),
        kept_apart=len(view.unsupported),
        entries=len(entries),
        entries_covered=sum(entry.message_ts in cited for entry in entries),
        items=len(items),
        items_stated=len(stated),
        items_covered=sum(bool(found & cited) for found in stated),
        cited=len(cited),
        not_in_timeline=tuple(section.title for section in view.sections if not section.claims),
        left_out=tuple(view.left_out),
    )


def stating(item: str, messages: Sequence[WindowMessage]) -> frozenset[str]:
    """Stamps of the messages that state the action item; empty where none does."""
    wanted = content_stems(item)
    least = max(_FEWEST_STATED, len(wanted) * _SHARE_STATED)
    return frozenset(
        message.message_ts
        for message in messages
        if len(wanted & content_stems(message.text)) >= least
    )


def _passes(drafted: Drafted, place: int) -> bool:
    claim = drafted.view.claims[place]
    by_ts = {message.message_ts: message for message in drafted.messages}
    quotes = [
        Quote(by_ts[citation.message_ts].number, citation.quote)
        for citation in claim.citations
        if citation.message_ts in by_ts
    ]
    by_number = {message.number: message for message in drafted.messages}
    check = check_claim(claim.text, quotes, by_number, drafted.names, zone=drafted.zone)
    return len(quotes) == len(claim.citations) and check.is_supported


def _lines(score: Score) -> Iterator[str]:
    yield (
        f"{score.title[:58]:58} {score.messages:4} messages {score.claims:3} claims"
        f"  pass {_share(score.passing, score.claims):>14}"
        f"  entries {_share(score.entries_covered, score.entries):>13}"
        f"  items {score.items:2}, stated {score.items_stated:2}, covered {score.items_covered:2}"
    )
    if score.kept_apart:
        yield f"    kept apart by the checks: {score.kept_apart}"
    if score.not_in_timeline:
        yield f"    not in the timeline: {', '.join(score.not_in_timeline)}"
    if score.left_out:
        yield f"    left out: {'; '.join(score.left_out)}"


def in_sum(scores: Sequence[Score]) -> Iterator[str]:
    def total(name: str) -> int:
        return sum(getattr(score, name) for score in scores)

    yield ""
    yield f"{len(scores)} drafts, {total('messages')} messages, {total('claims')} claims"
    yield f"  claims that pass all checks: {_share(total('passing'), total('claims'))}"
    yield f"  kept apart: {total('kept_apart')}"
    yield (
        "  entries of the human timelines covered: "
        f"{_share(total('entries_covered'), total('entries'))}"
    )
    yield (
        f"  action items: {total('items')}, stated in the messages {total('items_stated')}, "
        f"of those covered {_share(total('items_covered'), total('items_stated'))}"
    )


def _share(part: int, whole: int) -> str:
    return f"{part}/{whole} ({part / whole:.0%})" if whole else "–"


def shown(drafted: Drafted) -> Iterator[str]:
    """The draft as a reader meets it, then the messages that it passes over."""
    for section in drafted.view.sections:
        yield f"  {section.title}" + ("" if section.claims else ": not in the timeline")
        for claim in section.claims:
            yield f"    {claim.text}"
    yield "  Messages that nothing cites"
    for message in drafted.messages:
        if message.message_ts not in drafted.cited:
            text = " ".join(message.text.split())[:160]
            yield f"    {message.occurred_at:%H:%M} {message.author_name}: {text}"


if __name__ == "__main__":
    sys.exit(main())
