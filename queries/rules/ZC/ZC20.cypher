/*
id: ZC20
version: 1.0.0
status: in_force
budget_year: 2026
name: {zh: 池账户收支不平, en: Pool account does not balance}
category: ZC
level: {opens: red}
subject: account_no
amount: {zh: 最低余额（负数）, en: lowest balance (negative)}
description:
  zh: 监测登记了期初余额的统筹整合专账、财政专户，按资金先后顺序滚动计算的余额是否曾低于零。没有期初余额的账户不作评价并计数。
  en: Detects pool and special accounts with an opening balance whose running balance, in the order of the money, falls below zero. Accounts without an opening balance are not evaluated and are counted.
innocent:
  - zh: 期初余额录入有误，或者期初日期与首笔流水之间有未导入的收入。
    en: The opening balance is wrong, or receipts between its date and the first movement are missing.
  - zh: 同日收支的银行入账时间与台账时间不一致，应核对对账单。
    en: Receipts and payments of one day are in another order at the bank; check the statement.
basis:
  - {text: 关于强化自治区扶贫资金使用与监管的指导意见（新扶贫领字〔2018〕76号）, article: 二（二）, file: 003_f03675b072b4c157.txt}
scope: {levels: [county], funds: [all]}
handler: {office: 国库处, joint: 主管处（室）}
needs: [accounts, payments|transfers]
optional: []
parameters:
  tolerance: {type: money, default: 0, min: 0, unit: yuan, origin: P}
identity: [subject]
columns:
  opening_fen: {zh: 期初余额, en: opening balance}
*/
MATCH (a:Account)
WHERE a.listed = true AND a.account_type IN ['pool', 'special']
  AND (a.opening_fen IS NULL OR a.lowest_balance_fen + $tolerance_fen < 0)
RETURN a.id AS subject, CASE WHEN a.opening_fen IS NULL THEN 'not_evaluated' ELSE 'red' END AS level,
  a.lowest_balance_fen AS amount_fen, [a.ref, a.lowest_ref] AS evidence, a.opening_fen AS opening_fen
