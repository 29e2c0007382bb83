"""Exports as well-known systems write them, and what their rows become without a word from anybody."""

import csv
import io
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from ledger.handlers.guess_profile import (
    ColumnMissing,
    TermsMissing,
    find_headers,
    set_defaults,
    settle_signs,
)
from ledger.handlers.read_row import Reader, Row
from ledger.handlers.survey_rows import LinesScattered, Survey
from ledger.handlers.turn_rows import Turned, turn_rows
from shared.contracts.company import load_company
from shared.contracts.import_profile import ImportProfile, ProfileUnreadable, read_profile

COMPANY = load_company(Path(__file__).parents[5] / "deploy/company/example.yaml")
DE = "source: urn:acme:erp:de01"
AS_OF = date(2026, 4, 1)

XERO = """*ContactName,EmailAddress,POCountry,InvoiceNumber,Reference,InvoiceDate,DueDate,Total,TaxTotal,\
InvoiceAmountPaid,InvoiceAmountDue,Description,Quantity,UnitAmount,LineAmount,TaxAmount,Currency,Type,Status
Blue Boat,ap@boat.example,Germany,INV-1,PO 7,13/03/2026,31/03/2026,119.00,19.00,0,119.00,Nails,1,60,60,9.50,EUR,\
Sales invoice,Awaiting Payment
Blue Boat,ap@boat.example,Germany,INV-1,PO 7,13/03/2026,31/03/2026,119.00,19.00,0,119.00,Glue,1,40,40,9.50,EUR,\
Sales invoice,Awaiting Payment
Blue Boat,ap@boat.example,Germany,CN-1,,13/03/2026,,10.00,,,,Nails,1,10,10,,EUR,Sales credit note,Awaiting Payment
Green,,France,INV-2,,13/03/2026,31/03/2026,5.00,,,,Nails,1,5,5,,EUR,Sales invoice,Draft
""".replace("*ContactName", "ContactName").replace("InvoiceAmountDue,", "Amount Left,")
NINJA = """\n\n\n\nAccounts Receivable Detail\nCreated on 2026-04-01
date,due_date,invoice_number,status,client_name,client_number,id_number,age,amount,paid so far
2026-03-01,2026-03-31,0001,Sent,Blue Boat,C1,,1,"$1,000.00","$0.00"
"""
ERPNEXT = """posting_date,party,voucher_type,voucher_no,due_date,po_no,payment_term,\
invoiced,paid,credit_note,range1,currency
2026-03-01,C1,Sales Invoice,SINV-1,2026-03-31,PO-9,,100.00,0,0,100,EUR
2026-03-02,C1,Payment Entry,PE-1,,,,-30.00,0,0,-30,EUR
"""
SAP = """BUKRS\tKUNNR\tBELNR\tGJAHR\tBUZEI\tBLART\tBLDAT\tBUDAT\tNETDT\tWRBTR\tSHKZG\tWAERS
DE01\t0000611365\t90001\t2026\t1\tDR\t20260301\t20260301\t20260331\t1.190,00\tS\tEUR
DE01\t611365\t90002\t2026\t1\tDG\t20260302\t20260302\t20260302\t190,50\tH\tEUR
DE01\t611365\t90003\t2026\t1\tDZ\t20260303\t20260303\t20260303\t1.000,00\tH\tEUR
"""
LINES = """invoice_number,customer_name,invoice_date,item_name,quantity,unit_price,tax_amount
7,Blue Boat,2026-03-01,Nails,2,10.50,4.00
7,Blue Boat,2026-03-01,Glue,1,5.00,1.00
8,Blue Boat,2026-03-01,Glue,1,5.00,
"""
PAYMENTS = """Payment No;Kunde;Valuta;Betrag;Verwendungszweck;Invoice
Z1;C1;15.03.2026;1.000,00;danke;4711
Z2;C1;15.03.2026;-1,00;;
"""
CUSTOMERS = """Customer No,Company,Email,Phone,Country,Status
C1,Blue Boat,ap@boat.example,+49 40 1,Deutschland,active
C2,Gone,,,DE,archived
C3,Lost,,,Atlantis,active
"""


def imported(
    text: str, profile: str = DE, *, delimiter: str = ","
) -> tuple[ImportProfile, list[Turned], Survey]:
    """What becomes of the file, as the job does it."""
    cells = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    rows = [Row(number, one) for number, one in enumerate(cells, 1) if one]
    profile_now = set_defaults(find_headers(rows, read_profile(profile)), COMPANY)
    headers = next(row.cells for row in rows if row.number == profile_now.header_row)
    below = [row for row in rows if row.number > (profile_now.header_row or 0)]
    survey = Survey(Reader(profile_now, tuple(headers), 1, AS_OF))
    survey.see(below)
    survey.check()
    profile_now = settle_signs(profile_now, survey.dates, survey.marks)
    source = COMPANY.source(profile_now.source or "")
    assert source is not None
    reader = Reader(profile_now, tuple(headers), 5, AS_OF)
    return profile_now, list(turn_rows(reader, below, source)), survey


def said(turned: list[Turned]) -> list[Any]:
    return [event for one in turned for event in one.events]


