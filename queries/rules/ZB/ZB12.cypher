/*
id: ZB12
version: 1.0.0
status: in_force
budget_year: 2026
name: {zh: 未审批先开工, en: Started before approval}
category: ZB
level: {opens: red}
subject: project_id
amount: {zh: 批复金额, en: approved amount}
description:
  zh: 监测项目在县级扶贫开发领导小组批复之前已经开工，或者已开工而至今没有批复。开工日期未填的以“开工”环节的最早日期为准；批复日期未填的以“县级批复”环节的最早日期为准。
  en: Detects projects that started before the county's approval, or have started and have none. Without a start day the first step of starting work counts, without a day of approval the first step of the county's approval.
innocent:
  - zh: 抢险救灾等应急项目先行实施、后补批复，应登记例外事项。
    en: An emergency works project that was started first and approved afterwards; enter an exemption.
  - zh: 批复日期录成了批复文件的印发日期，晚于会议审定日期。
    en: The day entered is that of printing, later than the meeting that approved it.
basis:
  - {text: 关于强化自治区扶贫资金使用与监管的指导意见（新扶贫领字〔2018〕76号）, article: 二（三）, file: 003_f03675b072b4c157.txt}
scope: {levels: [county], funds: [all]}
handler: {office: 县级项目主管部门, joint: 县级财政部门}
needs: [projects]
optional: [events]
parameters: {}
identity: [subject]
columns:
  start_day: {zh: 开工日期, en: started on}
  approval_day: {zh: 批复日期, en: approved on}
*/
MATCH (p:Project)
WHERE p.listed = true
OPTIONAL MATCH (p)-[:HAD]->(e:Event) WHERE e.step = '开工'
WITH p, min(e.day) AS event_day, collect(e.ref) AS event_refs
WITH p, coalesce(p.started_day, event_day) AS start_day, event_refs
WHERE start_day IS NOT NULL AND (p.approval_day IS NULL OR start_day < p.approval_day)
RETURN p.id AS subject, 'red' AS level, coalesce(p.approved_fen, 0) AS amount_fen, [p.ref] + event_refs AS evidence,
  start_day, p.approval_day AS approval_day
