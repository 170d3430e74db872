/*
id: ZC06
version: 1.0.0
status: in_force
budget_year: 2026
name: {zh: 公转私, en: Unit account to personal account}
category: ZC
level: {opens: yellow, also: [red]}
subject: payment_id
amount: {zh: 支付金额, en: payment amount}
description:
  zh: 监测从机关单位、国库、专户、专账或村集体账户向个人账户的支付，且该支付不是到人到户补助、所属项目也不是到户类项目。已全额退回的支付不报。
  en: Detects payments from public or village accounts to personal accounts that are neither household payments nor for a household project. Payments returned in full are left out.
innocent:
  - zh: 公益岗位报酬、征地及青苗补偿、务工劳务费等依规应付给个人，但用途没有写明。
    en: Wages of public posts, compensation for land or crops, or labour paid to persons by rule whose use does not say so.
  - zh: 收款人是有营业执照的个体工商户，使用经营者个人账户结算。
    en: The payee is a licensed sole trader who uses the owner's personal account.
basis:
  - {text: 长春市财政扶贫资金动态监控工作规程（长财库〔2019〕1918号）, article: 第七条（一）2, file: 001_0cce089113c317c0.txt}
scope: {levels: [county, township, village], funds: [all]}
handler: {office: 主管处（室）, joint: 国库处}
needs: [payments, accounts]
optional: [projects]
parameters:
  red_at: {type: money, default: null, min: 0, unit: yuan, origin: M}
identity: [subject]
columns:
  payer_account: {zh: 付款账户, en: payer account}
  payee_account: {zh: 收款账户, en: payee account}
*/
MATCH (s:Account)-[:SENT]->(t:Transfer)-[:RECEIVED_BY]->(r:Account)
WHERE t.kind = 'payment' AND t.is_refund = false AND t.net_fen > 0 AND coalesce(t.is_household_payment, false) = false
  AND (s.is_public = true OR s.holder_kind = 'village')
  AND r.account_type = 'personal' AND r.holder_kind = 'person'
  AND NOT any(word IN ['公益岗位', '公益性岗位', '征地', '青苗', '补偿', '劳务费', '劳务报酬', '务工'] WHERE coalesce(t.purpose_key, '') CONTAINS word)
  AND NOT EXISTS { MATCH (t)-[:PAYS_FOR]->(j:Project) WHERE j.kind = 'household' }
RETURN t.id AS subject, CASE WHEN t.amount_fen >= $red_at_fen THEN 'red' ELSE 'yellow' END AS level,
  t.amount_fen AS amount_fen, [s.ref, t.ref, r.ref] AS evidence, t.day AS day, s.id AS payer_account, r.id AS payee_account
