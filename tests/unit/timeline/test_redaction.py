import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from copilot.timeline.redaction import redact

# Put together at run time: scanners of repositories look for such words too.
SLACK = "xoxb" + "-123456789012-1234567890123-AbCdEfGhIjKlMnOpQrStUvWx"
GITHUB = "ghp" + "_16C7e42F292c6912E7710c838347Ae178B4a"
STRIPE = "sk_live" + "_4eC39HqLyjWDarjtT1zdp7dc"
JWT = "eyJhbGciOiJIUzI1NiJ9" + ".eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P"
BODY = "MIIEpAIBAAKCAQEA0Z3VS5JJcds3xfn/ygWyF8PbnGy0AHB7MhgwMbRvI0MBZhpI"
KEY = f"-----BEGIN RSA PRIVATE KEY-----\n{BODY}\n{BODY}\nq83v==\n-----END RSA PRIVATE KEY-----"

SECRETS = {
    SLACK: "slack token",
    "xoxe." + "xoxp-1-Mi0yLTEyMzQ1Njc4OTAxMi0x": "slack token",
    "xapp-" + "1-A012ABCD0A0-1234567890123-abcdef0123456789": "slack token",
    GITHUB: "github token",
    "github_pat" + "_11ABCDEFG0aBcDeFgHiJkLmNoPqRsTuVwXyZ": "github token",
    "glpat" + "-ABCdef123456_7890-xy": "gitlab token",
    "AKIA" + "IOSFODNN7EXAMPLE": "aws key",
    "AIza" + "SyA1234567890abcdefghijklmnopqrstuv": "google key",
    STRIPE: "stripe key",
    "sk-proj" + "-abcDEF123456ghiJKL789": "api key",
    "sk-" + "abcDEF1234567890ghiJKL789": "api key",
    JWT: "jwt",
    "npm" + "_abcdefghijklmnopqrstuvwxyz0123456789": "npm token",
    KEY: "private key",
}

ASSIGNED = [
    ("password=hunter2", "password=[redacted: password]"),
    ("POSTGRES_PASSWORD=correcthorse", "POSTGRES_PASSWORD=[redacted: password]"),
    ("passwd: letmein", "passwd: [redacted: password]"),
    ("password: Tr0ub4dor&amp;3 works", "password: [redacted: password] works"),
    ('{"password": "correct horse"}', '{"password": "[redacted: password]"}'),
    ('{\\"password\\":\\"abc123\\"}', '{\\"password\\":\\"[redacted: password]\\"}'),
    ("password is Tr0ub4dor3, sorry", "password is [redacted: password], sorry"),
    ("?api_key=abcd1234&amp;user=ana", "?api_key=[redacted: api key]&amp;user=ana"),
    ("client_secret=s3cr3t", "client_secret=[redacted: secret]"),
    ("token: 9f86d081884c7d659a2feaa0", "token: [redacted: token]"),
    (
        "aws_secret_access_key = wJalrXUtnFEMI/K7MDENG",
        "aws_secret_access_key = [redacted: secret key]",
    ),
    ("mysql --password hunter2 -h db", "mysql --password [redacted: password] -h db"),
    ("curl -u admin:hunter2 https://x", "curl -u admin:[redacted: password] https://x"),
    ("Authorization: Bearer abc123def456", "Authorization: Bearer [redacted: credentials]"),
    ("Authorization: Basic dXNlcjpwYXNz", "Authorization: Basic [redacted: credentials]"),
    ("bearer abc123def456ghi789 fails", "bearer [redacted: bearer token] fails"),
    ("postgres://app:s3cr3t@db:5432/x", "postgres://app:[redacted: password]@db:5432/x"),
    ("<https://ana:p@ss@wiki.example>", "<https://ana:[redacted: password]@wiki.example>"),
    (
        "https://hooks.slack.com/" + "services/T000/B000/abcdefgh",
        "https://hooks.slack.com/[redacted: slack webhook]",
    ),
]

ABROAD_AND_IN_COMMANDS = [
    ("das Passwort lautet Zw7!kanari", "das Passwort lautet [redacted: password]"),
    ("mot de passe : Zw7!kanari", "mot de passe : [redacted: password]"),
    ("пароль: Zw7!kanari", "пароль: [redacted: password]"),
    ("密码是 Zw7!kanari 请", "密码是 [redacted: password] 请"),
    ("パスワード：Zw7!kanari", "パスワード：[redacted: password]"),
    ("mysql -u root -pZw7kanari -h db", "mysql -u root -p[redacted: password] -h db"),
    ("redis-cli -h cache -a Zw7kanari ping", "redis-cli -h cache -a [redacted: password] ping"),
    ("sshpass -p 'Zw7kanari' ssh db", "sshpass -p '[redacted: password]' ssh db"),
    ("Cookie: lang=de; session=7f3k9Qm2LrT8vXw4", "Cookie: lang=de; session=[redacted: session]"),
    ("passphrase for the key: Zw7!kanari", "passphrase for the key: [redacted: password]"),
    ("the secret's Zw7!kanari, keep it", "the secret's [redacted: secret], keep it"),
    ("ghp" + "_16C7e42F292c69\u200b12E7710c838347Ae178B4a ok", "[redacted: github token] ok"),
    (
        "https://discord.com/api/" + "webhooks/912345678901234567/c4n4ry_Zx81Kq27LmP0wAbCd",
        "https://discord.com/api/webhooks/[redacted: discord webhook]",
    ),
]

