"""A model drafts a review over real HTTP: good answers, bad ones, none, and too many."""

import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from copilot.clock import ReplayClock
from copilot.db import Database
from copilot.llm.drafter import ModelDrafter
from copilot.llm.endpoint import Endpoint
from copilot.local.drafter import LocalDrafter
from copilot.ports import Draft, DraftedClaim, Drafter, DraftRequest, Quote, SectionWish
from copilot.reviews.citations import check_claim
from copilot.suggestions.models import TokenBudget
from copilot.suggestions.token_budgets import TokenBudgets, TokenLimits
from tests.engines import shared_engine
from tests.fakes.drafter import ScriptedDrafter
from tests.fakes.misbehaviours import (
    breaks_off,
    drips_body,
    error,
    fenced,
    hangs_up,
    html,
    never_answers,
    rate_limited,
    refuses,
    says,
    truncated,
)
from tests.fakes.model_answers import ReadLine
from tests.fakes.review_model import (
    asks_about,
    noted,
    notes_nothing,
    review_model,
    sentences_read,
)
from tests.fakes.review_request import a_long_request, a_request
from tests.fakes.scripted_endpoint import Behaviour, ScriptedEndpoint
from tests.unit.reviews.messages import NAMES

PLENTY = TokenLimits(10**9, 10**9, 10**9)
LOCAL = LocalDrafter()
MUTE = ScriptedDrafter()
"""In its place where thousands of messages would take it seconds and it has no part in the test."""
Drafts = Callable[..., ModelDrafter]


@pytest.fixture
def endpoint() -> Iterator[ScriptedEndpoint]:
    with ScriptedEndpoint(review_model()) as endpoint:
        yield endpoint


@pytest.fixture
def own_db(sqlite_url: str) -> Iterator[Database]:
    """Only budgets are kept in it, and those are tried on both kinds elsewhere."""
    engine = shared_engine(sqlite_url)
    yield Database(engine, lambda _: None)
    engine.dispose()


@pytest.fixture
def drafter(endpoint: ScriptedEndpoint, own_db: Database) -> Drafts:
    def build(
        limits: TokenLimits = PLENTY,
        *,
        deadline_s: float = 20,
        local: Drafter = LOCAL,
        **other: Any,
    ) -> ModelDrafter:
        budgets = TokenBudgets(own_db, limits, ReplayClock(datetime(2026, 3, 4, tzinfo=UTC)))
        model = Endpoint(base_url=endpoint.url, api_key="k", model="scripted-1")
        deadline = timedelta(seconds=deadline_s)
        options = {"reads_private": False, "deadline": deadline, **other}
        return ModelDrafter(model, local, budgets, **options)

    return build


def texts(draft: Draft) -> list[str]:
    return [claim.text for claim in draft.claims]


def remembering(request: DraftRequest, draft: Draft) -> DraftRequest:
    """As it comes back from the database."""
    return replace(request, memory=json.loads(json.dumps(draft.memory)))


def assert_all_hold(draft: Draft, request: DraftRequest) -> None:
    messages = {message.number: message for message in request.messages}
    for claim in draft.claims:
        check = check_claim(claim.text, claim.citations, messages, request.names)
        assert check.problem is None, (claim, check)


def test_notes_that_need_no_choosing_become_claims_with_one_call(
    endpoint: ScriptedEndpoint, drafter: Drafts
) -> None:
    draft = drafter().draft(a_request())
    assert endpoint.calls == 1
    assert "still 500s after rollback, 12% of checkouts are failing" in texts(draft)
    assert (draft.engine, draft.fell_back_because, draft.left_out) == ("model-1", None, ())
    assert_all_hold(draft, a_request())
    model, local = draft.runs
    assert (model.outcome, model.prompt_version) == ("ok", "review_parts-1")
    assert model.details["noted"] == 8
    assert draft.tokens == model.input_tokens + model.output_tokens == endpoint.tokens
    assert local.engine.startswith("local-")


