// Ways of one to three movements, each later than the one before, that lead from some accounts through others, none
// twice. Several movements between the same accounts are one way; the time is the first at which it can end.
// A hub gives as many ways as it has payees; cash ends a way.
// Parameters: accounts (a list), purpose (of the movements; '' for any), after_ms and before_ms (neither counts; ms
// since 1970-01-01, a date alone being 00:00).
MATCH (a:Account)
WHERE a.id IN $accounts
MATCH (a)-[:SENT]->(t:Transfer)-[:RECEIVED_BY]->(b:Account)
WHERE t.kind <> 'leg' AND ($purpose = '' OR t.purpose = $purpose)
  AND t.epoch_ms > $after_ms AND t.epoch_ms < $before_ms AND b.id <> a.id
RETURN a.id AS asked, b.id AS first, '' AS second, '' AS third, min(t.epoch_ms) AS reached_ms
UNION ALL
MATCH (a:Account)
WHERE a.id IN $accounts
MATCH (a)-[:SENT]->(t:Transfer)-[:RECEIVED_BY]->(b:Account)
WHERE t.kind <> 'leg' AND ($purpose = '' OR t.purpose = $purpose)
  AND t.epoch_ms > $after_ms AND t.epoch_ms < $before_ms AND b.id <> a.id AND b.is_cash = false
WITH a.id AS asked, b.id AS first, b, min(t.epoch_ms) AS at_b
MATCH (b)-[:SENT]->(u:Transfer)-[:RECEIVED_BY]->(c:Account)
WHERE u.kind <> 'leg' AND ($purpose = '' OR u.purpose = $purpose)
  AND u.epoch_ms < $before_ms AND u.epoch_ms > at_b AND c.id <> asked AND c.id <> first
RETURN asked, first, c.id AS second, '' AS third, min(u.epoch_ms) AS reached_ms
UNION ALL
MATCH (a:Account)
WHERE a.id IN $accounts
MATCH (a)-[:SENT]->(t:Transfer)-[:RECEIVED_BY]->(b:Account)
WHERE t.kind <> 'leg' AND ($purpose = '' OR t.purpose = $purpose)
  AND t.epoch_ms > $after_ms AND t.epoch_ms < $before_ms AND b.id <> a.id AND b.is_cash = false
WITH a.id AS asked, b.id AS first, b, min(t.epoch_ms) AS at_b
MATCH (b)-[:SENT]->(u:Transfer)-[:RECEIVED_BY]->(c:Account)
WHERE u.kind <> 'leg' AND ($purpose = '' OR u.purpose = $purpose)
  AND u.epoch_ms < $before_ms AND u.epoch_ms > at_b AND c.id <> asked AND c.id <> first AND c.is_cash = false
WITH asked, first, c.id AS second, c, min(u.epoch_ms) AS at_c
MATCH (c)-[:SENT]->(v:Transfer)-[:RECEIVED_BY]->(d:Account)
WHERE v.kind <> 'leg' AND ($purpose = '' OR v.purpose = $purpose)
  AND v.epoch_ms < $before_ms AND v.epoch_ms > at_c
  AND d.id <> asked AND d.id <> first AND d.id <> second
RETURN asked, first, second, d.id AS third, min(v.epoch_ms) AS reached_ms
