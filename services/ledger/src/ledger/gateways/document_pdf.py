"""The copy of an invoice and the receipt of a payment as PDF, on the statement's paper and in its languages.

The bytes follow from the document, the company file, the words and the fonts alone.
"""

from collections.abc import Sequence

from reportlab.lib.units import mm

from ledger.domain.document import Document, InvoiceCopy, Receipt
from ledger.gateways.letter import BOX_HEIGHT, WIDTH, Heading, Letter, Table
from ledger.gateways.sheet import GREY, STRONG, Column, Sheet, Text
from ledger.gateways.statement_pdf import Paper
from ledger.gateways.statement_tables import AMOUNT, DAY, plain, strong
from ledger.gateways.wording import Words

CANCELLED, RETURNED = "cancelled", "returned"


def invoice_copy_pdf(paper: Paper, copy: InvoiceCopy) -> bytes:
    """The whole file."""
    letter = _letter(paper, copy)
    words = letter.words
    cancelled = copy.status == CANCELLED
    title = words("copy_title", number=copy.number)
    to = (copy.to.name, copy.to.customer_number)
    letter.begin(Heading(*to, title, words("copy_below")))
    if cancelled:
        letter.sheet.write(Text(words("cancelled"), STRONG, 9.5, letter.brand))
        letter.sheet.space(4 * mm)

    amounts = [("total", copy.minor), ("open", 0 if cancelled else copy.open_minor)]
    if copy.tax_minor:
        amounts[:0] = [("net", copy.minor - copy.tax_minor), ("tax", copy.tax_minor)]
    _boxes(letter, copy, amounts)
    letter.terms(
        [
            (words("issued_on"), words.day(copy.on)),
            (words("due"), words.day(copy.due_on)),
            (words("purchase_order"), copy.purchase_order),
            (words("payment_reference"), copy.reference),
        ]
    )
    if copy.instalments:
        letter.table(_instalments(words, copy))
    if copy.offers and not cancelled:
        letter.table(_offers(words, copy))
    if copy.open_minor and not cancelled:
        letter.sheet.space(9 * mm)
        letter.pay_to(copy.reference or copy.number)
    return _file(paper, letter, copy, title)


def receipt_pdf(paper: Paper, receipt: Receipt) -> bytes:
    """The whole file."""
    letter = _letter(paper, receipt)
    words, day = letter.words, letter.words.day(receipt.on)
    title = words("receipt_title")
    to = (receipt.to.name, receipt.to.customer_number)
    letter.begin(Heading(*to, title, _what_became(words, receipt, day)))
    if receipt.provisional and receipt.status != RETURNED:
        letter.sheet.write(Text(words("provisional"), size=9.5, color=GREY))
        letter.sheet.space(4 * mm)

    amounts = [("received", receipt.minor), ("unapplied", receipt.unapplied_minor)]
    if receipt.returned_minor:
        amounts[1:1] = [("went_back", receipt.returned_minor)]
    _boxes(letter, receipt, amounts, strong=0)
    letter.terms(
        [
            (words("value_date"), day),
            (words("method"), words.methods.get(receipt.method, receipt.method)),
            (words("reference"), receipt.reference),
            (words("payment_number"), receipt.number),
        ]
    )
    if receipt.settled:
        letter.table(_settled(words, receipt))
    return _file(paper, letter, receipt, title)


def _letter(paper: Paper, document: Document) -> Letter:
    _, words = paper.words_for(document.to.language)
    return Letter(Sheet(), words, paper.company.legal_entity(document.legal_entity))


def _what_became(words: Words, receipt: Receipt, day: str) -> str:
    if receipt.status == CANCELLED:
        return words("cancelled_below")
    if receipt.status == RETURNED and receipt.returned_minor == receipt.minor:
        return words("returned_below", day=day, back=words.day(receipt.returned_on))
    return words("receipt_below", day=day)


def _boxes(
    letter: Letter, document: Document, amounts: Sequence[tuple[str, int]], *, strong: int = -1
) -> None:
    words, currency = letter.words, document.currency
    told = [(words(name), f"{words.amount(minor, currency)} {currency}") for name, minor in amounts]
    place = strong % len(told)
    letter.sheet.put(BOX_HEIGHT, lambda canvas, y: letter.boxes(canvas, y, told, strong=place))
    letter.sheet.space(5 * mm)


def _instalments(words: Words, copy: InvoiceCopy) -> Table:
    columns = [
        Column(words("instalment"), WIDTH - 2 * DAY - 2 * AMOUNT),
        Column(words("due"), 2 * DAY),
        Column(words("amount"), AMOUNT, right=True),
        Column(words("open"), AMOUNT, right=True),
    ]
    rows = [
        [
            [plain(f"{one.number}")],
            [plain(words.day(one.due_on) or words("no_day"))],
            [plain(words.amount(one.minor, copy.currency))],
            [strong(words.amount(one.open_minor, copy.currency))],
        ]
        for one in copy.instalments
    ]
    return Table(f"{words('instalments')} ({copy.currency})", columns, rows)


def _offers(words: Words, copy: InvoiceCopy) -> Table:
    columns = [
        Column(words("discount_until"), WIDTH - AMOUNT),
        Column(words("discount_pays"), AMOUNT, right=True),
    ]
    rows = [
        [[plain(words.day(one.until))], [strong(words.amount(one.pays_minor, copy.currency))]]
        for one in copy.offers
    ]
    return Table(f"{words('discounts')} ({copy.currency})", columns, rows)


def _settled(words: Words, receipt: Receipt) -> Table:
    columns = [
        Column(words("invoice"), WIDTH - 2 * AMOUNT),
        Column(words("amount"), 2 * AMOUNT, right=True),
    ]
    rows = [
        [
            [plain(one.number or words("another"))],
            [strong(f"{words.amount(one.minor, one.currency)} {one.currency}")],
        ]
        for one in receipt.settled
    ]
    return Table(words("settled"), columns, rows)


def _file(paper: Paper, letter: Letter, document: Document, title: str) -> bytes:
    language, words = paper.words_for(document.to.language)
    moment = document.known_at.strftime("%Y-%m-%d %H:%M:%S")
    left = f"{words('known', moment=moment)}  ·  {document.source}"
    return letter.sheet.pdf(
        title=f"{title} {document.to.customer_number} {document.number}",
        author=document.legal_entity,
        language=language,
        footer=lambda page, pages: (left, words("page", page=page, pages=pages)),
    )
