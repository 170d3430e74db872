/*
id: ZC07
version: 1.0.0
status: in_force
budget_year: 2026
name: {zh: 公转私后回流, en: Return to a related person}
category: ZC
level: {opens: red}
subject: transfer_id
amount: {zh: 到达关联人的金额, en: amount that reached the person}
description:
  zh: 监测机关单位或村集体凭指标付出的款项，经若干账户依次转付（每笔不早于前一笔、不少于前一笔的规定比例），在规定天数和环节内到达与付款单位有登记关系的个人或其近亲属。每笔到达的转账报一次，金额不超过原支付。
  en: Detects payments under an indicator by a public or village account that go on from account to account, none earlier and none much smaller than the one before, and within the days and movements allowed reach a person with a recorded relation to the payer, or that person's kin. One finding for each last movement, at most the amounts first paid.
innocent:
  - zh: 关联人是收款企业的职工或供应商，取得的是工资、劳务报酬或货款，但摘要没有写明。
    en: The person works for or supplies the payee and got wages or the price of goods, which the memo does not say.
  - zh: 中间账户另有大额自有资金，金额和时间只是巧合，应核对合同、发票和流水。
    en: The accounts between have much money of their own and amounts and days agree by chance; check contracts, invoices and statements.
basis:
  - {text: 财政违法行为处罚处分条例, article: 第六条、第九条}
scope: {levels: [county, township, village], funds: [all]}
handler: {office: 监督局, joint: 主管处（室）}
needs: [payments, transfers, accounts, relations]
optional: [indicators]
parameters:
  hops: {type: int, default: 4, min: 2, max: 6, unit: count, origin: P}
  window: {type: int, default: 90, min: 0, max: 365, unit: days, origin: P}
  keep: {type: int, default: 80, min: 50, max: 100, unit: percent, origin: P}
identity: [subject]
diversion:
  not_bounded:
    zh: 金额是逐笔账面金额相近的一串划转中最后一笔的金额，不是按某种方法追到的那笔钱，所以没有至少和至多；这些钱确定到达多少，用 trace --method bounds 查原支付。
    en: The amount is that of the last of a chain of movements of like amounts, not of money followed by a method, so it has no least and most; trace the payment with --method bounds to see what surely got there.
columns:
  payments: {zh: 原支付, en: payments}
  payee_account: {zh: 到达账户, en: account reached}
*/
// LED_TO joins the first and the last movement of a chain; the graph follows at most 6 movements, 365 days and
// half of the amount before, which bounds the parameters.
MATCH (p:Transfer)-[e:LED_TO]->(m:Transfer)
WHERE e.hops <= $hops AND e.keep >= $keep AND m.day - p.day <= $window
  AND NOT any(word IN ['工资', '劳务'] WHERE coalesce(m.purpose_key, '') CONTAINS word)
  AND NOT EXISTS { MATCH (l:Transfer)-[:LEG_OF]->(m)
    WHERE any(word IN ['工资', '劳务'] WHERE coalesce(l.purpose_key, '') CONTAINS word) }
WITH m, p, collect(e.second_ref) + collect(e.third_ref) + collect(e.fourth_ref) + collect(e.fifth_ref) AS between_refs
MATCH (s:Account)-[:SENT]->(p)
MATCH (m)-[:RECEIVED_BY]->(b:Account)-[:HELD_BY]->(x:Party)
MATCH (s)-[:HELD_BY]->(payer:Party)
// Why the person counts as related: a relation with the payer, or one with somebody who has such a relation.
OPTIONAL MATCH (payer)-[r:TIED_TO]->(x)
WITH m, p, s, b, x, payer, between_refs, collect(DISTINCT r.ref) AS direct_refs
OPTIONAL MATCH (payer)-[r:TIED_TO]->(y:Party)
OPTIONAL MATCH (y)-[k:TIED_TO]->(x) WHERE k.relation IN ['配偶', '父母', '子女', '兄弟姐妹']
WITH m, p, s, b, between_refs, direct_refs, collect(DISTINCT CASE WHEN k.ref IS NULL THEN null ELSE r.ref END) AS via_refs, collect(DISTINCT k.ref) AS kin_refs
WITH m, b, p, [p.ref, s.ref] + between_refs + direct_refs + via_refs + kin_refs AS chain
WITH m, b, coalesce(sum(p.amount_fen), 0) AS paid_fen, collect(DISTINCT p.id) AS payments, collect(chain) AS lists
UNWIND lists AS chain_refs
UNWIND chain_refs AS ref
WITH m, b, paid_fen, payments, collect(DISTINCT ref) AS found_refs
RETURN m.id AS subject, 'red' AS level, CASE WHEN m.amount_fen < paid_fen THEN m.amount_fen ELSE paid_fen END AS amount_fen,
  found_refs + [m.ref, b.ref] AS evidence, m.day AS day, payments, b.id AS payee_account
