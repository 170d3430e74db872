// Benefits to which all in the register are entitled, and the periods for which somebody was left out, as RH14 reckons
// it: the standard per person (or household), and how many lack it.
// Parameters: as_of_day (days since 1970-01-01), grace (days that must have passed since the end of a period).
MATCH (p:Party)-[l:LACKS]->(e:Entitlement)
WHERE l.paid_ref IS NOT NULL AND e.last_day + $grace < $as_of_day
RETURN e.benefit_key AS benefit, e.period_key AS period, e.amount_fen AS amount_fen, e.per_household AS per_household,
  count(l.ref) AS lacking