def test_the_next_section_of_the_version_does_not_pay_again(
    endpoint: ScriptedEndpoint, drafter: Drafts
) -> None:
    request = a_request()
    first, *others = request.sections
    drafts = [drafter().draft(replace(request, sections=(first,)))]
    for wish in others:
        said = tuple(claim for draft in drafts for claim in draft.claims)
        one = remembering(replace(request, sections=(wish,), said=said), drafts[-1])
        drafts.append(drafter().draft(one))
    assert endpoint.calls == 1
    together = drafter().draft(request)
    assert sorted(text for draft in drafts for text in texts(draft)) == sorted(texts(together))


def test_what_was_edited_since_is_read_again_and_its_notes_forgotten(
    endpoint: ScriptedEndpoint, drafter: Drafts
) -> None:
    request = a_request()
    draft = drafter().draft(request)
    first, *rest = request.messages
    edited = replace(first, text="rolling back 4813 on db-3", revision_id=999)
    later = remembering(a_request([edited, *rest]), draft)
    again = drafter().draft(later)
    assert endpoint.calls == 2
    assert "rolling back 4812" not in " ".join(texts(again))
    assert_all_hold(again, later)


def test_notes_of_several_parts_are_written_into_a_section_with_the_talk_around_them(
    endpoint: ScriptedEndpoint, drafter: Drafts
) -> None:
    endpoint.otherwise = review_model(lambda lines: [noted(line) for line in lines[2:60:20]])
    request = a_long_request(450)
    draft = drafter(local=MUTE).draft(request)
    asked = [asks_about(each) for each in endpoint.asked]
    assert asked == ["part"] * (len(asked) - 1) + ["section"]
    assert len(asked) > 2
    section = endpoint.asked[-1]
    notes = sentences_read(section)
    assert len(notes) == 3 * (len(asked) - 1)
    cited = notes[1].messages[0]
    assert f"m{cited + 1} " in section.user, "what was said around it"
    assert {note.text for note in notes} <= set(texts(draft))
    assert_all_hold(draft, request)


def test_a_section_of_the_workspaces_own_is_written_from_all_notes(
    endpoint: ScriptedEndpoint, drafter: Drafts
) -> None:
    own = SectionWish("own_database", "The database", "What became of db-3.", 2)
    draft = drafter().draft(replace(a_request(), sections=(own,)))
    assert [asks_about(each) for each in endpoint.asked] == ["part", "section"]
    assert "asks: What became of db-3." in endpoint.asked[1].user
    assert len(draft.claims) == 2
    assert {claim.section for claim in draft.claims} == {"own_database"}


def test_what_the_review_says_already_is_told_to_the_model_and_not_said_again(
    endpoint: ScriptedEndpoint, drafter: Drafts
) -> None:
    request = a_long_request(450)
    said = DraftedClaim("impact", request.messages[1].text, (Quote(2, request.messages[1].text),))
    key_moments = next(wish for wish in request.sections if wish.key == "key_moments")
    draft = drafter(local=MUTE).draft(replace(request, sections=(key_moments,), said=(said,)))
    assert f"said already: {said.text}" in endpoint.asked[-1].user
    assert said.text not in texts(draft)


def test_a_model_told_to_write_nothing_empties_no_review(
    endpoint: ScriptedEndpoint, drafter: Drafts
) -> None:
    endpoint.otherwise = review_model(notes_nothing)
    draft = drafter().draft(a_request())
    assert texts(draft) == texts(LOCAL.draft(a_request()))
    assert draft.fell_back_because is None


