/*
id: ZC18
version: 1.0.0
status: in_force
budget_year: 2026
name: {zh: 完工结余未清理, en: Surplus not cleared after acceptance}
category: ZC
level: {opens: bell, at_expiry: yellow, also: [red]}
subject: project_id
amount: {zh: 结余金额, en: surplus}
description:
  zh: 监测已验收项目的安排资金减去已付款后的结余。验收满规定天数亮警铃，逾期仍有结余的转黄灯；结余清理后不再报。
  en: Detects money arranged for an accepted project and not paid. A bell rings some days after acceptance and the light turns yellow when the surplus is still there after the deadline; once it is gone nothing is reported.
innocent:
  - zh: 按合同预留的质保金，可登记例外金额。
    en: Retention money kept by contract; enter an exempt amount.
  - zh: 竣工决算审计未完成，尾款按规定暂缓支付。
    en: The final audit is not finished and the last payment waits for it.
basis:
  - {text: 关于强化自治区扶贫资金使用与监管的指导意见（新扶贫领字〔2018〕76号）, article: 二（三）, file: 003_f03675b072b4c157.txt}
scope: {levels: [county, township, village], funds: [all]}
handler: {office: 主管处（室）, joint: 国库处}
needs: [projects, project_funds, payments]
optional: [accounts]
parameters:
  bell_after: {type: int, default: 30, min: 0, max: 3650, unit: days, origin: P}
  n: {type: int, default: 90, min: 0, max: 3650, unit: days, origin: P}
  red_after: {type: int, default: null, min: 0, max: 3650, unit: days, origin: P}
identity: [subject]
sum:
  - {plus: arranged_fen, zh: 已安排资金, en: arranged}
  - {minus: paid_fen, zh: 已付款（扣减退款）, en: paid less refunds}
exempt_amount: true
columns:
  accepted_day: {zh: 验收日期, en: accepted on}
*/
MATCH (j:Project)
WHERE j.listed = true AND j.arranged_fen > j.paid_fen
WITH j, CASE
  WHEN $as_of_day > j.accepted_day + $red_after THEN 'red'
  WHEN $as_of_day > j.accepted_day + $n THEN 'yellow'
  WHEN $as_of_day >= j.accepted_day + $bell_after THEN 'bell'
  ELSE '' END AS level
WHERE level <> ''
OPTIONAL MATCH (:Indicator)-[a:FINANCES]->(j)
WITH j, level, collect(a.ref) AS arranged_refs
OPTIONAL MATCH (t:Transfer)-[f:PAYS_FOR]->(j) WHERE f.paid_fen IS NOT NULL
OPTIONAL MATCH (r:Transfer)-[:REFUNDS]->(t)
WITH j, level, arranged_refs, collect(DISTINCT t.ref) AS payment_refs, collect(DISTINCT r.ref) AS refund_refs
RETURN j.id AS subject, level, j.arranged_fen - j.paid_fen AS amount_fen,
  [j.ref] + arranged_refs + payment_refs + refund_refs AS evidence,
  j.arranged_fen AS arranged_fen, j.paid_fen AS paid_fen, j.accepted_day AS accepted_day
