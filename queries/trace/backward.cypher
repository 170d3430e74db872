// All of a backward trace of a payment, transfer or split in one statement, to paste into a browser: through
// which movements its money came, from which origin, and how many fen. Reaches 30 movements back.
// Parameters: id.
MATCH (t:Transfer {id: $id})-[:CARRIED]->(p:Piece)
MATCH (cut:Piece)-[:BECAME*0..30]->(p)
MATCH (s:Transfer)-[:CARRIED]->(cut)
RETURN s.rank AS rank, s.id AS movement, s.payer AS payer, s.payee AS payee, cut.origin AS origin,
  coalesce(sum(p.fen), 0) AS fen
ORDER BY rank, movement, origin
