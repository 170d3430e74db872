// What a holder has now, piece by piece.
// Parameters: label (Indicator or Account), key.
MATCH (p:Piece)-[:REMAINS_AT]->(i:Indicator {key: $key})
WHERE $label = 'Indicator' AND p.left_fen > 0
RETURN p.key AS piece, p.left_fen AS fen
UNION ALL
MATCH (p:Piece)-[:REMAINS_AT]->(a:Account {key: $key})
WHERE $label = 'Account' AND p.left_fen > 0
RETURN p.key AS piece, p.left_fen AS fen
