"""Values of things called password, secret, API key or token, where they look like values.

`password=…` in a log is one; "password: reset by mail" and `password = os.environ["X"]` are not.
"""

import re

_ABROAD = (
    "passwort|kennwort|mot de passe|contraseña|contrasena|clave|senha|hasło|haslo|wachtwoord"
    "|parola|şifre|пароль|密码|密碼|パスワード|비밀번호|암호|كلمة المرور|كلمة السر|पासवर्ड|סיסמה"
)
HINTS = ("pass", "pwd", "pw", "secret", "key", "token", "credential", *_ABROAD.split("|"))

_NAME = (
    r"pass(?:word|wd|phrase|code)|(?<![a-z])pass(?![a-z])|pwd|(?<![a-z])pw(?![a-z])"
    r"|(?:client[_-]?)?secret(?:[_-]?(?:access[_-]?)?key)?"
    r"|(?:api|access|auth|account|private|encryption|signing)[_-]?key"
    r"|token|credentials?"
)
_SUFFIX = r"(?:[_-]?(?:base|v?\d{1,2}|prod|staging|dev|test|live))?"
# Quotes may be escaped, as in JSON within JSON.
_BETWEEN = (
    r"\\{0,3}[\"'`]?\s{0,3}(?:=>|:=|==?|:)\s{0,3}|\s{1,3}is:?\s{1,3}"
    r"|(?:'s|’s|\s(?:è|est|es|ist))\s{1,3}"
    r"|\s(?:for|of)\s(?:the\s|our\s)?[\w.-]{1,40}(?:\s[\w.-]{1,40})?(?:\s?[:=]|\sis)\s{1,3}"
    r"|(?<=\s--password) {1,3}|(?<=\s--token) {1,3}"
)
# An escaped `&` belongs to the value unless it begins the next parameter of a URL. Atomic groups,
# not `(?:…)++`: Python before 3.11.5 (Debian 12 has 3.11.2) gets the latter wrong.
_BARE = r"(?>(?:[^\s\"'`<>|&\\]|\\(?![\"'nrt])|&(?>(?:amp;|lt;|gt;)?)(?![\w.-]{1,40}=))+)"
_ASSIGNED = re.compile(
    rf"(?P<name>{_NAME}){_SUFFIX}(?P<between>{_BETWEEN})"
    rf"(?:\\{{0,3}}(?P<quote>[\"'`])"
    rf"(?P<quoted>(?:[^\"'`\n\\]|\\(?![\"'`])){{1,256}})(?=\\{{0,3}}(?P=quote))"
    rf"|\\{{0,3}}[\"'`]?(?P<bare>{_BARE}))",
    re.IGNORECASE,
)
# Names of it in other languages, where the value looks like one: a mix of letters and signs.
_ASSIGNED_ABROAD = re.compile(
    rf"(?:{_ABROAD})(?:\s{{0,3}}[=:：]\s{{0,3}}"
    rf"|\s?(?:ist|lautet|est|es|è|é|to|это|是|は|は、)(?:\s?[:：])?\s{{0,3}})"
    rf"[\"'`«„“]?(?P<bare>{_BARE})",
    re.IGNORECASE,
)
_MASKED = re.compile(r"[*x.•_?-]+", re.IGNORECASE)
_REFERENCE = re.compile(
    r"(?:[$%~/{(\[\\]|&lt;|\.{1,2}/)"  # a variable, a path, a template
    r"|[A-Za-z_]\w{0,60}(?:\.\w{1,60}){0,6}[(\[{]"  # a call or a look-up in code
    r"|[A-Za-z_]+(?:\.[A-Za-z_]+){1,6}$"  # an attribute in code
)
_SLUG = re.compile(r"[a-z0-9]+(?:[-./:][a-z0-9]+)+", re.IGNORECASE)
_PLAIN_WORD = re.compile(r"[A-Za-z]+(?:['’-][A-Za-z]+)*")
_STATE = re.compile(
    r"true|false|null|none|nil|undefined|required|missing|expired|invalid|incorrect|wrong|changed"
    r"|rotated|empty|set|unset|hidden|redacted|optional|string|str|bytes|masked|yes|no|ok",
    re.IGNORECASE,
)
_TRAILING = ".,;:!?)]}"


def without_assigned_secrets(text: str, lower: str) -> str:
    """`lower` is the lower-case text, which the caller has anyway."""
    if not any(hint in lower for hint in HINTS):
        return text
    return _ASSIGNED_ABROAD.sub(_replaced_abroad, _ASSIGNED.sub(_replaced, text))


def _replaced_abroad(found: re.Match[str]) -> str:
    value = found["bare"].rstrip(_TRAILING)
    if "[redacted" in value or not _is_random(value, 6):
        return found[0]
    start = found.start("bare") - found.start()
    return f"{found[0][:start]}[redacted: password]{found[0][start + len(value) :]}"


def _replaced(found: re.Match[str]) -> str:
    group = "quoted" if found["quoted"] else "bare"
    value = found[group] if found["quoted"] else found[group].rstrip(_TRAILING)
    if not _is_secret(found, value):
        return found[0]
    start = found.start(group) - found.start()
    end = start + len(value)
    return f"{found[0][:start]}[redacted: {_label(found['name'].lower())}]{found[0][end:]}"


def _is_secret(found: re.Match[str], value: str) -> bool:
    if "[redacted" in value or _MASKED.fullmatch(value) or _REFERENCE.match(value):
        return False
    if _STATE.fullmatch(value):
        return False
    name = found["name"].lower()
    if name in ("token", "credential", "credentials", "pass", "pw"):
        return _is_random(value, 16 if name == "token" else 6)
    if _is_talk(found):
        return _is_random(value, 6)
    return len(value) >= 4


def _is_talk(found: re.Match[str]) -> bool:
    """`password: x` within a sentence, unlike in a setting, where the value ends its line."""
    between = found["between"]
    if "is" in between.lower() or between.strip(" \\\"'`:=>"):
        return True
    if found["quoted"] or ":" not in between or not between.endswith(" "):
        return False
    following = found.string[found.end() : found.end() + 1]
    return following not in ("", "\r", "\n", "`")


def _is_random(value: str, least: int) -> bool:
    """No word and no name: letters and digits mixed, or with signs that words don't hold."""
    if len(value) < least or _PLAIN_WORD.fullmatch(value) or _SLUG.fullmatch(value):
        return False
    has_digit = any(c.isdigit() for c in value)
    has_letter = any(c.isalpha() for c in value)
    has_sign = any(not c.isalnum() and c not in "-'’" for c in value)
    return has_letter and (has_digit or has_sign)


def _label(name: str) -> str:
    if name.startswith(("pass", "pwd", "pw")):
        return "password"
    if name.endswith("key"):
        return "api key" if name.startswith(("api", "access")) else "secret key"
    return "token" if name == "token" else "secret"
