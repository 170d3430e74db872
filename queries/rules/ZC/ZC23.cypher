/*
id: ZC23
version: 1.0.0
status: in_force
budget_year: 2026
name: {zh: 异常企业收款, en: Abnormal enterprise paid}
category: ZC
level: {opens: yellow}
subject: payment_id
amount: {zh: 支付金额, en: payment amount}
description:
  zh: 监测付给企业、合作社账户的款项，其户主证件号不是有效的统一社会信用代码（18 位，不用字母 I、O、S、V、Z，校验码正确）。证件号为空的不报，退款不报。
  en: Detects payments to accounts of enterprises and cooperatives whose holder number is no valid unified social credit code (18 characters without I, O, S, V and Z, right check character). An empty number and refunds are left out.
innocent:
  - zh: 开户时登记的是旧版营业执照注册号或组织机构代码，尚未换成统一社会信用代码。
    en: The account was opened with the old licence or organisation number, which has not been replaced yet.
  - zh: 代码录入有误，企业更名、改制后资料未更新，应与营业执照核对。
    en: The code is mistyped, or was not updated after a change of name or form; check the business licence.
basis:
  - {text: GB 32100 法人和其他组织统一社会信用代码编码规则（未核对原文）, article: 校验码}
scope: {levels: [county, township, village], funds: [all]}
handler: {office: 国库处, joint: 主管处（室）}
needs: [payments, accounts]
optional: []
parameters: {}
identity: [subject]
columns:
  payee_account: {zh: 收款账户, en: payee account}
*/
MATCH (t:Transfer)-[:RECEIVED_BY]->(a:Account)
WHERE a.code_is_wrong = true AND a.holder_kind IN ['enterprise', 'cooperative']
  AND t.kind = 'payment' AND t.is_refund = false
RETURN t.id AS subject, 'yellow' AS level, t.amount_fen AS amount_fen, [a.ref, t.ref] AS evidence, t.day AS day,
  a.id AS payee_account
