"""Our provider signs as Twilio does."""

from local_stack.sms.signature import signature

FIELDS = {
    "To": "+18005551212",
    "From": "+14158675309",
    "Digits": "1234",
    "Caller": "+14158675309",
    "CallSid": "CA1234567890ABCDE",
}


class TestSignature:
    def test_is_the_one_in_twilios_own_example(self) -> None:
        signed = signature("12345", "https://mycompany.com/myapp.php?foo=1&bar=2", FIELDS)

        assert signed == "RSOYDt4T1cUTdK1PDd93/VVr8B8="

    def test_does_not_depend_on_the_order_of_the_fields(self) -> None:
        backwards = dict(reversed(FIELDS.items()))

        assert signature("t", "https://x.test", FIELDS) == signature(
            "t", "https://x.test", backwards
        )
