"""What the portal API tells: what customers did at their own door. Keyed by customer."""

from datetime import date
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from shared.contracts.disputes import Reason
from shared.contracts.erp import ReturnReason
from shared.contracts.event import Amount, Currency, Event, Instant, Part

TOPIC = "portal-api.events.v1"


class SignInAsked(Event):
    """Somebody asked to sign in with the address of this contact: mail them the link, until it ends.

    Neither token nor address is told: the contact is named, and the link is sealed for whoever holds the key.
    """

    TYPE = "portal-api.sign-in.asked.v1"
    TOPIC = TOPIC
    SUBJECT = "sign_in_id"

    sign_in_id: UUID
    contact_id: str
    legal_entity: Annotated[str, Field(description="in whose name it is mailed")]
    language: str
    link_sealed: Annotated[
        str,
        Field(
            repr=False,
            description="AES-256-GCM, bound to the sign-in's id; opened only to be mailed, and kept nowhere",
        ),
    ]
    expires_at: Instant


class PromiseState(StrEnum):
    """What has become of a promise to pay."""

    OPEN = "open"
    KEPT = "kept"
    PARTLY_KEPT = "partly-kept"
    BROKEN = "broken"
    WITHDRAWN = "withdrawn"


class PromisedItem(Part):
    """So much of an invoice is promised."""

    invoice_id: UUID
    invoice_number: str
    instalment: int | None = None
    amount: Amount
    paid: Annotated[
        Amount, Field(description="of it, by payments since, with a value date up to `until`")
    ]
    held: Annotated[
        Amount, Field(description="not asked for now: what is not paid, while the promise is open")
    ]
    left: Annotated[
        Amount | None,
        Field(description="to be paid of it still: without what was taken off, or is disputed"),
    ] = None


class PromiseEvent(Event):
    """The whole promise; all of its items are of one legal entity, in one currency."""

    TOPIC = TOPIC
    SUBJECT = "promise_id"

    promise_id: UUID
    legal_entity: str
    currency: Currency
    state: PromiseState
    items: Annotated[tuple[PromisedItem, ...], Field(min_length=1)]
    pay_on: Annotated[date, Field(description="the day that was promised, of the legal entity")]
    until: Annotated[date, Field(description="with the grace: the last value date that keeps it")]
    made_at: Instant
    withdrawn_by: Annotated[str | None, Field(description="the contact who took it back")] = None
    at: Annotated[Instant, Field(description="of what is told")]


class PromiseMade(PromiseEvent):
    """A customer promised to pay; the amount is not asked for until that day and its grace are over."""

    TYPE = "portal-api.promise.made.v1"


class PromisePartPaid(PromiseEvent):
    """What is left of it has changed: some was paid, a payment went back, something was taken off or is disputed. The
    promise is open still, and what is paid is not held any more.
    """

    TYPE = "portal-api.promise.part-paid.v1"


class PromiseKept(PromiseEvent):
    """All of it was paid in time."""

    TYPE = "portal-api.promise.kept.v1"


class PromisePartlyKept(PromiseEvent):
    """Time is up, and some of it was paid; the rest is asked for again, as old as it is."""

    TYPE = "portal-api.promise.partly-kept.v1"


class PromiseBroken(PromiseEvent):
    """Time is up, and nothing of it was paid; it is asked for again, as old as it is."""

    TYPE = "portal-api.promise.broken.v1"


class PromiseWithdrawn(PromiseEvent):
    """The customer took it back, or nothing of it is owed any more, though nothing was paid."""

    TYPE = "portal-api.promise.withdrawn.v1"


class HardshipRequested(Event):
    """A customer says that they cannot pay now: do not chase them until then, and see what would help."""

    TYPE = "portal-api.hardship.requested.v1"
    TOPIC = TOPIC
    SUBJECT = "request_id"

    request_id: UUID
    contact_id: str
    legal_entity: Annotated[str, Field(description="in whose name it is answered")]
    language: str
    words: str
    wants_until: Annotated[date | None, Field(description="what the customer asked for")] = None
    until: Annotated[Instant, Field(description="the end of the silence, within the rails")]
    at: Instant


class CallRequested(Event):
    """A customer asks to be called. The number stays at the portal, where people of ours read it."""

    TYPE = "portal-api.call.requested.v1"
    TOPIC = TOPIC
    SUBJECT = "request_id"

    request_id: UUID
    contact_id: str
    legal_entity: Annotated[str, Field(description="in whose name it is answered")]
    language: str
    words: str
    when: Annotated[str, Field(description="in the customer's words; empty is any time")] = ""
    at: Instant


