// The pieces that were born at a holder or ever reached it.
// Parameters: label (Indicator or Account), key, name (of the holder).
MATCH (p:Piece)-[:BORN_AT]->(i:Indicator {key: $key})
WHERE $label = 'Indicator'
RETURN p.key AS piece, true AS born
UNION ALL
MATCH (p:Piece)-[:BORN_AT]->(a:Account {key: $key})
WHERE $label = 'Account'
RETURN p.key AS piece, true AS born
UNION ALL
MATCH (t:Transfer)-[:CARRIED]->(p:Piece)
WHERE t.payee = $name
RETURN p.key AS piece, false AS born
