"""What two engines wrote, side by side, each thing once."""

from copilot.llm.drafter_joining import Joined
from copilot.ports import DraftedClaim, Quote


def claim(text: str, *numbers: int) -> DraftedClaim:
    return DraftedClaim("response", text, tuple(Quote(number, "said") for number in numbers))


LOCAL = claim("14:12 ben: “rolling back deploy 4812”", 2)


def test_the_same_told_by_both_stands_once_in_the_models_words() -> None:
    model = claim("Ben rolled back deploy 4812", 2)
    assert Joined().join([model], [LOCAL], 20) == [model]


def test_a_bland_sentence_about_a_message_does_not_hide_what_it_says() -> None:
    """A model that obeys somebody in the channel can't keep the other engine from telling."""
    bland = claim("Ben wrote a message", 2)
    assert LOCAL in Joined().join([bland], [LOCAL], 20)


def test_a_model_that_floods_a_section_does_not_push_the_other_engine_out() -> None:
    flood = [claim(f"Replica {number} lagged by {number} seconds", number) for number in range(50)]
    joined = Joined().join(flood, [LOCAL], 5)
    assert len(joined) == 5
    assert LOCAL in joined


def test_what_an_earlier_section_said_is_not_said_again() -> None:
    told = Joined()
    assert told.join([claim("Ben rolled back deploy 4812", 2)], [], 20)
    assert told.join([claim("Deploy 4812 was rolled back by ben", 2)], [LOCAL], 20) == []
    assert told.join([claim("BEN rolled back  deploy 4812", 9)], [], 20) == []


def test_short_sentences_are_the_same_only_word_for_word() -> None:
    told = Joined()
    assert len(told.join([claim("restart helped", 5), claim("restart", 6)], [], 20)) == 2
    assert told.join([claim("The restart did help", 5)], [], 20) == []
    assert told.join([claim("failover helped", 5)], [], 20)


def test_sentences_come_in_the_order_of_the_conversation() -> None:
    late, early = claim("Dana paged the database team", 9), claim("Checkout failed for all", 1)
    assert Joined().join([late], [early], 20) == [early, late]


def test_what_the_built_in_engine_chose_to_say_twice_is_left_to_it() -> None:
    told = Joined()
    again = claim("14:12 ben: “rolling back deploy 4812”, 8 min after “it broke”", 2, 1)
    assert told.join([], [LOCAL], 20) == [LOCAL]
    assert told.join([], [again, LOCAL], 20) == [again, LOCAL]
