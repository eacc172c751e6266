"""Made-up secrets in the shapes that real ones have; none may leave what was said.

Put together at run time: scanners of repositories look for such words too.
"""

_BODY = "MIIEpAIBAAKCAQEA0Z3VS5JJcds3xfn/ygWyF8PbnGy0AHB7MhgwMbRvI0MBZhpI"
_RANDOM = "16C7e42F292c6912E7710c838347Ae178B4a"

CANARIES = {
    "aws": "AKIA" + "QYLPMN5HHHFPZAM2",
    "aws_secret": "wJalrXUtnFEMI/K7MDENG" + "/bPxRfiCYzE7c4n4ryK",
    "github": "ghp" + "_" + _RANDOM,
    "github_fine": "github_pat" + "_11ABCDEFG0aBcDeFgHiJkL_" + _RANDOM,
    "github_split": "ghp" + "_16C7e42F292c6912\u200bE7710c838347Ae178B4a",
    "gitlab": "glpat" + "-Zx81Kq27LmP0c4n4rY3w",
    "slack_bot": "xoxb" + "-912345678012-9876543210123-QwErTyUiOpAsDfGhJkLzXcVb",
    "slack_app": "xapp" + "-1-A0CANARY00-1234567890123-0f1e2d3c4b5a69788796a5b4c3d2e1f0",
    "slack_hook": "https://hooks.slack.com/" + "services/T0CANARY0/B0CANARY0/c4n4ryc4n4ryc4n4ryc4",
    "stripe": "sk_live" + "_51CanaryHqLyjWDarjtT1zdp7dc",
    "stripe_hook": "whsec" + "_c4n4ryHqLyjWDarjtT1zdp7dcAAbb",
    "jwt": "eyJhbGciOiJIUzI1NiJ9" + ".eyJzdWIiOiJjYW5hcnkifQ.c4n4ryP4J3jVmNHl0w5N_XgL0n3I9P",
    "private_key": f"-----BEGIN RSA {'PRIVATE'} KEY-----\n{_BODY}\n{_BODY}\nq83v==\n"
    f"-----END RSA {'PRIVATE'} KEY-----",
    "password": "Zw7!kanariE9" + "x",
    "api_key": "7f3kCanary" + "9Qm2LrT8vXw4Zb6N",
    "basic": "YWRtaW46" + "WncyIWthbmFyaUU5eA==",
    "openai": "sk-proj" + "-Canary12abcDEF123456ghiJKL789mnoPQR",
    "anthropic": "sk-ant" + "-api03-Canary12abcDEF123456ghiJKL789mnoPQR-AA",
    "google": "AIza" + "SyCanary567890abcdefghijklmnopqrstu",
    "npm": "npm" + "_Canary12abcDEF123456ghiJKL789mnoPQRS",
    "pypi": "pypi" + "-AgEIcHlwaS5vcmcCJGNhbmFyeS1jYW5hcnktY2FuYXJ5LWNhbmFyeQ",
    "sendgrid": "SG" + ".CanaryAbCdEfGhIjKlMnOp.QrStUvWxYz0123456789canaryCANARY01",
    "vault": "hvs" + ".CAESICanary0123456789abcdefGHIJ",
    "digitalocean": "dop_v1" + "_" + "c4a9" * 16,
    "hex32": "c4a94ab1e0d27f63" + "8b5a1c0fd2e39746",
    "uuid": "c4a94ab1-e0d2-4f63-8b5a-1c0fd2e39746",
    "azure": "C4n4ry+Zx81Kq27LmP0w" + "AbCdEfGhIjKlMnOpQrStUvWxYz0123456789AbCdEfGhIjKlMnOpQr==",
    "azure_sig": "c4n4ry%2FZx81Kq27LmP0w" + "AbCdEfGhIjKl%3D",
    "telegram": "712345678" + ":AAcanaryAbCdEfGhIjKlMnOpQrStUvWxYz0",
    "discord": "https://discord.com/api/"
    + "webhooks/912345678901234567/c4n4ry_Zx81Kq27LmP0wAbCdEfGh",
}


def telling_part(canary: str) -> str:
    """Of a secret a stretch that alone would give it away: no prefix, no host name."""
    line = max(canary.replace("\u200b", "").split("\n"), key=len)
    return line[-max(6, len(line) // 3) :]
