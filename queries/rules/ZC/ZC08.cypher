/*
id: ZC08
version: 1.0.1
status: in_force
budget_year: 2026
name: {zh: 资金回流闭环, en: Round trip of funds}
category: ZC
level: {opens: yellow}
subject: transfer_id
amount: {zh: 回流金额合计, en: amount that came back}
description:
  zh: 监测机关单位或村集体付出的财政资金，在规定天数和环节内又回到付款方本身的账户，或者回到与付款方有登记关系的单位账户，且回流合计达到原支付的规定比例。同一分钱只计一次。
  en: Detects fund money paid by a public or village account that, within the days and movements allowed, comes back to an account of the payer or of an organisation with a recorded relation to it, once the returned sum reaches the share of the payment. Each fen counts once.
innocent:
  - zh: 退款、质保金或保证金退还、缴税等正常返还，但摘要没有写明。
    en: An ordinary return, such as a refund, a deposit given back or a tax, whose memo does not say so.
  - zh: 收款单位与付款单位另有真实业务往来，应核对合同和发票。
    en: Payer and payee have other genuine business; check contracts and invoices.
basis:
  - {text: 财政违法行为处罚处分条例, article: 第六条、第九条}
scope: {levels: [county, township, village], funds: [all]}
handler: {office: 监督局, joint: 主管处（室）}
needs: [payments, transfers, accounts]
optional: [relations]
parameters:
  window: {type: int, default: 180, min: 0, max: 3650, unit: days, origin: P}
  hops: {type: int, default: 6, min: 2, max: 30, unit: count, origin: P}
  share: {type: int, default: 50, min: 1, max: 100, unit: percent, origin: P}
identity: [subject]
diversion:
  bounded:
    zh: 原支付付出的财政资金中，沿所列划转、在规定环节内，由所列最后的划转回到付款方一侧的部分。
    en: Of the fund money that the payment moved, what came back to the payer's side by the last movements listed, along the others and within the movements allowed.
columns:
  payment: {zh: 原支付, en: payment}
  payment_fen: {zh: 原支付金额, en: amount paid}
*/
// RETURNED leads from money of the payment to the piece that first came back of it. Pieces form a forest, so the
// way between them is unique and the fen along it are the same; whether the last movement is guarded decides if it counts.
MATCH (q:Piece)-[e:RETURNED]->(z:Piece)
MATCH (p:Transfer)-[:CARRIED]->(q)
MATCH (s:Account)-[:SENT]->(p)
MATCH (m:Transfer)-[:CARRIED]->(z)
MATCH (m)-[:RECEIVED_BY]->(b:Account)
WHERE (s.is_public = true OR s.holder_kind = 'village') AND e.hops <= $hops AND m.day - p.day <= $window
  AND coalesce(m.is_refund, false) = false
  AND NOT any(word IN ['退回', '退款', '质保金', '保证金', '税'] WHERE coalesce(e.end_purposes, '') CONTAINS word)
WITH s, b, z, p.id AS payment, p.ref AS payment_ref, p.amount_fen AS payment_fen, m.id AS last_id, m.ref AS last_ref,
  m.rank AS rank, m.day AS day, e.hops AS hops
// Why the account counts as the payer's: its own holder, or a recorded relation, which is evidence too.
OPTIONAL MATCH (s)-[:HELD_BY]->(payer:Party)
OPTIONAL MATCH (b)-[:HELD_BY]->(receiver:Party)
OPTIONAL MATCH (payer)-[r:RELATED_TO]->(receiver)
OPTIONAL MATCH (receiver)-[v:RELATED_TO]->(payer)
WITH z, payment, payment_ref, payment_fen, last_id, last_ref, rank, day, hops, s.ref AS payer_ref, b.ref AS receiver_ref,
  collect(DISTINCT r.ref) AS relation_refs, collect(DISTINCT v.ref) AS reverse_refs
MATCH way = (y:Piece)-[:BECAME*0..29]->(z)
WHERE length(way) < hops - 1
MATCH (t:Transfer)-[:CARRIED]->(y)
WITH payment, payment_ref, payment_fen, last_id, last_ref, rank, day, z.key AS piece, z.fen AS fen, payer_ref, receiver_ref,
  relation_refs, reverse_refs, collect(DISTINCT t.ref) AS transfer_refs
WITH payment, payment_ref, payment_fen, last_id, last_ref, rank, day, piece, fen,
  transfer_refs + relation_refs + reverse_refs + [payer_ref, receiver_ref] AS refs
WITH payment, payment_ref, payment_fen, coalesce(sum(fen), 0) AS returned_fen,
  collect({id: last_id, ref: last_ref, rank: rank, day: day, piece: piece, fen: fen, refs: refs}) AS lots
WHERE returned_fen * 100 >= 0 + payment_fen * $share
UNWIND lots AS x
UNWIND lots AS y
WITH payment, payment_ref, payment_fen, returned_fen, x, coalesce(sum(CASE WHEN y.rank <= x.rank THEN y.fen ELSE 0 END), 0) AS run_fen
WITH payment, payment_ref, payment_fen, returned_fen, collect(x) AS lots,
  min(CASE WHEN run_fen * 100 >= 0 + payment_fen * $share THEN x.rank ELSE null END) AS first_rank
UNWIND lots AS x
UNWIND x.refs AS ref
WITH payment, payment_ref, payment_fen, returned_fen, collect(DISTINCT ref) AS refs, collect(DISTINCT x.ref) AS end_refs,
  min(CASE WHEN x.rank = first_rank THEN x.id ELSE null END) AS reached_by,
  min(CASE WHEN x.rank = first_rank THEN x.day ELSE null END) AS reached_day
RETURN reached_by AS subject, 'yellow' AS level, returned_fen AS amount_fen, [payment_ref] + refs AS evidence, reached_day AS day,
  payment, payment_fen, [payment_ref] AS begin_refs, end_refs, 0 + $hops - 1 AS within_movements
