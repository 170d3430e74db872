/*
id: JX08
version: 1.0.0
status: in_force
budget_year: 2026
name: {zh: 反复违规, en: Repeated violation}
category: JX
level: {opens: yellow}
subject: subject
amount: {zh: 各次预警金额合计, en: sum of the alerts' amounts}
description:
  zh: 监测同一对象因同一条规则被核实为违规的预警，在规定月数内是否达到规定次数。
  en: Detects subjects with several alerts of one rule, all confirmed as violations, that opened within the months given.
innocent:
  - zh: 两次预警出自同一事项的重复登记，实际只违规一次。
    en: Both alerts are about one and the same matter, entered twice.
  - zh: 第一次违规的整改期限未到，第二次预警是整改前的同一批业务。
    en: The first violation was still being put right, and the second is about business done before.
basis:
  - {text: 民和县财政扶贫资金动态监控工作实施方案（民财〔2018〕403号）, article: 二（三）, file: 000_0449071ebc8d3f42.txt}
scope: {levels: [central, province, city, county, township, village], funds: [all]}
handler: {office: 监督局, joint: 主管处（室）}
needs: [alert_log]
optional: []
parameters:
  months: {type: int, default: 12, min: 0, max: 600, unit: months, origin: P}
  count: {type: int, default: 2, min: 2, max: 1000, unit: count, origin: P}
identity: [subject]
columns:
  repeated_rule: {zh: 规则, en: rule}
  times: {zh: 违规次数, en: violations}
*/
MATCH (a:LoggedAlert)
WHERE a.result = 'violation'
WITH a.rule_key AS repeated_rule, a.subject_key AS subject_key, min(a.subject) AS subject, collect({
  ref: a.ref, fen: coalesce(a.amount_fen, 0), rank: a.opened_rank, opened: a.opened_month_day}) AS alerts
WHERE size(alerts) >= $count
UNWIND alerts AS first
UNWIND alerts AS other
WITH repeated_rule, subject_key, subject, first, other
WHERE other.rank >= first.rank AND other.opened <= first.opened + $months * 100
WITH repeated_rule, subject_key, subject, first.ref AS first_ref, collect({ref: other.ref, fen: other.fen}) AS within
WHERE size(within) >= $count
UNWIND within AS alert
WITH DISTINCT repeated_rule, subject_key, subject, alert.ref AS ref, alert.fen AS fen
WITH repeated_rule, subject_key, subject, collect(ref) AS evidence, coalesce(sum(fen), 0) AS amount_fen, count(ref) AS times
RETURN subject, 'yellow' AS level, amount_fen, evidence, repeated_rule, times
