"""Nodes and edges of the graph, declared once; both stores, the linter and the documents derive from here.

Every node has an integer `key`, unique in its label; `id` is the identifier a user knows. `ref` names the
ledger row behind a node or edge as `table#seq`. Only rows seen on the as-of day are in the graph, and date
cells after that day are empty (rules-exact.md section 0). A property that is empty, not known or of no
meaning for a node is null.

Conventions the rules rely on: days are day numbers, months are year * 12 + month; `*_workday` and
`*_workday_before` are the number of working days on or before, and strictly before, that day (see
`tracer.calendar.WorkingDays`); `*_key` is a text as the rules compare it, and so are `holder_id` (15-digit
ID numbers as 18) and `step`; `level_rank` is 1 for central, 2 province … 6 village; `rank` is the order in
which money moved (contract section 2), `time_rank` the plain time order of the rules (rules-exact.md section
0: a date alone counting as 00:00, then the identifier as text); `*_month_day` is month * 100 + day of the
month, so that x is at most n months after y exactly when x's is at most y's + n * 100.
"""

from tracer.graph.edges import EDGES
from tracer.graph.kinds import BOOL, INT, TEXT, Edge, Node

__all__ = ["BOOL", "EDGE", "EDGES", "INT", "NODE", "NODES", "TEXT", "Edge", "Node"]

