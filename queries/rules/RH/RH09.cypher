/*
id: RH09
version: 1.0.0
status: in_force
budget_year: 2026
name: {zh: 一人多账户领取, en: One person with many accounts}
category: RH
level: {opens: info}
subject: person_id
amount: {zh: 该年到人到户发放金额, en: household payments of that year}
description:
  zh: 提示同一人在一个自然年度内通过规定个数以上账户领取到人到户资金的情形，取最近的年度；现金不算账户。
  en: Points out persons who were paid into at least so many accounts in a calendar year, for the latest such year; cash is no account.
innocent:
  - zh: 年度内换卡，或者银行合并后账号变更。
    en: The card was changed within the year, or the bank merged and gave new numbers.
  - zh: 不同补贴由不同部门通过不同银行发放。
    en: Different departments pay their benefits through different banks.
basis:
  - {text: 长春市财政扶贫资金动态监控工作规程（长财库〔2019〕1918号）, article: 第七条（一）2, file: 001_0cce089113c317c0.txt}
scope: {levels: [county, township, village], funds: [all]}
handler: {office: 主管处（室）, joint: 国库处}
needs: [payments]
optional: [projects, accounts]
parameters:
  n: {type: int, default: 3, min: 1, max: 100000, unit: count, origin: P}
identity: [subject]
columns:
  year: {zh: 年度, en: year}
  accounts: {zh: 账户数, en: accounts}
*/
MATCH (t:Transfer)-[b:BENEFITS]->(p:Party) WHERE b.accounts_in_year >= $n
WITH p.id AS person, max(b.year) AS year,
  collect({year: b.year, fen: t.amount_fen, ref: t.ref, accounts: b.accounts_in_year}) AS payments
UNWIND payments AS x
WITH person, year, x WHERE x.year = year
WITH person, year, max(x.accounts) AS accounts, coalesce(sum(x.fen), 0) AS paid_fen, collect(x.ref) AS refs
RETURN person AS subject, 'info' AS level, paid_fen AS amount_fen, refs AS evidence, year, accounts
