/*
id: RH05
version: 1.0.1
status: in_force
budget_year: 2026
name: {zh: 同一人重复享受, en: Same person paid twice}
category: RH
level: {opens: yellow}
subject: payment_id
amount: {zh: 后续发放金额, en: amount of the later payment}
description:
  zh: 监测同一人同一补贴项目同一所属期的多次发放。按时间顺序，除第一笔外逐笔亮黄灯；补发、补差不计。
  en: Detects several payments of one benefit and period to one person; in time order every one but the first is reported. Supplements and corrections are left out.
innocent:
  - zh: 分两次发放的同一期补贴，合计不超过标准。
    en: One period's benefit paid in two parts that together keep to the standard.
  - zh: 第一次发放被银行退回后重发，退回未登记；或者所属期填写有误。
    en: A payment repeated after the bank returned the first and the return was not entered, or a wrong period.
basis:
  - {text: 中华人民共和国预算法, article: 第九十五条}
scope: {levels: [county, township, village], funds: [all]}
handler: {office: 主管处（室）, joint: 国库处}
needs: [payments]
optional: [projects, accounts]
parameters: {}
identity: [subject]
columns:
  benefit: {zh: 补贴项目, en: benefit}
  period: {zh: 所属期, en: period}
*/
MATCH (t:Transfer)-[:PAID_AGAIN]->(first:Transfer)
RETURN t.id AS subject, 'yellow' AS level, t.amount_fen AS amount_fen, [first.ref, t.ref] AS evidence, t.day AS day,
  t.benefit_key AS benefit, t.period_key AS period
