/*
id: RH15
version: 1.0.0
status: in_force
budget_year: 2026
name: {zh: 超标准或低于标准发放, en: Amount differs from the standard}
category: RH
level: {opens: yellow}
subject: payment_id
amount: {zh: 与最接近标准的差额, en: distance to the nearest standard}
description:
  zh: 监测金额与所属期第一天（没有所属期的为发放日）有效的各档补助标准都不相同的到人到户发放；用途注明补发、补差、折算、部分的不计。
  en: Detects household payments whose amount is none of the benefit's standards in force on the first day of the period (on the day of payment where it has none); uses that speak of arrears, differences, conversion or parts are left out.
innocent:
  - zh: 按实际月份或天数折算发放，用途没有写明。
    en: Paid for part of the months or days, and the use does not say so.
  - zh: 按户合计发放而标准按人登记，或者标准已调整尚未登记。
    en: Paid for the household in one sum while the standard is per person, or a new standard is not entered yet.
basis:
  - {text: 长春市财政扶贫资金动态监控工作规程（长财库〔2019〕1918号）, article: 第七条（一）2, file: 001_0cce089113c317c0.txt}
scope: {levels: [county, township, village], funds: [all]}
handler: {office: 主管处（室）, joint: 国库处}
needs: [payments, standards]
optional: [projects, accounts]
parameters:
  tolerance: {type: money, default: 0, min: 0, unit: yuan, origin: P}
identity: [subject]
columns:
  benefit: {zh: 补贴项目, en: benefit}
  period: {zh: 所属期, en: period}
  paid_fen: {zh: 发放金额, en: paid}
  standard_fen: {zh: 最接近的标准, en: nearest standard}
*/
MATCH (t:Transfer)-[o:OFF_STANDARD]->(s:Standard)
WHERE (o.gap_fen IS NULL OR o.gap_fen > $tolerance_fen)
  AND NOT any(word IN ['补发', '补差', '折算', '部分'] WHERE coalesce(t.purpose_key, '') CONTAINS word)
RETURN t.id AS subject, CASE WHEN o.gap_fen IS NULL THEN 'not_evaluated' ELSE 'yellow' END AS level,
  o.gap_fen AS amount_fen, [t.ref, s.ref] AS evidence, t.day AS day, t.benefit_key AS benefit, t.period_key AS period,
  t.amount_fen AS paid_fen, s.amount_fen AS standard_fen
