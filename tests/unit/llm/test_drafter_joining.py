"""What two engines wrote, side by side, each thing once."""

from copilot.llm.drafter_joining import Told, join
from copilot.ports import DraftedClaim, Quote


def claim(text: str, *numbers: int) -> DraftedClaim:
    return DraftedClaim("response", text, tuple(Quote(number, "said") for number in numbers))


LOCAL = claim("14:12 ben: “rolling back deploy 4812”", 2)


def test_the_same_told_by_both_stands_once_in_the_models_words() -> None:
    model = claim("Ben rolled back deploy 4812", 2)
    assert join([model], [LOCAL], Told(), 20) == [model]


def test_a_bland_sentence_about_a_message_does_not_hide_what_it_says() -> None:
    """A model that obeys somebody in the channel can't keep the other engine from telling."""
    bland = claim("Ben wrote a message", 2)
    assert LOCAL in join([bland], [LOCAL], Told(), 20)


def test_a_model_that_floods_a_section_does_not_push_the_other_engine_out() -> None:
    flood = [claim(f"Replica {number} lagged by {number} seconds", number) for number in range(50)]
    joined = join(flood, [LOCAL], Told(), 5)
    assert len(joined) == 5
    assert LOCAL in joined


def test_what_an_earlier_section_said_is_not_said_again() -> None:
    told = Told()
    assert join([claim("Ben rolled back deploy 4812", 2)], [], told, 20)
    assert join([claim("Deploy 4812 was rolled back by ben", 2)], [LOCAL], told, 20) == []
    assert join([claim("BEN rolled back  deploy 4812", 9)], [], told, 20) == []


def test_short_sentences_are_the_same_only_word_for_word() -> None:
    told = Told()
    assert len(join([claim("restart helped", 5), claim("restart", 6)], [], told, 20)) == 2
    assert join([claim("The restart did help", 5)], [], told, 20) == []
    assert join([claim("failover helped", 5)], [], told, 20)


def test_sentences_come_in_the_order_of_the_conversation() -> None:
    late, early = claim("Dana paged the database team", 9), claim("Checkout failed for all", 1)
    assert join([late], [early], Told(), 20) == [early, late]
