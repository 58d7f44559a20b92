"""Where a request comes from."""

from __future__ import annotations

from ipaddress import ip_address

from django.http import HttpRequest

from mingcha.base.config import config


def address(request: HttpRequest) -> str:
    """The client's address: of the connection, or what the site's own proxies say of it.

    `X-Forwarded-For` is read from the right, past the proxies of the setting `proxies`: what stands further left
    was written by the client.
    """
    direct: str = request.META.get("REMOTE_ADDR", "")
    trusted = set(config().proxies)
    if direct not in trusted:
        return direct
    for hop in reversed(request.headers.get("X-Forwarded-For", "").split(",")):
        hop = hop.strip()
        if hop in trusted:
            continue
        try:
            return str(ip_address(hop))
        except ValueError:
            break
    return direct
