/*
id: ZC03
version: 1.0.0
status: in_force
budget_year: 2026
name: {zh: 项目超批复, en: Paid above approval}
category: ZC
level: {opens: yellow}
subject: project_id
amount: {zh: 超批复金额, en: excess}
description:
  zh: 监测项目已付款（公共账户支付给非公共账户的金额，扣减退款）是否超过批复金额。没有批复金额的项目不作评价并计数。
  en: Detects projects paid more than was approved; paid is what public accounts paid to others for the project, less refunds. Projects without an approved amount are not evaluated and are counted.
innocent:
  - zh: 设计变更、价格调整已经批准，批复金额尚未更正，可登记例外金额。
    en: An approved change order or price adjustment that is not yet in the approved amount; enter an exempt amount.
  - zh: 付款凭证的项目编号录入有误，应归属其他项目。
    en: The voucher names the wrong project.
basis:
  - {text: 关于强化自治区扶贫资金使用与监管的指导意见（新扶贫领字〔2018〕76号）, article: 二（二）, file: 003_f03675b072b4c157.txt}
scope: {levels: [county, township, village], funds: [all]}
handler: {office: 主管处（室）, joint: 国库处}
needs: [payments, projects]
optional: [accounts]
parameters:
  percent: {type: int, default: 0, min: 0, max: 1000, unit: percent, origin: P}
identity: [subject]
sum:
  - {plus: paid_fen, zh: 已付款（扣减退款）, en: paid less refunds}
  - {minus: approved_fen, zh: 批复金额, en: approved amount}
exempt_amount: true
*/
MATCH (j:Project)
WHERE j.listed = true AND (j.approved_fen IS NULL OR j.paid_fen * 100 > j.approved_fen * (100 + $percent))
OPTIONAL MATCH (t:Transfer)-[f:PAYS_FOR]->(j) WHERE f.paid_fen IS NOT NULL
OPTIONAL MATCH (r:Transfer)-[:REFUNDS]->(t)
WITH j, collect(DISTINCT t.ref) AS payment_refs, collect(DISTINCT r.ref) AS refund_refs
RETURN j.id AS subject, CASE WHEN j.approved_fen IS NULL THEN 'not_evaluated' ELSE 'yellow' END AS level,
  j.paid_fen - j.approved_fen AS amount_fen, [j.ref] + payment_refs + refund_refs AS evidence,
  j.paid_fen AS paid_fen, j.approved_fen AS approved_fen
