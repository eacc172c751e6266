"""How much an engine's certainty is worth, by what people decided."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from copilot.db import Database
from copilot.incidents.lifecycle import declare
from copilot.suggestions.learned_models import COPILOT, Calibration
from copilot.suggestions.models import Suggestion
from copilot.suggestions.precision import precision_by_kind
from copilot.suggestions.refitting import revert_calibration
from tests.fakes.answers import (
    changes,
    learns,
    shown_and_decided,
    take_back,
    unwanted,
    wanted,
    with_admins,
)
from tests.fakes.channel_story import CHANNEL, START, TEAM, ChannelStory


@pytest.fixture
def story(db: Database) -> ChannelStory:
    return with_admins(db)


def overconfident(story: ChannelStory, incidents: int, each: int, at: datetime) -> None:
    """Half of what the engine calls 0.9, a quarter of what it calls 0.6, is wanted."""
    for number in range(incidents):
        with story.db.transaction() as session:
            incident_id = declare(
                session,
                team_id=TEAM,
                channel_id=f"C-{at:%j}-{number}",
                title=f"incident {number}",
                severity=None,
                by="U1",
                now=at,
            ).incident.id
        high, low = [*wanted(each // 2), *unwanted(each // 2)], [*wanted(1), *unwanted(3)]
        shown_and_decided(story, high, incident_id=incident_id, raw=0.9, at=at)
        shown_and_decided(story, low * (each // 4), incident_id=incident_id, raw=0.6, at=at)


def calibrations(story: ChannelStory) -> list[Calibration]:
    with story.db.reading() as session:
        return list(session.scalars(select(Calibration).order_by(Calibration.id)))


def test_an_engine_that_is_too_sure_is_believed_less_until_somebody_takes_it_back(
    story: ChannelStory,
) -> None:
    overconfident(story, incidents=8, each=12, at=START)
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda _: learns(story), range(2)))
    learns(story)
    (fitted,) = calibrations(story)
    assert (fitted.engine, fitted.fitted_on, fitted.labels) == ("local", "local-9", 192)
    assert fitted.error_before is not None
    assert fitted.error_after is not None
    assert fitted.error_after < fitted.error_before
    change = next(each for each in changes(story) if each.sort == "calibration")
    assert (change.before, change.after) == ("as shipped", "fitted to 192 decisions")

    story.waits(hours=1)
    take_back(story, change)
    before, reverted = calibrations(story)
    assert (reverted.method, reverted.parameters, reverted.changed_by) == ("shipped", [], "U1")
    assert reverted.undoes_id == before.id

    # Only what is decided from now on counts, and no sooner than a day later.
    story.waits(days=2)
    shown_and_decided(story, wanted(12), kind="commitment", raw=0.9)
    learns(story)
    assert len(calibrations(story)) == 2
    story.waits(days=2)
    overconfident(story, incidents=8, each=12, at=story.clock.now())
    learns(story)
    assert [row.method for row in calibrations(story)][:2] == [fitted.method, "shipped"]
    assert len(calibrations(story)) == 3


def test_undoing_the_second_calibration_puts_the_first_one_back(story: ChannelStory) -> None:
    def fitted(parameters: list[float], at: datetime) -> Calibration:
        return Calibration(
            team_id=TEAM,
            engine="fake",
            fitted_on="fake-1",
            method="platt",
            parameters=parameters,
            labels=60,
            error_before=0.2,
            error_after=0.1,
            reason="it was too sure",
            changed_by=COPILOT,
            fitted_at=at,
        )

    with story.db.transaction() as session:
        session.add(fitted([0.8, -0.1], START))
    with story.db.transaction() as session:
        second = fitted([0.5, -0.4], START + timedelta(days=1))
        session.add(second)
        session.flush()
        revert_calibration(session, TEAM, second.id, by="U1", now=START + timedelta(days=2))
    first, _, in_force = calibrations(story)
    assert (in_force.method, in_force.parameters) == (first.method, first.parameters)
    assert (in_force.labels, in_force.fitted_on) == (60, "fake-1")


def test_precision_is_counted_per_kind_and_channel(story: ChannelStory) -> None:
    shown_and_decided(story, [*wanted(9), *unwanted(3), (None, None)])
    other = ChannelStory(story.db, channel="C2", beside=story)
    shown_and_decided(other, wanted(4))
    with story.db.reading() as session:
        everywhere = precision_by_kind(session, TEAM, START)["proposal"]
        here = precision_by_kind(session, TEAM, START, CHANNEL)["proposal"]
        later = precision_by_kind(session, TEAM, START + timedelta(days=1))["proposal"]
        elsewhere = precision_by_kind(session, "T2", START)["proposal"]
    assert (everywhere.shown, everywhere.decided, everywhere.wanted) == (17, 16, 13)
    assert (here.shown, here.share) == (13, 0.75)
    assert later.shown == elsewhere.shown == 0


def test_candidates_are_judged_by_the_calibrated_confidence_of_their_engine_and_version(
    story: ChannelStory,
) -> None:
    with story.db.transaction() as session:
        for engine, name in (("model", "fake-1"), ("local", "local-8")):
            session.add(
                Calibration(
                    team_id=TEAM,
                    engine=engine,
                    fitted_on=name,
                    method="isotonic",
                    parameters=[[0.5, 0.2], [0.95, 0.65]],
                    labels=300,
                    reason="why",
                    fitted_at=START,
                )
            )
    story.says("todo(0.9): page on replica lag")
    story.says("todo(0.4): rewrite step 4 of the runbook")
    story.sweeps()
    with story.db.reading() as session:
        found = {
            row.title: (row.raw_confidence, row.confidence, row.outcome)
            for row in session.scalars(select(Suggestion))
        }
    assert found == {
        "page on replica lag": (0.9, pytest.approx(0.6), "digest"),
        "rewrite step 4 of the runbook": (0.4, 0.2, "hold"),
    }
