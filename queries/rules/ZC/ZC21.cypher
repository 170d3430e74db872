/*
id: ZC21
version: 1.0.0
status: in_force
budget_year: 2026
name: {zh: 年底突击花钱, en: Year-end spending burst}
category: ZC
level: {opens: yellow}
subject: indicator_id
amount: {zh: 12月支付金额, en: December amount}
description:
  zh: 监测指标在最近一个已结束年度内，12月的支付占全年支付（均不扣退款）的比例是否超过限额。当年12月1日以后才收到的指标、全年支付笔数太少的指标不报。
  en: Detects indicators of which, in the latest year that has ended, more than the limit share was paid in December, before refunds. Indicators received on or after 1 December and those with few payments in the year are left out.
innocent:
  - zh: 项目按合同在年底集中结算。
    en: Contracts that are settled at the end of the year.
  - zh: 上级资金下半年才到位，或者补贴按规定在年底集中发放。
    en: Money came late in the year, or a benefit is paid out in December by rule.
basis:
  - {text: 长春市财政扶贫资金动态监控工作规程（长财库〔2019〕1918号）, article: 第七条（一）2, file: 001_0cce089113c317c0.txt}
scope: {levels: [central, province, city, county, township], funds: [all]}
handler: {office: 主管处（室）, joint: 国库处}
needs: [payments, indicators]
optional: [accounts]
parameters:
  share: {type: int, default: 30, min: 0, max: 100, unit: percent, origin: M}
  min_count: {type: int, default: 3, min: 1, max: 100000, unit: count, origin: P}
identity: [subject]
columns:
  year: {zh: 年度, en: year}
  year_fen: {zh: 全年支付, en: paid in the year}
  payments: {zh: 全年笔数, en: payments in the year}
*/
// The properties drawn_* are of the latest year that ended by the as-of day and in which the indicator has draws.
MATCH (i:Indicator)
WHERE i.drawn_year_count >= $min_count AND i.drawn_december_fen * 100 > i.drawn_year_fen * $share
  AND (i.listed = false OR i.receipt_month < i.drawn_year * 12 + 12)
MATCH (t:Transfer)-[:DRAWS]->(i)
WHERE t.month = i.drawn_year * 12 + 12
WITH i, collect(t.ref) AS december_refs
RETURN i.id AS subject, CASE WHEN i.listed = true THEN 'yellow' ELSE 'not_evaluated' END AS level,
  i.drawn_december_fen AS amount_fen, [i.ref] + december_refs AS evidence,
  i.drawn_year AS year, i.drawn_year_fen AS year_fen, i.drawn_year_count AS payments
