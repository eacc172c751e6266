"""Which words of a sentence changed. Pure."""

from difflib import SequenceMatcher


def word_changes(before: str, after: str) -> list[tuple[str, str]]:
    """Runs of words, each with `same`, `gone` or `new`, in reading order."""
    old, new = before.split(), after.split()
    runs = []
    for kind, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            runs.append(("same", " ".join(old[i1:i2])))
            continue
        if i2 > i1:
            runs.append(("gone", " ".join(old[i1:i2])))
        if j2 > j1:
            runs.append(("new", " ".join(new[j1:j2])))
    return runs
