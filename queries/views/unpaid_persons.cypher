// Who was left out of a benefit for a period to which all in the register were entitled (RH14); of an unpaid household
// one member. With the row of the register that says so, and a payment of this benefit and period in the same village.
// Parameters: benefit and period, as `unpaid_periods` gives them.
MATCH (p:Party)-[l:LACKS]->(e:Entitlement)
WHERE e.benefit_key = $benefit AND e.period_key = $period AND l.paid_ref IS NOT NULL
RETURN p.id AS person_id, l.ref AS register_ref, l.paid_ref AS paid_ref
