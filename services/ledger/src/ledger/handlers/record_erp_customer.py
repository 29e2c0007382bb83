"""The ERP describes a customer."""

from ledger.domain.books import Books
from ledger.domain.facts import CustomerTold
from ledger.domain.line import Verdict
from ledger.domain.outcome import Outcome
from ledger.handlers.tell_changes import tell_customer
from shared.base.clock import Moment


def record_erp_customer(books: Books, told: CustomerTold, *, moment: Moment) -> Outcome:
    """Take the newest description of the customer, and tell it when it says something new."""
    customer = books.customers[told.customer_id]
    verdict = customer.line.judge(told.stamp)
    if verdict is not Verdict.NEWS:
        return Outcome(verdict.value)

    known, before = customer.known, customer.body
    customer.line.move(told.stamp)
    books.changed_customers[told.customer_id] = customer

    if not known or told.body != before:
        if told.merged_into != customer.merged_into:
            customer.changed_at = moment
        customer.body, customer.merged_into = told.body, told.merged_into
        tell_customer(books, customer)
    return Outcome.ACCEPTED
