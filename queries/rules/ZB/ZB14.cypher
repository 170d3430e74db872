/*
id: ZB14
version: 1.0.0
status: in_force
budget_year: 2026
name: {zh: 资金闲置, en: Idle funds}
category: ZB
level: {opens: yellow, also: [red]}
subject: holder
amount: {zh: 该档的闲置金额, en: idle amount in the bracket}
description:
  zh: 监测停留在指标上，或停留在机关单位、村集体的财政专户、统筹整合专账、单位账户上的财政资金。自到达之日起满一年亮黄灯，满两年亮红灯；按资金逐笔到达的先后计算账龄。
  en: Detects fund money that stays on an indicator, or on a special, pool or unit account of an agency or village; yellow from one year after it arrived there, red from two. The age is that of each arrival still there.
innocent:
  - zh: 属于质保金、司法冻结、灾害停工或按合同分期支付的款项，可登记例外事项并注明截止日期。
    en: Retention money, a court freeze, a stop after a disaster or instalments under contract; enter an exemption with its last day.
  - zh: 银行流水导入不全，支出没有录入，余额被高估。
    en: The bank statement is incomplete, so that what was paid on is missing and the balance looks too high.
basis:
  - {text: 民和县财政扶贫资金动态监控工作实施方案（民财〔2018〕403号）, article: 一（二）, file: 000_0449071ebc8d3f42.txt}
  - {text: 中华人民共和国预算法, article: 第四十二条}
scope: {levels: [central, province, city, county, township, village], funds: [all]}
handler: {office: 主管处（室）, joint: 国库处}
needs: [indicators, payments]
optional: [splits, accounts, transfers]
parameters:
  years: {type: int, default: 1, min: 1, max: 50, unit: years, origin: C}
  red_years: {type: int, default: 2, min: 1, max: 50, unit: years, origin: C}
identity: [subject]
columns:
  holder_kind: {zh: 持有者, en: holder, values: {indicator: {zh: 指标, en: indicator}, account: {zh: 账户, en: account}}}
  oldest_day: {zh: 最早到达, en: oldest arrival}
  idle_fen: {zh: 满一档年限的金额, en: idle for the yellow bracket}
  long_idle_fen: {zh: 满红灯年限的金额, en: idle for the red bracket}
exempt_amount: true
*/
// Both brackets are inclusive: a day belongs to one when its anniversary is on or before the as-of day.
MATCH (p:Piece)-[:REMAINS_AT]->(i:Indicator)
WHERE p.is_fund = true AND p.left_fen > 0
OPTIONAL MATCH (t:Transfer)-[:CARRIED]->(p)
WITH i.id AS subject, coalesce(t.ref, i.ref) AS ref, p.arrived_day AS arrived_day, p.left_fen AS left_fen
WITH subject, min(arrived_day) AS oldest_day, collect(DISTINCT CASE WHEN arrived_day <= $years_cutoff_day OR arrived_day <= $red_years_cutoff_day THEN ref ELSE null END) AS evidence,
  coalesce(sum(CASE WHEN arrived_day <= $years_cutoff_day THEN left_fen ELSE 0 END), 0) AS idle_fen,
  coalesce(sum(CASE WHEN arrived_day <= $red_years_cutoff_day THEN left_fen ELSE 0 END), 0) AS long_idle_fen
WHERE idle_fen > 0 OR long_idle_fen > 0
RETURN subject, CASE WHEN long_idle_fen > 0 THEN 'red' ELSE 'yellow' END AS level,
  CASE WHEN long_idle_fen > 0 THEN long_idle_fen ELSE idle_fen END AS amount_fen, evidence,
  'indicator' AS holder_kind, oldest_day, idle_fen, long_idle_fen
UNION ALL
MATCH (p:Piece)-[:REMAINS_AT]->(a:Account)
WHERE $has_transfers = true AND p.is_fund = true AND p.left_fen > 0
  AND a.account_type IN ['special', 'pool', 'unit'] AND a.holder_kind IN ['agency', 'village']
OPTIONAL MATCH (t:Transfer)-[:CARRIED]->(p)
WITH a.id AS subject, coalesce(t.ref, a.ref) AS ref, p.arrived_day AS arrived_day, p.left_fen AS left_fen
WITH subject, min(arrived_day) AS oldest_day, collect(DISTINCT CASE WHEN arrived_day <= $years_cutoff_day OR arrived_day <= $red_years_cutoff_day THEN ref ELSE null END) AS evidence,
  coalesce(sum(CASE WHEN arrived_day <= $years_cutoff_day THEN left_fen ELSE 0 END), 0) AS idle_fen,
  coalesce(sum(CASE WHEN arrived_day <= $red_years_cutoff_day THEN left_fen ELSE 0 END), 0) AS long_idle_fen
WHERE idle_fen > 0 OR long_idle_fen > 0
RETURN subject, CASE WHEN long_idle_fen > 0 THEN 'red' ELSE 'yellow' END AS level,
  CASE WHEN long_idle_fen > 0 THEN long_idle_fen ELSE idle_fen END AS amount_fen, evidence,
  'account' AS holder_kind, oldest_day, idle_fen, long_idle_fen
