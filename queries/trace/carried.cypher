// The pieces of one movement; they add up to it.
// Parameters: key (of the Transfer).
MATCH (t:Transfer {key: $key})-[:CARRIED]->(p:Piece)
RETURN p.key AS piece, p.fen AS fen
