/*
id: RH14
version: 1.0.2
status: in_force
budget_year: 2026
name: {zh: 应享未享, en: Entitled and unpaid}
category: RH
level: {opens: yellow}
subject: person_id
amount: {zh: 各期补助标准之和, en: sum of the standards of the periods}
description:
  zh: 监测人人应享的补贴（补助标准中享受范围为全部），所属期结束满规定天数后，本村已有建档立卡人口领取、而整期在库且期末健在的人（按户发放的为整户）没有领取的情形。按户发放的只报一人：在应享成员中取户主，否则取身份证号最小者。
  en: Detects persons in the register throughout a period and alive at its end who were not paid a benefit to which all are entitled, though somebody of their village was, once so many days have passed; of a per-household benefit one entitled member stands for the unpaid household, the head or else the smallest ID number.
innocent:
  - zh: 本人放弃或者已由其他政策保障，放弃申请未登记为例外。
    en: The person declined or is covered elsewhere, and that was not entered as an exemption.
  - zh: 补贴发给了同户成员或者身份证号登记有误。
    en: The benefit was paid to another member of the household, or under a wrong ID number.
  - zh: 该补贴实际另有条件，享受范围填写有误。
    en: The benefit in fact has further conditions and the standard is entered wrongly.
basis:
  - {text: 长春市财政扶贫资金动态监控工作规程（长财库〔2019〕1918号）, article: 第七条（一）2, file: 001_0cce089113c317c0.txt}
scope: {levels: [county, township, village], funds: [all]}
handler: {office: 主管处（室）, joint: 扶贫主管部门}
needs: [payments, register, standards]
optional: [projects, accounts]
parameters:
  grace: {type: int, default: 30, min: 0, max: 3650, unit: days, origin: P}
identity: [subject]
columns:
  benefit: {zh: 补贴项目, en: benefit}
  periods: {zh: 未领取期数, en: periods unpaid}
  first_period: {zh: 最早所属期, en: first period}
  last_period: {zh: 最晚所属期, en: last period}
*/
// A person may lack years of payments: the register row and the payment in the village of the first period are
// evidence, and the standards of the first and last entitlement by name and period; the sum says the rest. Lists per
// person would fill the store's memory.
MATCH (p:Party)-[l:LACKS]->(e:Entitlement) WHERE e.last_day + $grace < $as_of_day
WITH p.key AS person, p.id AS id, CASE WHEN l.paid_ref IS NULL THEN 'not_evaluated' ELSE 'yellow' END AS level,
  coalesce(sum(e.amount_fen), 0) AS standard_fen, min(CASE WHEN l.is_first THEN l.ref ELSE null END) AS register_ref,
  min(CASE WHEN l.is_first THEN l.paid_ref ELSE null END) AS paid_ref, min(e.key) AS first_key, max(e.key) AS last_key,
  min(e.benefit_key) AS first_benefit, max(e.benefit_key) AS last_benefit, count(e.key) AS periods,
  min(e.period_key) AS first_period, max(e.period_key) AS last_period
MATCH (a:Entitlement) WHERE a.key = first_key
MATCH (z:Entitlement) WHERE z.key = last_key
RETURN id AS subject, level, standard_fen AS amount_fen, [a.ref, z.ref, register_ref, paid_ref] AS evidence,
  CASE WHEN first_benefit = last_benefit THEN [first_benefit] ELSE [first_benefit, last_benefit] END AS benefit,
  periods, first_period, last_period
