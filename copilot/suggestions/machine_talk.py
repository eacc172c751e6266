"""Words that speak to a program instead of to colleagues. Pure.

A language model reads what people write, so people write to it: orders, forged roles, finished
answers. No list finds all of them. This one finds the plain ones in some languages, and what it
finds is neither evidence of work nor a title; the rest is stopped by what a title may hold and by
its words having to stand in what was said.
"""

import re
import unicodedata

from copilot.suggestions.harmless import visible

MOST_READ = 4_000

_ORDERS = (
    # Leave off what it was told before.
    r"\b(?:ignore|disregard|forget)\b.{0,20}\b(?:all|any|previous|prior|earlier|above|your)\b.{0,30}"
    r"\b(?:instructions?|rules?|prompts?|directions|messages)",
    r"\b(?:ignore|disregard|forget)\b.{0,20}\b(?:rules|instructions|messages|everything) above",
    r"\b(?:ignoriere?|vergiss|missachte)\b.{0,40}\b(?:anweisung|regel|befehl|vorgabe)",
    r"\b(?:ignore[zrs]?|oublie[zrs]?)\b.{0,40}\b(?:instructions?|consignes?|règles)",
    r"\b(?:oublie[zrs]?|forget|olvida|vergiss) "
    r"(?:l'incident|the incident|el incidente|den vorfall)",
    r"\b(?:ignor[ae]|olvid[ae]|dimentica|esqueça)\b.{0,40}\b(?:instruc|instruç|istruzion|regl|regol|regr)",
    r"\b(?:zignoruj|zapomnij)\b.{0,40}\b(?:instrukcj|polece)",
    r"\b(?:negeer|vergeet)\b.{0,40}\b(?:instructies|regels)",
    r"\b(?:talimat|kural)\w*.{0,20}\byoksay",
    r"(?:игнорируй|забудь).{0,40}(?:инструкци|указани|правил)",
    r"(?:忽略|无视|忘记).{0,20}(?:指令|规则|指示)"
    r"|(?:指示|命令).{0,15}(?:無視|忘れ)|지시.{0,15}(?:무시|잊)",
    r"(?:تجاهل|انس).{0,30}(?:تعليمات|القواعد)|(?:निर्देश|नियम)\w*.{0,20}(?:अनदेखा|भूल)",
    # Who it is to be, what it is to say.
    r"\byou are (?:now|no longer|unrestricted)\b"
    r"|\bact as (?:root|an? (?:ai|assistant|model|admin))\b",
    r"\bfrom now on\b.{0,30}\b(?:you|say|stop|post)\b|\bfrom now on\W*$|\ba partir de ahora eres\b",
    r"(?:^|[.!?] )new (?:rules?|task|instructions?|directive):|\byour (?:new|only|real) task\b",
    r"\b(?:reply|respond|antworte)\b.{0,25}\b"
    r"(?:with (?:the text|only|nothing|exactly|yes\b)|nur mit)",
    r"\b(?:answer|output|respond) in base64\b"
    r"|\brepeat the words\b|\bword for word\b|\bwortwörtlich\b",
    r"\b(?:obey|follow) (?:the (?:next|following)|these) (?:messages?|instructions?)",
    r"\bin every title\b|\bfor each message (?:output|write|say)\b|\bletters of the titles\b",
    r"\bset confidence\b|\bowner_id ?=|\bconfidence\W{1,4}1(?:\.0)?\b|\bcall post_message\b",
    r"\breturn \{|\b(?:merge|drop|evidence).{0,20}\bm\d{1,20}\b|\bm\d{1,6} says\b|\(m\d{1,6}\)\(m",
    # What it is made of, and what holds it back.
    r"\bsystem ?prompts?\b|系统提示|提示词|システムプロンプト",
    r"\b(?:your|deinen?|ton|tu|swój|the bot'?s?|the copilot'?s?) prompt\b"
    r"|\bwhat are your instructions",
    r"\b(?:bot token|signing secret|environment variables of the|random marker)\b",
    r"\b(?:noise|copilot|bot) (?:limits?|budget)\b|\bnoise limits\b|\bpresupuesto de ruido\b",
    r"\b(?:disable|stop|turn off|never) (?:redact\w*|redaction)\b|\bbots must\b|\blog tag\b",
    r"\bif the (?:bot|co-?pilot|assistant) (?:can|could|would)\b",
    r"\bco-?pilot\b.{0,30}\b(?:accept|dismiss|approve|mark|post|show|reply)\b",
    r"\bsaid in (?:the )?other channels\b|\bprivate (?:incident )?channels? for every"
    r"|\bprint what was there\b",
)
_FORGERIES = (
    r"<\|[\w-]{1,40}\|>|\[/?inst\]|<</?sys>>|<[\w-]{1,30}_id>"
    r"|cdata\[|\b(?:end of (?:string|prompt))\b",
    r"</?(?:function_calls|invoke|untrusted|candidate|message|chat|system|daten|данные|データ)[\s>-]",
    r"^\W{0,6}(?:system|assistant|human|developer|tool_(?:result|call)|operator|final answer"
    r"|systemnachricht|message système|sistema|система|系统消息|システム)\b[^:\n]{0,40}:",
    r"^\W{0,6}(?:admin notice|operator override|developer message)|^\W{0,6}\[(?:policy|system)\b",
    r"^\W{0,6}-{2,} ?end of|^={3,} ?data|^<{3}|^#+ ?system"
    r"|\bend of quoted text\b|</\w{1,20}>.{0,3}\byou may",
    r"[\"'](?:candidates|follow_ups|suggestions|evidence|owner_id|is_done|confidence|title|titel|titre"
    r"|vorschläge|kind|quote|标题)\\?[\"'] ?:|\bkind ?= ?(?:commitment"
    r"|request|proposal)|\bjson schema\b",
    r"^\s{0,9}-? ?(?:kind|title|candidates): |\bmessage 1 of 1\b",
    r"^\W{0,6}m\d{1,20} ?[\]:|]|^\W{0,6}#\d{1,6} \w{1,30}>|^\W{0,6}m\d{1,6} \w{1,30}:|\[m\d{1,6}\]",
    r"^\d{4}-\d\d-\d\dt\d\d:\d\d \w{1,30}:|^\w{1,30} \(u\w{1,12}\):"
    r"|(?:\^\w{3,8}){3}|(?:\^\w{3,8}\^\w+){2}",
)
_HARM = (
    r"\brm -rf\b|\bcurl\b.{0,200}\| ?(?:ba)?sh\b|\bdrop (?:table|database)\b|\$\{jndi|\bfetch\('",
    r"\b(?:post|paste|send|publish|print|reveal|reply|share)\b.{0,30}\b(?:your|the raw|all|our)"
    r" (?:passwords?|tokens?|secrets?|(?:api )?keys?|credentials)\b",
    r"\bwith your slack password\b|\bverify your account\b"
    r"|\bgift ?cards?\b|\bfree money\b|\bwire \d",
    r"\b(?:passwort|contraseñas?|كلمات المرور|密钥)\b.{0,20}(?:\bposten\b|\bpublica|هنا|发布)",
)
_FOLLOWING = re.compile(
    r"^(?:please |could someone |everybody |everyone |all )?(?:click|visit|open|log ?in|sign in"
    r"|go to|install|download|verify|klick|cliqu|hagan clic|cliquem)\w*\b"
)
_PASSING_ON = re.compile(
    r"\b(?:post|share|forward|repeat|posten|poste)\w* (?:this|it|that|das|ceci)\b"
)


def _any_of(patterns: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.MULTILINE)


_TO_A_MACHINE = _any_of((*_ORDERS, *_FORGERIES, *_HARM))


def is_machine_talk(text: str) -> bool:
    """Whether a message orders a program about, plays one, or forges what one would read."""
    return _TO_A_MACHINE.search(_comparable(text)) is not None


def is_lure(title: str, *, lost_its_link: bool) -> bool:
    """Whether a title asks its reader to follow or to pass something on, and names no work."""
    words = _comparable(title)
    return bool(_PASSING_ON.search(words) or (lost_its_link and _FOLLOWING.search(words)))


def _comparable(text: str) -> str:
    """Lower case, one way of writing each character; line breaks stay."""
    lines = unicodedata.normalize("NFKC", text[:MOST_READ]).split("\n")
    return "\n".join(visible(line) for line in lines).casefold()