MISBEHAVIOURS: dict[str, tuple[Behaviour, str]] = {
    "no JSON": (says("Sorry, I only write poems."), "could not be read"),
    "a wrong enum": (
        says('{"claims": [{"section": "blame", "text": "x", "evidence": []}]}'),
        "not what it was asked for",
    ),
    "a wrong shape": (says('{"claims": "none"}'), "not what it was asked for"),
    "fenced nonsense": (fenced({"tasks": []}), "not what it was asked for"),
    "a refusal": (refuses(), "declined"),
    "nothing": (says(""), "answered nothing"),
    "half an answer": (truncated('{"claims": [{"section": "imp'), "broke off"),
    "a pause": (rate_limited(90), "asked for a pause"),
    "an error": (error(500), "reports an error"),
    "a slow drip": (drips_body, "in time"),
    "silence": (never_answers, "in time"),
    "a closed socket": (hangs_up, "hung up"),
    "a broken answer": (breaks_off, "hung up"),
    "a web page": (html(), "could not be read"),
}


@pytest.mark.parametrize("name", MISBEHAVIOURS)
def test_a_model_that_fails_leaves_the_built_in_engines_draft_and_says_why(
    endpoint: ScriptedEndpoint, drafter: Drafts, own_db: Database, name: str
) -> None:
    endpoint.otherwise, words = MISBEHAVIOURS[name]
    deadline_s = 0.5 if words == "in time" else 20
    began_s = time.monotonic()
    draft = drafter(deadline_s=deadline_s).draft(a_request())
    assert time.monotonic() - began_s < 15, "a slow drip lasts as long as it is listened to"
    assert texts(draft) == texts(LOCAL.draft(a_request()))
    assert words in str(draft.fell_back_because)
    assert draft.engine.startswith("local-")
    failed, local = draft.runs
    assert failed.outcome != "ok"
    assert local.outcome == "ok"
    with own_db.reading() as session:
        spent = set(session.scalars(select(TokenBudget.tokens)))
    assert spent == {draft.tokens}, "what was set aside and not used is given back"


def test_where_one_part_fails_the_others_are_the_models_and_the_gap_is_told(
    endpoint: ScriptedEndpoint, drafter: Drafts
) -> None:
    endpoint.will(says("no"), says("no"))
    draft = drafter(local=MUTE).draft(a_long_request(450))
    assert draft.engine == "model-1"
    assert "could not be read (for 1 of " in str(draft.fell_back_because)
    assert_all_hold(draft, a_long_request(450))


def test_a_part_is_tried_once_more_for_the_next_section_and_then_no_more(
    endpoint: ScriptedEndpoint, drafter: Drafts
) -> None:
    endpoint.otherwise = refuses()
    request = a_request()
    for _ in range(4):
        draft = drafter().draft(request)
        request = remembering(request, draft)
        assert "declined" in str(draft.fell_back_because)
    assert endpoint.calls == 2


def test_an_endpoint_that_is_left_alone_is_not_asked_for_each_part(
    endpoint: ScriptedEndpoint, drafter: Drafts
) -> None:
    endpoint.otherwise = rate_limited(90)
    draft = drafter(local=MUTE).draft(a_long_request(900))
    assert endpoint.calls == 1
    assert len(draft.runs) == 3, "the pause, the breaker, the built-in engine"
    assert draft.fell_back_because == "the model asked for a pause"


def test_a_whole_draft_ends_in_time_however_slow_each_answer(
    endpoint: ScriptedEndpoint, drafter: Drafts
) -> None:
    now = iter(range(0, 10_000, 50))
    slow = drafter(local=MUTE, longest=timedelta(seconds=120), monotonic=lambda: float(next(now)))
    draft = slow.draft(a_long_request(900))
    assert 0 < endpoint.calls <= 2
    assert "took too long for all of it (for " in str(draft.fell_back_because)


def test_a_budget_that_is_spent_is_said_and_costs_nothing(
    endpoint: ScriptedEndpoint, drafter: Drafts
) -> None:
    draft = drafter(TokenLimits(1_000, 10**9, 10**9)).draft(a_request())
    assert endpoint.calls == 0
    assert draft.fell_back_because == "the model has used up its tokens for this incident"
    assert [run.outcome for run in draft.runs] == ["over_budget", "ok"]
    assert texts(draft) == texts(LOCAL.draft(a_request()))


