/*
id: ZC04
version: 1.0.1
status: in_force
budget_year: 2026
name: {zh: 未经批复项目支付, en: Payment to unapproved project}
category: ZC
level: {opens: red}
subject: payment_id
amount: {zh: 支付金额, en: payment amount}
description:
  zh: 监测支付所对应的项目不存在、没有批复，或者支付日早于批复日。
  en: Detects payments for a project that is unknown, has no approval, or was approved after the day of payment.
innocent:
  - zh: 项目按批次批复，会议纪要号已有但批复日期未录入。
    en: The project was approved in a batch; the minutes' number is there and the date was not entered.
  - zh: 支付凭证的项目编号录入有误。
    en: The project number on the voucher is mistyped.
basis:
  - {text: 关于强化自治区扶贫资金使用与监管的指导意见（新扶贫领字〔2018〕76号）, article: 二（二）, file: 003_f03675b072b4c157.txt}
scope: {levels: [county, township, village], funds: [all]}
handler: {office: 主管处（室）, joint: 国库处}
needs: [payments, projects]
optional: []
parameters: {}
identity: [subject]
columns:
  reason:
    zh: 情形
    en: case
    values:
      unknown_project: {zh: 项目不存在, en: project unknown}
      not_approved: {zh: 项目没有批复, en: project not approved}
      before_approval: {zh: 支付早于批复, en: paid before approval}
  project: {zh: 项目, en: project}
  approval_day: {zh: 批复日期, en: approved on}
*/
MATCH (t:Transfer)-[:UNAPPROVED]->(j:Project)
RETURN t.id AS subject, 'red' AS level, t.amount_fen AS amount_fen, [j.ref, t.ref] AS evidence, t.day AS day,
  CASE WHEN j.listed = false THEN 'unknown_project' WHEN j.approval_day IS NULL THEN 'not_approved' ELSE 'before_approval' END AS reason,
  j.id AS project, j.approval_day AS approval_day
