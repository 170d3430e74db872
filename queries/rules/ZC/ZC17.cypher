/*
id: ZC17
version: 1.0.1
status: in_force
budget_year: 2026
name: {zh: 未按进度付款, en: Paid ahead of progress}
category: ZC
level: {opens: yellow}
subject: project_id
amount: {zh: 超进度付款, en: amount ahead}
description:
  zh: 监测项目已付款占批复金额的比例是否超过形象进度达到规定的百分点以上。已验收的项目进度按百分之百计；没有批复金额或进度的项目不作评价并计数。
  en: Detects projects whose paid share of the approved amount is ahead of physical progress by more than the points allowed. Accepted projects count as finished; projects without approved amount or progress are not evaluated and are counted.
innocent:
  - zh: 合同约定的预付款、材料款比例较高。
    en: The contract provides for a large advance or for material.
  - zh: 形象进度登记滞后，应核对监理报告。
    en: Progress was entered late; check the supervisor's report.
basis:
  - {text: 关于强化自治区扶贫资金使用与监管的指导意见（新扶贫领字〔2018〕76号）, article: 二（三）, file: 003_f03675b072b4c157.txt}
scope: {levels: [county, township, village], funds: [all]}
handler: {office: 主管处（室）, joint: 国库处}
needs: [payments, projects]
optional: [accounts]
parameters:
  points: {type: int, default: 20, min: 0, max: 100, unit: percent, origin: P}
identity: [subject]
sum:
  - {plus: paid_fen, zh: 已付款（扣减退款）, en: paid less refunds}
  - {minus: progress_fen, zh: 按进度应付, en: due by progress}
columns:
  approved_fen: {zh: 批复金额, en: approved amount}
*/
// progress_percent_fen is the approved amount times the percent of progress, in hundredths of a fen, rounded down.
MATCH (j:Project)
WHERE j.listed = true AND (j.approved_fen IS NULL OR j.approved_fen > 0 AND j.progress_percent_fen IS NULL)
RETURN j.id AS subject, 'not_evaluated' AS level, j.paid_fen - j.progress_fen AS amount_fen, [j.ref] AS evidence,
  j.paid_fen AS paid_fen, j.progress_fen AS progress_fen, j.approved_fen AS approved_fen
UNION ALL
MATCH (t:Transfer)-[f:PAYS_FOR]->(j:Project)
WHERE j.listed = true AND j.approved_fen > 0 AND f.paid_fen IS NOT NULL
  AND j.paid_fen * 100 - j.approved_fen * $points > j.progress_percent_fen
OPTIONAL MATCH (r:Transfer)-[:REFUNDS]->(t)
WITH j, collect(DISTINCT t.ref) AS payment_refs, collect(DISTINCT r.ref) AS refund_refs
RETURN j.id AS subject, 'yellow' AS level, j.paid_fen - j.progress_fen AS amount_fen, [j.ref] + payment_refs + refund_refs AS evidence,
  j.paid_fen AS paid_fen, j.progress_fen AS progress_fen, j.approved_fen AS approved_fen
