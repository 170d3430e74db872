/*
id: RH13
version: 1.0.0
status: in_force
budget_year: 2026
name: {zh: 已退出后发放, en: Paid after leaving the register}
category: RH
level: {opens: yellow}
subject: payment_id
amount: {zh: 发放金额, en: payment amount}
description:
  zh: 监测限定发给建档立卡人口的资金，其受益人在发放日之前曾纳入建档立卡库、但各条记录均已在发放日之前退出的到人到户发放；退出当日仍算在库。属于死亡后发放的由 RH04 反映。
  en: Detects household payments from register-only funds to persons all of whose register rows that had begun had ended before the day of payment; the last day still counts. Payments after death belong to RH04.
innocent:
  - zh: 脱贫不脱政策，过渡期内继续享受，该资金实际不限在库人口。
    en: Support goes on after leaving poverty, and the fund is in fact not limited to those in the register.
  - zh: 补发退出之前应得的补助，用途没有写明。
    en: Arrears for the time before the exit that the use does not name.
basis:
  - {text: 长春市财政扶贫资金动态监控工作规程（长财库〔2019〕1918号）, article: 第七条（一）2, file: 001_0cce089113c317c0.txt}
scope: {levels: [county, township, village], funds: [限建档立卡]}
handler: {office: 主管处（室）, joint: 扶贫主管部门}
needs: [payments, register, funds, indicators]
optional: [projects, project_funds, accounts]
parameters:
  grace_months: {type: int, default: 0, min: 0, max: 600, unit: months, origin: P, follows: RH04.grace_months}
identity: [subject]
columns:
  fund: {zh: 资金, en: fund}
  ended_day: {zh: 退出日期, en: last day in the register}
*/
MATCH (t:Transfer)-[b:BENEFITS]->(p:Party) WHERE b.register_state = 'ended'
MATCH (t)-[:SPENDS]->(f:Fund) WHERE f.register_only = true
MATCH (p)-[:LISTED_AS]->(e:RegisterEntry) WHERE e.from_day <= t.day
// Not where RH04 opens.
  AND (any(word IN ['丧葬', '抚恤', '遗属', '补发'] WHERE coalesce(t.purpose_key, '') CONTAINS word OR coalesce(t.benefit_key, '') CONTAINS word)
    OR NOT EXISTS { MATCH (p)-[:LISTED_AS]->(dead:RegisterEntry) WHERE t.month > dead.died_month + $grace_months })
WITH t, max(e.to_day) AS ended_day, collect(DISTINCT e.ref) AS register_refs, collect(DISTINCT f.ref) AS fund_refs,
  collect(DISTINCT f.name) AS fund
RETURN t.id AS subject, 'yellow' AS level, t.amount_fen AS amount_fen, fund_refs + [t.ref] + register_refs AS evidence,
  t.day AS day, fund, ended_day
