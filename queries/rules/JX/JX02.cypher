/*
id: JX02
version: 1.0.0
status: in_force
budget_year: 2026
name: {zh: 执行情况未填报, en: Execution not reported}
category: JX
level: {opens: bell, at_expiry: yellow}
subject: project_id
amount: {zh: 已安排的资金, en: arranged amount}
description:
  zh: 监测已设定绩效目标的在建项目，上一季度的绩效执行情况是否在季度结束后规定天数内填报实际值。季度结束后未填报的亮警铃，期限届满未填报或逾期填报的转黄灯。
  en: Detects running projects with a performance target for which no actual value was reported for the latest quarter within the days allowed after its end. A bell from the end of the quarter, yellow after the deadline, also where the report came late.
innocent:
  - zh: 项目已停工或者暂缓实施，本季度没有可报的进展，开工日期却已登记。
    en: Work was halted or put off and there was nothing to report, although a starting day is on record.
  - zh: 实际值按季填报在别的系统，本系统仅保留最近一次填报日期，当季的记录被覆盖。
    en: Actual values are reported in another system, and only the latest reporting day was kept here.
basis:
  - {text: 长春市财政扶贫资金动态监控工作规程（长财库〔2019〕1918号）, article: 第七条（一）3, file: 001_0cce089113c317c0.txt}
  - {text: 关于强化自治区扶贫资金使用与监管的指导意见（新扶贫领字〔2018〕76号）, article: 二（六）, file: 003_f03675b072b4c157.txt}
scope: {levels: [county, township, village], funds: [all]}
handler: {office: 主管处（室）, joint: 预算处（预算绩效管理办公室）}
needs: [projects, targets]
optional: []
parameters:
  days: {type: int, default: 10, min: 0, max: 366, unit: days, origin: P}
identity: [subject]
columns:
  quarter_first_day: {zh: 季度首日, en: first day of the quarter}
  deadline_day: {zh: 期限, en: deadline}
*/
MATCH (b:Build)
WITH b.quarter_first_day AS quarter_first_day, b.quarter_last_day AS last_day, b.quarter_last_day + $days AS deadline_day
MATCH (j:Project)
WHERE j.listed = true AND j.has_target = true AND j.started_day <= last_day
  AND (j.accepted_day IS NULL OR j.accepted_day >= quarter_first_day)
MATCH (j)-[:AIMS_AT]->(t:Target)
WITH j, quarter_first_day, deadline_day, collect(t.ref) AS target_refs, coalesce(sum(CASE
  WHEN t.has_actual = true AND (t.reported_day IS NULL OR (t.reported_day >= quarter_first_day AND t.reported_day <= deadline_day))
  THEN 1 ELSE 0 END), 0) AS reports
WHERE reports = 0
OPTIONAL MATCH (:Indicator)-[f:FINANCES]->(j)
WITH j, quarter_first_day, deadline_day, target_refs, collect(f.ref) AS arranged_refs
RETURN j.id AS subject, CASE WHEN $as_of_day > deadline_day THEN 'yellow' ELSE 'bell' END AS level,
  j.arranged_fen AS amount_fen, [j.ref] + target_refs + arranged_refs AS evidence, quarter_first_day, deadline_day
