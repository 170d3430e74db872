// What a name stands for: movements first, then indicators, then accounts. A bank leg is its payment.
// Parameters: id (payment, bank transfer, split PARENT>CHILD#n, indicator or account).
MATCH (t:Transfer)
WHERE t.id = $id
OPTIONAL MATCH (t)-[:LEG_OF]->(paid:Transfer)
RETURN CASE WHEN t.kind = 'payment' THEN 0 WHEN t.kind = 'split' THEN 2 ELSE 1 END AS place, 'Transfer' AS label,
  coalesce(paid.key, t.key) AS key, coalesce(paid.id, t.id) AS name
UNION ALL
MATCH (i:Indicator)
WHERE i.id = $id
RETURN 3 AS place, 'Indicator' AS label, i.key AS key, i.id AS name
UNION ALL
MATCH (a:Account)
WHERE a.id = $id AND a.is_cash = false
RETURN 4 AS place, 'Account' AS label, a.key AS key, a.id AS name