def test_no_word_of_a_private_channel_is_sent_unless_that_is_wished(
    endpoint: ScriptedEndpoint, drafter: Drafts
) -> None:
    request = replace(a_request(), is_private=True)
    draft = drafter().draft(request)
    assert (endpoint.calls, draft.fell_back_because) == (0, None)
    assert texts(draft) == texts(LOCAL.draft(request))
    assert drafter(reads_private=True).draft(request).engine == "model-1"


def test_an_incident_without_messages_asks_nobody(
    endpoint: ScriptedEndpoint, drafter: Drafts
) -> None:
    empty = replace(a_request(), episodes=())
    assert drafter().draft(empty).claims == ()
    assert endpoint.calls == 0


def test_a_long_incident_costs_a_bounded_number_of_calls_and_says_what_did_not_fit(
    endpoint: ScriptedEndpoint, drafter: Drafts
) -> None:
    draft = drafter(local=MUTE).draft(a_long_request(3_000))
    assert endpoint.calls <= 25
    assert draft.left_out
    assert all("which only the built-in engine read" in words for words in draft.left_out[:-1])


def wild(lines: Sequence[ReadLine]) -> list[dict[str, Any]]:
    """Whatever must not be believed, and one good note among it."""
    line, other = lines[2], lines[4]
    return [
        noted(line),
        noted(line, evidence=[]),
        noted(line, evidence=[{"message": 4711, "quote": line.text}]),
        noted(line, evidence=[{"message": other.number, "quote": line.text}]),
        noted(line, evidence=[{"message": line.number, "quote": f"{line.text}!"}]),
        noted(line, "Still 500s after rollback, 13% of checkouts are failing"),
        noted(line, "Frederick Mayer saw 12% of checkouts failing after the rollback"),
        noted(line, "12% of checkouts were failing because of the rollback"),
        noted(other, "The restart helped"),
        noted(line, "12% of checkouts failing, see https://evil.example/x"),
        noted(line, "<!channel> 12% of checkouts are failing"),
        noted(line, "\u202e12% of checkouts are failing"),
        noted(line, "failing checkouts " * 2_500),
    ]


def test_bad_notes_cost_no_further_question_and_the_record_counts_them(
    endpoint: ScriptedEndpoint, drafter: Drafts
) -> None:
    endpoint.otherwise = review_model(wild)
    draft = drafter().draft(a_request())
    assert_all_hold(draft, a_request())
    (run, _) = draft.runs
    assert run.details["noted"] == 1
    assert sum(int(words.partition(" ")[0]) for words in run.details["dropped"]) >= 8


def test_ten_thousand_claims_are_cut_off(endpoint: ScriptedEndpoint, drafter: Drafts) -> None:
    endpoint.otherwise = review_model(
        lambda lines: (
            [noted(lines[2], f"still 500s after rollback, {'x' * n}") for n in range(9)]
            + [noted(lines[n % 9]) for n in range(5_000)]
        )
    )
    draft = drafter().draft(a_request())
    assert len(draft.claims) < 30
    assert_all_hold(draft, a_request())


def test_sentences_of_a_section_that_fail_are_few_and_go_along_to_be_kept_apart(
    endpoint: ScriptedEndpoint, drafter: Drafts
) -> None:
    own = SectionWish("own_database", "The database", "What became of db-3.", 20)
    endpoint.otherwise = review_model(
        writes=lambda _: [
            {"text": f"Mallory deleted db-{n}", "notes": [1, 99], "evidence": []}
            for n in range(500)
        ]
    )
    draft = drafter().draft(replace(a_request(), sections=(own,)))
    assert 0 < len(draft.claims) <= 3
    run = next(run for run in draft.runs if run.prompt_version == "review_section-1")
    assert run.details["written"] == 0


def test_nobody_is_named_by_id(endpoint: ScriptedEndpoint, drafter: Drafts) -> None:
    drafter().draft(a_request())
    ids = [f"U{name.upper().replace(' ', '')}" for name in NAMES]
    assert not [one for one in ids if one in endpoint.asked[0].user]
