/*
id: RH07
version: 1.0.0
status: in_force
budget_year: 2026
name: {zh: 互斥补助重复, en: Exclusive benefits}
category: RH
level: {opens: yellow}
subject: payment_id
amount: {zh: 后续发放金额, en: amount of the later payment}
description:
  zh: 监测同一人领取了互斥的两项补助，且所属期相同或者一个是另一个所在年度的情形；按时间顺序，后发放的亮黄灯。
  en: Detects a person who drew two benefits that exclude each other for equal periods or for a month and its year; the later payment in time order is reported.
innocent:
  - zh: 前一项补助已停发并追回，追回未登记为退回。
    en: The earlier benefit was stopped and taken back, and the return was not entered.
  - zh: 互斥名单不适用于本地，或者政策允许就高不就低补差。
    en: The pair does not hold locally, or the difference to the higher benefit may be paid.
basis:
  - {text: 中华人民共和国预算法, article: 第九十五条}
scope: {levels: [county, township, village], funds: [all]}
handler: {office: 主管处（室）, joint: 国库处}
needs: [payments, exclusions]
optional: [projects, accounts]
parameters: {}
identity: [subject]
columns:
  benefit: {zh: 补贴项目, en: benefit}
  period: {zh: 所属期, en: period}
  earlier_benefit: {zh: 在先补贴项目, en: earlier benefit}
  earlier_payment: {zh: 在先支付, en: earlier payment}
*/
MATCH (t:Transfer)-[x:EXCLUDED_BY]->(e:Transfer)
RETURN t.id AS subject, 'yellow' AS level, t.amount_fen AS amount_fen, [e.ref, t.ref, x.ref] AS evidence, t.day AS day,
  t.benefit_key AS benefit, t.period_key AS period, e.benefit_key AS earlier_benefit, e.id AS earlier_payment
