"""Edges of the graph; `tracer.graph.model` has the nodes and the conventions."""

from tracer.graph.kinds import BOOL, INT, TEXT, Edge

# fmt: off
EDGES: tuple[Edge, ...] = (
    Edge(
        "SENT",
        (("Account", "Transfer"),),
        "Payer account of a payment, bank transfer or leg, as recorded; none where the cell is empty.",
        {},
    ),
    Edge(
        "RECEIVED_BY",
        (("Transfer", "Account"),),
        "Payee account, as recorded; none where the cell is empty.",
        {},
    ),
    Edge("NAMES", (("Transfer", "Indicator"),), "Indicator that a payment names.", {}),
    Edge(
        "DRAWS",
        (("Transfer", "Indicator"),),
        "A draw; n counts the draws of the indicator from 1 in time order, run_fen is drawn net of refunds "
        "after it, out_fen what was split out of the indicator up to its day.",
        {"n": INT, "run_fen": INT, "out_fen": INT},
    ),
    Edge(
        "UNRECONCILED",
        (("Transfer", "Indicator"),),
        "A draw that its bank legs (leg_fen, 0 without) miss by gap_fen, on a workday from the first to the "
        "last bank movement of its payer account.",
        {"leg_fen": INT, "gap_fen": INT, "workday": INT},
    ),
    Edge("REFUNDS", (("Transfer", "Transfer"),), "From a refund to the payment that it returns.", {}),
    Edge(
        "ON_RECORD",
        (("Transfer", "Record"),),
        "From a household payment to a row about its person (is_own), or about somebody of his household "
        "that day, that holds on the day, in the version of the register that answers for it.",
        {"is_own": BOOL},
    ),
    Edge(
        "UNANSWERED",
        (("Transfer", "OtherRegister"),),
        "From a household payment to the register of which no version answers for its day, unless a lasting "
        "row of an older one meets it.",
        {},
    ),
    Edge("LEG_OF", (("Transfer", "Transfer"),), "From a bank leg to its payment.", {}),
    Edge(
        "PAYS_FOR",
        (("Transfer", "Project"),),
        "Project that a payment is for; paid_fen is what counts as paid to the project: the amount less "
        "refunds of a payment, no refund, from a public account or one not listed to one that is not public, "
        "else null.",
        {"paid_fen": INT},
    ),
    Edge(
        "UNAPPROVED",
        (("Transfer", "Project"),),
        "From a payment, no refund, to its project where that is not listed, has no approval, or got it "
        "after the day of the payment.",
        {},
    ),
    Edge(
        "WITHIN_HOLDER",
        (("Transfer", "Account"),),
        "From a payment between different accounts of the same holder to the account that received it.",
        {},
    ),
    Edge("SPENDS", (("Transfer", "Fund"),), "Fund of a payment: to each catalogue row of that name.", {}),
    Edge("OF_FUND", (("Indicator", "Fund"),), "Fund of an indicator, likewise.", {}),
    Edge("SPLIT_TO", (("Indicator", "Indicator"),), "A split.", {"ref": TEXT, "fen": INT, "day": INT}),
    Edge(
        "FINANCES",
        (("Indicator", "Project"),),
        "An arrangement of money for a project.",
        {"ref": TEXT, "fen": INT, "day": INT},
    ),
    Edge("AIMS_AT", (("Project", "Target"),), "Performance targets of a project.", {}),
    Edge("FORMED", (("Project", "Asset"),), "Assets that a project formed.", {}),
    Edge("CARRIED", (("Transfer", "Piece"),), "Pieces of a transfer; they add up to it.", {}),
    Edge("BECAME", (("Piece", "Piece"),), "From the piece that was cut to the piece cut from it.", {}),
    Edge("BORN_AT", (("Piece", "Indicator"), ("Piece", "Account")), "Holder at which a piece was born.", {}),
    Edge(
        "REMAINS_AT",
        (("Piece", "Indicator"), ("Piece", "Account")),
        "Holder that still has left_fen of a piece.",
        {},
    ),
    Edge("FUNDS", (("Transfer", "Transfer"),), "Fen of one transfer that another carried on.", {"fen": INT}),
    Edge(
        "REPEATS",
        (("Transfer", "Transfer"),),
        "From a payment to the one before it in time order that is equal in payer account, payee key, "
        "amount, purpose, period, beneficiary, indicator, project and contract (ZC12; the first two and "
        "purpose filled; refunds and undone payments left out).",
        {},
    ),
    Edge(
        "RETURNED",
        (("Piece", "Piece"),),
        "From fund money of a payment, no refund, that names an indicator and goes to another holder than "
        "the payer's, to the piece that came of it (BECAME) and was the first to arrive at an account, not "
        "treasury, of the payer's holder or of an organisation with a relation to it (ZC08); hops counts the "
        "transfers on the way, both ends included, up to 30; end_purposes are the purposes as compared of "
        "the last one and of its bank legs, one a line.",
        {"hops": INT, "end_purposes": TEXT},
    ),
    Edge(
        "PASSED_ON",
        (("Transfer", "Transfer"),),
        "Fund money that an enterprise, cooperative or merchant got by one movement and paid on to another "
        "holder by the other, so many days later.",
        {"fen": INT, "days": INT},
    ),
    Edge(
        "HANDED_ON",
        (("Transfer", "Transfer"),),
        "Fund money that a person's personal account got straight from an indicator or a public or village "
        "account, household payments to the holder and his household left out, and paid on to an account of "
        "another holder (not CASH, and not as a refund); to_holder is that account's holder_no.",
        {"fen": INT, "to_holder": INT},
    ),
    Edge(
        "REACHED",
        (("Transfer", "Transfer"),),
        "From a payment for a household project to an enterprise or cooperative, to a movement that brought "
        "of its money to a person who is not the firm's owner or legal representative, the first on its way; "
        "hops counts the movements after the payment, up to 30, months are the fewest that lead from the "
        "day of the payment to that day or beyond it.",
        {"hops": INT, "months": INT},
    ),
    Edge(
        "COLLECTED",
        (("Transfer", "Piece"),),
        "From a household payment into an own account of its person, to fund money of it that came to an "
        "account of a person, village or agency which is neither his own nor his kin's, the first time on "
        "its way; what is bought, given back or collected by custom is not followed (ZC28). hops counts the "
        "movements after the payment, up to 10, days up to 365.",
        {"hops": INT, "days": INT},
    ),
    Edge(
        "LED_TO",
        (("Transfer", "Transfer"),),
        "From a payment, no refund, that names an indicator and goes from a public or village account to a "
        "firm or person, by a chain of payments and bank transfers, each from the account where the one "
        "before ended, not earlier and not less than half of it, to one that ends with a person related to "
        "the payer, or with that one's kin (ZC07). hops counts the chain's movements, 2 to 6, within 365 "
        "days; keep is the least share in percent, at most 100, that one was of the one before. Of longer "
        "chains only those that keep more; of equally long ones one.",
        {
            "hops": INT, "keep": INT, "second_ref": TEXT, "third_ref": TEXT, "fourth_ref": TEXT,
            "fifth_ref": TEXT,
        },
    ),
    Edge("IN_GROUP", (("Account", "PayeeGroup"),), "Accounts of a group's firms.", {}),
    Edge(
        "BENEFITS",
        (("Transfer", "Party"),),
        "Person of a household payment; household is that of the day, else one of the person's own. "
        "register_state: registered that day, ended (all rows until then had ended) or none; "
        "name_in_register: a register row of the person has the payment's name (null without rows or name). "
        "own_by: why the payee account is the person's or a household member's that day: holder_id, "
        "holder_name or card_account (the first three tests of RH10), null where it is not. "
        "accounts_in_year: into how many accounts the person was paid in that calendar year.",
        {
            "household": TEXT, "register_state": TEXT, "name_in_register": BOOL, "own_by": TEXT,
            "year": INT, "accounts_in_year": INT,
        },
    ),
    Edge(
        "HOUSEHOLD_PAID",
        (("Transfer", "Transfer"),),
        "From a household payment of a benefit that is per household to the first in time order of the same "
        "household of the day, benefit and period, where that went to another person (RH06; 补发 and 补差 "
        "left out).",
        {},
    ),
    Edge(
        "PAID_AGAIN",
        (("Transfer", "Transfer"),),
        "From a household payment to the first in time order of the same person, benefit and period (RH05; "
        "补发 and 补差 left out).",
        {},
    ),
    Edge(
        "EXCLUDED_BY",
        (("Transfer", "Transfer"),),
        "From a household payment to the first in time order before it of the same person whose benefit may "
        "not be drawn together with its own, for the same period or one the year of the other; ref: the "
        "exclusion.",
        {"ref": TEXT},
    ),
    Edge(
        "OFF_STANDARD",
        (("Transfer", "Standard"),),
        "From a household payment whose amount is none of the standards of its benefit in force on the first "
        "day of its period (without period: on its day) to the nearest of them; gap_fen null: the period is "
        "neither year nor month, and none can be chosen.",
        {"gap_fen": INT},
    ),
    Edge(
        "LACKS",
        (("Party", "Entitlement"),),
        "From a person in the register (ref) throughout the period and alive at its end who was not paid, "
        "though somebody of the village was (paid_ref), to the entitlement; of an unpaid household one "
        "member. paid_ref null: the register names no village (one edge per person). is_first: of the "
        "person's edges, those without paid_ref apart, the one whose period ended first.",
        {"ref": TEXT, "paid_ref": TEXT, "is_first": BOOL},
    ),
    Edge("IN_BATCH", (("Transfer", "Batch"),), "Payments of a batch.", {}),
    Edge(
        "APPROVED_FOR_RELATED",
        (("Approver", "Transfer"),),
        "Household payments that somebody approved (ref: the event) for persons related to him.",
        {"ref": TEXT},
    ),
    Edge("LISTED_AS", (("Party", "RegisterEntry"),), "Register rows of a person.", {}),
    Edge("HELD_BY", (("Account", "Party"),), "Holder of an account, where its ID is filled.", {}),
    Edge(
        "OF_AGENCY",
        (("Account", "Agency"),),
        "Agency that holds an account: its code is the holder's ID or, where no agency has that, its name "
        "the holder's.",
        {},
    ),
    Edge("KNOWN_AS", (("Agency", "Party"),), "Organisation whose code is that of an agency.", {}),
    Edge(
        "RELATED_TO",
        (("Party", "Party"),),
        "A relation as recorded, its kind as compared.",
        {"ref": TEXT, "relation": TEXT},
    ),
    Edge(
        "TIED_TO",
        (("Party", "Party"),),
        "The same relations from either end: two edges for each.",
        {"ref": TEXT, "relation": TEXT},
    ),
    Edge(
        "HAD",
        (("Indicator", "Event"), ("Project", "Event"), ("Transfer", "Event")),
        "Steps taken.",
        {},
    ),
    Edge(
        "MENTIONS",
        (("Transfer", "ProhibitedUse"),),
        "Group shown by words of a payment's purpose, words of its payee's name, or the economic code "
        "of its indicator; exceptions are the phrases of the purpose that were left aside.",
        {"words": TEXT, "payee_words": TEXT, "code": TEXT, "exceptions": TEXT},
    ),
)
# fmt: on
