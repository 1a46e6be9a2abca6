"""How long wrong passwords make the next attempt wait, and which network an attempt counts against; pure rules."""

from datetime import timedelta
from ipaddress import IPv6Address, ip_address, ip_network

MAX_DOUBLINGS = 24
BITS_OF_A_SITE = 64
"""An IPv6 site gets at least this prefix, so that its machines choose among 2**64 addresses."""


def find_wait(failures: int, *, free: int, first: timedelta, longest: timedelta) -> timedelta:
    """The pause after a wrong password: none for the first ones, then twice as long after each, up to a bound.

    Examples
    --------
    >>> first, longest = timedelta(seconds=5), timedelta(minutes=1)
    >>> [find_wait(n, free=3, first=first, longest=longest).seconds for n in range(8)]
    [0, 0, 0, 5, 10, 20, 40, 60]
    """
    if failures < free:
        return timedelta(0)
    doubled = first * (1 << min(failures - free, MAX_DOUBLINGS))
    return min(doubled, longest)


def name_network(address: str) -> str | None:
    """The network of an address as its first address; None where it is no address, as on a socket file.

    Examples
    --------
    >>> name_network("203.0.113.7"), name_network("::ffff:203.0.113.7"), name_network("2001:db8:1:2:3:4:5:6")
    ('203.0.113.7', '203.0.113.7', '2001:db8:1:2::')
    """
    try:
        given = ip_address(address.partition("%")[0])
    except ValueError:
        return None
    if isinstance(given, IPv6Address):
        if given.ipv4_mapped:
            return str(given.ipv4_mapped)
        return str(ip_network((given, BITS_OF_A_SITE), strict=False).network_address)
    return str(given)
