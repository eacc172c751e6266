"""Which words mean nearly the same in talk of incidents, and which say nothing by themselves.

Wider than the synonyms of `words`: here two words only count as carried by a source, nothing is
counted or chosen by them.
"""

from collections.abc import Iterable
from functools import lru_cache

from copilot.reviews.meanings_table import ALIKE
from copilot.reviews.words import REPORTING, STOPWORDS, bare_stem, stem, word_set

_NEUTRAL_WORDS = word_set(
    """
    able above across activity actual additional admit admitted advise advised advises advocate
    affect affected afterwards against age ago alarm alarmed alert alone along alongside already
    although amid among amount analysis another answer anybody anymore anyone apart apparently
    approximately area argue argued aside aspect assess attention available average away
    backwards based basis became become beforehand beginning behalf behind below bit both bring
    brought build call called came case cause caused certain chance circumstance clear clearly
    colleague come coming company company's complete completely concern concerned conclude
    condition consequence consider constantly contact contain contained content continually
    continue continued could count couple course current currently day decide decision degree
    detail difference different difficulty direct directly discover discussion down due duration
    earliest early easily effect eighth eleven emergency enable end ended ending enough entire
    entirely especially estimate evening event eventually everywhere exact exactly example exist
    explanation extent extra face fact fairly far fast fifth figure final finally fine finish
    fire fired firing first five follow follow-up former forward four fourth free frequently
    full fully gave general generally goal gone great group h half happen happens hardly held
    help hence high higher hold hour hundred idea immediate immediately important impossible
    include including indeed individual inform information initial initially inside insist
    insisted instead instruct intend intention involve involved issue item keep kept kind knew
    know known large largely larger last lasted late lately later latter lead least leave led
    left length less level light likely limited line list little live local long longer low
    lower main mainly majority manner matter mean meaning meant meantime meanwhile measure mere
    merely mid middle midnight might min minute moment month moreover morning mostly move ms
    name namely nature nearly necessary need needed newly next night nine noon normal normally
    note noted notice number object obvious obviously occasion occur occurred offer often old
    open opinion order ordinary original originally otherwise outside overall overnight part
    particular particularly partly pass passed past people percent percentage perform period
    person phase piece place plan planned play point position possibility possible practice
    precise precisely prefer preparation presence present previous previously prior problem
    proceed process prompt promptly proper properly proposal prove provide purpose put quarter
    question quick quickly quite range rapid rapidly rate ratio reach reached reaction ready
    real realise realize reason receive received recent recently recommend recommended
    recommends regard regular regularly relate relation relatively remain remained remaining
    remains remark remarked repeat repeated repeatedly reply report require required respect
    respond response rest result resulted resume return returned review right role rough roughly
    round run running sake same saw scale scene scope sec second section seek seem seen separate
    separately sequel sequence series serious set seven several severe shape share short shortly
    show shown sign similar similarly simple simply single situation six size slight slightly
    slow slowly small smaller somewhere soon sort source speak specific spent spot staff stage
    stand standard start started starting state stay stayed step stood story strong subject
    succeed success sudden suddenly suffer sum support sure switch table taken task team tell
    ten tend term then thereafter therefore thing think third thousand three threshold time
    times together told took top total toward towards trigger triggered true truly try turn
    turned twelve twice two type understand understood unit unless unlike unusual upper urge use
    used useful usual usually value various version view visible volume waited wanted warning
    watch week well went whole wide wider willing wish within word work worked working world
    worse worst year yet zero zeros
    """
)
"""They tell, but not of what."""
_SUFFIXES = (
    "ability", "ibility", "ion", "ation", "ition", "ement", "ance", "ence", "able", "ible", "ment",
    "ness", "tion", "sion", "ally", "al", "er", "or", "ing", "ed", "es", "s", "y", "e", "ly",
)  # fmt: skip


def _groups(lines: Iterable[str]) -> dict[str, frozenset[int]]:
    table: dict[str, set[int]] = {}
    for at, line in enumerate(lines):
        for word in line.split():
            table.setdefault(word, set()).add(at)
            table.setdefault(bare_stem(word), set()).add(at)
    return {word: frozenset(groups) for word, groups in table.items()}


_GROUP_OF = _groups(ALIKE.replace(" +\n", " ").strip().splitlines())
_NEUTRAL = frozenset(bare_stem(word) for word in _NEUTRAL_WORDS) | _NEUTRAL_WORDS
_REPORTING = frozenset(bare_stem(word) for word in REPORTING) | REPORTING


@lru_cache(maxsize=20_000)
def meanings_of(word: str) -> frozenset[str]:
    """Keys of what a word may mean; two words that share one are taken for nearly the same.

    Empty for a word that carries no meaning of its own.
    """
    lower = word.lower()
    if lower in STOPWORDS or len(lower) < 2:
        return frozenset()
    bare = bare_stem(lower)
    keys = {f"={bare}", f"={stem(lower)}", f"~{_root(lower)}"}
    groups = _GROUP_OF.get(lower, frozenset()) | _GROUP_OF.get(bare, frozenset())
    return frozenset(keys | {f"#{at}" for at in groups})


def same_meaning(one: str, other: str) -> bool:
    return not meanings_of(one).isdisjoint(meanings_of(other))


@lru_cache(maxsize=20_000)
def is_neutral(word: str) -> bool:
    """It tells, but not of what: `happened`, `afterwards`, `level`."""
    lower = word.lower()
    return (
        lower in STOPWORDS
        or lower in _NEUTRAL
        or lower in _REPORTING
        or bare_stem(lower) in _NEUTRAL
        or bare_stem(lower) in _REPORTING
        or (lower.endswith("ly") and lower not in ("family", "only", "supply", "reply"))
    )


@lru_cache(maxsize=20_000)
def is_known(word: str) -> bool:
    """An ordinary word of incidents rather than a name that nobody gave."""
    lower = word.lower()
    return (
        lower in _GROUP_OF or bare_stem(lower) in _GROUP_OF or lower.endswith(("s", "ing", "ion"))
    )


def _root(word: str) -> str:
    """What the words of one family share: `deliver`, `delivery`, `delivered`."""
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= 4:
            word = word[: -len(suffix)]
            break
    return word[:7]
