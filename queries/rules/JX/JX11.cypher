/*
id: JX11
version: 1.0.0
status: in_force
budget_year: 2026
name: {zh: 岗位不分离, en: Duties not separated}
category: JX
level: {opens: red}
subject: subject_id
amount: {zh: 办理对象的金额, en: amount of the subject}
description:
  zh: 监测同一经办人在同一指标、项目或者支付上，是否办理了受理、审核、审批、监督中两个以上环节。
  en: Detects one person who did two or more of receiving, checking, approving and supervising on one indicator, project or payment.
innocent:
  - zh: 经办人不在岗期间按书面授权代办，授权尚未作为例外事项登记。
    en: The person stood in for a colleague under written delegation that is not entered as an exemption yet.
  - zh: 两名经办人同名同姓，系统只登记了姓名。
    en: Two officials share one name, and the system keeps names only.
  - zh: 补录时由一人代填全部环节，实际由不同人员办理。
    en: One person entered all steps afterwards; others had done them.
basis:
  - {text: 福建省扶贫资金在线监管系统建设工作方案, article: 三（二）1, file: 004_3848d735800e4e5c.txt}
scope: {levels: [central, province, city, county, township, village], funds: [all]}
handler: {office: 监督局, joint: 主管处（室）}
needs: [events]
optional: []
parameters: {}
identity: [subject]
columns:
  subject_kind: {zh: 对象类型, en: kind of subject, values: {indicator: {zh: 指标, en: indicator}, project: {zh: 项目, en: project}, payment: {zh: 支付, en: payment}}}
  steps: {zh: 环节, en: steps}
*/
MATCH (e:Event)
WHERE e.same_actor_duties >= 2
OPTIONAL MATCH (i:Indicator)-[:HAD]->(e)
OPTIONAL MATCH (j:Project)-[:HAD]->(e)
OPTIONAL MATCH (t:Transfer)-[:HAD]->(e)
WITH e, coalesce(i.ref, j.ref, t.ref) AS subject_ref, coalesce(i.amount_fen, j.approved_fen, t.amount_fen, 0) AS fen,
  coalesce(t.is_refund, false) AS is_refund
WHERE is_refund = false
WITH e.subject_kind AS subject_kind, e.subject_id AS subject, max(fen) AS amount_fen, collect(e.ref) AS event_refs,
  collect(DISTINCT subject_ref) AS subject_refs, collect(DISTINCT e.step) AS steps
RETURN subject, 'red' AS level, amount_fen, subject_refs + event_refs AS evidence, subject_kind, steps
