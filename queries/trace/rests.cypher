// Who still has something of each piece, and how much.
// Parameters: keys (of pieces).
UNWIND $keys AS wanted
MATCH (p:Piece {key: wanted})-[:REMAINS_AT]->(i:Indicator)
WHERE p.left_fen > 0
RETURN i.id AS holder, 'indicator' AS kind, p.left_fen AS fen
UNION ALL
UNWIND $keys AS wanted
MATCH (p:Piece {key: wanted})-[:REMAINS_AT]->(a:Account)
WHERE p.left_fen > 0
RETURN a.id AS holder, CASE WHEN a.is_cash = true THEN 'cash' ELSE 'account' END AS kind, p.left_fen AS fen
