"""SOAP 1.1 and 1.2: a message in, a message out; what it says is in `report.wsdl`, which is served as it stands.

Documents are read without DTD, entities and network, and with libxml2's own bounds on depth and text (10 MB a text), so
that one submission holds at most LARGEST_CONTENT bytes.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from lxml import etree  # type: ignore[import-untyped]

from mingcha.base import clock
from mingcha.intake import sources
from mingcha.intake.incoming import taken_in
from mingcha.intake.models import Batch, Source
from mingcha.intake.receiving import NotReceivedError, receive, refuse

NAMESPACE: Final = "urn:mingcha:report:1"
SOAP11: Final = "http://schemas.xmlsoap.org/soap/envelope/"
SOAP12: Final = "http://www.w3.org/2003/05/soap-envelope"
MEDIA_TYPES: Final = {SOAP11: "text/xml; charset=utf-8", SOAP12: "application/soap+xml; charset=utf-8"}
LARGEST_CONTENT: Final = 7 << 20
LARGEST_MESSAGE: Final = 10_000_000
_FAULT: Final = {"table": "table", "column": "column", "reason": "cause", "rows": "count", "advice": "advice"}
_SENDER, _RECEIVER, _MUST = "sender", "receiver", "must understand"
_CODES: Final = {
    SOAP11: {_SENDER: "Client", _RECEIVER: "Server", _MUST: "MustUnderstand"},
    SOAP12: {_SENDER: "Sender", _RECEIVER: "Receiver", _MUST: "MustUnderstand"},
}


@dataclass(frozen=True)
class Answer:
    """What is sent back."""

    status: int
    media_type: str
    body: bytes


class _FaultError(ValueError):
    """A SOAP fault: whose, and what to do, in Chinese."""

    def __init__(self, whose: str, text: str, status: int = 500) -> None:
        super().__init__(text)
        self.whose, self.status = whose, status


def wsdl(address: str) -> bytes:
    """The description of the service at an address."""
    text = (Path(__file__).parent / "report.wsdl").read_text("utf-8")
    escaped = address.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
    return text.replace("@ADDRESS@", escaped).encode()


def answer(message: bytes) -> Answer:
    """Do what a message asks; a fault where it cannot be done. Never raises for what was sent."""
    version = SOAP12 if SOAP12.encode() in message[:2048] else SOAP11
    try:
        version, operation = _operation(message)
        made = _OPERATIONS[etree.QName(operation).localname](operation)
        return Answer(200, MEDIA_TYPES[version], _envelope(version, made))
    except _FaultError as fault:
        # SOAP 1.2 answers 400 where the sender erred, SOAP 1.1 always 500
        status = 400 if version == SOAP12 and fault.whose == _SENDER else 500
        return Answer(status, MEDIA_TYPES[version], _envelope(version, _fault(version, fault)))


def _operation(message: bytes) -> tuple[str, etree._Element]:
    """The version of the envelope, and the one element of its body."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True,
        remove_pis=True,
    )  # fmt: skip
    try:
        root = etree.fromstring(message, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise _FaultError(_SENDER, f"不是可读的 XML,或其中一段超过 10 MB:{str(error)[:120]}") from error
    if root.getroottree().docinfo.doctype:
        raise _FaultError(_SENDER, "报文声明了 DOCTYPE,未读;请去掉后再报")
    name = etree.QName(root)
    if name.localname != "Envelope" or name.namespace not in MEDIA_TYPES:
        raise _FaultError(_SENDER, "不是 SOAP 1.1 或 1.2 的报文;最外层应为 Envelope")
    version = str(name.namespace)
    header, body = root.find(f"{{{version}}}Header"), root.find(f"{{{version}}}Body")
    for block in header if header is not None else ():
        if block.get(f"{{{version}}}mustUnderstand") in ("1", "true"):
            raise _FaultError(_MUST, f"不认识的报文头 {etree.QName(block).localname[:60]}")
    operations = [] if body is None else list(body)
    if len(operations) != 1 or etree.QName(operations[0]).namespace != NAMESPACE:
        raise _FaultError(_SENDER, f"报文体应有一个命名空间为 {NAMESPACE} 的操作")
    if etree.QName(operations[0]).localname not in _OPERATIONS:
        raise _FaultError(_SENDER, "没有这个操作;可用 submit 与 query")
    return version, operations[0]


def _submit(operation: etree._Element) -> etree._Element:
    source = _source(operation)
    try:
        content = base64.b64decode("".join(_text(operation, "content").split()), validate=True)
    except binascii.Error as error:
        raise _FaultError(_SENDER, "content 不是 Base64") from error
    name, key = _text(operation, "name"), _text(operation, "idempotencyKey")
    try:
        with taken_in([content], LARGEST_CONTENT) as sent:
            batch = receive(
                source,
                sent,
                _text(operation, "form"),
                table=_text(operation, "table"),
                key=key,
                name=name,
                sent_by=source.code,
                review=_text(operation, "review") in ("true", "1"),
                way=Source.Way.WEB_SERVICE,
            )
    except NotReceivedError as error:
        refuse(source, Source.Way.WEB_SERVICE, name or key, error, sent_by=source.code)
        raise _FaultError(_SENDER, f"{error.status} {error}") from error
    return _receipt("submitResponse", batch)


def _query(operation: etree._Element) -> etree._Element:
    receipt = _text(operation, "receipt")
    batch = Batch.objects.filter(source=_source(operation), receipt=receipt).first()
    if batch is None:
        raise _FaultError(_SENDER, f"404 本来源没有回执号为 {receipt[:40]} 的批次。请核对回执号与密钥")
    return _receipt("queryResponse", batch)


_OPERATIONS: Final[dict[str, Callable[[etree._Element], etree._Element]]] = {
    "submit": _submit,
    "query": _query,
}


def _source(operation: etree._Element) -> Source:
    source = sources.of_key(_text(operation, "key"))
    if source is None:
        raise _FaultError(_SENDER, "401 没有这个密钥,或来源已停用。请向监察系统的管理人员申领密钥")
    return source


def _text(operation: etree._Element, name: str) -> str:
    found = operation.find(f"{{{NAMESPACE}}}{name}")
    return "" if found is None or found.text is None else str(found.text).strip()


def _receipt(name: str, batch: Batch) -> etree._Element:
    made = etree.Element(f"{{{NAMESPACE}}}{name}", nsmap={None: NAMESPACE})
    _put(made, "receipt", batch.receipt)
    _put(made, "state", batch.state)
    _put(made, "stateLabel", Batch.State(batch.state).label)
    _put(made, "digest", batch.digest)
    _put(made, "receivedAt", batch.received_at.astimezone(clock.ZONE).isoformat())
    if batch.applied_at:
        _put(made, "appliedAt", batch.applied_at.astimezone(clock.ZONE).isoformat())
    if batch.why:
        _put(made, "why", batch.why)
    for table, kinds in batch.counts.items():
        for kind, rows in kinds.items():
            count = _put(made, "count")
            for part, value in (("table", table), ("kind", kind), ("rows", rows)):
                _put(count, part, str(value))
    for fault in batch.faults:
        told = _put(made, "fault")
        for part, name in _FAULT.items():
            _put(told, part, str(fault[name]))
    return made


def _put(parent: etree._Element, name: str, text: str = "") -> etree._Element:
    made = etree.SubElement(parent, f"{{{NAMESPACE}}}{name}")
    made.text = text
    return made


def _fault(version: str, fault: _FaultError) -> etree._Element:
    made = etree.Element(f"{{{version}}}Fault", nsmap={"soap": version})
    code = f"soap:{_CODES[version][fault.whose]}"
    if version == SOAP11:
        etree.SubElement(made, "faultcode").text = code
        etree.SubElement(made, "faultstring").text = str(fault)
        return made
    outer = etree.SubElement(made, f"{{{version}}}Code")
    etree.SubElement(outer, f"{{{version}}}Value").text = code
    reason = etree.SubElement(etree.SubElement(made, f"{{{version}}}Reason"), f"{{{version}}}Text")
    reason.set("{http://www.w3.org/XML/1998/namespace}lang", "zh-CN")
    reason.text = str(fault)
    return made


def _envelope(version: str, content: etree._Element) -> bytes:
    root = etree.Element(f"{{{version}}}Envelope", nsmap={"soap": version})
    etree.SubElement(root, f"{{{version}}}Body").append(content)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8"))
