"""Ends of messages, counted by channel, outcome and reason."""

from notifier.domain.desk import Desk
from shared.instruments import metrics


def count_ends(desk: Desk) -> None:
    """Count the messages that have just ended on this desk."""
    for message in desk.to_save():
        if message.is_over:
            channel = message.channel.value if message.channel else "none"
            metrics.count(
                "messages", channel=channel, outcome=message.status, reason=message.reason
            )
