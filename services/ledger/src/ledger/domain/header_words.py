"""What a file's headers mean: the words that exports use for each field of a kind of file."""

import re
from collections.abc import Mapping, Sequence

CUSTOMERS, INVOICES, PAYMENTS = "customers", "invoices", "payments"

_CUSTOMER = {
    "customer_number": "customernumber customerid customerno customercode customerref accountnumber clientnumber "
    "clientid clientno custnumber custno custid kunnr konto party debitor debitornr debtornumber kundennummer "
    "kundennr kdnr custcode",
    "customer_name": "customername customer contactname clientname client companyname company organisation "
    "organization kunde kundenname name1 partyname namecustomer namedebitor debtorname firma name",
    "email": "emailaddress email emails mail contactemail billingemail smtpaddr custemail",
    "phone": "phone phonenumber telephone telefon tel contactphone mobile telf1",
    "contact_name": "contactperson contact ansprechpartner attention attn",
    "country": "country countrycode pocountry billingcountry land land1 landercode",
    "language": "language languagecode sprache spras",
    "customer_kind": "customerkind customertype kind",
    "customer_status": "customerstatus contactstatus",
}  # fmt: skip
_DOCUMENT = {
    "legal_entity": "legalentity companycode bukrs buchungskreis businesscode entity",
    "currency": "currency currencycode invoicecurrency waers waehrung währung curr",
    "document_type": "documenttype doctype blart type vouchertype belegart transactiontype",
    "sign": "shkzg debitcreditindicator dcindicator sollhaben debitcredit shkz",
}

WORDS: Mapping[str, Mapping[str, str]] = {
    INVOICES: _CUSTOMER | _DOCUMENT | {
        "invoice_id": "invoiceid docid documentid belnr documentno documentnumber belegnummer",
        "invoice_number": "invoicenumber invoiceno invoicenr invoice voucherno refnumber number num invno docnumber "
        "rechnungsnummer rechnungsnr rechnung belegnr",
        "status": "status invoicestatus",
        "issued_on": "invoicedate issuedon issuedate date txndate postingdate bldat documentdate documentcreatedate "
        "rechnungsdatum belegdatum datum createddate",
        "due_on": "duedate dueon dueindate faelligkeit fälligkeit fälligam faelligam "
        "fälligkeitsdatum netduedate netdt faedt",
        "baseline_on": "zfbdt baselinedate baselinecreatedate",
        "terms_days": "termsdays creditdays zahlungsziel paymenttermsdays netdays",
        "total": "total invoicetotal totalamount grossamount invoiceamount amount invoiced grandtotal gross wrbtr "
        "wrshb totalopenamount betrag bruttobetrag brutto rechnungsbetrag",
        "net": "net netamount subtotal netto nettobetrag",
        "tax": "tax taxtotal totaltax taxamounttotal vat vatamount mwst ust steuer steuerbetrag",
        "open": "open openamount amountdue invoiceamountdue balance outstanding outstandingamount openbalance "
        "amountopen offen offenerbetrag remainingbalance amountremaining",
        "settled_on": "settledon settleddate paidon datepaid paiddate paymentdate fullypaidondate cleardate "
        "clearingdate augdt bezahltam ausgleichsdatum",
        "payment_reference": "paymentreference reference ref",
        "purchase_order": "purchaseorder ponumber pono customerpo",
        "quantity": "quantity qty menge",
        "unit_price": "unitprice unitamount unitcost rate price einzelpreis",
        "line_amount": "lineamount linetotal",
        "line_tax": "linetax taxamount",
    },
    PAYMENTS: _CUSTOMER | _DOCUMENT | {
        "payment_id": "paymentid paymentnumber paymentno receiptno receiptnumber transactionid transactionno "
        "transactionnumber belnr zahlungsnummer id",
        "value_date": "valuedate paymentdate paidon datepaid date receiveddate bookingdate valuta buchungsdatum "
        "txndate postingdate budat zahlungsdatum datum",
        "amount": "amount paymentamount amountpaid paid amountreceived total betrag wrbtr wrshb",
        "method": "method paymentmethod paymenttype mode modeofpayment",
        "reference": "reference remittance memo purpose verwendungszweck note notes",
        "bank_reference": "bankreference endtoendid bankref",
        "allocated_to": "invoicenumber invoiceno invoice invoiceid appliedto allocatedto rechnungsnummer",
    },
    CUSTOMERS: _CUSTOMER | {
        "customer_status": "status customerstatus contactstatus",
        "customer_number": _CUSTOMER["customer_number"] + " number id code",
    },
}  # fmt: skip
"""Kind of file → field → headers that mean it, the surest first."""

NEEDED: Mapping[str, tuple[frozenset[str], ...]] = {
    INVOICES: (
        frozenset({"invoice_id", "invoice_number"}),
        frozenset({"customer_number", "customer_name"}),
        frozenset({"total", "open", "line_amount", "unit_price"}),
        frozenset({"issued_on"}),
    ),
    PAYMENTS: (frozenset({"amount"}), frozenset({"value_date"})),
    CUSTOMERS: (frozenset({"customer_number", "customer_name"}),),
}
"""Of each of these sets a file of that kind has at least one field."""

WEIGHT_OF_NAMED = 100
"""A header that the profile names counts for so many that are guessed."""

DATES = ("issued_on", "due_on", "baseline_on", "settled_on", "value_date")
AMOUNTS = ("total", "net", "tax", "open", "amount", "quantity", "unit_price", "line_amount", "line_tax")  # fmt: skip


def plain(header: str) -> str:
    """A header without what people write differently: case, spaces, signs."""
    return re.sub(r"[\W_]+", "", header.casefold())


_FIELD_OF: Mapping[str, Mapping[str, tuple[int, str]]] = {
    kind: {
        word: (place, field)
        for field, words in reversed(list(fields.items()))
        for place, word in enumerate(words.split())
    }
    for kind, fields in WORDS.items()
}


def fields_in(headers: Sequence[str], kind: str) -> dict[str, str]:
    """Field → header of a file of that kind; where two headers mean one field, the surer word has it."""
    found: dict[str, tuple[int, str]] = {}
    for header in headers:
        place, field = _FIELD_OF[kind].get(plain(header), (0, ""))
        if field and (field not in found or place < found[field][0]):
            found[field] = place, header
    return {field: header for field, (_, header) in found.items()}


def fits(fields: Mapping[str, object], kind: str) -> bool:
    """Whether these fields are enough for a file of that kind."""
    return all(not needed.isdisjoint(fields) for needed in NEEDED[kind])


def kind_of(headers: Sequence[str]) -> str | None:
    """The kind of file that these headers name best; None when they are enough for none."""
    scores = {
        kind: len(fields)
        for kind in (INVOICES, PAYMENTS, CUSTOMERS)
        if fits(fields := fields_in(headers, kind), kind)
    }
    return max(scores, key=lambda kind: scores[kind]) if scores else None
