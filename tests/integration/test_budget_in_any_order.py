"""No interleaving of work, failures, crashes, clocks and settings makes the copilot noisy."""

import os
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.integration.fresh_copies import fresh
from tests.integration.walking import STEPS, Walk

EXAMPLES = int(os.environ.get("COPILOT_TEST_EXAMPLES", "5"))
steps = st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 2**32)), min_size=40, max_size=80)


@pytest.fixture(scope="module")
def template(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(shutil.copy(migrated_sqlite, tmp_path_factory.mktemp("any_order") / "any.db"))


@pytest.mark.timeout(600)  # for all walks together, beside whatever else the machine does
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    print_blob=True,
    # A shorter walk takes minutes to find and tells no more: the blob plays the long one again.
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
@given(steps=steps)
def test_no_order_of_events_makes_it_noisy(
    template: Path, steps: Sequence[tuple[str, int]]
) -> None:
    with fresh(template) as db:
        walk = Walk(db)
        for name, number in steps:
            walk.step(name, number)
        walk.end_well()
