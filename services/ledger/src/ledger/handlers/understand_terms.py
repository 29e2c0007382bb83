"""From the contract's instalments and discounts to an invoice's terms of payment."""

from ledger.domain import checks
from ledger.domain.checks import FieldMissing, amount_minor, day_in_range
from ledger.domain.terms import Discount, Instalment, Terms
from shared.base.money import AmountTooLarge
from shared.contracts import erp
from shared.contracts.company import EarlyPayment, Source


def terms_of(event: erp.ErpInvoicePosted, total_minor: int, source: Source) -> Terms:
    """The terms as the ERP states them; whether part payments take their part of a discount is the company's to say."""
    return Terms(
        _instalments(event, total_minor),
        tuple(_discount(event, place, total_minor) for place in range(len(event.discounts))),
        source.early_payment is EarlyPayment.PRO_RATA,
    )


def _instalments(event: erp.ErpInvoicePosted, total_minor: int) -> tuple[Instalment, ...]:
    instalments = []
    for place, one in enumerate(event.instalments):
        pointer = f"/instalments/{place}"
        if one.due_on is not None:
            day_in_range(one.due_on, f"{pointer}/due_on")
            checks.check_due(event.issued_on, one.due_on, f"{pointer}/due_on")
        minor = amount_minor(one.amount, event.currency, f"{pointer}/amount")
        instalments.append(Instalment(one.number, one.due_on, minor))
    checks.check_instalments(instalments, total_minor)
    return tuple(instalments)


def _discount(event: erp.ErpInvoicePosted, place: int, total_minor: int) -> Discount:
    """By its amount when the ERP says both: that is what it will book."""
    discount, pointer = event.discounts[place], f"/discounts/{place}"
    day_in_range(discount.until, f"{pointer}/until")
    if discount.amount is not None:
        minor = amount_minor(discount.amount, event.currency, f"{pointer}/amount")
        if minor > total_minor:
            raise AmountTooLarge(
                f"{discount.amount} is more than the total", pointer=f"{pointer}/amount"
            )
        return Discount(discount.until, minor)
    if discount.percent is None:
        raise FieldMissing("a discount says a percent or an amount", pointer=f"{pointer}/percent")
    minor = checks.percent_of(discount.percent, total_minor, f"{pointer}/percent")
    return Discount(discount.until, minor)
