"""The API's reference, drawn from its own description: no foreign script, so the policy holds."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from hutan.web.language import Bilingual, bi
from hutan.web.middleware.gate import public
from hutan.web.rights import KEY_SCOPES

TAGS: dict[str, Bilingual] = {
    "Platform": bi("平台与密钥", "Platform and keys"),
    "Published": bi("公开数据", "Published data"),
    "Registry": bi("注册登记", "Registry"),
    "Acts": bi("双人办理", "Acts of two people"),
    "Compliance": bi("清缴", "Compliance"),
}
STATUSES: dict[str, Bilingual] = {
    "400": bi("请求无法读取", "the request cannot be read"),
    "401": bi("密钥缺失或无效", "the key is missing or not accepted"),
    "403": bi("岗位或密钥权限不足", "no post or scope for it"),
    "404": bi("不存在，或不是您能看的", "not there, or not yours to see"),
    "409": bi("规则不允许；或编号已用于不同内容", "a rule refuses, or the id has other content"),
    "422": bi("字段不符合格式", "a field is not in form"),
    "429": bi("请求过于频繁", "too many requests"),
    "503": bi("暂时不能服务", "not in service"),
}
_DEEPEST = 3


@dataclass(frozen=True, slots=True)
class Field:
    """A parameter of an address, or a field of a body or an answer."""

    name: str
    type: str
    required: bool
    text: str
    depth: int = 0


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation as the reference shows it."""

    id: str
    method: str
    path: str
    summary: Bilingual
    text: str
    key: bool
    given: list[Field]
    body: list[Field]
    answer: list[Field]
    statuses: list[tuple[str, Bilingual]]
    call: str


@public
@require_safe
def reference(request: HttpRequest) -> HttpResponse:
    """List every operation with what goes in, what comes out, and a call to copy."""
    from hutan.web.api.urls import api

    described: Any = api.get_openapi_schema()
    shapes = described["components"]["schemas"]
    base = request.build_absolute_uri("/").rstrip("/")
    groups: dict[str, list[Operation]] = {tag: [] for tag in TAGS}
    for path, methods in described["paths"].items():
        for method, given in methods.items():
            groups[given["tags"][0]].append(_operation(method, path, given, shapes, base))
    context = {
        "groups": [(tag, TAGS[tag], found) for tag, found in groups.items()],
        "scopes": KEY_SCOPES.items(),
        "base": base,
    }
    return render(request, "web/public/api.html", context)


def _operation(
    method: str, path: str, given: Mapping[str, Any], shapes: Mapping[str, Any], base: str
) -> Operation:
    body = given.get("requestBody", {}).get("content", {}).get("application/json", {})
    answers = {str(status): answer for status, answer in given["responses"].items()}
    good = answers["200"]["content"]["application/json"].get("schema", {})
    key = bool(given.get("security"))
    fields = list(_fields(body.get("schema", {}), shapes))
    return Operation(
        id=f"{method}-{path.removeprefix('/api/v1/').replace('/', '-').strip('{}')}".translate(
            {ord("{"): None, ord("}"): None}
        ),
        method=method.upper(),
        path=path,
        summary=bi(given["x-summary-zh"], given["summary"]),
        text=given.get("description", "").replace("``", ""),
        key=key,
        given=[
            Field(
                one["name"],
                _type(one["schema"]),
                bool(one.get("required")),
                one["schema"].get("description", "") or one.get("description", ""),
            )
            for one in given.get("parameters", ())
        ],
        body=fields,
        answer=list(_fields(good, shapes)),
        statuses=[(status, STATUSES[status]) for status in sorted(answers) if status != "200"],
        call=_call(method, base + path, fields, key=key),
    )


def _call(method: str, address: str, body: list[Field], *, key: bool) -> str:
    """Return a call for the command line; braces stand for what the caller fills in."""
    parts = ["curl"]
    if key:
        parts.append('-H "Authorization: Bearer $HUTAN_KEY"')
    if method == "post":
        wanted = {one.name: f"<{one.type}>" for one in body if one.required and not one.depth}
        parts.append("-H 'Content-Type: application/json'")
        parts.append(f"-d '{json.dumps(wanted, ensure_ascii=False)}'")
    return " ".join([*parts, f"'{address}'"])


def _fields(
    schema: Mapping[str, Any], shapes: Mapping[str, Any], depth: int = 0
) -> Iterator[Field]:
    """Yield the fields of an object, or of the objects of a list, with those inside them."""
    schema = _plain(schema, shapes)
    if schema.get("type") == "array":
        schema = _plain(schema["items"], shapes)
    required = schema.get("required", ())
    for name, one in schema.get("properties", {}).items():
        inner = _plain(one, shapes)
        yield Field(name, _type(inner), name in required, str(one.get("description", "")), depth)
        if depth < _DEEPEST and (inner.get("type") in ("array", "object")):
            yield from _fields(inner, shapes, depth + 1)


def _plain(schema: Mapping[str, Any], shapes: Mapping[str, Any]) -> Mapping[str, Any]:
    """Follow a reference, and what is one of something and null."""
    if "$ref" in schema:
        found: Mapping[str, Any] = shapes[schema["$ref"].rpartition("/")[2]]
        return found
    for one in schema.get("anyOf", ()):
        if one.get("type") != "null":
            return {**_plain(one, shapes), "nullable": True}
    return schema


def _type(schema: Mapping[str, Any]) -> str:
    plain = schema.get("format") or schema.get("type") or "object"
    if "anyOf" in schema:
        return " | ".join(_type(one) for one in schema["anyOf"])
    return f"{plain} | null" if schema.get("nullable") else str(plain)
