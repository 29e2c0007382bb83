"""The upload set: what is taken, and every trick refused by its name."""

import io
import struct
import zipfile
from contextlib import suppress
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from disputes.domain import mail, paper, picture, table, workbook
from disputes.domain.move import Actor
from disputes.domain.paper import MEDIA_TYPES, MOVES, Kind, Paper, PaperNotScanned, Scan
from disputes.domain.paper_content import kind_of
from disputes.domain.paper_name import PaperNameInvalid, safe_name
from shared.base.clock import Moment
from shared.base.errors import Refusal

AT = Moment(2026, 4, 20, 9)
MEBIBYTE = 1024 * 1024


def refused(content: bytes, name: str, declared: str = "") -> str:
    """The code under which the file is refused."""
    with pytest.raises(Refusal) as caught:
        kind_of(content, name=name, declared=declared)
    assert caught.value.pointer == "/file"
    return caught.value.code


def made(scan: Scan = Scan.WAITING) -> Paper:
    at = None if scan is Scan.WAITING else AT
    ids = (UUID(int=1), UUID(int=2), UUID(int=3))
    return Paper(*ids, Kind.PDF, "a.pdf", 3, b"", AT, Actor.STAFF, "ada", scan=scan, scanned_at=at)


class TestKinds:
    def test_each_kind_is_taken_under_its_names_and_declared_types(self, files: Any) -> None:
        for content, names, kind in (
            (files.pdf, ["note.pdf", "NOTE.PDF"], Kind.PDF),
            (files.png(), ["photo.png"], Kind.PNG),
            (files.jpeg, ["photo.jpg", "photo.JPEG"], Kind.JPEG),
            (files.csv, ["list.csv"], Kind.CSV),
            ("\ufeffMenge;Größe\n".encode("utf-16-le"), ["list.csv"], Kind.CSV),
            ("Menge;Größe\n".encode("cp1252"), ["list.csv"], Kind.CSV),
            (files.xlsx(), ["list.xlsx"], Kind.XLSX),
            (files.eml, ["mail.eml"], Kind.EML),
            (files.mail_in_mail(4), ["mail.eml"], Kind.EML),
            (files.mail_with_parts, ["mail.eml"], Kind.EML),
        ):
            for name in names:
                for declared in ("", "application/octet-stream", f"{kind.media_type}; charset=x"):
                    assert kind_of(content, name=name, declared=declared) is kind

    def test_every_kind_has_a_type_that_no_browser_runs(self) -> None:
        assert MEDIA_TYPES.keys() == set(Kind)
        assert not any("html" in one or "svg" in one for one in MEDIA_TYPES.values())

    def test_a_kind_that_is_not_taken_is_unknown(self, files: Any) -> None:
        for name in ("page.html", "run.exe", "picture.svg", "macro.xlsm", "nothing", "a.pdf.zip"):
            assert refused(files.pdf, name) == "paper-kind-unknown"

    def test_nothing_is_no_paper_and_too_much_is_none(self, files: Any) -> None:
        assert refused(b"", "a.pdf") == "paper-empty"
        much = files.pdf.ljust(paper.PAPER_BYTES_MAX + 1)
        assert refused(much, "a.pdf") == "paper-too-large"


