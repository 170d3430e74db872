/*
id: ZC15
version: 1.0.0
status: in_force
budget_year: 2026
name: {zh: 转入实有资金账户, en: Treasury money moved to a special or unit account}
category: ZC
level: {opens: yellow}
subject: payment_id
amount: {zh: 支付金额, en: payment amount}
description:
  zh: 监测从国库账户（含零余额账户）转入机关单位的财政专户、单位实有资金账户的支付。转入统筹整合专账的不报；经批准的账户可按账号登记例外。退款和已全额退回的支付不计。
  en: Detects payments from treasury and zero-balance accounts into special or unit accounts of agencies. Pool accounts are the approved outlet; approved accounts may be exempted by account number. Refunds and payments returned in full do not count.
innocent:
  - zh: 经财政部门批准开设的专户或代发账户。
    en: A special or paying account that the finance office approved.
  - zh: 按规定划转的工会经费、住房公积金等。
    en: Transfers by rule, such as union fees or housing funds.
basis:
  - {text: 中华人民共和国预算法, article: 第五十六条}
  - {text: 中华人民共和国预算法实施条例, article: 第五十二条}
scope: {levels: [county, township, village], funds: [all]}
handler: {office: 国库处, joint: 主管处（室）}
needs: [payments, accounts]
optional: []
parameters: {}
identity: [subject]
exempt_by: [payee_account]
columns:
  payer_account: {zh: 付款账户, en: payer account}
  payee_account: {zh: 收款账户, en: payee account}
*/
MATCH (t:Transfer)-[:RECEIVED_BY]->(r:Account)
WHERE r.account_type IN ['special', 'unit'] AND r.holder_kind = 'agency'
  AND t.kind = 'payment' AND t.is_refund = false AND t.net_fen > 0
MATCH (s:Account)-[:SENT]->(t)
WHERE s.account_type = 'treasury'
RETURN t.id AS subject, 'yellow' AS level, t.amount_fen AS amount_fen, [s.ref, t.ref, r.ref] AS evidence, t.day AS day,
  s.id AS payer_account, r.id AS payee_account
