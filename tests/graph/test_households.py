"""What BENEFITS says of household payments: own accounts, the register, accounts of a year."""

from pathlib import Path

from tests.graph.books import account, build, payment

A, B, C = "52272319800101001X", "522723198001010028", "522723197505050037"


def test_accounts_of_the_person_and_of_the_household_of_the_day(tmp_path: Path) -> None:
    def entry(
        person: str, name: str, household: str, first: str, last: str | None = None, card: str | None = None
    ) -> dict[str, object]:
        return {
            "person_id": person, "name": name, "household_id": household, "valid_from": first,
            "valid_to": last, "card_account": card,
        }  # fmt: skip

    def paid(name: str, to: str, at: str, **more: object) -> dict[str, object]:
        return payment(name, "S", to, 5, at, **({"beneficiary_id": A, "beneficiary_name": "张三"} | more))

    graph = build(
        tmp_path,
        {
            "accounts": [
                account("OWN", "张三", "person", "personal", holder_id="522723800101001"),
                account("WIFE", "李四", "person", "personal", holder_id=B),
                account("NAMED", "张 三", "person", "personal"),
                account("NAMED-B", "李四", "merchant", "merchant"),
                account("SHOP", "张三商店", "merchant", "merchant", holder_id="92X"),
                account("SAME-NAME", "张三", "person", "personal", holder_id="92Y"),
                account("CARD-C", "某村", "village", "unit", holder_id="54X"),
            ],
            "register": [
                entry(A, "张三", "H1", "2014-01-01"),
                entry(B, "李四", "h 1", "2019-01-01", "2019-06-30", card="CARD-B"),
                entry(B, "李四", "H2", "2019-07-01"),
                entry(C, "王五", "H1", "2014-01-01", "2018-12-31", card="CARD-C"),
            ],
            "payments": [
                paid("own", "OWN", "2019-03-01"),
                paid("wife", "WIFE", "2019-06-30"), paid("moved", "WIFE", "2019-07-01"),
                paid("not yet", "WIFE", "2018-12-31"),
                paid("named", "NAMED", "2019-03-01"),
                paid("named-b", "NAMED-B", "2019-06-30"), paid("named-b later", "NAMED-B", "2019-07-01"),
                paid("shop", "SHOP", "2019-03-01"), paid("same name", "SAME-NAME", "2019-03-01"),
                paid("card-b", "CARD-B", "2019-06-30"), paid("card-b later", "CARD-B", "2019-07-01"),
                paid("card-c", "CARD-C", "2019-03-01"),
                paid("unlisted", "X", "2019-03-01", payee_name="张·三"),
                paid("unlisted-b", "X", "2019-03-01", payee_name="李四"),
                paid("stranger", "X", "2019-03-01", payee_name="赵六"),
                paid("no name", "X", "2019-03-01", payee_name="赵六", beneficiary_name=None),
                paid("cash", "CASH", "2019-03-01", payee_name="张三"),
                paid("registered name", "X", "2019-03-01", payee_name="张三", beneficiary_name="张山"),
            ],
        },
    )  # fmt: skip
    own = {t: own_by for t, _, own_by in graph.edges("BENEFITS", "Transfer", "Party", "own_by") if own_by}
    assert own == {
        "own": "holder_id", "wife": "holder_id", "named": "holder_name", "named-b": "holder_name",
        "card-b": "card_account", "card-c": "card_account", "unlisted": "holder_name",
        "unlisted-b": "holder_name", "no name": "holder_name", "registered name": "holder_name",
    }  # fmt: skip
    named = graph.edges("BENEFITS", "Transfer", "Party", "name_in_register")
    assert {t for t, _, is_named in named if not is_named} == {"no name", "registered name"}
    used = graph.edges("BENEFITS", "Transfer", "Party", "year", "accounts_in_year")
    assert {(year, accounts) for _, _, year, accounts in used} == {(2018, 1), (2019, 9)}


def test_states_in_the_register(tmp_path: Path) -> None:
    days = ["2020-01-30", "2020-01-31", "2020-02-01", "2020-02-02", "2020-02-03"]
    graph = build(
        tmp_path,
        {
            "register": [
                {"person_id": A, "name": "甲", "household_id": "H", "valid_from": first, "valid_to": last}
                for first, last in [("2020-01-31", "2020-01-31"), ("2020-02-02", "2020-02-02")]
            ],
            "payments": [
                payment(f"{person}@{at}", "S", "T", 5, at, beneficiary_id=person)
                for person in (A, B)
                for at in days
            ],
        },
    )
    found = {t: state for t, _, state in graph.edges("BENEFITS", "Transfer", "Party", "register_state")}
    assert [found[f"{A}@{at}"] for at in days] == ["none", "registered", "ended", "registered", "ended"]
    assert {found[f"{B}@{at}"] for at in days} == {"none"}
