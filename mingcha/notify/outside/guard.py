"""Which addresses may be reached from here 防止服务端请求伪造: public ones, and those the site itself admits.

An address written by a person must not lead into the office's own network. A name is resolved once; every address it
has must be public; the connection goes to the address that was checked, so that a name that changes its answer in
between gains nothing. Redirects are not followed (`http`).
"""

from __future__ import annotations

import socket
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Final
from urllib.parse import SplitResult, urlsplit

from mingcha.base.config import config

LONGEST: Final = 500
_NAT64: Final = IPv6Network("64:ff9b::/96")
_COMPATIBLE: Final = IPv6Network("::/96")
_DEFAULT_PORT: Final = {"https": 443, "http": 80}


class NotAdmittedError(ValueError):
    """An address that must not be reached from here; says why and what to do."""


def check_url(url: str) -> SplitResult:
    """The parts of an address that may be written down as a target; nothing is resolved yet.

    `https` to any name; `http` only to hosts the site admits. Raises `NotAdmittedError`.
    """
    if len(url) > LONGEST or any(sign <= " " or sign == "\x7f" or sign == "\\" for sign in url):
        raise NotAdmittedError(f"地址里有空白、控制字符或反斜线,或长于 {LONGEST} 个字符;请检查地址")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or _DEFAULT_PORT.get(parts.scheme, 0)
        host.encode("idna")
    except (ValueError, UnicodeError):
        raise NotAdmittedError("地址不成立;请写成 https://主机名/路径") from None
    if parts.scheme not in _DEFAULT_PORT or not host:
        raise NotAdmittedError("地址须以 https:// 开头并有主机名")
    if parts.username is not None or parts.password is not None:
        raise NotAdmittedError("地址里不得写用户名与口令;签名密钥由系统另行生成")
    if parts.scheme == "http" and not admitted(host, port):
        raise NotAdmittedError("只接受 https 地址;内网中继请由系统管理员列入 MINGCHA_OUTSIDE_HOSTS")
    return parts


def admitted(host: str, port: int) -> bool:
    """Whether the site's settings name this host (`relay.example:8443`, or without port for every port)."""
    named = {each.strip().lower().rstrip(".") for each in config().outside_hosts}
    plain = host.lower().rstrip(".").strip("[]")
    return bool({plain, f"{plain}:{port}", f"[{plain}]:{port}"} & named)


def address_of(host: str, port: int) -> str:
    """The IP address to connect to. Raises `NotAdmittedError` where any address of the name is not public, unless the
    site admits the host; OSError where the name has no address."""
    found = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)
    addresses = [str(each[4][0]) for each in found]
    if not addresses:
        raise OSError(f"{host} 没有地址")
    if not admitted(host, port):
        inner = [each for each in addresses if not is_public(each)]
        if inner:
            raise NotAdmittedError(
                f"{host} 指向本机或内网地址({inner[0]}),不予连接;确需连接的,请由系统管理员列入 MINGCHA_OUTSIDE_HOSTS"
            )
    return addresses[0]


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public Internet, also where it carries an IPv4 address inside."""
    try:
        held = ip_address(address.split("%")[0])
    except ValueError:
        return False
    return all(each.is_global and not each.is_multicast for each in (held, *_inside(held)))


def _inside(address: IPv4Address | IPv6Address) -> list[IPv4Address]:
    """The IPv4 addresses that an IPv6 address stands for: mapped, compatible, 6to4, Teredo, NAT64."""
    if isinstance(address, IPv4Address):
        return []
    found = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
    if address in _NAT64 or (address in _COMPATIBLE and int(address) > 1):
        found.append(IPv4Address(int(address) & 0xFFFF_FFFF))
    return [each for each in found if each is not None]
