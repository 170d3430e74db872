/*
id: ZC27
version: 1.0.0
status: in_force
budget_year: 2026
name: {zh: 整数或首位数异常, en: Round or first-digit anomaly}
category: ZC
level: {opens: info}
subject: payer
amount: {zh: 金额合计, en: sum of the amounts}
description:
  zh: 对同一付款账户的支付金额（到人到户资金和退款除外）的首位数字作卡方检验，与本福特分布（首位为 d 的比例 log10(1+1/d)，自由度 8）的差异超过临界值的，提示核查。只作提示，不单独构成预警。
  en: Tests the first digits of what one account paid, household payments and refunds left out, against Benford's law (log10(1+1/d), 8 degrees of freedom) and points out where the chi-square statistic exceeds the limit. A hint only, never an alert.
innocent:
  - zh: 按固定标准发放的补助、工资、保险，金额天然集中在少数数值上。
    en: Subsidies, wages and premiums at fixed rates, whose amounts gather at few values by nature.
  - zh: 付款账户只办理一类业务或金额有上下限，不适用首位数规律。
    en: The account serves one kind of business or amounts with limits, to which the law of first digits does not apply.
basis:
  - {text: 审计数据分析惯例（凭记忆，未核对出处）, article: 首位数检验}
scope: {levels: [central, province, city, county, township, village], funds: [all]}
handler: {office: 监督局, joint: 国库处}
needs: [payments]
optional: [accounts, projects]
parameters:
  n: {type: int, default: 500, min: 1, max: 100000000, unit: count, origin: P}
  chi2: {type: decimal, default: "20.090", min: 0, max: 1000000000, unit: number, origin: P}
identity: [subject]
columns:
  payments: {zh: 支付笔数, en: payments}
  chi_square_milli: {zh: 卡方统计量（千分之一）, en: chi-square statistic in thousandths}
*/
// digit_chi2_milli is rounded up, so that it is above a limit in thousandths exactly when the true value is.
MATCH (a:Account)
WHERE a.tested_payments >= $n AND a.digit_chi2_milli > $chi2_milli
MATCH (a)-[:SENT]->(t:Transfer)
WHERE t.kind = 'payment' AND t.is_refund = false AND t.is_household_payment = false
WITH a, coalesce(sum(t.amount_fen), 0) AS sum_fen, collect(t.ref) AS refs
RETURN a.id AS subject, 'info' AS level, sum_fen AS amount_fen, [a.ref] + refs AS evidence,
  a.tested_payments AS payments, a.digit_chi2_milli AS chi_square_milli
