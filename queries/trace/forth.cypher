// One step on: the pieces that were cut from each piece, with the movement that carried them.
// Parameters: keys (of pieces).
MATCH (p:Piece)-[:BECAME]->(next:Piece)
WHERE p.key IN $keys
MATCH (t:Transfer)-[:CARRIED]->(next)
OPTIONAL MATCH (s:Transfer)-[:CARRIED]->(p)
RETURN next.key AS piece, next.fen AS fen, next.origin AS origin, t.id AS moved_by, s.id AS brought_by
