/*
id: ZC24
version: 1.0.0
status: in_force
budget_year: 2026
name: {zh: 到账未拨, en: Received and not paid on}
category: ZC
level: {opens: yellow}
subject: account_no
amount: {zh: 滞留金额, en: amount held}
description:
  zh: 监测机关单位的单位账户、财政专户上，到账超过规定天数仍未拨付的财政资金。每笔资金的到账日逐笔计算。
  en: Detects fund money on unit and special accounts of agencies that arrived more than the days allowed ago and is still there. Each arrival has its own day.
innocent:
  - zh: 项目按合同和进度分期支付，尾款或质保金尚未到付款条件，可登记例外金额。
    en: The project is paid by contract and progress, and the rest is not due yet; enter an exempt amount.
  - zh: 银行流水导入不全，拨付没有录入，余额被高估。
    en: The bank statement is incomplete, so that what was paid on is missing and the balance looks too high.
basis:
  - {text: 财政违法行为处罚处分条例, article: 第六条（三）}
scope: {levels: [county, township], funds: [all]}
handler: {office: 主管处（室）, joint: 国库处}
needs: [payments, accounts, indicators, transfers]
optional: []
parameters:
  n: {type: int, default: 30, min: 0, max: 36500, unit: days, origin: P}
identity: [subject]
columns:
  oldest_day: {zh: 最早到账, en: oldest arrival}
exempt_amount: true
*/
MATCH (p:Piece)-[:REMAINS_AT]->(a:Account)
WHERE a.account_type IN ['unit', 'special'] AND a.holder_kind = 'agency' AND p.is_fund = true
  AND p.left_fen > 0 AND p.arrived_day + $n < $as_of_day
MATCH (t:Transfer)-[:CARRIED]->(p)
WITH a, min(p.arrived_day) AS oldest_day, coalesce(sum(p.left_fen), 0) AS held_fen, collect(DISTINCT t.ref) AS refs
RETURN a.id AS subject, 'yellow' AS level, held_fen AS amount_fen, [a.ref] + refs AS evidence, oldest_day
