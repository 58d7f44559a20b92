"""The SOAP endpoint: the message to `intake.ways.soap`, its answer back; `?wsdl` gives the description."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from mingcha.accounts.policy import by_token
from mingcha.intake.ways import soap


@csrf_exempt
@by_token
def endpoint(request: HttpRequest) -> HttpResponse:
    """GET: the WSDL. POST: one message, signed by the key of a source inside it."""
    if request.method == "GET":
        return HttpResponse(soap.wsdl(request.build_absolute_uri(request.path)), "text/xml; charset=utf-8")
    if request.method != "POST":
        return HttpResponse("请用 POST 发送 SOAP 报文,或以 GET 取 WSDL", "text/plain; charset=utf-8", 405)
    if int(request.META.get("CONTENT_LENGTH") or 0) > soap.LARGEST_MESSAGE:
        text = f"报文超过 {soap.LARGEST_MESSAGE // 1_000_000} MB;更大的批次请用 REST 报送"
        return HttpResponse(text, "text/plain; charset=utf-8", 413)
    made = soap.answer(request.read(soap.LARGEST_MESSAGE))
    return HttpResponse(made.body, made.media_type, made.status)
