"""Nodes and edges of the graph, declared once; both stores, the linter and the documents derive from here.

Every node has a unique `key`; `id` is the identifier a user knows. `ref` names the ledger row behind a
node or edge as `table#seq`. Days are day numbers, `*_workday` and `*_workday_before` the number of working
days on or before, and strictly before, that day (see `tracer.calendar.WorkingDays`), `*_key` a text as the
rules compare it. A property that is not known is null.

Conventions the rules rely on: `level_rank` is 1 for central, 2 province … 6 village; `holder_id` is as
compared (upper case, 15-digit ID numbers as 18); `purpose` of a bank transfer or leg is its memo; `rank` is
the order in which money moved (contract section 2), `time_rank` the plain time order of the rules
(rules-exact.md section 0: a date alone counting as 00:00, then the identifier as text); `month` and
`died_month` are year * 12 + month; `lowest_ref` is the movement after which the running balance was lowest.
"""

from dataclasses import dataclass

TEXT, INT, BOOL = "text", "int", "bool"


@dataclass(frozen=True)
class Node:
    """One kind of node: its label, what it stands for, and its properties by name."""

    label: str
    meaning: str
    properties: dict[str, str]

    @property
    def key_type(self) -> str:
        """Type of the `key` property."""
        return self.properties["key"]


@dataclass(frozen=True)
class Edge:
    """One kind of edge: its type, the labels that it joins, and its properties by name."""

    type: str
    ends: tuple[tuple[str, str], ...]
    meaning: str
    properties: dict[str, str]


NODES: tuple[Node, ...] = (
    Node("Build", "The build itself: one node.", {
        "key": TEXT, "ledger_version": INT, "method": TEXT, "as_of_day": INT,
    }),
    Node("Fund", "A fund of the catalogue.", {
        "key": TEXT, "id": TEXT, "ref": TEXT, "name": TEXT, "name_key": TEXT, "level": TEXT,
        "register_only": BOOL, "county_bound": BOOL,
    }),
    Node("Agency", "An agency.", {
        "key": TEXT, "id": TEXT, "ref": TEXT, "name": TEXT, "name_key": TEXT, "level": TEXT,
        "level_rank": INT, "kind": TEXT, "region_code": TEXT,
    }),
    Node("Indicator", "A budget quota line; `listed` is false where a row only names it.", {
        "key": TEXT, "id": TEXT, "ref": TEXT, "listed": BOOL, "is_child": BOOL,
        "doc_no": TEXT, "doc_key": TEXT, "fund_name": TEXT, "fund_key": TEXT, "fund_nature": TEXT,
        "function_code": TEXT, "economic_code": TEXT, "budget_item": TEXT, "item_key": TEXT,
        "amount_fen": INT, "level": TEXT, "level_rank": INT, "issuer": TEXT, "receiver": TEXT,
        "receiver_key": TEXT, "issued_day": INT, "issued_workday": INT, "received_day": INT,
        "registered_day": INT, "registered_workday_before": INT, "receipt_day": INT, "scan_file": TEXT,
        "held_fen": INT,
    }),
    Node("Account", "A bank account, or CASH; `listed` is false where a row only names it.", {
        "key": TEXT, "id": TEXT, "ref": TEXT, "listed": BOOL, "is_cash": BOOL, "is_public": BOOL,
        "holder_name": TEXT, "holder_key": TEXT, "holder_id": TEXT, "holder_kind": TEXT,
        "account_type": TEXT, "opening_fen": INT, "held_fen": INT, "lowest_balance_fen": INT,
        "lowest_ref": TEXT,
    }),
    Node("Project", "A project; `listed` is false where a row only names it.", {
        "key": TEXT, "id": TEXT, "ref": TEXT, "listed": BOOL, "name": TEXT, "kind": TEXT,
        "region_code": TEXT, "place": TEXT, "unit": TEXT, "contractor": TEXT, "approved_fen": INT,
        "approval_day": INT, "started_day": INT, "accepted_day": INT, "first_arranged_day": INT,
        "first_arranged_workday": INT, "arranged_fen": INT, "has_target": BOOL,
    }),
    Node("Transfer", "A movement of money: a split, payment or bank transfer; kind `leg` moves nothing itself.", {
        "key": TEXT, "id": TEXT, "ref": TEXT, "kind": TEXT, "seq": INT, "rank": INT, "time_rank": INT, "day": INT,
        "month": INT, "amount_fen": INT, "net_fen": INT, "shortfall_fen": INT, "payer": TEXT, "payee": TEXT,
        "is_refund": BOOL, "is_household_payment": BOOL, "payer_name": TEXT, "payee_name": TEXT,
        "payee_key": TEXT, "purpose": TEXT, "purpose_key": TEXT, "settlement_method": TEXT,
        "contract_no": TEXT, "benefit_key": TEXT, "period": TEXT, "beneficiary_key": TEXT,
        "beneficiary_problem": TEXT, "beneficiary_name_key": TEXT,
    }),
    Node("Piece", "Money of one origin that one transfer carried, or that was born; pieces form a forest.", {
        "key": INT, "fen": INT, "left_fen": INT, "arrived_day": INT, "is_fund": BOOL, "origin_kind": TEXT,
        "origin": TEXT, "line": TEXT,
    }),
    Node("Party", "A person or organisation, by ID number or credit code as compared.", {
        "key": TEXT, "id": TEXT, "name": TEXT,
    }),
    Node("RegisterEntry", "A row of the register of people.", {
        "key": TEXT, "ref": TEXT, "name_key": TEXT, "household": TEXT, "from_day": INT, "to_day": INT,
        "died_day": INT, "died_month": INT, "village": TEXT, "card_account": TEXT,
    }),
    Node("Event", "A step of the workflow.", {
        "key": TEXT, "ref": TEXT, "step": TEXT, "day": INT, "actor_key": TEXT,
    }),
    Node("ProhibitedUse", "One of the nine groups of uses that are not allowed (ZC05-1 … ZC05-9).", {
        "key": TEXT, "item": TEXT,
    }),
)

