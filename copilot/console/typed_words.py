"""Words that could not be saved, on their way back into the form they were typed in. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from copilot.reviews.views import ClaimView, ReviewView

_OF_A_CLAIM = frozenset({"edit", "amend", "comment", "note", "cite"})
_WHILE_UNSIGNED = frozenset({"edit", "comment", "note", "cite", "remark", "add"})
_ONCE_SIGNED = frozenset({"amend", "add"})


@dataclass(frozen=True, slots=True)
class Typed:
    """What somebody typed into one form of the review page."""

    form: str
    """`edit`, `amend`, `comment`, `note` and `cite` are of a claim; `remark` and `add` are not."""
    fields: Mapping[str, str]
    messages: Sequence[str] = ()
    """Those that were picked in the conversation or pasted."""
    claim_id: int | None = None
    is_kept_apart: bool = False
    """The form is not on the page any more: the words stand by themselves, to be copied."""

    def of(self, form: str, name: str, default: str = "") -> str:
        """What a field of `form` holds."""
        if self.form != form or self.is_kept_apart:
            return default
        return self.fields.get(name, default)

    def is_in(self, form: str) -> bool:
        return self.form == form and not self.is_kept_apart

    @property
    def pasted(self) -> str:
        """What stood in the field for a link: it comes first, ticks in the conversation follow."""
        return self.messages[0] if self.is_in("add") and self.messages else ""

    @property
    def ticked(self) -> Sequence[str]:
        return self.messages[1:] if self.is_in("add") else ()

    @property
    def to_copy(self) -> Sequence[str]:
        """Where their form is gone."""
        return [text for text in self.fields.values() if text.strip()] if self.is_kept_apart else []


NOTHING = Typed("", {})


def find_place(typed: Typed, review: ReviewView, opened: ClaimView | None) -> Typed:
    """The same for the page as it is now: a review that was signed meanwhile is amended."""
    if not typed.form:
        return typed
    if typed.form == "edit" and review.signed:
        typed = replace(typed, form="amend")
    forms = _ONCE_SIGNED if review.signed else _WHILE_UNSIGNED
    is_there = typed.form in forms
    if typed.form in _OF_A_CLAIM:
        is_there = is_there and opened is not None and opened.id == typed.claim_id
    if typed.form == "note":
        is_apart = any(opened is not None and one.id == opened.id for one in review.unsupported)
        is_there = is_there and is_apart
    return typed if is_there else replace(typed, is_kept_apart=True)
