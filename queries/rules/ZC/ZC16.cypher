/*
id: ZC16
version: 1.0.0
status: in_force
budget_year: 2026
name: {zh: 个人账户管理资金, en: Fund money run through a personal account}
category: ZC
level: {opens: red}
subject: account_no
amount: {zh: 转付金额, en: amount paid on}
description:
  zh: 监测个人账户直接从指标、机关单位账户或村集体账户收到财政资金（发给户主本人或其家庭成员的到人到户资金除外），又转付给两个以上其他持有人的账户。
  en: Detects personal accounts that get fund money straight from an indicator or a public or village account, household payments to the holder and his household left out, and pay it on to accounts of several other holders.
innocent:
  - zh: 收款人是经批准的代发人、报账员，或者委托其代领的村民小组长，有签领单可查。
    en: The holder is an approved paymaster or a group leader who collected for others and has their receipts.
  - zh: 收款人是个体承包人，用自己的账户收工程款并支付工人和材料商。
    en: The holder is a contractor of his own who is paid on his account and pays workers and suppliers from it.
basis:
  - {text: 审计通报问题类型（使用个人账户管理扶贫资金，行业惯例）, article: 使用个人账户管理资金}
scope: {levels: [county, township, village], funds: [all]}
handler: {office: 监督局, joint: 主管处（室）}
needs: [payments, transfers, accounts, indicators]
optional: [register, projects]
parameters:
  others: {type: int, default: 2, min: 1, max: 100000, unit: count, origin: P}
identity: [subject]
diversion:
  bounded:
    zh: 所列收款中的财政资金，由所列付款直接转给其他持有人的部分。
    en: Of the fund money in the receipts listed, what the payments listed took on to other holders directly.
columns:
  holders: {zh: 转付对象数, en: holders paid}
*/
MATCH (s:Transfer)-[x:HANDED_ON]->(t:Transfer)
MATCH (s)-[:RECEIVED_BY]->(a:Account)
WITH a, count(DISTINCT x.to_holder) AS holders, coalesce(sum(x.fen), 0) AS paid_fen,
  collect(DISTINCT s.ref) AS in_refs, collect(DISTINCT t.ref) AS out_refs
WHERE holders >= $others
RETURN a.id AS subject, 'red' AS level, paid_fen AS amount_fen, [a.ref] + in_refs + out_refs AS evidence, holders,
  in_refs AS begin_refs, out_refs AS end_refs
