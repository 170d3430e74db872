/*
id: ZC09
version: 1.0.0
status: in_force
budget_year: 2026
name: {zh: 大额提现, en: Large cash}
category: ZC
level: {opens: yellow, also: [red]}
subject: payment_id
amount: {zh: 现金金额, en: cash amount}
description:
  zh: 监测同一付款账户同日向同一收款人的现金支付，按时间累计超过结算起点后的每一笔；以及从账户提取的现金中财政资金超过该限额的取现。用途为收购、差旅的现金支付不计。
  en: Detects, for each payer account, payee and day, every cash payment from the one that takes their sum above the limit; and cash withdrawals from accounts that carry fund money above it. Cash for purchases of produce and for travel is left out.
innocent:
  - zh: 收购农副产品、差旅备用金等条例允许使用现金，但用途没有写明。
    en: Purchases of produce or travel money, for which cash is allowed, without saying so in the use.
  - zh: 偏远乡镇没有银行网点，经批准用现金发放。
    en: A remote township without a bank, where cash was approved.
basis:
  - {text: 长春市财政扶贫资金动态监控工作规程（长财库〔2019〕1918号）, article: 第七条（一）2, file: 001_0cce089113c317c0.txt}
  - {text: 现金管理暂行条例, article: 第五条、第六条}
scope: {levels: [county, township, village], funds: [all]}
handler: {office: 国库处, joint: 主管处（室）}
needs: [payments]
optional: [transfers, accounts]
parameters:
  limit: {type: money, default: 1000, min: 0, unit: yuan, origin: L}
  red_at: {type: money, default: null, min: 0, unit: yuan, origin: C}
identity: [subject, kind]
columns:
  kind:
    zh: 情形
    en: case
    values:
      payment: {zh: 现金支付, en: cash payment}
      transfer: {zh: 账户取现, en: cash taken from an account}
  run_fen: {zh: 当日累计或取现总额, en: sum so far that day or all cash taken}
*/
// cash_run_fen is the sum so far of a payer account, payee and day; what is above the limit and what made it so is evidence.
MATCH (s:Account)-[:SENT]->(t:Transfer)
WHERE t.kind = 'payment' AND t.settlement_method = 'cash' AND t.cash_run_fen IS NOT NULL
WITH s.id AS payer, t.named_payee AS payee, t.day AS day, max(t.cash_run_fen) AS highest_fen,
  collect({id: t.id, ref: t.ref, fen: t.amount_fen, run_fen: t.cash_run_fen}) AS lots
WHERE highest_fen > $limit_fen
UNWIND lots AS x
UNWIND lots AS y
WITH payer, payee, day, x, y
WHERE x.run_fen > $limit_fen AND y.run_fen <= x.run_fen
WITH payer, payee, day, x.id AS subject, x.fen AS fen, x.run_fen AS run_fen, collect(y.ref) AS refs
RETURN subject, CASE WHEN fen >= $red_at_fen THEN 'red' ELSE 'yellow' END AS level, fen AS amount_fen, refs AS evidence,
  day, 'payment' AS kind, run_fen
UNION ALL
MATCH (t:Transfer)
WHERE t.kind = 'payment' AND t.settlement_method = 'cash' AND t.is_refund = false AND t.cash_run_fen IS NULL
  AND NOT any(word IN ['收购', '差旅'] WHERE coalesce(t.purpose_key, '') CONTAINS word)
RETURN t.id AS subject, 'not_evaluated' AS level, t.amount_fen AS amount_fen, [t.ref] AS evidence,
  t.day AS day, 'payment' AS kind, t.amount_fen AS run_fen
UNION ALL
MATCH (t:Transfer)
WHERE t.kind = 'transfer' AND t.payee = 'CASH' AND t.fund_fen > $limit_fen
OPTIONAL MATCH (f:Transfer)-[:FUNDS]->(t)
WITH t, collect(f.ref) AS source_refs
RETURN t.id AS subject, CASE WHEN t.fund_fen >= $red_at_fen THEN 'red' ELSE 'yellow' END AS level,
  t.fund_fen AS amount_fen, [t.ref] + source_refs AS evidence, t.day AS day, 'transfer' AS kind, t.amount_fen AS run_fen
