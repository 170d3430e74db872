// Accounts from which money can have come to some accounts, by one to three movements, each later than the one
// before, and what was lent to them: the opening balances of the loans that paid out to them in the same time.
// An account is named once for each number of movements. Cash ends a way.
// Parameters: accounts (a list), purpose (of the movements; '' for any), after_ms and before_ms (neither counts; ms
// since 1970-01-01, a date alone being 00:00), lending (purpose of what a loan pays out).
MATCH (a:Account)
WHERE a.id IN $accounts
MATCH (b:Account)-[:SENT]->(t:Transfer)-[:RECEIVED_BY]->(a)
WHERE t.kind <> 'leg' AND ($purpose = '' OR t.purpose = $purpose)
  AND t.epoch_ms > $after_ms AND t.epoch_ms < $before_ms
WITH DISTINCT a.id AS asked, b
MATCH (loan:Account)-[:SENT]->(w:Transfer)-[:RECEIVED_BY]->(b)
WHERE w.purpose = $lending AND w.epoch_ms > $after_ms AND w.epoch_ms < $before_ms
WITH DISTINCT asked, b, loan
RETURN asked, 1 AS distance, b.id AS source, count(loan) AS loans, coalesce(sum(loan.opening_fen), 0) AS lent_fen
UNION ALL
MATCH (a:Account)
WHERE a.id IN $accounts
MATCH (b:Account)-[:SENT]->(t:Transfer)-[:RECEIVED_BY]->(a)
WHERE t.kind <> 'leg' AND ($purpose = '' OR t.purpose = $purpose)
  AND t.epoch_ms > $after_ms AND t.epoch_ms < $before_ms AND b.is_cash = false
WITH a.id AS asked, b, max(t.epoch_ms) AS from_b
MATCH (c:Account)-[:SENT]->(u:Transfer)-[:RECEIVED_BY]->(b)
WHERE u.kind <> 'leg' AND ($purpose = '' OR u.purpose = $purpose)
  AND u.epoch_ms > $after_ms AND u.epoch_ms < from_b
WITH DISTINCT asked, c
MATCH (loan:Account)-[:SENT]->(w:Transfer)-[:RECEIVED_BY]->(c)
WHERE w.purpose = $lending AND w.epoch_ms > $after_ms AND w.epoch_ms < $before_ms
WITH DISTINCT asked, c, loan
RETURN asked, 2 AS distance, c.id AS source, count(loan) AS loans, coalesce(sum(loan.opening_fen), 0) AS lent_fen
UNION ALL
MATCH (a:Account)
WHERE a.id IN $accounts
MATCH (b:Account)-[:SENT]->(t:Transfer)-[:RECEIVED_BY]->(a)
WHERE t.kind <> 'leg' AND ($purpose = '' OR t.purpose = $purpose)
  AND t.epoch_ms > $after_ms AND t.epoch_ms < $before_ms AND b.is_cash = false
WITH a.id AS asked, b, max(t.epoch_ms) AS from_b
MATCH (c:Account)-[:SENT]->(u:Transfer)-[:RECEIVED_BY]->(b)
WHERE u.kind <> 'leg' AND ($purpose = '' OR u.purpose = $purpose)
  AND u.epoch_ms > $after_ms AND u.epoch_ms < from_b AND c.is_cash = false
WITH asked, c, max(u.epoch_ms) AS from_c
MATCH (d:Account)-[:SENT]->(v:Transfer)-[:RECEIVED_BY]->(c)
WHERE v.kind <> 'leg' AND ($purpose = '' OR v.purpose = $purpose)
  AND v.epoch_ms > $after_ms AND v.epoch_ms < from_c
WITH DISTINCT asked, d
MATCH (loan:Account)-[:SENT]->(w:Transfer)-[:RECEIVED_BY]->(d)
WHERE w.purpose = $lending AND w.epoch_ms > $after_ms AND w.epoch_ms < $before_ms
WITH DISTINCT asked, d, loan
RETURN asked, 3 AS distance, d.id AS source, count(loan) AS loans, coalesce(sum(loan.opening_fen), 0) AS lent_fen