class FeedbackGiven(Event):
    """How satisfied a customer is with the way a dispute of theirs was handled: once for each."""

    TYPE = "portal-api.feedback.given.v1"
    TOPIC = TOPIC
    SUBJECT = "feedback_id"

    feedback_id: UUID
    case_id: Annotated[UUID, Field(description="the dispute")]
    contact_id: str
    legal_entity: str
    score: Annotated[int, Field(ge=1, le=5, description="1 is very bad, 5 is very good")]
    words: str = ""
    at: Instant


class AddressChangeAsked(Event):
    """A contact wants to be written to elsewhere: mail the old address the link that confirms it, until it ends."""

    TYPE = "portal-api.address-change.asked.v1"
    TOPIC = TOPIC
    SUBJECT = "change_id"

    change_id: UUID
    contact_id: str
    legal_entity: Annotated[str, Field(description="in whose name it is mailed")]
    language: str
    link_sealed: Annotated[
        str, Field(repr=False, description="as that of a sign-in, bound to the change's id")
    ]
    expires_at: Instant


class PreferredChannel(StrEnum):
    """By which road a contact would rather hear from us."""

    EMAIL = "email"
    SMS = "sms"


class PreferencesChanged(Event):
    """How a contact wants to be reached. It lies over what the ERP says of them, and changes nothing there.

    Addresses travel sealed: in clear contact data is told by `ledger.customer.changed` alone.
    """

    TYPE = "portal-api.preferences.changed.v1"
    TOPIC = TOPIC
    SUBJECT = "preferences_id"

    preferences_id: Annotated[UUID, Field(description="of the contact, derived")]
    contact_id: str
    email_sealed: Annotated[
        str | None,
        Field(repr=False, description="confirmed at the old address; null is the ERP's"),
    ] = None
    phone_sealed: Annotated[
        str | None, Field(repr=False, description="confirmed likewise; null is the ERP's")
    ] = None
    channel: PreferredChannel | None = None
    language: str | None = None
    reminders_by_email: Annotated[bool, Field(description="false: unsubscribed")] = True
    at: Instant


class PaymentState(StrEnum):
    """What has become of a payment by the provider's hosted page."""

    ASKED = "asked"
    OPEN = "open"
    PROCESSING = "processing"
    SUCCEEDED = "succeeded"
    DECLINED = "declined"
    EXPIRED = "expired"


class NextStep(StrEnum):
    """What a declined payer can do next."""

    AUTHENTICATE = "authenticate"
    OTHER_MEANS = "other-means"
    TRY_AGAIN = "try-again"


class LeftOut(Part):
    """What the payer leaves out of an invoice on purpose, and why."""

    amount: Amount
    reason: Reason
    words: str = ""


class PaidItem(Part):
    """So much of an invoice is paid."""

    invoice_id: UUID
    invoice_number: str
    amount: Amount
    left_out: LeftOut | None = None


class PaymentDecline(Part):
    """Why the provider declined it, in its own word."""

    code: str
    next_step: NextStep


class PaymentEvent(Event):
    """The whole payment; all of its items are of one legal entity, in one currency."""

    TOPIC = TOPIC
    SUBJECT = "payment_id"

    payment_id: UUID
    legal_entity: str
    currency: Currency
    amount: Amount
    state: PaymentState
    items: Annotated[tuple[PaidItem, ...], Field(min_length=1)]
    provider: Annotated[str, Field(examples=["stripe"])]
    provider_reference: Annotated[
        str | None, Field(description="the provider's id of the money, which its payouts name")
    ] = None
    value_date: Annotated[
        date | None, Field(description="the day on which it was confirmed, of the legal entity")
    ] = None
    decline: PaymentDecline | None = None
    asked_at: Instant
    at: Annotated[Instant, Field(description="of what is told")]


class PaymentConfirmed(PaymentEvent):
    """The provider has the money; the ledger books it under an id that follows from `payment_id`."""

    TYPE = "portal-api.payment.confirmed.v1"


class PaymentDeclined(PaymentEvent):
    """The provider did not get the money; nothing is tried again unless the payer does."""

    TYPE = "portal-api.payment.declined.v1"


class PaymentBackEvent(PaymentEvent):
    """A payment that was confirmed, of which money went back, in whole or in part."""

    returned: Annotated[
        Amount, Field(description="all that is away by now; 0 when all of it is here again")
    ]
    return_reason: ReturnReason
    for_reason: Annotated[
        Amount | None, Field(description="what of it is away for that reason; null: all of it")
    ] = None
    returned_on: Annotated[
        date, Field(description="the day on which we learned it, of the legal entity")
    ]
    code: Annotated[str, Field(description="why, in the provider's own word")] = ""


class PaymentReturned(PaymentBackEvent):
    """More of it went back: refunded, charged back, or taken back by the bank; what it had paid is owed again."""

    TYPE = "portal-api.payment.returned.v1"


