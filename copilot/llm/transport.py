"""HTTP with one deadline over everything: name, connection, handshake, request and answer.

The client's own timeouts are per read, so that an endpoint that drips a byte a second holds a
worker for as long as it likes; and no time limit of a job queue ends a thread. Here each step may
take what is left of the whole. A connection serves one call and is closed with it: calls are rare,
and a kept one that the other side has dropped would fail the next call.
"""

import socket
import ssl
import threading
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

import httpcore2
import httpx2
from typing_extensions import override

MOST_BYTES = 1 << 20
"""Of one answer, unpacked; the longest that is asked for has some ten thousand."""
_READ_BYTES = 1 << 16
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}
_Address = tuple[Any, ...]


class TooManyBytesError(httpx2.TransportError):
    """The answer is longer than MOST_BYTES."""


class UnreadableEncodingError(httpx2.TransportError):
    """The answer is packed in a way that was not asked for, or badly."""


class InsecureError(httpx2.ConnectError):
    """No secure connection could be made."""


class DeadlineTransport(httpx2.BaseTransport):
    """For one call: `remaining` says how many seconds of it are left."""

    def __init__(self, url: str, tls: ssl.SSLContext, remaining: Callable[[], float]) -> None:
        self._pool = _pool(url, tls, _DeadlineBackend(remaining))

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        url = httpcore2.URL(
            scheme=request.url.raw_scheme,
            host=request.url.raw_host,
            port=request.url.port,
            target=request.url.raw_path,
        )
        with (
            _errors_of_the_client(),
            self._pool.stream(
                request.method, url, headers=request.headers.raw, content=request.read()
            ) as found,
        ):
            headers = httpx2.Headers(found.headers)
            body = _read(found.iter_stream(), headers.get("content-encoding", ""))
        for name in ("content-encoding", "content-length", "transfer-encoding"):
            headers.pop(name, None)
        return httpx2.Response(found.status, headers=headers, content=body, request=request)

    def close(self) -> None:
        self._pool.close()


def _pool(
    url: str, tls: ssl.SSLContext, backend: httpcore2.NetworkBackend
) -> httpcore2.ConnectionPool:
    found = urlsplit(url)
    host = found.hostname or ""
    proxy = None if host in _LOOPBACK or proxy_bypass(host) else getproxies().get(found.scheme)
    if not proxy:
        return httpcore2.ConnectionPool(
            ssl_context=tls, max_keepalive_connections=0, network_backend=backend
        )
    parts = urlsplit(proxy if "://" in proxy else f"http://{proxy}")
    auth = (unquote(parts.username), unquote(parts.password or "")) if parts.username else None
    return httpcore2.HTTPProxy(
        f"{parts.scheme}://{parts.hostname}:{parts.port or 80}",
        proxy_auth=auth,
        ssl_context=tls,
        max_keepalive_connections=0,
        network_backend=backend,
    )


def _read(chunks: Iterable[bytes], encoding: str) -> bytes:
    unpack = _unpacker(encoding.strip().lower())
    parts: list[bytes] = []
    size = 0
    for chunk in chunks:
        part = unpack(chunk, MOST_BYTES + 1 - size)
        parts.append(part)
        size += len(part)
        if size > MOST_BYTES:
            raise TooManyBytesError("too many bytes")
    return b"".join(parts)


def _unpacker(encoding: str) -> Callable[[bytes, int], bytes]:
    """Unpacks a piece, to no more than so many bytes. Packing is not asked for, but it happens."""
    if encoding in ("", "identity"):
        return lambda chunk, _most: chunk
    if encoding not in ("gzip", "x-gzip"):
        raise UnreadableEncodingError("unknown content encoding")
    inflate = zlib.decompressobj(wbits=31)

    def unpack(chunk: bytes, most: int) -> bytes:
        try:
            return inflate.decompress(chunk, most)
        except zlib.error:
            raise UnreadableEncodingError("broken gzip") from None

    return unpack


@contextmanager
def _errors_of_the_client() -> Iterator[None]:
    """The pool's errors as the client knows them."""
    try:
        yield
    except httpcore2.ConnectTimeout as error:
        raise httpx2.ConnectTimeout("deadline") from error
    except httpcore2.TimeoutException as error:
        raise httpx2.ReadTimeout("deadline") from error
    except _HandshakeError as error:
        raise InsecureError("tls") from error
    except httpcore2.ConnectError as error:
        raise httpx2.ConnectError("connect") from error
    except (
        httpcore2.NetworkError,
        httpcore2.ProtocolError,
        httpcore2.ProxyError,
        httpcore2.UnsupportedProtocol,
    ) as error:
        raise httpx2.ReadError("connection") from error