# fmt: off
NODES: tuple[Node, ...] = (
    Node(
        "Build",
        "The build itself: one node; as_of_day is null where everything is seen, and so are the first and "
        "the last day of the latest quarter that ended before it.",
        {
            "key": INT, "ledger_version": INT, "method": TEXT, "as_of_day": INT, "quarter_first_day": INT,
            "quarter_last_day": INT,
        },
    ),
    Node(
        "Fund",
        "A row of the catalogue of funds.",
        {
            "key": INT, "id": TEXT, "ref": TEXT, "name": TEXT, "name_key": TEXT, "level": TEXT,
            "register_only": BOOL, "county_bound": BOOL,
        },
    ),
    # is_child also counts splits that the as-of day hides. issue_rank: by issue, registration (empty last),
    # identifier. near_fund_key is the catalogue name nearest to the fund, near_fund_percent the least share
    # of the longer name that may differ. lapse_day is 31 December of the year after issue.
    # drawn_year is the latest year ended by the as-of day in which it has draws; of that year: their number,
    # their sum and the sum of those in December, before refunds. is_issued_by_finance: one of the offices
    # named as issuer is a finance office; null without issuer.
    Node(
        "Indicator",
        "A budget quota line; `listed` is false where a row only names it or it is not issued yet.",
        {
            "key": INT, "id": TEXT, "ref": TEXT, "listed": BOOL, "is_child": BOOL, "issue_rank": INT,
            "doc_no": TEXT, "doc_key": TEXT, "fund_name": TEXT, "fund_key": TEXT, "fund_nature": TEXT,
            "nature_key": TEXT, "function_code": TEXT, "function_code_valid": BOOL, "economic_code": TEXT,
            "economic_code_valid": BOOL, "budget_item": TEXT,
            "item_key": TEXT, "amount_fen": INT, "level": TEXT, "level_rank": INT, "issuer": TEXT,
            "receiver": TEXT, "receiver_key": TEXT, "issued_day": INT, "issued_workday": INT,
            "received_day": INT, "received_workday_before": INT, "registered_day": INT,
            "registered_workday_before": INT, "receipt_day": INT, "receipt_month": INT, "receipt_year": INT,
            "scan_file": TEXT, "held_fen": INT, "drawn_fen": INT, "lapse_day": INT, "lapse_out_fen": INT,
            "lapse_drawn_fen": INT, "near_fund_key": TEXT, "near_fund_percent": INT,
            "drawn_year": INT, "drawn_year_count": INT, "drawn_year_fen": INT, "drawn_december_fen": INT,
            "is_issued_by_finance": BOOL,
        },
    ),
    # Two accounts are of the same holder when their holder_id are equal or, where one has none, their
    # holder_key. lowest_balance_fen is the least of the opening balance and the balances after each movement,
    # lowest_ref the movement after which it stood (null: at the opening); only of pool and special
    # accounts whose opening balance is filled. holder_no is equal for accounts of one holder. code_is_wrong:
    # holder_id is filled and no valid unified social credit code (GB 32100). tested_payments counts what the
    # account paid, refunds and household payments left out; digit_chi2_milli is the chi-square statistic of
    # the first digits of these amounts against log10(1 + 1/d), in thousandths, rounded up.
    # Of enterprises, cooperatives and merchants only: fund_received_fen and, all indicators being one, the
    # number of holders it came from. benefit_fen is the sum of the household payments into it, to so many
    # persons of so many households of the day; who has none counts as one of his own.
    Node(
        "Account",
        "A bank account, or CASH; `listed` is false where a row only names it.",
        {
            "key": INT, "id": TEXT, "ref": TEXT, "listed": BOOL, "is_cash": BOOL, "is_public": BOOL,
            "holder_name": TEXT, "holder_key": TEXT, "holder_id": TEXT, "holder_kind": TEXT,
            "account_type": TEXT, "opening_fen": INT, "held_fen": INT, "lowest_balance_fen": INT,
            "lowest_ref": TEXT, "holder_no": INT, "code_is_wrong": BOOL, "tested_payments": INT,
            "digit_chi2_milli": INT, "fund_received_fen": INT, "fund_payers": INT,
            "benefit_fen": INT, "benefit_persons": INT, "benefit_households": INT,
        },
    ),
    # approval_day is null without an approval. arranged_fen is 0 without arrangements; paid_fen is the sum of
    # paid_fen over PAYS_FOR (project paid, rules-exact.md section 0), 0 without payments.
    # first_arranged_year_end is 31 December of that year. has_<column> says whether the cell is filled.
    # approval_steps is how many of the seven steps to approval (ZB13) follow one another in time order.
    # progress_percent_fen is the approved amount times the percent of physical progress (100 when accepted),
    # and progress_fen a hundredth of it, both rounded down.
    Node(
        "Project",
        "A project; `listed` is false where a row only names it.",
        {
            "key": INT, "id": TEXT, "ref": TEXT, "listed": BOOL, "name": TEXT, "kind": TEXT,
            "region_code": TEXT, "region_key": TEXT, "county": TEXT, "place": TEXT, "place_key": TEXT,
            "unit": TEXT, "unit_key": TEXT, "contractor": TEXT, "contractor_key": TEXT, "approved_fen": INT,
            "approval_day": INT, "started_day": INT, "accepted_day": INT, "first_arranged_day": INT,
            "first_arranged_workday": INT,
            "arranged_fen": INT, "paid_fen": INT, "has_target": BOOL, "approval_workday": INT,
            "first_arranged_year_end": INT, "has_scale": BOOL, "has_content": BOOL, "has_period": BOOL,
            "has_person": BOOL, "has_hotline": BOOL, "approval_steps": INT,
            "progress_percent_fen": INT, "progress_fen": INT,
        },
    ),
    # kind is split, payment, transfer or leg; rank is null for legs. epoch_ms is its time as recorded, in ms
    # since 1970-01-01 on the clock of the books, a date alone counting as 00:00. amount_fen of a split is
    # negative where it takes back. payer and payee are the holders between which money moved. shortfall_fen
    # is what the payer did not have. purpose of a bank transfer or leg is its memo; fund_fen
    # is the fund money that a bank transfer carries. Of payments only:
    # net_fen (amount less refunds; undone when not above 0), is_refund, is_household_payment,
    # beneficiary_problem (why the ID number is wrong: format, check-character, birth-date or region; null
    # where it is right or empty) and cash_run_fen (of cash payments that are neither refunds nor for 收购
    # or 差旅, the sum so far of those of the same payer account, payee name and day, in time order).
    # lacking names the elements of a payment that are empty, joined by commas (cash needs no payee account);
    # is_named_otherwise: the holder of the payee account, where listed, has another name than the payee;
    # named_payee is the payee's name, as names of persons are compared, where it is cash or the payee account
    # is empty or CASH.
    Node(
        "Transfer",
        "A movement of money: a split, payment or bank transfer; kind `leg` moves nothing itself.",
        {
            "key": INT, "id": TEXT, "ref": TEXT, "kind": TEXT, "rank": INT, "time_rank": INT, "day": INT,
            "month": INT, "epoch_ms": INT, "amount_fen": INT, "net_fen": INT, "fund_fen": INT,
            "shortfall_fen": INT, "cash_run_fen": INT,
            "payer": TEXT, "payee": TEXT, "is_refund": BOOL, "is_household_payment": BOOL,
            "payer_name": TEXT, "payee_name": TEXT, "purpose": TEXT, "purpose_key": TEXT,
            "settlement_method": TEXT, "contract_key": TEXT, "benefit_key": TEXT, "period_key": TEXT,
            "beneficiary_problem": TEXT, "lacking": TEXT, "is_named_otherwise": BOOL,
            "named_payee": TEXT,
        },
    ),
    # arrived_day is the day on which its holder got it: of the transfer or of issue, null for opening
    # balances. origin_kind is indicator, opening, cash or unexplained; is_fund: it is indicator. origin and
    # line are named as in `fundtrail links`, without a line null.
    Node(
        "Piece",
        "Money of one origin that one transfer carried, or that was born; pieces form a forest.",
        {
            "key": INT, "fen": INT, "left_fen": INT, "arrived_day": INT, "is_fund": BOOL,
            "origin_kind": TEXT, "origin": TEXT, "line": TEXT,
        },
    ),
    Node(
        "Party",
        "A person or organisation; id is the ID number or credit code as compared (15 digits as 18).",
        {"key": INT, "id": TEXT, "name": TEXT},
    ),
    Node(
        "RegisterEntry",
        "A row of the register of people.",
        {
            "key": INT, "ref": TEXT, "name_key": TEXT, "household": TEXT, "from_day": INT, "to_day": INT,
            "died_day": INT, "died_month": INT, "village": TEXT, "card_account": TEXT,
        },
    ),
    # same_actor_duties counts how many different ones of 受理, 审核, 审批 and 监督 its actor did on its
    # subject; null for other steps and without an actor.
    Node(
        "Event",
        "A step of the workflow.",
        {
            "key": INT, "ref": TEXT, "step": TEXT, "day": INT, "actor_key": TEXT, "subject_kind": TEXT,
            "subject_id": TEXT, "same_actor_duties": INT,
        },
    ),
    # direction is at_least where the cell is empty. The actual value of a row reported after the as-of day is
    # not there yet. actual_sign is -1, 0 or 1. is_latest: of the rows of its project and measure with an
    # actual, the one reported last (an empty day first, of equal days the last row). actual_percent, and
    # missed_percent, by which the actual is on the wrong side of the target (negative on the right one), are
    # in percent of the target, rounded up; null without an actual or where the target is not above 0.
    Node(
        "Target",
        "A performance target of a project: one row, with its actual value where that is reported.",
        {
            "key": INT, "ref": TEXT, "measure": TEXT, "direction": TEXT, "has_actual": BOOL,
            "reported_day": INT, "actual_sign": INT, "actual_percent": INT, "missed_percent": INT,
            "is_latest": BOOL,
        },
    ),
    # has_benefit: both its benefit and who benefits are filled.
    Node(
        "Asset",
        "An asset that a project formed.",
        {"key": INT, "id": TEXT, "ref": TEXT, "has_operator": BOOL, "has_benefit": BOOL},
    ),
    # severity is 1 for a bell, 2 yellow, 3 red; opened_rank the order of opening days, then identifiers.
    Node(
        "LoggedAlert",
        "A row of the log of alerts.",
        {
            "key": INT, "id": TEXT, "ref": TEXT, "rule_key": TEXT, "subject": TEXT, "subject_key": TEXT,
            "level": TEXT, "severity": INT, "result": TEXT, "amount_fen": INT, "opened_day": INT,
            "opened_workday": INT, "opened_month_day": INT, "opened_rank": INT, "responded_day": INT,
            "responded_workday_before": INT,
        },
    ),
    # Monthly reports: of each month from the first for which the office has such a row to the last that
    # ended before the as-of day, due_day being the day after the month. Rule proposals: of the year after
    # the as-of day's, due_day being 15 October and last_day 31 December of the as-of day's year. sent_day is
    # the first one on which it was sent. due_day is null where a row's period cannot be read.
    Node(
        "ReportDue",
        "A report that an office owes; ref is its row, where there is one, office_ref a row of the office.",
        {
            "key": INT, "ref": TEXT, "office_ref": TEXT, "kind": TEXT, "office": TEXT, "period": TEXT,
            "due_day": INT, "last_day": INT, "sent_day": INT,
        },
    ),
    Node(
        "Agency",
        "A row of the table of agencies.",
        {
            "key": INT, "id": TEXT, "ref": TEXT, "name": TEXT, "name_key": TEXT, "level": TEXT,
            "region_code": TEXT, "kind": TEXT,
        },
    ),
    # id is the smallest holder number of a member, its name where it has none. Counted is what projects not
    # of kind household paid (paid_fen of PAYS_FOR) to enterprises, cooperatives and merchants: received_fen
    # to the group for so many projects, county_fen to all of the county's payees. Suppliers of power, water,
    # gas and telephone are in no group. Where county is null, the projects of one payee have no region.
    Node(
        "PayeeGroup",
        "Firms paid in one county, linked by an owner or legal representative, or one of them alone.",
        {
            "key": INT, "id": TEXT, "county": TEXT, "payees": INT, "received_fen": INT, "projects": INT,
            "county_fen": INT, "county_payees": INT,
        },
    ),
    # per_household: one payment for each household and period; else for each person.
    Node(
        "Standard",
        "A row of the standards of benefits.",
        {
            "key": INT, "ref": TEXT, "benefit_key": TEXT, "per_household": BOOL, "amount_fen": INT,
            "from_day": INT, "to_day": INT,
        },
    ),
    # ref is the standard in force on the first day, of several the lowest.
    Node(
        "Entitlement",
        "A benefit to which all in the register are entitled, and a period for which somebody was paid it.",
        {
            "key": INT, "ref": TEXT, "benefit_key": TEXT, "period_key": TEXT, "first_day": INT,
            "last_day": INT, "amount_fen": INT, "per_household": BOOL,
        },
    ),
    # id is PAYER@YYYY-MM-DDTHH:MM@FEN. new_accounts received no payment before that minute.
    Node(
        "Batch",
        "Household payments of one payer account, minute and amount into at least two accounts.",
        {
            "key": INT, "id": TEXT, "amount_fen": INT, "accounts": INT, "new_accounts": INT, "sum_fen": INT,
        },
    ),
    # persons, related: to how many persons the household payments he approved went, and how many of them
    # are related to him; all_persons, all_related: the same of all household payments and all approvers.
    Node(
        "Approver",
        "An ID number that took step 审批 of household payments to related persons, or of their project.",
        {
            "key": INT, "id": TEXT, "persons": INT, "related": INT, "all_persons": INT, "all_related": INT,
        },
    ),
    # kind and detail_key are texts as compared (a kind of an enum is its English word). from_day and to_day
    # bound the days on which the row holds, null where open.
    Node(
        "Record",
        "A row of another office's register that some household payment meets.",
        {
            "key": INT, "ref": TEXT, "register": TEXT, "rule": TEXT, "kind": TEXT, "detail_key": TEXT,
            "amount_fen": INT, "from_day": INT, "from_month": INT, "to_day": INT, "as_of_day": INT,
        },
    ),
    Node(
        "OtherRegister",
        "A class of registers of other offices of which the home has an import, and the rule that uses it.",
        {"key": INT, "id": TEXT, "rule": TEXT},
    ),
    Node(
        "ProhibitedUse",
        "One of the nine groups of uses that are not allowed, id ZC05-1 … ZC05-9.",
        {"key": INT, "id": TEXT, "item": TEXT},
    ),
)
# fmt: on

NODE: dict[str, Node] = {node.label: node for node in NODES}
EDGE: dict[str, Edge] = {edge.type: edge for edge in EDGES}