class PaymentRestored(PaymentBackEvent):
    """Some of what had gone back came again: a chargeback was won, or a refund did not arrive."""

    TYPE = "portal-api.payment.restored.v1"


class SavedMeans(Part):
    """What is printed of a card or account that the provider keeps; never more."""

    kind: Annotated[str, Field(examples=["card", "sepa_debit"])]
    brand: str = ""
    last4: str


class MandateEvent(Event):
    """The whole mandate: which means, which text was agreed to, and by which contact."""

    TOPIC = TOPIC
    SUBJECT = "mandate_id"

    mandate_id: UUID
    legal_entity: Annotated[str, Field(description="in whose name we write about it")]
    means: SavedMeans
    text_version: int
    agreed_by: str
    agreed_at: Instant
    at: Annotated[Instant, Field(description="of what is told")]


class MandateSaved(MandateEvent):
    """The provider keeps the means; nothing is charged before autopay is turned on."""

    TYPE = "portal-api.mandate.saved.v1"


class MandateWithdrawn(MandateEvent):
    """The customer took it back: nothing is charged any more."""

    TYPE = "portal-api.mandate.withdrawn.v1"


class MandateExpiring(MandateEvent):
    """The card ends soon; until its last day it is charged as agreed."""

    TYPE = "portal-api.mandate.expiring.v1"

    expires: Annotated[str, Field(pattern=r"^\d{4}-\d{2}$", examples=["2026-05"])]


class MandateRevoked(MandateEvent):
    """Bank or provider say that this means is not to be charged again; `reason` in the provider's word."""

    TYPE = "portal-api.mandate.revoked.v1"

    reason: str


class ChargeState(StrEnum):
    """What has become of a charge by autopay."""

    ANNOUNCED = "announced"
    CHARGING = "charging"
    PAID = "paid"
    FAILED = "failed"
    DROPPED = "dropped"


class DropReason(StrEnum):
    """Why an announced charge is not made."""

    STOPPED = "stopped"
    """By the customer."""
    AUTOPAY_OFF = "autopay-off"
    MANDATE_ENDED = "mandate-ended"
    NOTHING_DUE = "nothing-due"
    """It is paid, disputed, promised, planned, or on hold."""
    NOT_ANNOUNCED = "not-announced"
    """The announcement did not leave in time: it is announced anew."""
    TOO_OFTEN = "too-often"
    """An invoice was tried as often as it may be."""


class ChargedItem(Part):
    """So much of an invoice, at most: of one of its instalments where that alone is charged, else of several."""

    invoice_id: UUID
    invoice_number: str
    instalment: int | None = None
    amount: Amount
    held: Annotated[
        Amount, Field(description="not asked for now: all of it, up to and with `until`")
    ] = "0"


class ChargeEvent(Event):
    """The whole charge, of one legal entity, in one currency. What is charged is that or less, never more."""

    TOPIC = TOPIC
    SUBJECT = "charge_id"

    charge_id: UUID
    legal_entity: str
    currency: Currency
    amount: Amount
    items: Annotated[tuple[ChargedItem, ...], Field(min_length=1)]
    charge_on: Annotated[date, Field(description="a working day of the legal entity")]
    until: Annotated[
        date | None,
        Field(description="last day of the hold, of the legal entity; none where nothing is held"),
    ] = None
    announcement_id: Annotated[
        UUID, Field(description="the id of the message that announces it; no charge before it left")
    ]
    means: SavedMeans
    state: ChargeState
    attempts: int
    at: Annotated[Instant, Field(description="of what is told")]


class ChargeAnnounced(ChargeEvent):
    """The customer is told before anything is charged; nothing is held before that has left."""

    TYPE = "portal-api.charge.announced.v1"


class ChargeAwaited(ChargeEvent):
    """The announcement has left in time: the amounts are not asked for otherwise while charge and bank are awaited."""

    TYPE = "portal-api.charge.awaited.v1"


class ChargePostponed(ChargeEvent):
    """It was declined, and is tried again on `charge_on`; the amounts are held on."""

    TYPE = "portal-api.charge.postponed.v1"

    decline: PaymentDecline


class ChargePaid(ChargeEvent):
    """The provider has the money; the amounts are held for the rest of the day, until the books have it, too."""

    TYPE = "portal-api.charge.paid.v1"


class ChargeFailed(ChargeEvent):
    """It was declined, and is not tried again: the amounts are asked for as before."""

    TYPE = "portal-api.charge.failed.v1"

    decline: PaymentDecline


class ChargeDropped(ChargeEvent):
    """It is not made; the amounts are asked for as before."""

    TYPE = "portal-api.charge.dropped.v1"

    reason: DropReason


