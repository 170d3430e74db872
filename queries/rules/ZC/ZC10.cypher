/*
id: ZC10
version: 1.0.0
status: in_force
budget_year: 2026
name: {zh: 拆分支付, en: Split payment}
category: ZC
level: {opens: yellow}
subject: payment_id
amount: {zh: 该组支付合计, en: group sum}
description:
  zh: 监测同一付款账户、同一收款人、同一项目在规定天数内的多笔支付，每笔都略低于限额而合计达到限额。按时间顺序分组，报使一组达到条件的那一笔；全组有同一登记合同的不报。到人到户发放、退款和已全额退回的支付不计。
  en: Detects several payments of one payer account to one payee for one project within the days allowed, each just below the limit and together at it. Groups are formed in time order and the payment that completes one is reported, unless one registered contract covers the group. Household payments, refunds and payments returned in full do not count.
innocent:
  - zh: 同一合同分期支付，合同编号没有登记。
    en: Instalments of one contract whose number was not entered.
  - zh: 多个标段或多批货物分别验收、分别结算。
    en: Several lots or deliveries accepted and settled one by one.
basis:
  - {text: 长春市财政扶贫资金动态监控工作规程（长财库〔2019〕1918号）, article: 第七条（一）2, file: 001_0cce089113c317c0.txt}
scope: {levels: [county, township, village], funds: [all]}
handler: {office: 国库处, joint: 主管处（室）}
needs: [payments]
optional: [projects, accounts]
parameters:
  limit: {type: money, default: 200000, min: 0, unit: yuan, origin: P}
  share: {type: int, default: 80, min: 0, max: 100, unit: percent, origin: P}
  window: {type: int, default: 30, min: 0, max: 3650, unit: days, origin: P}
  count: {type: int, default: 2, min: 1, max: 100000, unit: count, origin: P}
identity: [subject]
series: {by: [payer_account, payee_account, payee, project], order: [place], days: window, count: count, sum: limit_fen, unless_equal: contract}
columns:
  payer_account: {zh: 付款账户, en: payer account}
  payee_account: {zh: 收款账户, en: payee account}
  payee: {zh: 收款人（无账户时）, en: payee without account}
  project: {zh: 项目, en: project}
*/
// The payments that count; `series` above puts them in groups, since where one begins depends on the parameters.
MATCH (t:Transfer)
WHERE t.kind = 'payment' AND t.is_refund = false AND t.net_fen > 0 AND coalesce(t.is_household_payment, false) = false
  AND t.amount_fen < $limit_fen AND 0 + t.amount_fen * 100 >= 0 + $limit_fen * $share
OPTIONAL MATCH (s:Account)-[:SENT]->(t)
OPTIONAL MATCH (t)-[:RECEIVED_BY]->(r:Account) WHERE r.is_cash = false
OPTIONAL MATCH (t)-[:PAYS_FOR]->(j:Project)
WITH t, s, r, j, CASE WHEN r.id IS NULL THEN t.named_payee ELSE null END AS payee
RETURN t.id AS subject,
  CASE WHEN s.id IS NULL OR (r.id IS NULL AND payee IS NULL) THEN 'not_evaluated' ELSE 'yellow' END AS level,
  t.amount_fen AS amount_fen, [t.ref] AS evidence, t.day AS day, s.id AS payer_account, r.id AS payee_account, payee,
  j.id AS project, t.time_rank AS place, t.contract_key AS contract
