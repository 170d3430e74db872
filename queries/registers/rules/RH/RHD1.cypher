/*
id: RHD1
version: 1.0.0
status: in_force
budget_year: 2026
name: {zh: 死亡登记后发放, en: Paid after death by the register of deaths}
category: RH
level: {opens: yellow}
subject: payment_id
amount: {zh: 发放金额, en: payment amount}
description:
  zh: 监测死亡登记中的人在死亡月份（加宽限月数）之后领取的到人到户发放；建档立卡库已载明死亡的由 RH04 监测，不重复。
  en: Detects household payments to persons in the register of deaths in a month after the month of death, plus the months of grace. Where the register of people itself says so, RH04 finds it and this rule does not.
innocent:
  - zh: 死亡登记的身份证号有误，本人健在。
    en: The death was recorded under a wrong ID number and the person is alive.
  - zh: 属于丧葬费、抚恤金、遗属补助或补发生前应得款项，但用途没有写明。
    en: A funeral, survivor's or arrears payment whose use does not say so.
basis:
  - {text: 长春市财政扶贫资金动态监控工作规程（长财库〔2019〕1918号）, article: 第六条、第七条（一）2, file: 001_0cce089113c317c0.txt}
  - {text: 青海省财政扶贫资金动态监控工作实施方案（青财办字〔2018〕1085号）, article: 二（二）5, file: 002_79f51f3382b27739.txt}
  - {text: 中华人民共和国预算法, article: 第九十五条（二）}
scope: {levels: [county, township, village], funds: [all]}
handler: {office: 主管处（室）, joint: 民政部门}
needs: [payments]
optional: [projects, accounts, register]
parameters:
  grace_months: {type: int, default: 0, min: 0, max: 600, unit: months, origin: P, follows: RH04.grace_months}
identity: [subject]
columns:
  died_day: {zh: 死亡日期, en: died on}
*/
MATCH (t:Transfer)-[o:ON_RECORD]->(r:Record)
WHERE r.rule = 'RHD1' AND o.is_own = true AND t.month > r.from_month + $grace_months
  AND NOT any(word IN ['丧葬', '抚恤', '遗属', '补发'] WHERE coalesce(t.purpose_key, '') CONTAINS word OR coalesce(t.benefit_key, '') CONTAINS word)
  AND NOT EXISTS { MATCH (t)-[:BENEFITS]->(:Party)-[:LISTED_AS]->(e:RegisterEntry) WHERE t.month > e.died_month + $grace_months }
WITH t, min(r.from_day) AS died_day, collect(DISTINCT r.ref) AS refs
RETURN t.id AS subject, 'yellow' AS level, t.amount_fen AS amount_fen, [t.ref] + refs AS evidence, t.day AS day,
  died_day

UNION ALL
MATCH (t:Transfer)-[:UNANSWERED]->(k:OtherRegister)
WHERE k.rule = 'RHD1'
WITH t, collect(DISTINCT k.id) AS registers
RETURN t.id AS subject, 'not_evaluated' AS level, t.amount_fen AS amount_fen, [t.ref] AS evidence, t.day AS day,
  t.day AS died_day
