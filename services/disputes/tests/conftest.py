"""Files as people bring them, each as small as its kind can be, and the tricks that are played with them."""

import io
import struct
import zipfile
import zlib

import pytest

XLSX_KINDS = (
    b'<Types><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-'
    b'officedocument.spreadsheetml.sheet.main+xml"/></Types>'
)
EICAR = r"*H+H$!ELIF-TSET-SURIVITNA-DRADNATS-RACIE$}7)CC7)^P(45XZP\4[PA@%P!O5X"[::-1]
"""What every scanner takes for a virus; backwards, so that none takes this file for one."""


class Files:
    """Real bytes, made here."""

    pdf = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<</Root 1 0 R>>\nstartxref\n9\n%%EOF\n"
    jpeg = (
        b"\xff\xd8\xff\xe0\x00\x04ab\xff\xc0\x00\x0b\x08\x00\x02\x00\x03\x01\x01\x11\x00"
        b"\xff\xda\x00\x02\x00\x12\xff\xd9"
    )
    csv = b"number;pieces\nR1;3\n"
    eml = b"From: ada@a.example\r\nDate: Mon, 20 Apr 2026 09:00:00 +0200\r\nSubject: broken\r\n\r\nTwo are.\r\n"
    mail_with_parts = (
        b"From: =?utf-8?q?=C3=9Cnal?= <u@a.example>\r\nDate: Mon, 20 Apr 2026 09:00:00 +0200\r\nSubject: two\r\n"
        b"Content-Type: multipart/alternative;\r\n boundary=b\r\n\r\n--b\r\n\r\nplain\r\n"
        b"--b\r\nContent-Type: text/html\r\n\r\n<b>bold</b>\r\n--b--\r\n"
    )
    html = b"<!doctype html><script>alert(1)</script>"
    eicar = EICAR.encode()

    @staticmethod
    def png(width: int = 3, height: int = 2) -> bytes:
        head = struct.pack(">II", width, height) + b"\x08\x00\x00\x00\x00"
        parts = ((b"IHDR", head), (b"IDAT", zlib.compress(b"\x00" * 8)), (b"IEND", b""))
        return b"\x89PNG\r\n\x1a\n" + b"".join(
            struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
            for name, body in parts
        )

    @staticmethod
    def xlsx(**more: bytes) -> bytes:
        """With these parts besides, packed."""
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("[Content_Types].xml", XLSX_KINDS)
            archive.writestr("xl/workbook.xml", b"<workbook/>")
            for name, content in more.items():
                archive.writestr(f"xl/{name}", content)
        return file.getvalue()

    @staticmethod
    def mail_in_mail(times: int) -> bytes:
        mail = Files.eml
        for _ in range(times):
            outer = (
                b"From: a@a.example\r\nDate: Mon, 20 Apr 2026 09:00:00 +0200\r\nSubject: Fwd\r\n"
            )
            mail = outer + b"Content-Type: message/rfc822\r\n\r\n" + mail
        return mail


@pytest.fixture
def files() -> Files:
    return Files()
