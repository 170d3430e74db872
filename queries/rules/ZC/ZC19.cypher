/*
id: ZC19
version: 1.0.1
status: in_force
budget_year: 2026
name: {zh: 专账混用, en: Pool account misused}
category: ZC
level: {opens: red}
subject: payment_id
amount: {zh: 支付金额, en: payment amount}
description:
  zh: 监测从统筹整合专账支付，但没有对应项目、项目不存在，或者支付日项目尚未批复。银行手续费、工本费、利息不报。
  en: Detects payments from a pool account for no project, for an unknown project, or for one that was not approved on the day. Bank fees and interest are left out.
innocent:
  - zh: 付款凭证漏填项目编号，应核对专账台账。
    en: The voucher lacks the project number; check the books of the pool.
  - zh: 专账之间的合规调拨或者上缴结余，没有对应项目。
    en: A lawful transfer between pools, or surplus handed back, that is for no project.
basis:
  - {text: 关于强化自治区扶贫资金使用与监管的指导意见（新扶贫领字〔2018〕76号）, article: 二（二）, file: 003_f03675b072b4c157.txt}
scope: {levels: [county], funds: [all]}
handler: {office: 国库处, joint: 主管处（室）}
needs: [payments, accounts, projects]
optional: [events]
parameters: {}
identity: [subject]
columns:
  reason:
    zh: 情形
    en: case
    values:
      no_project: {zh: 没有对应项目, en: for no project}
      unknown_project: {zh: 项目不存在, en: project unknown}
      not_approved: {zh: 支付日项目尚未批复, en: project not approved on the day}
  project: {zh: 项目, en: project}
  approval_day: {zh: 批复日期, en: approved on}
*/
MATCH (t:Transfer)-[:UNAPPROVED]->(j:Project)
MATCH (a:Account)-[:SENT]->(t)
WHERE a.account_type = 'pool'
  AND NOT any(word IN ['手续费', '工本费', '利息', '结息'] WHERE coalesce(t.purpose_key, '') CONTAINS word)
RETURN t.id AS subject, 'red' AS level, t.amount_fen AS amount_fen, [a.ref, t.ref, j.ref] AS evidence, t.day AS day,
  CASE WHEN j.listed = false THEN 'unknown_project' ELSE 'not_approved' END AS reason, j.id AS project,
  j.approval_day AS approval_day
UNION ALL
MATCH (a:Account)-[:SENT]->(t:Transfer)
WHERE a.account_type = 'pool' AND t.kind = 'payment' AND t.is_refund = false
OPTIONAL MATCH (t)-[:PAYS_FOR]->(j:Project)
WITH a, t, j, coalesce(t.purpose_key, '') AS purpose
WHERE j.id IS NULL AND NOT any(word IN ['手续费', '工本费', '利息', '结息'] WHERE purpose CONTAINS word)
RETURN t.id AS subject, 'red' AS level, t.amount_fen AS amount_fen, [a.ref, t.ref] AS evidence, t.day AS day,
  'no_project' AS reason, j.id AS project, j.approval_day AS approval_day
