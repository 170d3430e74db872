/*
id: ZC02
version: 1.0.0
status: in_force
budget_year: 2026
name: {zh: 超指标支付, en: Paid above indicator}
category: ZC
level: {opens: red}
subject: payment_id
amount: {zh: 超出金额, en: excess}
description:
  zh: 按时间顺序监测同一指标的支付合计（扣减退款）首次超过指标金额减去已分解金额的那一笔支付。每个指标只报第一笔，之后退款也不消除。
  en: Detects, in time order, the first payment that takes what an indicator paid, less refunds, above its amount less what was split out. One finding for each indicator, even when a later refund brings the sum back.
innocent:
  - zh: 追加指标已下达但指标金额尚未更正，或者退款尚未录入。
    en: The indicator was raised and its amount is not corrected yet, or a refund is not entered.
  - zh: 支付凭证挂错指标，应由另一指标列支。
    en: The voucher names the wrong indicator.
basis:
  - {text: 长春市财政扶贫资金动态监控工作规程（长财库〔2019〕1918号）, article: 第七条（一）2, file: 001_0cce089113c317c0.txt}
scope: {levels: [central, province, city, county, township], funds: [all]}
handler: {office: 国库处, joint: 主管处（室）}
needs: [payments, indicators]
optional: []
parameters:
  tolerance: {type: money, default: 0, min: 0, unit: yuan, origin: P}
identity: [subject]
sum:
  - {plus: drawn_fen, zh: 累计支付（扣减退款）, en: "drawn, less refunds"}
  - {plus: split_fen, zh: 当日前已分解, en: split out by that day}
  - {minus: indicator_fen, zh: 指标金额, en: indicator amount}
columns:
  indicator: {zh: 指标, en: indicator}
*/
// run_fen is what was drawn, less refunds, right after the draw; out_fen what was split out by its day.
MATCH (t:Transfer)-[d:DRAWS]->(i:Indicator)
WHERE i.listed = true AND d.run_fen > i.amount_fen - d.out_fen + $tolerance_fen
WITH i, min(d.n) AS first_n
MATCH (t:Transfer)-[d:DRAWS]->(i)
WHERE d.n = first_n
WITH i, t, d.run_fen AS run_fen, d.out_fen AS out_fen, first_n
MATCH (x:Transfer)-[e:DRAWS]->(i)
WHERE e.n <= first_n
WITH i, t, run_fen, out_fen, collect(x.ref) AS draw_refs
OPTIONAL MATCH (i)-[s:SPLIT_TO]->(:Indicator) WHERE s.day <= t.day
WITH i, t, run_fen, out_fen, draw_refs, collect(s.ref) AS split_refs
OPTIONAL MATCH (r:Transfer)-[:REFUNDS]->(y:Transfer)-[:DRAWS]->(i) WHERE r.time_rank < t.time_rank
WITH i, t, run_fen, out_fen, draw_refs, split_refs, collect(r.ref) AS refund_refs
RETURN t.id AS subject, 'red' AS level, run_fen - i.amount_fen + out_fen AS amount_fen,
  [i.ref] + split_refs + draw_refs + refund_refs AS evidence, t.day AS day,
  i.id AS indicator, i.amount_fen AS indicator_fen, out_fen AS split_fen, run_fen AS drawn_fen
UNION ALL
MATCH (t:Transfer)-[d:DRAWS]->(i:Indicator)
WHERE i.listed = false AND d.n = 1
RETURN t.id AS subject, 'not_evaluated' AS level, 0 AS amount_fen,
  [t.ref] AS evidence, t.day AS day,
  i.id AS indicator, 0 AS indicator_fen, 0 AS split_fen, 0 AS drawn_fen
