// All of a forward trace of a payment, transfer or split in one statement, to paste into a browser: through
// which movements its money went on, from which origin, and how many fen. Reaches 30 movements on.
// Parameters: id.
MATCH (t:Transfer {id: $id})-[:CARRIED]->(p:Piece)
MATCH (p)-[:BECAME*0..30]->(later:Piece)
MATCH (s:Transfer)-[:CARRIED]->(later)
RETURN s.rank AS rank, s.id AS movement, s.payer AS payer, s.payee AS payee, later.origin AS origin,
  coalesce(sum(later.fen), 0) AS fen, coalesce(sum(later.left_fen), 0) AS left_fen
ORDER BY rank, movement, origin
