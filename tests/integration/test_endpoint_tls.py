"""A model's endpoint behind TLS: whom to trust, and that the deadline holds there as well."""

import ssl
from datetime import timedelta
from ipaddress import ip_address

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pydantic import BaseModel

from copilot.clock import SystemClock
from copilot.llm.endpoint import Endpoint, EndpointError, Failure, Prompt
from tests.fakes import misbehaviours as it
from tests.fakes.scripted_endpoint import ScriptedEndpoint, answers_with

DEADLINE = timedelta(seconds=0.6)
GOOD = {"title": "Add an alert"}


class Found(BaseModel):
    title: str


@pytest.fixture(scope="module")
def own_certificate(
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """What a server shows that signed for itself, and what trusts it all the same."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = SystemClock().now()
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    path.write_bytes(
        certificate.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(path)
    return server, ssl.create_default_context(cafile=str(path))


def ask(endpoint: Endpoint, deadline: timedelta | None = None) -> Found:
    prompt = Prompt("Find the task.", "m1 dana: I'll add an alert")
    return endpoint.ask(prompt, Found, max_output_tokens=50, deadline=deadline).value


def failure(endpoint: Endpoint, deadline: timedelta | None = None) -> Failure:
    with pytest.raises(EndpointError) as told:
        ask(endpoint, deadline)
    return told.value.kind


def test_a_certificate_that_nobody_vouches_for_is_not_taken(
    own_certificate: tuple[ssl.SSLContext, ssl.SSLContext],
) -> None:
    server, trusting = own_certificate
    with ScriptedEndpoint(answers_with(lambda _: GOOD), tls=server) as secure:
        wary = Endpoint(model="m", base_url=secure.url)
        assert failure(wary) is Failure.TLS
        assert secure.calls == 0
        other = Endpoint(
            model="m", base_url=secure.url, deadline=timedelta(seconds=5), tls=trusting
        )
        assert ask(other) == Found(title="Add an alert")
        secure.will(it.drips_body)
        assert failure(other, DEADLINE) is Failure.TIMEOUT


def test_plain_http_where_tls_is_expected() -> None:
    with ScriptedEndpoint() as plain:
        url = plain.url.replace("http:", "https:")
        assert failure(Endpoint(model="m", base_url=url)) is Failure.TLS
