/*
id: RH01
version: 1.0.1
status: in_force
budget_year: 2026
name: {zh: 发放对象不在建档立卡库, en: Payee not in the register}
category: RH
level: {opens: yellow}
subject: payment_id
amount: {zh: 发放金额, en: payment amount}
description:
  zh: 监测限定发给建档立卡人口的资金，其到人到户发放对象在发放日之前从未纳入建档立卡库，或者在发放日之后才纳入。身份证号本身有误的由 RH03 反映；已退出的由 RH13 反映。
  en: Detects household payments from register-only funds to persons who never entered the register or entered it after the payment. Invalid ID numbers belong to RH03, ended entries to RH13.
innocent:
  - zh: 户主代领家庭成员的补助，登记的是户主身份证号。
    en: The head of household drew for a member and the head's ID number was entered.
  - zh: 建档立卡库导出日期较早，新识别对象尚未更新；或者该资金实际不限建档立卡户。
    en: The register was exported earlier and lacks new entries, or the fund is in fact not limited to the register.
basis:
  - {text: 长春市财政扶贫资金动态监控工作规程（长财库〔2019〕1918号）, article: 第七条（一）2, file: 001_0cce089113c317c0.txt}
scope: {levels: [county, township, village], funds: [限建档立卡]}
handler: {office: 主管处（室）, joint: 扶贫主管部门}
needs: [payments, register, funds, indicators]
optional: [projects, project_funds, accounts]
parameters: {}
identity: [subject]
columns:
  fund: {zh: 资金, en: fund}
  registered_day: {zh: 纳入日期, en: registered on}
*/
// register_state is none where no row of the person had begun by the day of the payment.
MATCH (f:Fund)<-[:SPENDS]-(t:Transfer)-[b:BENEFITS]->(p:Party)
WHERE b.register_state = 'none' AND f.register_only = true AND t.is_household_payment = true AND t.beneficiary_problem IS NULL
OPTIONAL MATCH (p)-[:LISTED_AS]->(later:RegisterEntry)
// A fund may stand in the catalogue once per level: it is still one payment.
WITH t, min(later.from_day) AS registered_day, collect(DISTINCT later.ref) AS later_refs,
  collect(DISTINCT f.ref) AS fund_refs, collect(DISTINCT f.name) AS fund
RETURN t.id AS subject, 'yellow' AS level, t.amount_fen AS amount_fen, fund_refs + [t.ref] + later_refs AS evidence,
  t.day AS day, fund, registered_day
