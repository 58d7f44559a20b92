"""Mail by the site's own server."""

from __future__ import annotations

import re
import smtplib
from typing import Final

from django.core.mail import EmailMessage, get_connection

from mingcha.base.config import config
from mingcha.base.outbox import UndeliverableError

SECONDS: Final = 15
ADDRESS: Final = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")


def send(address: str, title: str, text: str, key: str) -> None:
    """Send one mail. A repeat has the same Message-ID. Raises what the server answers; `UndeliverableError` where it
    refuses the address for good."""
    site = config()
    if not site.mail_host or not site.mail_from:
        raise UndeliverableError("没有配置发信服务器;请系统管理员设置 MINGCHA_MAIL_HOST 与 MINGCHA_MAIL_FROM")
    domain = site.mail_from.rsplit("@", 1)[-1]
    mail = EmailMessage(
        subject=" ".join(title.split()),
        body=text,
        from_email=site.mail_from,
        to=[address],
        headers={"Message-ID": f"<{re.sub(r'[^A-Za-z0-9.-]', '.', key)}@{domain}>", "X-Mingcha-Key": key},
        connection=get_connection(
            "django.core.mail.backends.smtp.EmailBackend",
            host=site.mail_host,
            port=site.mail_port,
            username=site.mail_user,
            password=site.mail_password.get_secret_value(),
            use_tls=site.mail_security == "starttls",
            use_ssl=site.mail_security == "tls",
            timeout=SECONDS,
        ),
    )
    try:
        mail.send()
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _ in error.recipients.values()]
        if codes and all(500 <= code < 600 for code in codes):
            raise UndeliverableError(f"收件地址被发信服务器拒绝({codes[0]})") from error
        raise