EDGES: tuple[Edge, ...] = (
    Edge("SENT", (("Account", "Transfer"),), "Payer account of a payment or bank transfer, as recorded.", {}),
    Edge("RECEIVED_BY", (("Transfer", "Account"),), "Payee account, as recorded.", {}),
    Edge("NAMES", (("Transfer", "Indicator"),), "Indicator that a payment names.", {}),
    Edge("DRAWS", (("Transfer", "Indicator"),),
         "A draw; n counts the draws of the indicator in time order, run_fen is drawn net of refunds after it, "
         "out_fen what was split out by its day.", {"n": INT, "run_fen": INT, "out_fen": INT}),
    Edge("REFUNDS", (("Transfer", "Transfer"),), "From a refund to the payment that it returns.", {}),
    Edge("REPEATS", (("Transfer", "Transfer"),),
         "From a payment to the one before it in time order that is equal in payer account, payee key, amount, "
         "purpose, period, beneficiary, indicator, project and contract (ZC12; the first two and purpose filled; "
         "refunds and undone payments left out).", {}),
    Edge("LEG_OF", (("Transfer", "Transfer"),), "From a bank leg to its payment.", {}),
    Edge("PAYS_FOR", (("Transfer", "Project"),), "Project that a payment is for.", {}),
    Edge("SPENDS", (("Transfer", "Fund"),), "Fund of a payment, where it is known.", {}),
    Edge("OF_FUND", (("Indicator", "Fund"),), "Fund of an indicator, by equal name.", {}),
    Edge("SPLIT_TO", (("Indicator", "Indicator"),), "A split.", {"ref": TEXT, "fen": INT, "day": INT}),
    Edge("FINANCES", (("Indicator", "Project"),), "An arrangement of money for a project.",
         {"ref": TEXT, "fen": INT, "day": INT}),
    Edge("CARRIED", (("Transfer", "Piece"),), "Pieces of a transfer add up to it.", {}),
    Edge("BECAME", (("Piece", "Piece"),), "From the piece that was cut to the piece cut from it.", {}),
    Edge("BORN_AT", (("Piece", "Indicator"), ("Piece", "Account")), "Holder at which a piece was born.", {}),
    Edge("REMAINS_AT", (("Piece", "Indicator"), ("Piece", "Account")),
         "Holder that still has left_fen of a piece.", {}),
    Edge("FUNDS", (("Transfer", "Transfer"),), "Fen of one transfer that another carried on.", {"fen": INT}),
    Edge("BENEFITS", (("Transfer", "Party"),),
         "Person of a household payment; household is that of the day, else the person's own key.",
         {"household": TEXT}),
    Edge("LISTED_AS", (("Party", "RegisterEntry"),), "Register rows of a person.", {}),
    Edge("HELD_BY", (("Account", "Party"),), "Holder of an account, where its ID is filled.", {}),
    Edge("RELATED_TO", (("Party", "Party"),), "A relation, as recorded.", {"ref": TEXT, "relation": TEXT}),
    Edge("HAD", (("Indicator", "Event"), ("Project", "Event"), ("Transfer", "Event")), "Steps taken.", {}),
    Edge("MENTIONS", (("Transfer", "ProhibitedUse"),), "Words or codes of a group that a payment shows.",
         {"words": TEXT, "exceptions": TEXT}),
)

NODE: dict[str, Node] = {node.label: node for node in NODES}
EDGE: dict[str, Edge] = {edge.type: edge for edge in EDGES}
