/*
id: ZC25
version: 1.0.0
status: in_force
budget_year: 2026
name: {zh: 支付要素不全或矛盾, en: Payment elements missing or contradictory}
category: ZC
level: {opens: yellow}
subject: payment_id
amount: {zh: 支付金额, en: payment amount}
description:
  zh: 监测支付的九项要素（付款人名称、付款账户、支付金额、支付时间、用途、结算方式、支付方式、收款人名称、收款人账户）是否有空缺，以及收款人名称与已登记收款账户的户名是否不一致。现金支付不要求收款账户；退款不计。
  en: Detects payments with one of the nine elements empty (payer, payer account, amount, time, use, settlement method, payment method, payee, payee account), and those whose payee is not the holder of the listed payee account. Cash needs no payee account; refunds are left out.
innocent:
  - zh: 收款单位已更名，账户户名尚未变更。
    en: The payee changed its name and the account still has the old one.
  - zh: 导出时遗漏字段，核算系统中要素齐全。
    en: A field was lost in the export; the accounting system has it.
basis:
  - {text: 长春市财政扶贫资金动态监控工作规程（长财库〔2019〕1918号）, article: 第六条, file: 001_0cce089113c317c0.txt}
scope: {levels: [central, province, city, county, township, village], funds: [all]}
handler: {office: 国库处, joint: 主管处（室）}
needs: [payments]
optional: [accounts]
parameters: {}
identity: [subject]
columns:
  elements:
    zh: 空缺或矛盾的要素
    en: elements missing or contradictory
    values:
      payer_name: {zh: 付款人名称, en: payer}
      payer_account: {zh: 付款账户, en: payer account}
      purpose: {zh: 用途, en: use}
      settlement_method: {zh: 结算方式, en: settlement method}
      payment_method: {zh: 支付方式, en: payment method}
      payee_name: {zh: 收款人名称, en: payee}
      payee_account: {zh: 收款人账户, en: payee account}
      other_name: {zh: 收款人与账户户名不一致, en: payee is not the account's holder}
*/
MATCH (t:Transfer)
WHERE t.kind = 'payment' AND t.is_refund = false AND (t.lacking IS NOT NULL OR t.is_named_otherwise = true)
UNWIND ['payer_name', 'payer_account', 'purpose', 'settlement_method', 'payment_method', 'payee_name', 'payee_account',
  'other_name'] AS element
WITH t, element
WHERE coalesce(t.lacking, '') CONTAINS element OR (element = 'other_name' AND t.is_named_otherwise = true)
WITH t, collect(element) AS elements
OPTIONAL MATCH (t)-[:RECEIVED_BY]->(r:Account)
RETURN t.id AS subject, 'yellow' AS level, t.amount_fen AS amount_fen, [t.ref, r.ref] AS evidence, t.day AS day, elements
