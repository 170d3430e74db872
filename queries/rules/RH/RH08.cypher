/*
id: RH08
version: 1.0.1
status: in_force
budget_year: 2026
name: {zh: 多人共用一账户, en: Account shared by many}
category: RH
level: {opens: yellow}
subject: account_no
amount: {zh: 该账户收到的到人到户资金, en: household payments into the account}
description:
  zh: 监测同一收款账户（清算账户除外）收到多人、多户的到人到户资金，人数和户数均达到规定下限。没有户信息的人按单独一户计。
  en: Detects an account, other than a clearing account, that receives household payments of at least so many persons of at least so many households; a person without a household counts as one of his own.
innocent:
  - zh: 经批准的村集体代发账户、养老机构代管账户或监护人账户，可登记例外事项。
    en: An approved paying account of a village, a care home's account or a guardian's; enter an exemption.
  - zh: 三代同堂分户登记，共用户主账户。
    en: One family registered as several households that shares the head's account.
basis:
  - {text: 长春市财政扶贫资金动态监控工作规程（长财库〔2019〕1918号）, article: 第七条（一）2, file: 001_0cce089113c317c0.txt}
scope: {levels: [county, township, village], funds: [all]}
handler: {office: 主管处（室）, joint: 国库处}
needs: [payments, register, accounts]
optional: [projects]
parameters:
  n: {type: int, default: 3, min: 1, max: 100000, unit: persons, origin: P}
  m: {type: int, default: 2, min: 1, max: 100000, unit: households, origin: P}
identity: [subject]
columns:
  persons: {zh: 人数, en: persons}
  households: {zh: 户数, en: households}
*/
MATCH (t:Transfer)-[:RECEIVED_BY]->(a:Account)
WHERE a.benefit_persons >= $n AND a.benefit_households >= $m AND a.is_cash = false AND coalesce(a.account_type, '') <> 'clearing'
  AND t.is_household_payment = true
WITH a, collect(t.ref) AS payment_refs
RETURN a.id AS subject, 'yellow' AS level, a.benefit_fen AS amount_fen, [a.ref] + payment_refs AS evidence,
  a.benefit_persons AS persons, a.benefit_households AS households
