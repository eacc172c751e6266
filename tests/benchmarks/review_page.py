"""How soon a review can be worked on in Chromium: `python -m tests.benchmarks.review_page`.

Interactive is when the open claim has the focus, which our script gives it once keys work. The same
is taken for a review of 12 claims in the same run, since machines differ.
"""

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser, Page, sync_playwright
from sqlalchemy import select
from sqlalchemy.orm import Session

from copilot.db import Database, open_engine
from copilot.incidents.lifecycle import declare
from copilot.incidents.models import Severity
from copilot.migrating import upgrade
from copilot.ports import ChannelInfo, MemberInfo, WorkspaceInfo
from copilot.reviews.models import Citation, Claim, ClaimState, Review
from copilot.reviews.vocabulary import Section
from copilot.timeline.models import Revision, TimelineEvent
from copilot.timeline.permalinks import instant_to_ts
from copilot.timeline.recording import record
from copilot.timeline.slack_messages import to_records
from copilot.workspaces.directory import upsert_channel, upsert_members, upsert_workspace
from tests.benchmarks.measuring import Measurement
from tests.browser.conftest import CHROMIUM, Console, serve
from tests.console_world import CHANNEL, STARTS_AT, TEAM, World, world_clock

CLAIMS, FEW = 300, 12
LONGEST_S = 1.0
NOT_TIMED = (
    "the review page was NOT timed: there is no chromium on the PATH (apt-get install chromium)"
)
_ROUNDS = 7
_WHEN_INTERACTIVE = """
(() => {
  const look = () => {
    const open = document.querySelector(".claim.is-open");
    if (open && open === document.activeElement) window.interactiveMs = performance.now();
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})();
"""
_PRESS_V = """
() => new Promise((done) => {
  const before = document.querySelector("#progress").textContent;
  const since = performance.now();
  const look = () => {
    const isNext = document.activeElement?.classList.contains("is-open");
    if (document.querySelector("#progress").textContent !== before && isNext) {
      done(performance.now() - since);
    } else requestAnimationFrame(look);
  };
  document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key: "v", bubbles: true }));
  requestAnimationFrame(look);
})
"""


def measure(share: float = 1.0) -> list[Measurement]:
    """Nothing where there is no Chromium; who calls says so."""
    if CHROMIUM is None:
        return []
    rounds = max(2, round(_ROUNDS * share))
    claims = max(3 * FEW, round(CLAIMS * share))
    longest_s = LONGEST_S if claims == CLAIMS else None
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM)
        many, many_v = _times(browser, claims, rounds)
        few, few_v = _times(browser, FEW, rounds)
        browser.close()
    return [
        Measurement(
            f"review of {claims} claims, until keys work",
            many * 1000,
            f"of {FEW} claims",
            few * 1000,
            longest_s=longest_s,
        ),
        Measurement(
            f"V pressed in a review of {claims} claims, until the next is open",
            many_v * 1000,
            f"of {FEW} claims",
            few_v * 1000,
            longest_s=longest_s,
        ),
    ]


def _times(browser: Browser, claims: int, rounds: int) -> tuple[float, float]:
    """Medians in milliseconds: until interactive, and from a key to the next claim."""
    with _console(claims) as console:
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        console.sign_in(page)
        page.add_init_script(_WHEN_INTERACTIVE)
        opened = [_interactive_ms(page, console) for _ in range(rounds)]
        verified = [float(page.evaluate(_PRESS_V)) for _ in range(rounds)]
        page.close()
    return median(opened), median(verified)


def _interactive_ms(page: Page, console: Console) -> float:
    page.goto(f"{console.url}/incidents/{console.world.incident_id}/review")
    page.wait_for_function("window.interactiveMs")
    return float(page.evaluate("window.interactiveMs"))


@contextmanager
def _console(claims: int) -> Iterator[Console]:
    with tempfile.TemporaryDirectory() as folder:
        engine = open_engine(f"sqlite:///{Path(folder) / 'review.db'}")
        upgrade(engine)
        db = Database(engine, lambda _job: None)
        with db.transaction() as session:
            incident_id = _declare(session)
            _say(session, claims)
        with db.transaction() as session:
            _claim(session, incident_id, claims)
        serving = serve(db, World(incident_id, {}), world_clock())
        yield next(serving)
        next(serving, None)
        engine.dispose()


def _declare(session: Session) -> int:
    url = "https://harbour.slack.com/"
    upsert_workspace(session, WorkspaceInfo(TEAM, "Harbour", url, "U0COPILOT"), STARTS_AT)
    upsert_channel(session, TEAM, ChannelInfo(CHANNEL, "inc-slow-queries", False))
    upsert_members(session, TEAM, [MemberInfo("U0ANA", "ana", "Ana", False)])
    declared = declare(
        session,
        team_id=TEAM,
        channel_id=CHANNEL,
        title="Slow queries",
        severity=Severity.SEV2,
        by="U0ANA",
        now=STARTS_AT,
    )
    return declared.incident.id


def _say(session: Session, messages: int) -> None:
    for number in range(messages):
        ts = instant_to_ts(STARTS_AT + timedelta(minutes=30, seconds=7 * number))
        text = f"db-{number} had {number} slow queries, which is more than before the deploy"
        event = {"type": "message", "user": "U0ANA", "text": text, "ts": ts}
        record(session, to_records(TEAM, event, CHANNEL), STARTS_AT)


def _claim(session: Session, incident_id: int, claims: int) -> None:
    review = Review(
        incident_id=incident_id,
        version=1,
        engine="benchmark",
        drafted_at=world_clock().now(),
        events_read=claims,
    )
    session.add(review)
    session.flush()
    said = session.execute(
        select(TimelineEvent, Revision.id)
        .join(Revision, Revision.event_id == TimelineEvent.id)
        .where(TimelineEvent.text.like("db-% slow queries%"))
        .order_by(TimelineEvent.occurred_at)
    ).all()
    sections = list(Section)
    for number, (event, revision_id) in enumerate(said):
        text = f"db-{number} had {number} slow queries."
        row = Claim(
            review_id=review.id,
            section=sections[number * len(sections) // claims],
            position=number,
            text=text,
            drafted_text=text,
            is_supported=True,
            state=ClaimState.UNVERIFIED,
        )
        session.add(row)
        session.flush()
        quote = f"db-{number} had {number} slow queries"
        session.add(
            Citation(
                claim_id=row.id,
                event_id=event.id,
                revision_id=revision_id,
                quote=quote,
                position=0,
            )
        )


def main() -> int:
    if CHROMIUM is None:
        sys.stdout.write(f"{NOT_TIMED}\n")
        return 0
    found = measure()
    sys.stdout.write("\n".join(each.as_line() for each in found) + "\n")
    return 0 if all(each.is_met for each in found) else 1


if __name__ == "__main__":
    sys.exit(main())
