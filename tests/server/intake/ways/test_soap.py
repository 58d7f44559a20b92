import pytest
import zeep
from zeep.exceptions import Fault

from mingcha.intake import sources
from mingcha.intake.models import Batch
from mingcha.intake.ways import soap

from .conftest import CASES

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def key(source):
    return sources.make_key(source, actor="管理员")


@pytest.fixture(params=["Soap11", "Soap12"])
def service(live_server, source, request):
    """The service as zeep makes it of the description that is served."""
    client = zeep.Client(f"{live_server.url}/soap/report?wsdl")
    return client.bind("ReportService", request.param)


def test_zeep_submits_and_asks(service, key):
    given = service.submit(key=key, table="cases", form="csv", content=CASES.encode(), idempotencyKey="s1")
    assert (given.state, given.stateLabel) == ("received", "已接收")
    found = service.query(key=key, receipt=given.receipt)
    assert found.digest == given.digest == Batch.objects.get().digest


def test_what_became_of_a_batch_is_told_by_table_and_fault(service, key):
    given = service.submit(key=key, table="cases", form="csv", content=CASES.encode())
    fault = {"table": "cases", "column": "收件时间", "cause": "认不出的日期时间", "effect": "整行拒收"}
    fault |= {"advice": "写成", "count": 2, "samples": []}
    Batch.objects.update(state="applied", counts={"cases": {"new": 3, "refused": 2}}, faults=[fault])
    found = service.query(key=key, receipt=given.receipt)
    assert [(c.table, c.kind, c.rows) for c in found.count] == [("cases", "new", 3), ("cases", "refused", 2)]
    assert [(f.column, f.reason, f.rows, f.advice) for f in found.fault] == [
        ("收件时间", "认不出的日期时间", 2, "写成")
    ]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"key": "mcs_x"}, "密钥"),
        ({"table": "nothing"}, "没有事实表"),
        ({"content": "办件编号,密级\nB1,机密\n".encode()}, "涉密"),
        ({"form": "exe"}, "不认识的格式"),
        ({"content": b"x" * (soap.LARGEST_CONTENT + 1)}, "超过|413"),
    ],
)
def test_a_fault_says_in_chinese_what_to_do(service, key, change, said):
    given = {"key": key, "table": "cases", "form": "csv", "content": CASES.encode()} | change
    with pytest.raises(Fault) as caught:
        service.submit(**given)
    assert any(word in caught.value.message for word in said.split("|"))
    assert Batch.objects.count() == 0


def test_the_source_of_what_is_entered_by_hand_takes_nothing_by_its_key(service, key, source):
    type(source).objects.filter(pk=source.pk).update(way="form")
    with pytest.raises(Fault, match="只收手工填报"):
        service.submit(key=key, table="cases", form="csv", content=CASES.encode())
    assert Batch.objects.count() == 0


def test_the_receipt_of_another_source_is_not_found(service, key, source):
    other = sources.register(
        {"code": "另一系统", "name": "另一系统", "way": "web_service", "best_rating": 5},
        "李四",
        "",
        actor="管理员",
    )
    given = service.submit(key=key, table="cases", form="csv", content=CASES.encode())
    with pytest.raises(Fault, match="404"):
        service.query(key=sources.make_key(other, actor="管理员"), receipt=given.receipt)


def envelope(body="", header="", version=soap.SOAP11, start=""):
    return (
        f'{start}<e:Envelope xmlns:e="{version}"><e:Header>{header}</e:Header><e:Body>{body}</e:Body></e:Envelope>'
    ).encode()


ENTITIES = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
OUTSIDE = '<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]>'
SUBMIT = f'<submit xmlns="{soap.NAMESPACE}"><key>%s</key></submit>'


@pytest.mark.parametrize(
    ("message", "said"),
    [
        (envelope(SUBMIT % "&b;", start=ENTITIES), "DOCTYPE"),
        (envelope(SUBMIT % "&f;", start=OUTSIDE), "DOCTYPE"),
        (b"", "XML"),
        (b"<a>", "XML"),
        (b"\x00\x01\x02", "XML"),
        (b"<a/>", "Envelope"),
        (envelope(), "一个操作|一个命名空间|应有一个"),
        (envelope(f'<delete xmlns="{soap.NAMESPACE}"/>'), "没有这个操作"),
        (envelope('<submit xmlns="urn:other"/>'), "应有一个"),
        (envelope(SUBMIT % "x", '<s:Security xmlns:s="urn:s" e:mustUnderstand="1"/>'), "Security"),
        (envelope("<a>" * 400 + "</a>" * 400), "XML|应有一个"),
    ],
)
def test_a_hostile_or_foreign_message_is_a_fault_never_an_error(message, said, db):
    made = soap.answer(message)
    assert made.status in (400, 500)
    assert b"Fault>" in made.body
    assert b"root:" not in made.body
    assert any(word in made.body.decode() for word in said.split("|"))


def test_soap_12_blames_the_sender_with_400(db):
    made = soap.answer(envelope(version=soap.SOAP12))
    assert (made.status, made.media_type.split(";")[0]) == (400, "application/soap+xml")
    assert b"soap:Sender" in made.body


def test_the_endpoint_takes_get_and_post_only(client):
    assert client.get("/soap/report?wsdl").content.startswith(b"<?xml")
    assert client.put("/soap/report").status_code == 405
    assert (
        client.post(
            "/soap/report", b"x" * 100, content_type="text/xml", CONTENT_LENGTH="99999999"
        ).status_code
        == 413
    )
