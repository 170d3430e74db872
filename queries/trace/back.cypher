// One step back: the piece from which each piece was cut, with the movements that brought either.
// Parameters: keys (of pieces).
MATCH (p:Piece)
WHERE p.key IN $keys
OPTIONAL MATCH (t:Transfer)-[:CARRIED]->(p)
OPTIONAL MATCH (cut:Piece)-[:BECAME]->(p)
OPTIONAL MATCH (s:Transfer)-[:CARRIED]->(cut)
RETURN p.key AS piece, p.fen AS fen, p.origin AS origin, p.origin_kind AS origin_kind,
  t.id AS moved_by, cut.key AS parent, s.id AS brought_by