ORDINARY = [
    "das Passwort lautet wie der Name des Hundes",
    "senha: quem tem acesso?",
    "parola: chiedi a ben",
    "пароль: спроси у бена",
    "mysql -u root -h db-1 -p orders",
    "cookie: session=abc",
    "the password for the staging db: ask dana",
    "the secret's out",
    "family \U0001f468\u200d\U0001f469 and na\u00efve zero\u200bwidth",
    "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "pulled image@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "reverted 4f1b2b0b822cd15d6c15b0f00a08a3bf4f1b2b0b and 9f86d08",
    "checkout-7d9f8b6c5-x2x4z restarted 14 times on ip-10-0-12-7.ec2.internal",
    "the etag is 5d41402abc4b2a76b9719d911017c592",
    "trace 4bf92f3577b34da6a3ce929d0e0e4736, request 3f2504e0-4f89-11d3-9a0c-0305e82c3301",
    "password: reset by mail please",
    "the password is wrong",
    "secret: checkout-db-v2 is gone, someone deleted it",
    "secretName: checkout-tls-2",
    'password = os.environ["DB_PASSWORD"]',
    "password=$DB_PASSWORD and password=${DB_PASSWORD} and password=********",
    "pwd: /home/deploy",
    "token expired for user 4812",
    "token: 4812 requests left",
    "http://db-3:8080/path@v2 and git@github.com:acme/app.git",
    "ask-the-oncall-person-about-task-4812-please",
    "tests pass: 12 of 14",
    "bearer authentication is required-by-the-gateway",
    "see https://example.com/?sig=short&amp;x=1",
    "the public half: -----BEGIN PUBLIC KEY-----",
    "key: customer_id, partition 12",
]


@pytest.mark.parametrize(("secret", "label"), SECRETS.items())
@pytest.mark.parametrize("sentence", ["{}", "it is {}, rotate it", "<{}>", "`{}`", "key={}"])
def test_a_secret_goes_and_the_words_around_it_stay(secret: str, label: str, sentence: str) -> None:
    redacted = redact(sentence.format(secret))
    assert secret not in redacted
    assert redacted == sentence.format(f"[redacted: {label}]")


@pytest.mark.parametrize(("text", "redacted"), [*ASSIGNED, *ABROAD_AND_IN_COMMANDS])
def test_a_value_assigned_to_a_telling_name_goes(text: str, redacted: str) -> None:
    assert redact(text) == redacted


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_talk_survives(text: str) -> None:
    assert redact(text) == text


def test_a_key_that_was_cut_off_goes_as_far_as_it_reads_like_one() -> None:
    text = f"-----BEGIN OPENSSH PRIVATE KEY-----\n{BODY}\n{BODY}\nno, I pasted our key"
    assert redact(text) == "[redacted: private key]\nno, I pasted our key"


def test_the_second_half_of_a_key_that_slack_cut_in_two_goes() -> None:
    text = f"{BODY}\n{BODY}\nq83v==\n-----END RSA PRIVATE KEY-----\nplease delete that"
    assert redact(text) == "[redacted: private key]\nplease delete that"


def test_a_key_with_headers_or_escaped_line_ends_goes() -> None:
    headers = "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,0123456789ABCDEF\n\n"
    encrypted = f"-----BEGIN RSA PRIVATE KEY-----\n{headers}{BODY}\n"
    assert redact(encrypted + "oh no") == "[redacted: private key]\noh no"
    in_json = KEY.replace("\n", "\\n")
    assert redact(f'{{"k": "{in_json}"}}') == '{"k": "[redacted: private key]"}'


def test_two_keys_with_talk_between_them_leave_the_talk() -> None:
    text = f"{KEY}\nand the old one:\n{KEY}"
    assert redact(text) == "[redacted: private key]\nand the old one:\n[redacted: private key]"


FRAGMENTS = st.sampled_from(
    [
        *SECRETS,
        *ORDINARY,
        *(text for text, _ in [*ASSIGNED, *ABROAD_AND_IN_COMMANDS]),
        " ",
        "\n",
        '"',
        "=",
        ":",
        "@",
        "://",
        "password",
        "secret=",
        "token:",
        "-----BEGIN PRIVATE KEY-----",
        "[redacted: ",
        "]",
        "&",
    ]
)
TEXTS = st.lists(FRAGMENTS | st.text(max_size=12), max_size=8).map("".join)


@settings(max_examples=500)
@given(TEXTS)
def test_redacting_twice_is_redacting_once(text: str) -> None:
    once = redact(text)
    assert redact(once) == once


HOSTILE = st.lists(
    st.sampled_from(
        [
            "xoxb-",
            "eyJ",
            "eyJaaaaaaaaaa.",
            "password=",
            "password ",
            "://a:",
            "://a:b",
            "sk-",
            "-----BEGIN RSA PRIVATE KEY-----\n",
            "-----END RSA PRIVATE KEY-----\n",
            "bearer a",
            "authorization: ",
            "a",
            "\n",
            "pass=\\",
            'secret="',
            "a:",
            "&",
            "-u a:",
            "0123456789:AA",
            "-----",
            "AAAA: b\n",
            "AAAAAAAAAAAAAAAAAAAA",
            " ",
            "<",
            "AIza",
            "glpat-",
            "=",
            "@",
        ]
    ),
    min_size=1,
    max_size=3,
)


@settings(max_examples=60)
@given(HOSTILE)
def test_text_written_to_hurt_costs_little_at_slacks_full_length(parts: list[str]) -> None:
    text = ("".join(parts) * 40_000)[:40_000]
    started_s = time.perf_counter()
    redact(text)
    # It takes about 20 ms; a pattern that walks back takes minutes.
    assert time.perf_counter() - started_s < 5
