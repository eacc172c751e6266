import pytest

from copilot.slack.signature import is_from_slack, sign

NOW = 1_700_000_000


def check(
    *,
    secret: str = "s3cret",  # noqa: S107 - no real one
    body: bytes = b"{}",
    timestamp: str = str(NOW),
    signature: str | None = None,
) -> bool:
    good = sign("s3cret", str(NOW), b"{}")
    return is_from_slack(
        secret,
        body,
        timestamp=timestamp,
        signature=good if signature is None else signature,
        now_s=float(NOW),
    )


def test_it_knows_slacks_own_example() -> None:
    secret = "8f742231b10e8888abcd99yyyzzz85a5"
    body = (
        b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow"
        b"&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner"
        b"&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands"
        b"%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN"
        b"&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
    )
    wanted = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"
    assert sign(secret, "1531420618", body) == wanted


def test_a_good_signature_passes() -> None:
    assert check()


@pytest.mark.parametrize(
    "signature", ["", "v0=", "v1=00", "nonsense", "v0=é" + "0" * 62, "v0=\udcff"]
)
def test_a_wrong_signature_fails(signature: str) -> None:
    assert not check(signature=signature.encode(errors="replace").decode("latin-1"))


@pytest.mark.parametrize(
    "timestamp", ["", "now", "-1", "1e9", "¹²³", "9" * 400, f" {NOW}", f"{NOW}.5"]
)
def test_an_odd_timestamp_fails(timestamp: str) -> None:
    assert not check(timestamp=timestamp)


@pytest.mark.parametrize("age_s", [301, -301, 10**9])
def test_an_old_or_future_timestamp_fails(age_s: int) -> None:
    then = str(NOW - age_s)
    assert not check(timestamp=then, signature=sign("s3cret", then, b"{}"))


@pytest.mark.parametrize("age_s", [0, 300, -300])
def test_five_minutes_are_allowed(age_s: int) -> None:
    then = str(NOW - age_s)
    assert check(timestamp=then, signature=sign("s3cret", then, b"{}"))


def test_a_changed_body_fails() -> None:
    assert not check(body=b"{ }")


def test_without_a_secret_nobody_is_slack() -> None:
    assert not check(secret="", signature=sign("", str(NOW), b"{}"))