class _HandshakeError(httpcore2.ConnectError):
    pass


class _DeadlineBackend(httpcore2.NetworkBackend):
    def __init__(self, remaining: Callable[[], float]) -> None:
        self._remaining = remaining

    @override
    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        found = _LOOKUPS.addresses(host, port, self._remaining())
        for last, (family, kind, protocol, _name, address) in _with_last(found):
            sock = socket.socket(family, kind, protocol)
            try:
                with _errors_of_the_pool(
                    httpcore2.ConnectTimeout, httpcore2.ConnectError, self._remaining
                ) as left:
                    # Half of what is left, so that a dead address leaves time for the next.
                    sock.settimeout(left if last else left / 2)
                    sock.connect(address)
                    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            except (httpcore2.ConnectTimeout, httpcore2.ConnectError):
                sock.close()
                if last:
                    raise
            except BaseException:
                sock.close()
                raise
            else:
                return _DeadlineStream(sock, self._remaining)
        raise httpcore2.ConnectError("no address")


class _DeadlineStream(httpcore2.NetworkStream):
    """A socket on which nothing outlasts the deadline; timeouts of single steps are ignored."""

    def __init__(self, sock: socket.socket, remaining: Callable[[], float]) -> None:
        self._sock = sock
        self._remaining = remaining

    @override
    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        with _errors_of_the_pool(
            httpcore2.ReadTimeout, httpcore2.ReadError, self._remaining
        ) as left:
            self._sock.settimeout(left)
            return self._sock.recv(min(max_bytes, _READ_BYTES))

    @override
    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        unsent = memoryview(buffer)
        while unsent:
            with _errors_of_the_pool(
                httpcore2.WriteTimeout, httpcore2.WriteError, self._remaining
            ) as left:
                self._sock.settimeout(left)
                unsent = unsent[self._sock.send(unsent) :]

    @override
    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore2.NetworkStream:
        try:
            with _errors_of_the_pool(
                httpcore2.ConnectTimeout, _HandshakeError, self._remaining
            ) as left:
                self._sock.settimeout(left)  # Python counts a whole handshake against it
                wrapped = ssl_context.wrap_socket(self._sock, server_hostname=server_hostname)
        except BaseException:
            self.close()
            raise
        return _DeadlineStream(wrapped, self._remaining)

    def close(self) -> None:
        self._sock.close()

    def get_extra_info(self, info: str) -> Any:
        return self._sock if info == "socket" else None


@contextmanager
def _errors_of_the_pool(
    late: type[Exception], broken: type[Exception], remaining: Callable[[], float]
) -> Iterator[float]:
    """Yields the seconds left. Raises `late` at the deadline, `broken` if the socket is."""
    left = remaining()
    if left <= 0:
        raise late("deadline")
    try:
        yield left
    except TimeoutError as error:
        raise late("deadline") from error
    except OSError as error:
        raise broken("socket") from error


class _Lookups:
    """Finds addresses on a thread of its own, since the system's resolver knows no deadline.

    Who asks for a name that is being looked up waits for the same thread, so that a resolver that
    hangs keeps one thread for each name, until it gives up by itself.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: dict[tuple[str, int], _Lookup] = {}

    def addresses(self, host: str, port: int, within_s: float) -> list[_Address]:
        with self._lock:
            lookup = self._running.get((host, port))
            if lookup is None:
                lookup = self._running[host, port] = _Lookup()
                threading.Thread(
                    target=self._look_up,
                    args=(host, port, lookup),
                    name="model-host-lookup",
                    daemon=True,
                ).start()
        if not lookup.done.wait(max(within_s, 0)):
            raise httpcore2.ConnectTimeout("deadline")
        if lookup.found is None:
            raise httpcore2.ConnectError("no such host")
        return lookup.found

    def _look_up(self, host: str, port: int, lookup: "_Lookup") -> None:
        try:
            lookup.found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM) or None
        except (OSError, UnicodeError):
            lookup.found = None
        finally:
            with self._lock:
                del self._running[host, port]
            lookup.done.set()


class _Lookup:
    def __init__(self) -> None:
        self.done = threading.Event()
        self.found: list[_Address] | None = None


_LOOKUPS = _Lookups()


def _with_last(addresses: list[_Address]) -> Iterator[tuple[bool, _Address]]:
    for number, address in enumerate(addresses, start=1):
        yield number == len(addresses), address
