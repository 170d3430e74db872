/*
id: JX01
version: 1.0.0
status: in_force
budget_year: 2026
name: {zh: 绩效目标未填报, en: Targets not filed}
category: JX
level: {opens: bell, at_expiry: yellow}
subject: project_id
amount: {zh: 已安排的资金, en: arranged amount}
description:
  zh: 监测已安排资金的扶贫项目，自首次安排之日起规定工作日内是否填报绩效目标。期限将到未填报的亮警铃，到期仍未填报的转黄灯；填报后消除。
  en: Detects funded projects without a performance target within the working days allowed after money was first arranged; a bell before the deadline, yellow after it, cleared when a target is filed.
innocent:
  - zh: 小额项目按地方规定合并填报绩效目标，目标登记在另一个项目编号下。
    en: Small projects may file one target together; it stands under another project number.
  - zh: 工作日历未导入或缺少当年调休安排，期限计算有偏差。
    en: The working calendar is missing or lacks the year's holidays, so that the deadline is off.
basis:
  - {text: 关于强化自治区扶贫资金使用与监管的指导意见（新扶贫领字〔2018〕76号）, article: 二（六）, file: 003_f03675b072b4c157.txt}
  - {text: 长春市财政扶贫资金动态监控工作规程（长财库〔2019〕1918号）, article: 第七条（一）3、第二十六条（一）, file: 001_0cce089113c317c0.txt}
scope: {levels: [county, township, village], funds: [all]}
handler: {office: 主管处（室）, joint: 预算处（预算绩效管理办公室）}
needs: [projects, project_funds, targets]
optional: [calendar]
parameters:
  n: {type: int, default: 5, min: 1, max: 250, unit: working_days, origin: D}
  lead: {type: int, default: 2, min: 0, max: 250, unit: working_days, origin: P}
identity: [subject]
columns:
  first_arranged_day: {zh: 首次安排日期, en: first arranged on}
*/
MATCH (j:Project)
WHERE j.listed = true AND j.arranged_fen > 0 AND j.has_target = false
WITH j, j.first_arranged_workday + $n AS deadline
WITH j, CASE
  WHEN $as_of_workday_before >= deadline THEN 'yellow'
  WHEN $as_of_workday >= deadline - $lead THEN 'bell'
  ELSE '' END AS level
WHERE level <> ''
OPTIONAL MATCH (:Indicator)-[f:FINANCES]->(j)
WITH j, level, collect(f.ref) AS arranged_refs
RETURN j.id AS subject, level, j.arranged_fen AS amount_fen, [j.ref] + arranged_refs AS evidence,
  j.first_arranged_day AS first_arranged_day
