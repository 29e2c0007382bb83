"""Who may sign in, and what each may do."""

from portal_api.domain.contact import MAY, Position, Role, address_of, main_contact, roles_of
from shared.contracts import erp


class TestContact:
    def test_knows_every_role_of_the_contract(self) -> None:
        assert {one.value for one in Position} == {one.value for one in erp.Role} == set(MAY)

    def test_everybody_may_look(self) -> None:
        assert all(Role.VIEW in may for may in MAY.values())

    def test_only_the_main_contact_administers(self) -> None:
        assert not [one for one in Position if Role.ADMINISTER in roles_of(one, is_main=False)]
        assert Role.ADMINISTER in roles_of(Position.OTHER, is_main=True)

    def test_the_first_who_decides_is_the_main_contact(self) -> None:
        told = [
            ("1", Position.BILLING),
            ("2", Position.DECISION_MAKER),
            ("3", Position.DECISION_MAKER),
        ]

        assert main_contact(told) == "2"
        assert main_contact(told[:1]) == "1"
        assert main_contact([]) is None

    def test_compares_addresses_without_capitals_and_blanks(self) -> None:
        assert address_of(" Erika@Muster.Example ") == "erika@muster.example"
