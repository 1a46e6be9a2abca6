"""The one way out to an address: names are resolved once, inner networks are refused, and no redirect is followed."""

import socket
from collections.abc import Mapping
from ipaddress import IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

import httpx

HTTPS_PORT, HTTP_PORT = 443, 80
OPEN_IPV6 = ip_network("2000::/3")
"""All IPv6 addresses that are given out. Others are inner ones, or stand for IPv4 ones that a gateway or a host makes of them."""


class UnsafeAddressError(Exception):
    """An address leads into a network that messages are not sent to; the message says which."""


def is_public(address: str) -> bool:
    """Whether an IP address is one of the open internet, also where an IPv6 address stands for an IPv4 one.

    Examples
    --------
    >>> [is_public(one) for one in ("93.184.215.14", "10.0.0.1", "169.254.169.254", "::ffff:127.0.0.1")]
    [True, False, False, False]
    """
    given = ip_address(address.partition("%")[0])
    if isinstance(given, IPv6Address):
        inner = given.ipv4_mapped or given.sixtofour or (given.teredo[1] if given.teredo else None)
        if inner is not None:
            given = inner
        elif given not in OPEN_IPV6:
            return False
    return given.is_global and not given.is_multicast


def resolve(host: str, port: int, *, may_be_private: bool) -> str:
    """One address of a host; where any of its addresses is in an inner network, all are refused."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise UnsafeAddressError(f"{host} has no address: {error}") from error
    addresses = [str(entry[4][0]) for entry in found]
    if not may_be_private:
        inner = [address for address in addresses if not is_public(address)]
        if inner:
            raise UnsafeAddressError(
                f"{host} leads to {inner[0]}, which is not on the open internet. If that is meant, name the host in WEBHOOK_PRIVATE_HOSTS."
            )
    return addresses[0]


def post(
    url: str, body: bytes, headers: Mapping[str, str], *, private_hosts: frozenset[str], timeout: float
) -> int:
    """Send a body to the address that was checked, and no other; the status of the answer, whose body nobody reads."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    port = parts.port or (HTTPS_PORT if parts.scheme == "https" else HTTP_PORT)
    address = resolve(host, port, may_be_private=host in private_hosts)
    literal = f"[{address}]" if ":" in address else address
    pinned = parts._replace(netloc=f"{literal}:{port}").geturl()
    with (
        httpx.Client(timeout=timeout, trust_env=False, follow_redirects=False) as client,
        client.stream(
            "POST",
            pinned,
            content=body,
            headers={**headers, "Host": parts.netloc.rpartition("@")[2]},
            extensions={"sni_hostname": host},
        ) as answer,
    ):
        return answer.status_code
