/*
id: RHX1
version: 1.0.0
status: in_force
budget_year: 2026
name: {zh: 在其他登记中的人享受, en: Paid while on record in another register}
category: RH
level: {opens: info}
subject: payment_id
amount: {zh: 发放金额, en: payment amount}
description:
  zh: 提示发放当日在本地自行增设的其他登记中的受益人，供核实；登记类别没有写明 rule 时由本规则使用。
  en: Points out household payments to persons who on the day are in a register of a class of the locality's own, for review; it uses the classes that name no other rule.
innocent:
  - zh: 在该登记中不影响享受此项补贴。
    en: Being in that register does not bar the benefit.
basis:
  - {text: 长春市财政扶贫资金动态监控工作规程（长财库〔2019〕1918号）, article: 第六条、第七条（一）2, file: 001_0cce089113c317c0.txt}
  - {text: 青海省财政扶贫资金动态监控工作实施方案（青财办字〔2018〕1085号）, article: 二（二）5, file: 002_79f51f3382b27739.txt}
scope: {levels: [county, township, village], funds: [all]}
handler: {office: 主管处（室）, joint: 纪检监察机关}
needs: [payments]
optional: [projects, accounts]
parameters: {}
identity: [subject]
columns:
  registers: {zh: 登记, en: registers}
*/
MATCH (t:Transfer)-[o:ON_RECORD]->(r:Record)
WHERE r.rule = 'RHX1' AND o.is_own = true
WITH t, collect(DISTINCT r.register) AS registers, collect(DISTINCT r.ref) AS refs
RETURN t.id AS subject, 'info' AS level, t.amount_fen AS amount_fen, [t.ref] + refs AS evidence, t.day AS day, registers

UNION ALL
MATCH (t:Transfer)-[:UNANSWERED]->(k:OtherRegister)
WHERE k.rule = 'RHX1'
WITH t, collect(DISTINCT k.id) AS registers
RETURN t.id AS subject, 'not_evaluated' AS level, t.amount_fen AS amount_fen, [t.ref] AS evidence, t.day AS day,
  registers