class TestExports:
    def test_xero_repeats_a_total_on_every_line(self) -> None:
        profile, turned, _ = imported(XERO)
        invoice, note = said(turned)
        assert (profile.rows, profile.date_order) == ("lines-repeating-totals", "dmy")
        assert (invoice.total, invoice.tax, invoice.issued_on) == (119, 19, date(2026, 3, 13))
        assert (invoice.customer_number, turned[0].rows) == ("Blue Boat", (2, 3))
        assert (turned[0].customer.country, turned[0].customer.contacts[0].email) == (
            "DE",
            "ap@boat.example",
        )
        assert (note.credit_note_number, note.total) == ("CN-1", 10)
        assert [bad.code for bad in turned[2].rejected] == ["status-not-posted"]

    def test_invoice_ninja_has_a_title_above_its_headers(self) -> None:
        profile, turned, _ = imported(NINJA)
        (invoice,) = said(turned)
        assert profile.header_row == 7
        assert (invoice.invoice_id, invoice.total, invoice.currency) == ("0001", 1000, "EUR")

    def test_erpnext_lists_payments_among_invoices(self) -> None:
        _, turned, _ = imported(ERPNEXT)
        invoice, payment = said(turned)
        assert (invoice.invoice_id, invoice.purchase_order) == ("SINV-1", "PO-9")
        assert (payment.TYPE, payment.payment_id, payment.amount) == (
            "erp.payment.received.v1",
            "PE-1",
            30,
        )

    def test_sap_numbers_its_documents_by_company_year_and_item(self) -> None:
        _, turned, survey = imported(SAP, delimiter="\t")
        invoice, note, payment = said(turned)
        assert (invoice.invoice_id, invoice.invoice_number) == ("DE01-90001-2026-1", "90001")
        assert [one.TYPE.split(".")[1] for one in (invoice, note, payment)] == [
            "invoice",
            "credit-note",
            "payment",
        ]
        assert (invoice.total, note.total, payment.amount) == (
            1190,
            note.total.__class__("190.50"),
            1000,
        )
        assert "digits: {customer_number: 10}" in survey.notices()[0]
        _profile, turned, survey = imported(
            SAP, f"{DE}\ndigits: {{customer_number: 10}}", delimiter="\t"
        )
        assert {one.customer_number for one in said(turned)} == {"0000611365"}
        assert survey.notices() == []

    def test_a_baseline_date_is_no_due_date(self) -> None:
        with pytest.raises(TermsMissing):
            imported(SAP.replace("NETDT", "ZFBDT"), delimiter="\t")
        _, turned, _ = imported(
            SAP.replace("NETDT", "ZFBDT"), f"{DE}\nterms_days: 30", delimiter="\t"
        )
        assert said(turned)[0].due_on == date(2026, 4, 30)

    def test_lines_without_a_total_are_added_up(self) -> None:
        profile, turned, _ = imported(LINES, f"{DE}\nterms_days: 14")
        assert profile.rows == "lines-to-add-up"
        assert [one.total for one in said(turned)] == [31, 5]
        with pytest.raises(LinesScattered):
            imported(LINES + "7,Blue Boat,2026-03-01,Nails,2,10.50,4.00\n", f"{DE}\nterms_days: 14")

    def test_payments_say_what_they_pay(self) -> None:
        profile, turned, _ = imported(PAYMENTS, delimiter=";")
        (payment,) = said(turned)
        assert (profile.kind, payment.amount, payment.reference) == ("payments", 1000, "danke")
        assert payment.allocations[0].invoice_id == "4711"
        assert [(bad.column, bad.code) for bad in turned[1].rejected] == [
            ("Betrag", "amount-negative")
        ]
        with pytest.raises(ColumnMissing, match="several columns together"):
            imported(PAYMENTS.replace("Payment No", "Nothing"), delimiter=";")
        _, turned, _ = imported(
            PAYMENTS, f"{DE}\ncolumns: {{payment_id: [Valuta, Kunde, Betrag]}}", delimiter=";"
        )
        assert said(turned)[0].payment_id == "15.03.2026-C1-1.000,00"

    def test_customers_by_the_names_of_their_countries(self) -> None:
        _profile, turned, _ = imported(CUSTOMERS)
        first, second = said(turned)
        assert (first.country, first.kind, first.language, first.version) == (
            "DE",
            "consumer",
            "de",
            5,
        )
        assert (second.status, second.contacts) == ("inactive", ())
        assert [(bad.column, bad.code) for bad in turned[2].rejected] == [
            ("Country", "country-unknown")
        ]

    def test_open_amounts_are_openings(self) -> None:
        text = ERPNEXT.replace(",range1", ",outstanding")
        _, turned, _ = imported(text)
        assert not [bad.code for one in turned for bad in one.rejected]
        opened = [(one.opening.open, one.opening.as_of) for one in said(turned)]
        assert opened == [(100, AS_OF), (30, AS_OF)]

    @pytest.mark.parametrize("number", ["4.71E+11", "4,71E+11"])
    def test_a_rounded_number_is_no_identifier(self, number: str) -> None:
        _, turned, _ = imported(NINJA.replace("0001", f'"{number}"'))
        assert [bad.code for one in turned for bad in one.rejected] == ["identifier-rounded"]

    @pytest.mark.parametrize(
        "text",
        ["[", "kind: cats", "- a", "x: &a [*a, *a]\n", "terms_days: -1", "{" * 5_000, "a" * 70_000],
    )
    def test_a_profile_that_is_none(self, text: str) -> None:
        with pytest.raises(ProfileUnreadable):
            read_profile(text)
