/*
id: ZB15
version: 1.0.0
status: in_force
budget_year: 2026
name: {zh: 结转超两年未收回, en: Carry-over beyond two years}
category: ZB
level: {opens: red}
subject: indicator_id
amount: {zh: 未支出金额, en: unpaid amount}
description:
  zh: 监测下达年度的次年年底仍未支出的指标余额，应作为结余资金收回预算。以次年12月31日为准，以后再支付的不消除。
  en: Detects money of an indicator that was neither passed on nor paid by the end of the year after that of issue, and so must go back to the budget. The state on that 31 December counts; later payment does not close it.
innocent:
  - zh: 经批准继续使用的结转资金、质保金或司法冻结款，可登记例外事项并注明金额。
    en: Carry-over that may be used on by approval, retention money or a court freeze; enter an exemption with its amount.
  - zh: 余额已由财政收回，收回没有录为指标追减。
    en: The treasury has taken the rest back and the cut is not entered.
basis:
  - {text: 中华人民共和国预算法, article: 第四十二条}
  - {text: 中华人民共和国预算法实施条例, article: 第五十条}
scope: {levels: [central, province, city, county, township], funds: [all]}
handler: {office: 国库处, joint: 主管处（室）}
needs: [indicators, payments]
optional: [splits, accounts]
parameters: {}
identity: [subject]
sum:
  - {plus: indicator_fen, zh: 指标金额, en: indicator amount}
  - {minus: split_fen, zh: 届时已分解, en: split out by then}
  - {minus: drawn_fen, zh: 届时已支付（扣除退款）, en: "paid by then, less refunds"}
columns:
  lapse_day: {zh: 次年年底, en: end of the year after}
exempt_amount: true
*/
MATCH (i:Indicator)
WHERE i.listed = true AND $as_of_day > i.lapse_day AND i.amount_fen - i.lapse_out_fen - i.lapse_drawn_fen > 0
OPTIONAL MATCH (i)-[s:SPLIT_TO]->(:Indicator) WHERE s.day <= i.lapse_day
WITH i, collect(s.ref) AS split_refs
OPTIONAL MATCH (t:Transfer)-[:DRAWS]->(i) WHERE t.day <= i.lapse_day
WITH i, split_refs, collect(t.ref) AS draw_refs
OPTIONAL MATCH (r:Transfer)-[:REFUNDS]->(:Transfer)-[:DRAWS]->(i) WHERE r.day <= i.lapse_day
WITH i, split_refs, draw_refs, collect(r.ref) AS refund_refs
RETURN i.id AS subject, 'red' AS level, i.amount_fen - i.lapse_out_fen - i.lapse_drawn_fen AS amount_fen,
  [i.ref] + split_refs + draw_refs + refund_refs AS evidence,
  i.amount_fen AS indicator_fen, i.lapse_out_fen AS split_fen, i.lapse_drawn_fen AS drawn_fen, i.lapse_day AS lapse_day
