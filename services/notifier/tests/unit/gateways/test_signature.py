"""The provider's signature, against the example of its documentation."""

import pytest

from notifier.gateways.signature import is_genuine

URL = "https://example.com/myapp.php?foo=1&bar=2"
FORM = {
    "CallSid": "CA1234567890ABCDE",
    "Caller": "+14158675310",
    "Digits": "1234",
    "From": "+14158675310",
    "To": "+18005551212",
}
SIGNATURE = "L/OH5YylLD5NRKLltdqwSvS0BnU="


def test_the_documented_example_is_genuine() -> None:
    assert is_genuine(SIGNATURE, auth_token="12345", url=URL, form=FORM)


@pytest.mark.parametrize(
    ("given", "token", "url", "form"),
    [
        ("", "12345", URL, FORM),
        ("L/OH5YylLD5NRKLltdqwSvS0BnU", "12345", URL, FORM),
        ("ü", "12345", URL, FORM),
        (SIGNATURE, "12346", URL, FORM),
        (SIGNATURE, "", URL, FORM),
        (SIGNATURE, "12345", URL + "&x", FORM),
        (SIGNATURE, "12345", URL, FORM | {"Digits": "1235"}),
    ],
)
def test_anything_else_is_not(given: str, token: str, url: str, form: dict[str, str]) -> None:
    assert not is_genuine(given, auth_token=token, url=url, form=form)