class PlanState(StrEnum):
    """What has become of a payment plan."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    ACTIVE = "active"
    COMPLETED = "completed"
    BROKEN = "broken"
    DECLINED = "declined"
    REFUSED = "refused"
    LAPSED = "lapsed"


class PlannedItem(Part):
    """So much of an invoice is paid by the plan."""

    invoice_id: UUID
    invoice_number: str
    instalment: int | None = None
    amount: Amount
    paid: Annotated[Amount, Field(description="of it, by payments since the customer accepted")]
    held: Annotated[
        Amount, Field(description="not asked for now: what is not paid, while the plan stands")
    ]
    left: Annotated[
        Amount | None,
        Field(description="to be paid of it still: without what was taken off, or is disputed"),
    ] = None


class PlannedPart(Part):
    """An instalment of the plan; payments are counted against them in order of their days."""

    number: int
    due_on: Annotated[date, Field(description="a day of the legal entity")]
    until: Annotated[date, Field(description="with the grace: the last value date in time")]
    amount: Amount
    paid: Amount
    left: Annotated[
        Amount | None,
        Field(description="to be paid of it still: what was taken off, or is disputed, comes last"),
    ] = None


class PlanText(Part):
    """What both sides accept. `hash` is the SHA-256 of the text's UTF-8, in hex."""

    version: int
    language: str
    text: str
    hash: str


class PlanAcceptance(Part):
    """Who accepted which text: a contact of the customer, a member of our staff, or a rule of ours."""

    side: Annotated[str, Field(examples=["customer", "us"])]
    by: str
    at: Instant
    text_hash: str


class PlanEvent(Event):
    """The whole plan; all of its items are of one legal entity, in one currency. It posts nothing."""

    TOPIC = TOPIC
    SUBJECT = "plan_id"

    plan_id: UUID
    legal_entity: str
    currency: Currency
    state: PlanState
    items: Annotated[tuple[PlannedItem, ...], Field(min_length=1)]
    instalments: Annotated[tuple[PlannedPart, ...], Field(min_length=1)]
    agreement: PlanText
    acceptances: tuple[PlanAcceptance, ...] = ()
    answer_by: Annotated[Instant, Field(description="until then what is missing must be accepted")]
    extended_days: Annotated[int, Field(description="0 while it was not extended")] = 0
    extension_days_max: int
    needs_approval: Annotated[bool, Field(description="a person of ours has to agree")] = False
    reason: Annotated[str | None, Field(description="why we declined, or the customer refused")] = (
        None
    )
    number: Annotated[
        int | None, Field(description="the instalment that is spoken of, where it is one")
    ] = None
    at: Annotated[Instant, Field(description="of what is told")]


class PlanProposed(PlanEvent):
    """A customer wants to pay in these parts; nothing holds before they accept the text."""

    TYPE = "portal-api.plan.proposed.v1"


class PlanAccepted(PlanEvent):
    """The customer accepted, and a person of ours has to: nothing of it is asked for until then, or `answer_by`."""

    TYPE = "portal-api.plan.accepted.v1"


class PlanActivated(PlanEvent):
    """Both sides accepted the same text."""

    TYPE = "portal-api.plan.activated.v1"


class PlanDeclined(PlanEvent):
    """We did not agree; the amounts are asked for again, as old as they are."""

    TYPE = "portal-api.plan.declined.v1"


class PlanRefused(PlanEvent):
    """The customer did not want it after all, before both sides had agreed; nothing of it is held any more."""

    TYPE = "portal-api.plan.refused.v1"


class PlanLapsed(PlanEvent):
    """What was missing was not accepted in time, or a newer proposal took its place."""

    TYPE = "portal-api.plan.lapsed.v1"


class InstalmentPaid(PlanEvent):
    """What is left of it has changed: something was paid, a payment went back, something was taken off or is disputed.
    What is paid is not held any more.
    """

    TYPE = "portal-api.plan.instalment-paid.v1"


class InstalmentDue(PlanEvent):
    """An instalment is due soon, and not paid yet."""

    TYPE = "portal-api.plan.instalment-due.v1"


class InstalmentMissed(PlanEvent):
    """The day of an instalment is over, and its grace is not: it can still be paid in time."""

    TYPE = "portal-api.plan.instalment-missed.v1"


class PlanExtended(PlanEvent):
    """Every instalment that is not paid is due so much later, once."""

    TYPE = "portal-api.plan.extended.v1"


class PlanCompleted(PlanEvent):
    """All of it is paid, or nothing of it is owed any more."""

    TYPE = "portal-api.plan.completed.v1"


class PlanBroken(PlanEvent):
    """An instalment was not paid in time; the rest is asked for again, as old as it is."""

    TYPE = "portal-api.plan.broken.v1"
