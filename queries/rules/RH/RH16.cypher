/*
id: RH16
version: 1.0.0
status: in_force
budget_year: 2026
name: {zh: 批量同额异常名单, en: Abnormal batch}
category: RH
level: {opens: info}
subject: batch
amount: {zh: 该批发放合计, en: sum of the batch}
description:
  zh: 提示同一付款账户在同一分钟以同一金额发往许多收款账户、且其中规定比例以上的账户此前从未收到支付的到人到户批次。
  en: Points out household payments of one payer account, minute and amount into more than so many payee accounts, at least the given share of which had received no payment before.
innocent:
  - zh: 新增补贴首次发放，收款人集中新开一卡通账户。
    en: A new benefit's first payment, for which the people opened accounts together.
  - zh: 数据从年中开始导入，此前的支付不在账内。
    en: The data begin in the middle, and earlier payments are not in the ledger.
basis:
  - {text: 长春市财政扶贫资金动态监控工作规程（长财库〔2019〕1918号）, article: 第七条（一）2, file: 001_0cce089113c317c0.txt}
scope: {levels: [county, township, village], funds: [all]}
handler: {office: 主管处（室）, joint: 国库处}
needs: [payments]
optional: [projects, accounts]
parameters:
  n: {type: int, default: 50, min: 1, max: 1000000, unit: count, origin: P}
  new: {type: int, default: 80, min: 0, max: 100, unit: percent, origin: P}
identity: [subject]
columns:
  accounts: {zh: 收款账户数, en: payee accounts}
  new_accounts: {zh: 其中首次收款, en: of them new}
*/
MATCH (b:Batch) WHERE b.accounts > $n AND b.new_accounts * 100 >= 0 + b.accounts * $new
MATCH (t:Transfer)-[:IN_BATCH]->(b)
WITH b, collect(t.ref) AS refs
RETURN b.id AS subject, 'info' AS level, b.sum_fen AS amount_fen, refs AS evidence, b.accounts AS accounts,
  b.new_accounts AS new_accounts
