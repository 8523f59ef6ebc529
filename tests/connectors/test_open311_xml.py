"""The XML of GeoReport answers: the shape of JSON, and none of the traps of XML."""

from __future__ import annotations

import pytest

from connectors import open311_xml


def test_xml_has_the_shape_of_json() -> None:
    """Texts, nulls, nested elements, repeated ones; prefixes and attributes are dropped."""
    body = b"""<?xml version="1.0" encoding="iso-8859-1"?>
    <x:service_requests xmlns:x="urn:x"><request id="1">
    <service_request_id>a&amp;b</service_request_id>
    <lat/><address> Jl. Abc\xe9 </address><media_url>1</media_url><media_url>2</media_url>
    <media_url>3</media_url><x:extended><judul><![CDATA[<b>]]></judul></x:extended></request>
    <request/></x:service_requests>"""

    assert open311_xml.rows(body) == [
        {
            "service_request_id": "a&b",
            "lat": None,
            "address": "Jl. Abcé",
            "media_url": ["1", "2", "3"],
            "extended": {"judul": "<b>"},
        },
        None,
    ]


BOMB = b"""<!DOCTYPE r [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>
<r><request><id>&b;</id></request></r>"""
TRAPS = [
    BOMB,
    b'<!DOCTYPE r SYSTEM "file:///etc/passwd"><r/>',
    b'<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><r><request>&x;</request></r>',
    b"<r><request>&undefined;</request></r>",
    b"<r>" + b"<a>" * 100 + b"</a>" * 100 + b"</r>",
    b"<r>" + b"<a/>" * 500_001 + b"</r>",
    b"<r><request></r>",
    b"<r/><r/>",
    b"",
    b"{}",
    b'<?xml version="1.0" encoding="no-such"?><r/>',
    b"<r>\xff</r>",
]


@pytest.mark.parametrize("body", TRAPS, ids=range(len(TRAPS)))
def test_traps_of_xml_are_refused(body: bytes) -> None:
    """Document types, entities, depth, numbers, and what is no XML."""
    with pytest.raises(open311_xml.NoXml):
        open311_xml.rows(body)
