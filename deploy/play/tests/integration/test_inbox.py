"""What the ledger asks of the ERPs is read once, in order, and nothing else that is told to them."""

from datetime import date

from aiokafka import AIOKafkaProducer

from play.errands import Asking
from play.inbox import Inbox
from shared.base.ids import derived_id
from shared.contracts.erp import INBOX
from shared.contracts.inbox import ErpEventRefused, InboxEvent, PaymentPostingRequested
from shared.testing.servers import Servers

REFUSED = ErpEventRefused(
    refused_event_id="E1",
    source="urn:acme:erp:de01",
    type="erp.payment.received.v1",
    code="amount-negative",
    pointer="/amount",
    message="it is",
    customer_id=derived_id("C1"),
    refusal_id=derived_id("E1"),
)


def asked(minor: int) -> PaymentPostingRequested:
    about = ("urn:acme:erp:de01", "C1", "DE01", "EUR")
    request = Asking(PaymentPostingRequested, *about, minor, date(2026, 3, 31), "E2E-1").as_told(
        derived_id(minor)
    )
    assert isinstance(request, PaymentPostingRequested)
    return request


class TestInbox:
    async def test_reads_each_request_once(self, servers: Servers, topic_prefix: str) -> None:
        told = [asked(100), REFUSED, asked(200)]
        await _tell(servers.kafka, topic_prefix + INBOX, told)

        async with Inbox(servers.kafka, topic_prefix=topic_prefix) as inbox:
            first = await inbox.news()
            await _tell(servers.kafka, topic_prefix + INBOX, [asked(300)])
            second, third = await inbox.news(), await inbox.news()

        assert first == [asked(100), asked(200)]
        assert (second, third) == ([asked(300)], [])


async def _tell(bootstrap_servers: str, topic: str, told: list[InboxEvent]) -> None:
    async with AIOKafkaProducer(bootstrap_servers=bootstrap_servers) as producer:
        for one in told:
            headers = [("ce_type", one.TYPE.encode())]
            await producer.send_and_wait(
                topic, one.model_dump_json().encode(), key=b"C1", headers=headers
            )
