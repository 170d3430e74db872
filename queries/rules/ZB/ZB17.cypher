/*
id: ZB17
version: 1.0.0
status: in_force
budget_year: 2026
name: {zh: 台账与支付系统对账不符, en: Ledger and bank do not reconcile}
category: ZB
level: {opens: yellow}
subject: indicator_id
amount: {zh: 差额合计, en: difference}
description:
  zh: 监测指标下的拨付与银行流水逐笔核对的差额：付款账户有流水覆盖的日期内，超过在途天数仍没有对应流水，或者金额不等的，按指标汇总差额。
  en: Detects differences between draws and the bank's movements. Counted are, within the days that the statement of the payer account covers, draws without a bank leg once the time under way has passed, or with one of another amount. The differences add up by indicator.
innocent:
  - zh: 银行流水只导入了一部分，或者流水中凭证号缺失、日期相差过大而没有匹配上。
    en: The statement is incomplete, or a movement lacks the voucher number and its day is too far off to be matched.
  - zh: 一张凭证分次清算，或者多张凭证合并清算。
    en: One voucher was settled in several movements, or several in one.
basis:
  - {text: 长春市财政扶贫资金动态监控工作规程（长财库〔2019〕1918号）, article: 第十一条（一）, file: 001_0cce089113c317c0.txt}
  - {text: 关于强化自治区扶贫资金使用与监管的指导意见（新扶贫领字〔2018〕76号）, article: 三（二）, file: 003_f03675b072b4c157.txt}
scope: {levels: [central, province, city, county, township], funds: [all]}
handler: {office: 国库处, joint: 预算处}
needs: [indicators, payments, transfers]
optional: [calendar, accounts]
parameters:
  transit: {type: int, default: 3, min: 0, max: 250, unit: working_days, origin: P}
identity: [subject]
columns:
  payment: {zh: 不符的支付, en: payments that differ}
*/
MATCH (t:Transfer)-[u:UNRECONCILED]->(i:Indicator)
WHERE $as_of_workday_before >= u.workday + $transit
OPTIONAL MATCH (l:Transfer)-[:LEG_OF]->(t)
WITH i, t, u, collect(l.ref) AS leg_refs
RETURN i.id AS subject, 'yellow' AS level, u.gap_fen AS amount_fen, [i.ref, t.ref] + leg_refs AS evidence, t.id AS payment
