/*
id: ZC14
version: 1.0.1
status: in_force
budget_year: 2026
name: {zh: 通过性过账, en: Pass-through account}
category: ZC
level: {opens: yellow}
subject: account_no
amount: {zh: 过账金额, en: amount passed through}
description:
  zh: 监测企业、合作社、商户账户收到的财政资金几乎全部在到账后规定天数内转给其他持有人，且资金来自多个付款人（各指标合计为一个，即国库），或者转出部分全部在到账当日转出。
  en: Detects accounts of enterprises, cooperatives and merchants that pay nearly all fund money they receive on to others within days, when it came from several holders (all indicators being one, the treasury) or all that was so paid on left on the day it came.
innocent:
  - zh: 该企业是代理采购、代发工资或物流结算单位，按合同收到即转付。
    en: The firm buys, pays wages or settles freight for others and pays on what it gets by contract.
  - zh: 该账户只用于收款，企业当日归集到本企业另一账户，但另一账户的持有人信息没有登记。
    en: The account only collects, and the firm moves money to another account of its own whose holder is not entered.
basis:
  - {text: 财政违法行为处罚处分条例, article: 第六条}
scope: {levels: [county, township, village], funds: [all]}
handler: {office: 监督局, joint: 主管处（室）}
needs: [payments, transfers, accounts, indicators]
optional: []
parameters:
  days: {type: int, default: 3, min: 0, max: 3650, unit: days, origin: P}
  min_amount: {type: money, default: 10000, min: 0, unit: yuan, origin: P}
  share: {type: int, default: 95, min: 1, max: 100, unit: percent, origin: P}
  payers: {type: int, default: 3, min: 1, max: 100000, unit: count, origin: P}
identity: [subject]
diversion:
  bounded:
    zh: 所列收款中的财政资金，在规定天数内由所列付款直接转给其他持有人的部分。
    en: Of the fund money in the receipts listed, what the payments listed took on to other holders directly and within the days allowed.
columns:
  received_fen: {zh: 收到的财政资金, en: fund money received}
  payer_holders: {zh: 付款人数, en: holders it came from}
  slowest: {zh: 最长停留天数, en: longest stay in days}
*/
// The accounts are found first and named by their key, so that only their receipts are looked at.
MATCH (s:Transfer)-[x:PASSED_ON]->(t:Transfer)
MATCH (s)-[:RECEIVED_BY]->(a:Account)
WHERE x.days <= $days AND a.holder_kind IN ['enterprise', 'cooperative', 'merchant'] AND a.fund_received_fen >= $min_amount_fen
WITH a.key AS account, a.fund_received_fen AS received_fen, a.fund_payers AS payer_holders,
  coalesce(sum(x.fen), 0) AS passed_fen, max(x.days) AS slowest, collect(DISTINCT t.ref) AS out_refs
WHERE passed_fen * 100 >= 0 + received_fen * $share AND (payer_holders >= $payers OR slowest = 0)
MATCH (m:Transfer)-[:RECEIVED_BY]->(b:Account)
MATCH (m)-[:CARRIED]->(p:Piece)
WHERE b.key = account AND b.fund_received_fen >= $min_amount_fen AND p.is_fund = true
WITH b, passed_fen, slowest, out_refs, collect(DISTINCT m.ref) AS in_refs
RETURN b.id AS subject, 'yellow' AS level, passed_fen AS amount_fen, [b.ref] + in_refs + out_refs AS evidence,
  b.fund_received_fen AS received_fen, b.fund_payers AS payer_holders, slowest,
  in_refs AS begin_refs, out_refs AS end_refs, 0 + $days AS within_days
