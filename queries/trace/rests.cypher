// Who still has something of each piece, and how much.
// Parameters: keys (of pieces).
MATCH (p:Piece)-[:REMAINS_AT]->(i:Indicator)
WHERE p.key IN $keys AND p.left_fen > 0
RETURN i.id AS holder, 'indicator' AS kind, p.left_fen AS fen
UNION ALL
MATCH (p:Piece)-[:REMAINS_AT]->(a:Account)
WHERE p.key IN $keys AND p.left_fen > 0
RETURN a.id AS holder, CASE WHEN a.is_cash = true THEN 'cash' ELSE 'account' END AS kind, p.left_fen AS fen
