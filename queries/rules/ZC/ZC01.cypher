/*
id: ZC01
version: 1.0.0
status: in_force
budget_year: 2026
name: {zh: 无指标支付或支付早于指标, en: Payment without or before its indicator}
category: ZC
level: {opens: red, also: [yellow]}
subject: payment_id
amount: {zh: 支付金额, en: payment amount}
description:
  zh: 监测国库账户支出未注明指标、所注明的指标不存在，或者支付日早于指标下达日的支付（红灯）；支付日早于指标登记日或指标至今未登记的亮黄灯。
  en: Detects payments from treasury accounts that name no indicator, payments that name an unknown indicator and payments before the indicator was issued (red), and payments before it was registered or while it still is not (yellow).
innocent:
  - zh: 指标已下达、平台登记滞后（见 ZB01），支付本身合规。
    en: The indicator was issued and only registered late (see ZB01); the payment itself is in order.
  - zh: 预拨、垫付经批准，指标文件随后补办；或者指标编号录入有误。
    en: An approved advance whose document followed, or an indicator number mistyped.
basis:
  - {text: 青海省财政扶贫资金动态监控工作实施方案（青财办字〔2018〕1085号）, article: 二（二）2, file: 002_79f51f3382b27739.txt}
  - {text: 中华人民共和国预算法, article: 第五十七条}
scope: {levels: [central, province, city, county, township], funds: [all]}
handler: {office: 国库处, joint: 主管处（室）}
needs: [payments, accounts, indicators]
optional: []
parameters: {}
identity: [subject]
columns:
  reason:
    zh: 情形
    en: case
    values:
      no_indicator: {zh: 国库账户支出未注明指标, en: paid from the treasury without an indicator}
      unknown_indicator: {zh: 指标不存在或尚未下达, en: indicator unknown or not issued yet}
      before_issue: {zh: 支付早于指标下达, en: paid before issue}
      not_registered: {zh: 指标至今未登记, en: indicator not registered}
      before_registration: {zh: 支付早于指标登记, en: paid before registration}
  indicator: {zh: 指标, en: indicator}
*/
MATCH (t:Transfer)-[:NAMES]->(i:Indicator)
WHERE t.kind = 'payment' AND t.is_refund = false
WITH t, i, CASE
  WHEN i.listed = false THEN 'unknown_indicator'
  WHEN t.day < i.issued_day THEN 'before_issue'
  WHEN i.registered_day IS NULL THEN 'not_registered'
  WHEN t.day < i.registered_day THEN 'before_registration'
  ELSE '' END AS reason
WHERE reason <> ''
RETURN t.id AS subject, CASE WHEN reason IN ['unknown_indicator', 'before_issue'] THEN 'red' ELSE 'yellow' END AS level,
  t.amount_fen AS amount_fen, [i.ref, t.ref] AS evidence, t.day AS day, reason, i.id AS indicator
UNION ALL
MATCH (a:Account)-[:SENT]->(t:Transfer)
WHERE t.kind = 'payment' AND t.is_refund = false AND a.account_type = 'treasury'
  AND NOT EXISTS { MATCH (t)-[:NAMES]->(:Indicator) }
RETURN t.id AS subject, 'red' AS level,
  t.amount_fen AS amount_fen, [a.ref, t.ref] AS evidence, t.day AS day, 'no_indicator' AS reason, '' AS indicator
