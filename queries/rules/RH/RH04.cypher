/*
id: RH04
version: 1.0.1
status: in_force
budget_year: 2026
name: {zh: 死亡后发放, en: Paid after death}
category: RH
level: {opens: yellow}
subject: payment_id
amount: {zh: 发放金额, en: payment amount}
description:
  zh: 监测发放月份晚于受益人死亡月份（加宽限月数）的到人到户发放。
  en: Detects household payments in a month after the month in which the person died, plus the months of grace.
innocent:
  - zh: 属于丧葬费、抚恤金、遗属补助或补发生前应得款项，但用途没有写明。
    en: A funeral, survivor's or arrears payment whose use does not say so.
  - zh: 死亡登记的身份证号有误，本人健在。
    en: The death was recorded under a wrong ID number and the person is alive.
basis:
  - {text: 中华人民共和国预算法, article: 第九十五条（二）}
scope: {levels: [county, township, village], funds: [all]}
handler: {office: 主管处（室）, joint: 民政部门}
needs: [payments, register]
optional: [projects, accounts]
parameters:
  grace_months: {type: int, default: 0, min: 0, max: 600, unit: months, origin: P}
identity: [subject]
columns:
  died_day: {zh: 死亡日期, en: died on}
*/
MATCH (t:Transfer)-[:BENEFITS]->(:Party)-[:LISTED_AS]->(e:RegisterEntry)
WHERE e.died_month IS NOT NULL AND t.month > e.died_month + $grace_months
  AND NOT any(word IN ['丧葬', '抚恤', '遗属', '补发'] WHERE coalesce(t.purpose_key, '') CONTAINS word OR coalesce(t.benefit_key, '') CONTAINS word)
WITH t, min(e.died_day) AS died_day, collect(DISTINCT e.ref) AS register_refs
RETURN t.id AS subject, 'yellow' AS level, t.amount_fen AS amount_fen, [t.ref] + register_refs AS evidence, t.day AS day,
  died_day
