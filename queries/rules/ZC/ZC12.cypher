/*
id: ZC12
version: 1.0.0
status: in_force
budget_year: 2026
name: {zh: 重复支付, en: Duplicate payment}
category: ZC
level: {opens: yellow}
subject: payment_id
amount: {zh: 后一笔支付金额, en: amount of the later payment}
description:
  zh: 监测付款账户、收款账户（现金为收款人）、金额、用途以及所属期、受益人、指标、项目、合同均相同的支付，与前一笔相隔不超过规定天数的，后一笔亮黄灯。退款和已全额退回的支付不计。
  en: Detects payments equal in payer account, payee account (payee name for cash), amount, use, period, beneficiary, indicator, project and contract within the days allowed; the later one is reported. Refunds and payments returned in full do not count.
innocent:
  - zh: 按月、按批次发放的同额款项，没有填写所属期。
    en: Equal monthly or batch payments without their period.
  - zh: 同一合同分期支付，没有填写合同编号；或者第一笔被银行退票后重付，退票未登记。
    en: Instalments without the contract number, or a payment repeated after the bank bounced the first and the return was not entered.
basis:
  - {text: 长春市财政扶贫资金动态监控工作规程（长财库〔2019〕1918号）, article: 第七条（一）2, file: 001_0cce089113c317c0.txt}
scope: {levels: [central, province, city, county, township, village], funds: [all]}
handler: {office: 国库处, joint: 主管处（室）}
needs: [payments]
optional: []
parameters:
  days: {type: int, default: 7, min: 0, max: 3650, unit: days, origin: P}
identity: [subject]
columns:
  repeats: {zh: 前一笔, en: the one before}
  days_later: {zh: 相隔天数, en: days later}
*/
// REPEATS leads to the payment before it in time order among equal ones, so one step decides.
MATCH (t:Transfer)-[:REPEATS]->(b:Transfer)
WHERE t.day - b.day <= $days
RETURN t.id AS subject, 'yellow' AS level, t.amount_fen AS amount_fen, [b.ref, t.ref] AS evidence, t.day AS day,
  b.id AS repeats, t.day - b.day AS days_later