class TestWrongContent:
    def test_behind_a_right_name_is_a_mismatch(self, files: Any) -> None:
        everything = {
            "pdf": files.pdf, "png": files.png(), "jpg": files.jpeg, "csv": files.csv,
            "xlsx": files.xlsx(), "eml": files.eml, "html": files.html,
            "exe": b"MZ\x90\x00", "gif": b"GIF89a;", "rtf": b"{\\rtf1}", "xml": b"\xef\xbb\xbf<svg/>",
        }  # fmt: skip
        for kind, content in everything.items():
            for other in ("pdf", "png", "jpg", "csv", "xlsx", "eml"):
                if kind != other and (kind, other) != ("eml", "csv"):  # a mail's text is text
                    assert refused(content, f"a.{other}") == "paper-content-mismatch", (kind, other)

    def test_a_declared_type_that_is_another_is_contradicted(self, files: Any) -> None:
        for declared in ("text/html", "image/png", "application/x-msdownload", "image/svg+xml"):
            assert refused(files.pdf, "a.pdf", declared) == "paper-type-contradicted"

    def test_what_was_cut_off_is_a_mismatch(self, files: Any) -> None:
        for name, whole in (
            ("a.pdf", files.pdf), ("a.png", files.png()), ("a.jpg", files.jpeg), ("a.xlsx", files.xlsx()),
        ):  # fmt: skip
            for size in range(1, len(whole) - 8):
                assert refused(whole[:size], name) == "paper-content-mismatch", (name, size)

    def test_an_archive_behind_a_picture_is_a_mismatch(self, files: Any) -> None:
        assert refused(files.png() + files.xlsx(), "a.png") == "paper-content-mismatch"

    def test_text_that_is_none_is_a_mismatch(self) -> None:
        for content in (b"a;b\x00\n", b"a\x1b[2J\n", b"\x81\x8d\n", b" \n\t\n", b"\xff\xfea"):
            assert refused(content, "a.csv") == "paper-content-mismatch"

    def test_a_line_has_an_end(self) -> None:
        longest = b"x" * table.LINE_CHARACTERS_MAX
        for lines in ([longest], [longest, longest], [b"", longest, b"a", longest, b""]):
            for end in (b"\n", b"\r\n", b"\r"):
                assert kind_of(end.join(lines), name="a.csv", declared="") is Kind.CSV
                endless = end.join([*lines, longest + b"x"])
                assert refused(endless, "a.csv") == "paper-content-mismatch"

    def test_a_mail_without_who_when_or_about_what_is_none(self, files: Any) -> None:
        for line in (b"From: ada@a.example\r\n", b"Subject: broken\r\n"):
            assert refused(files.eml.replace(line, b""), "a.eml") == "paper-content-mismatch"
        never = files.eml.replace(b"Mon, 20 Apr 2026", b"some day")
        assert refused(never, "a.eml") == "paper-content-mismatch"

    def test_what_nobody_can_look_into_is_refused_by_that_name(self, files: Any) -> None:
        locked = files.pdf.replace(b"/Root", b"/Encrypt 5 0 R /Root")
        assert refused(locked, "a.pdf") == "paper-encrypted"
        office = b"\xd0\xcf\x11\xe0" + b"\x00" * 600 + "EncryptedPackage".encode("utf-16-le")
        assert refused(office, "a.xlsx") == "paper-encrypted"
        flagged = bytearray(files.xlsx())
        flagged[flagged.find(b"PK\x01\x02") + 8] |= 1
        assert refused(bytes(flagged), "a.xlsx") == "paper-encrypted"

    def test_a_workbook_with_macros_is_a_mismatch(self, files: Any) -> None:
        content = files.xlsx(**{"vbaProject.bin": b"Sub Auto_Open()"})
        assert refused(content, "a.xlsx") == "paper-content-mismatch"

    @given(st.binary(max_size=200), st.sampled_from(list(Kind)), st.sampled_from([0, 1, 2]))
    def test_noise_is_taken_or_refused_and_nothing_else(
        self, noise: bytes, kind: Kind, head: int
    ) -> None:
        signs = {
            Kind.PDF: b"%PDF-1.7", Kind.PNG: b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", Kind.JPEG: b"\xff\xd8\xff",
            Kind.XLSX: b"PK\x03\x04", Kind.EML: b"From: a@b\nDate: x\nContent-Type: multipart/mixed\n", Kind.CSV: b"a;",
        }  # fmt: skip
        content = signs[kind][: len(signs[kind]) * head // 2] + noise
        with suppress(Refusal):
            assert kind_of(content, name=f"a.{kind}", declared="") is kind


class TestBombs:
    def test_an_image_is_measured_before_anybody_decodes_it(self, files: Any) -> None:
        assert refused(files.png(60_000, 60_000), "a.png") == "paper-image-too-large"
        wide = files.jpeg.replace(b"\x08\x00\x02\x00\x03", b"\x08\xff\xff\xff\xff")
        assert refused(wide, "a.jpg") == "paper-image-too-large"
        side = int(picture.PIXELS_MAX**0.5)
        assert kind_of(files.png(side, side), name="a.png", declared="") is Kind.PNG
        assert refused(files.png(0, 5), "a.png") == "paper-content-mismatch"

    def test_a_workbook_that_unpacks_a_thousandfold(self, files: Any) -> None:
        bomb = files.xlsx(**{"worksheets/sheet1.xml": b"0" * (20 * MEBIBYTE)})
        assert len(bomb) < MEBIBYTE
        assert refused(bomb, "a.xlsx") == "paper-expands-too-far"

    def test_many_parts_that_are_too_much_together(self, files: Any) -> None:
        part = bytes(range(256)) * 4 * 1024
        parts = workbook.UNPACKED_BYTES_MAX // len(part) + 1
        bomb = files.xlsx(**{f"worksheets/sheet{n}.xml": part for n in range(parts)})
        assert len(bomb) < paper.PAPER_BYTES_MAX
        assert refused(bomb, "a.xlsx") == "paper-expands-too-far"
        parts = {f"{n}.xml": b"" for n in range(workbook.PARTS_MAX)}
        assert refused(files.xlsx(**parts), "a.xlsx") == "paper-expands-too-far"

    def test_an_archive_in_an_archive(self, files: Any) -> None:
        nested = files.xlsx(**{"embeddings/inner.xlsx": files.xlsx()})
        assert refused(nested, "a.xlsx") == "paper-expands-too-far"

    def test_a_part_that_lies_about_its_size(self, files: Any) -> None:
        """It says 16 bytes and unpacks to 20 MiB: no more is unpacked than it says, and the checksum tells."""
        bomb = bytearray(files.xlsx(**{"worksheets/sheet1.xml": b"0" * (20 * MEBIBYTE)}))
        for sign, place in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
            entry = bomb.rfind(sign)
            bomb[entry + place : entry + place + 4] = struct.pack("<I", 16)
        assert refused(bytes(bomb), "a.xlsx") == "paper-content-mismatch"

    def test_parts_that_overlap(self, files: Any) -> None:
        """Each entry of the table of contents unpacks the same bytes again."""
        part = bytes(range(256)) * 4 * 1024
        whole = files.xlsx(**{"worksheets/sheet1.xml": part})
        with zipfile.ZipFile(io.BytesIO(whole)) as archive:
            begin, count = archive.start_dir, len(archive.infolist())
        end = whole.rfind(b"PK\x05\x06")
        last = whole[whole.rfind(b"PK\x01\x02") : end]
        copies = b"".join(last.replace(b"sheet1", f"shee{n:02}".encode()) for n in range(99))
        entries = whole[begin:end] + copies
        tail = struct.pack("<HHIIH", count + 99, count + 99, len(entries), begin, 0)
        bomb = whole[:begin] + entries + whole[end : end + 8] + tail
        assert refused(bomb, "a.xlsx") in {"paper-expands-too-far", "paper-content-mismatch"}

    def test_a_mail_in_a_mail_in_a_mail(self, files: Any) -> None:
        for times in (mail.NESTS_MAX + 1, 99, 5_000):
            assert refused(files.mail_in_mail(times), "a.eml") == "paper-expands-too-far"

    def test_a_mail_whose_head_has_no_end(self, files: Any) -> None:
        """Parsers take minutes for a megabyte of encoded words; no more than a head is given to one."""
        head = b"X: " + b"=?utf-8?q?a?= " * (mail.HEAD_BYTES_MAX // 14) + b"\r\n"
        assert refused(head + files.eml, "a.eml") == "paper-content-mismatch"


class TestNames:
    def test_are_kept_as_they_are(self) -> None:
        for name in (
            "a.pdf",
            "Lieferschein Nr. 7 (Größe).pdf",
            "写真.png",
            "a..b.pdf",
            "contract.pdf",
        ):
            assert safe_name(name) == name
        assert safe_name("Gro\u0308ße.csv") == "Größe.csv"

    @pytest.mark.parametrize(
        "name",
        [
            "../../etc/passwd", "..\\..\\boot.ini", "/etc/passwd.pdf", "C:\\a.pdf", "a/b.pdf", "a.pdf::$DATA",
            "a.pdf\r\nSet-Cookie: x=1", "a\x00.pdf", "a\x7f.pdf", "a\x85.pdf", "a\u2028.pdf", "%2e%2e%2fa.pdf",
            "CON.pdf", "con", "nul.tar.pdf", "LPT1 .csv", "com¹.pdf", "invoice\u202efdp.exe", "a\u200b.pdf",
            "\u2066a.pdf", "\ud800.pdf", ".htaccess", "a.pdf.", "a.pdf ", " a.pdf", "", " ", "..", '"a".pdf', "a;b.pdf",
            "a" * 117 + ".pdf", "ä" * 99 + ".pdf",
        ],
    )  # fmt: skip
    def test_tricks_are_refused(self, name: str) -> None:
        with pytest.raises(PaperNameInvalid) as caught:
            safe_name(name)
        assert name.strip() not in str(caught.value) or len(name) < 3

    @given(st.text(max_size=150))
    def test_what_is_taken_is_one_line_and_one_step(self, name: str) -> None:
        try:
            taken = safe_name(name)
        except PaperNameInvalid:
            return
        assert not set(taken) & set('/\\\r\n\x00"')
        assert taken not in {"", ".", ".."}
        assert len(taken.encode()) <= 200


class TestScan:
    def test_waits_for_one_word_that_is_the_last(self) -> None:
        assert MOVES.keys() == set(Scan)
        for verdict in (Scan.CLEAN, Scan.INFECTED, Scan.UNSCANNABLE):
            one = made()
            one.take(verdict, found="x", moment=AT)
            assert (one.scan, one.found, one.scanned_at) == (verdict, "x", AT)
            with pytest.raises(AssertionError):
                one.take(Scan.CLEAN, found="", moment=AT)

    def test_only_what_is_clean_is_served(self) -> None:
        made(Scan.CLEAN).must_be_clean()
        for scan in (Scan.WAITING, Scan.UNSCANNABLE):
            with pytest.raises(PaperNotScanned):
                made(scan).must_be_clean()
        with pytest.raises(paper.PaperInfected):
            made(Scan.INFECTED).must_be_clean()
