"""Two counties whose finance bureaus pay: rows that ledgers of several tests begin with."""

OFFICES = {
    "agencies": """
        agency_id | agency_name | region_code
        A1        | 甲县财政局  | 522323000000
        A2        | 乙县财政局  | 522324
    """,
    "accounts": """
        account_no | holder_name | holder_id | account_type
        POOL1      | 甲县财政局  | A1        | special
        POOL2      | 乙县财政局  | A2        | special
    """,
}
