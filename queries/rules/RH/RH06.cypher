/*
id: RH06
version: 1.0.1
status: in_force
budget_year: 2026
name: {zh: 同户重复, en: Same household paid twice}
category: RH
level: {opens: yellow}
subject: payment_id
amount: {zh: 后续发放金额, en: amount of the later payment}
description:
  zh: 监测按户发放的补贴（补助标准中发放对象单位为户），同一户（发放日所在户）同一补贴项目同一所属期在第一笔之后又发给该户其他人的支付；补发、补差不计，没有户信息的人不计。
  en: Detects payments of a per-household benefit to another member of a household that was already paid the benefit and period; the household is that of the day. Supplements, corrections and persons without a household are left out.
innocent:
  - zh: 一户已分户，建档立卡库尚未更新。
    en: The household was divided and the register does not say so yet.
  - zh: 该补贴实际按人发放，补助标准中的发放对象单位填写有误。
    en: The benefit is in fact per person and the standard is entered wrongly.
basis:
  - {text: 中华人民共和国预算法, article: 第九十五条}
scope: {levels: [county, township, village], funds: [all]}
handler: {office: 主管处（室）, joint: 国库处}
needs: [payments, register, standards]
optional: [projects, accounts]
parameters: {}
identity: [subject]
columns:
  benefit: {zh: 补贴项目, en: benefit}
  period: {zh: 所属期, en: period}
  first_payment: {zh: 第一笔支付, en: first payment}
*/
MATCH (t:Transfer)-[:HOUSEHOLD_PAID]->(first:Transfer)
MATCH (t)-[b:BENEFITS]->(p:Party)
MATCH (p)-[:LISTED_AS]->(e:RegisterEntry) WHERE e.household = b.household
MATCH (first)-[c:BENEFITS]->(q:Party)
MATCH (q)-[:LISTED_AS]->(g:RegisterEntry) WHERE g.household = c.household
MATCH (s:Standard) WHERE s.per_household = true AND s.benefit_key = t.benefit_key
WITH t, first, collect(DISTINCT e.ref) AS own_refs, collect(DISTINCT g.ref) AS first_refs,
  collect(DISTINCT s.ref) AS standard_refs
RETURN t.id AS subject, 'yellow' AS level, t.amount_fen AS amount_fen,
  [first.ref, t.ref] + own_refs + first_refs + standard_refs AS evidence, t.day AS day,
  t.benefit_key AS benefit, t.period_key AS period, first.id AS first_payment
