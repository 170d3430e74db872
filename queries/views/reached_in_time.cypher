// Accounts that money of some accounts can have reached: by one to three movements, each later than the one before.
// An account is named once for each number of movements, with the first time at which it is reached so.
// Cash ends a way. Where money can have gone, not how much: `trace/` says that.
// Parameters: accounts (a list), purpose (of the movements; '' for any), after_ms and before_ms (neither counts; ms
// since 1970-01-01, a date alone being 00:00).
MATCH (a:Account)
WHERE a.id IN $accounts
MATCH (a)-[:SENT]->(t:Transfer)-[:RECEIVED_BY]->(b:Account)
WHERE t.kind <> 'leg' AND ($purpose = '' OR t.purpose = $purpose)
  AND t.epoch_ms > $after_ms AND t.epoch_ms < $before_ms
RETURN a.id AS asked, 1 AS distance, b.id AS reached, min(t.epoch_ms) AS reached_ms
UNION ALL
MATCH (a:Account)
WHERE a.id IN $accounts
MATCH (a)-[:SENT]->(t:Transfer)-[:RECEIVED_BY]->(b:Account)
WHERE t.kind <> 'leg' AND ($purpose = '' OR t.purpose = $purpose)
  AND t.epoch_ms > $after_ms AND t.epoch_ms < $before_ms AND b.is_cash = false
WITH a.id AS asked, b, min(t.epoch_ms) AS at_b
MATCH (b)-[:SENT]->(u:Transfer)-[:RECEIVED_BY]->(c:Account)
WHERE u.kind <> 'leg' AND ($purpose = '' OR u.purpose = $purpose)
  AND u.epoch_ms < $before_ms AND u.epoch_ms > at_b
RETURN asked, 2 AS distance, c.id AS reached, min(u.epoch_ms) AS reached_ms
UNION ALL
MATCH (a:Account)
WHERE a.id IN $accounts
MATCH (a)-[:SENT]->(t:Transfer)-[:RECEIVED_BY]->(b:Account)
WHERE t.kind <> 'leg' AND ($purpose = '' OR t.purpose = $purpose)
  AND t.epoch_ms > $after_ms AND t.epoch_ms < $before_ms AND b.is_cash = false
WITH a.id AS asked, b, min(t.epoch_ms) AS at_b
MATCH (b)-[:SENT]->(u:Transfer)-[:RECEIVED_BY]->(c:Account)
WHERE u.kind <> 'leg' AND ($purpose = '' OR u.purpose = $purpose)
  AND u.epoch_ms < $before_ms AND u.epoch_ms > at_b AND c.is_cash = false
WITH asked, c, min(u.epoch_ms) AS at_c
MATCH (c)-[:SENT]->(v:Transfer)-[:RECEIVED_BY]->(d:Account)
WHERE v.kind <> 'leg' AND ($purpose = '' OR v.purpose = $purpose)
  AND v.epoch_ms < $before_ms AND v.epoch_ms > at_c
RETURN asked, 3 AS distance, d.id AS reached, min(v.epoch_ms) AS reached_ms
