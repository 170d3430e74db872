/*
id: RH02
version: 1.0.0
status: in_force
budget_year: 2026
name: {zh: 姓名与身份证号不符, en: Name and ID differ}
category: RH
level: {opens: yellow}
subject: payment_id
amount: {zh: 发放金额, en: payment amount}
description:
  zh: 监测受益人身份证号在建档立卡库中有登记，但发放姓名与库中该号码的任何一个姓名都不相同的到人到户发放。异体字、间隔号和空格不计；姓名为空的不计。
  en: Detects household payments whose ID number is in the register, but under none of the names there is the payment's. Variant characters, dots and blanks do not count; an empty name is left out.
innocent:
  - zh: 曾用名、更名后户口簿已变更而建档立卡库未更新，或者少数民族姓名译写不同。
    en: A former name, a change of name that the register has not taken over, or a name transcribed in another way.
  - zh: 户主或监护人代领，姓名栏填写了代领人。
    en: Head of household or guardian drew the money and was entered as the name.
basis:
  - {text: 长春市财政扶贫资金动态监控工作规程（长财库〔2019〕1918号）, article: 第七条（一）2, file: 001_0cce089113c317c0.txt}
scope: {levels: [county, township, village], funds: [all]}
handler: {office: 主管处（室）, joint: 扶贫主管部门}
needs: [payments, register]
optional: [projects, accounts]
parameters: {}
identity: [subject]
columns:
  registered_name: {zh: 库中姓名（比较用）, en: names in the register as compared}
*/
MATCH (t:Transfer)-[b:BENEFITS]->(p:Party) WHERE b.name_in_register = false
MATCH (p)-[:LISTED_AS]->(e:RegisterEntry)
WITH t, collect(DISTINCT e.ref) AS register_refs, collect(DISTINCT e.name_key) AS registered_name
RETURN t.id AS subject, 'yellow' AS level, t.amount_fen AS amount_fen, [t.ref] + register_refs AS evidence, t.day AS day,
  registered_name
