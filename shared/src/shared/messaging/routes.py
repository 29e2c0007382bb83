"""Which topics there are, and what they are called on this broker."""

from dataclasses import dataclass

from shared.contracts import disputes, erp, ledger, notifier, portal_api, scheduler

ERP_TOPICS = (erp.CUSTOMERS, erp.INVOICES, erp.PAYMENTS, erp.BALANCES)
"""What ERPs write to; only the ledger reads them."""

TELLER_TOPICS = (ledger.TOPIC, scheduler.TOPIC, notifier.TOPIC, disputes.TOPIC, portal_api.TOPIC)
"""One per service."""

TOPICS = (*ERP_TOPICS, erp.INBOX, *TELLER_TOPICS)
PARTITIONS = 12


@dataclass(frozen=True, slots=True)
class Routes:
    """Names on the broker: a prefix lets several deployments share one."""

    prefix: str = ""

    def on_broker(self, topic: str) -> str:
        return self.prefix + topic

    def of_ours(self, name: str) -> str:
        return name.removeprefix(self.prefix)
