"""Hold a message that the notifier sent to a customer."""

from portal_api.domain.items import Items
from portal_api.domain.message import TO_CUSTOMERS, Mentioned, Message
from shared.base.clock import Moment
from shared.contracts import notifier


def hold_message(items: Items, told: notifier.MessageSent, *, moment: Moment) -> None:
    """What went to people of ours, and what nobody said is for customers, is not held at all."""
    if told.purpose not in TO_CUSTOMERS:
        return

    items.hold_message(
        Message(
            message_id=told.message_id,
            customer_id=told.customer_id,
            version=told.version,
            legal_entity=told.legal_entity,
            purpose=told.purpose,
            channel=told.channel,
            sent_at=told.at,
            items=tuple(
                Mentioned(
                    one.invoice_id,
                    one.invoice_number,
                    one.instalment,
                    one.currency,
                    one.open,
                    one.due_on,
                )
                for one in told.items
            ),
        )
    )
