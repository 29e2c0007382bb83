"""What a client is generated from has short names, each once."""

import pytest
from fastapi import FastAPI
from pydantic import BaseModel

from shared.web.openapi import document_problems, short_name


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("InvoiceShown", "InvoiceShown"),
        ("portal_api__domain__promise__State", "PromiseState"),
        ("portal_api__interfaces__http__credit_applications__Given", "CreditApplicationsGiven"),
        ("Page_InvoiceShown_", "InvoiceShownPage"),
        ("State-Input", "StateInput"),
    ],
)
def test_a_schema_is_named_without_the_path_of_its_module(name: str, short: str) -> None:
    assert short_name(name) == short


class Thing(BaseModel):
    number: int


def test_an_operation_is_named_after_its_handler_and_where_two_are_after_their_paths() -> None:
    app = FastAPI()

    async def show() -> Thing:
        return Thing(number=1)

    async def list_things() -> list[Thing]:
        return []

    app.get("/things/one", tags=["things"])(show)
    app.get("/others/one", tags=["others"])(show)
    app.get("/things", tags=["things"])(list_things)
    document_problems(app)

    document = app.openapi()

    names = {path: one["get"]["operationId"] for path, one in document["paths"].items()}
    assert names == {
        "/things/one": "show_things_one",
        "/others/one": "show_others_one",
        "/things": "list_things",
    }
    assert document["components"]["schemas"]["Thing"]["title"] == "Thing"
