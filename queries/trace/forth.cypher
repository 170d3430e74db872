// One step on: the pieces that were cut from each piece, with the movement that carried them.
// Parameters: keys (of pieces).
UNWIND $keys AS wanted
MATCH (p:Piece {key: wanted})-[:BECAME]->(next:Piece)
MATCH (t:Transfer)-[:CARRIED]->(next)
OPTIONAL MATCH (s:Transfer)-[:CARRIED]->(p)
RETURN next.key AS piece, next.fen AS fen, next.origin AS origin, t.id AS moved_by, s.id AS brought_by
