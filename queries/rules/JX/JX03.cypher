/*
id: JX03
version: 1.0.0
status: in_force
budget_year: 2026
name: {zh: 绩效严重偏离, en: Serious deviation}
category: JX
level: {opens: yellow}
subject: project_id
amount: {zh: 已安排的资金, en: arranged amount}
description:
  zh: 监测已验收或者首次安排年度已结束的项目，绩效指标最近一次填报的实际值是否偏离目标值超过规定幅度。不低于类指标看短缺幅度，完成超过目标规定倍数的也列为疑点；不高于类指标看超出幅度；等于类指标看正反两个方向。
  en: Detects projects that are accepted, or whose year of first arrangement is over, with a measure whose latest actual value is off its target by more than the band, by its direction. A measure of at least so much that is exceeded many times over is reported as well.
innocent:
  - zh: 目标值填报时单位有误，或者目标本身订得过低、过高，实际并未偏离。
    en: The target was entered in a wrong unit, or was set far too low or too high; nothing went wrong in fact.
  - zh: 受灾、疫情或者政策调整使目标无法完成，调整目标的批复尚未录入。
    en: Disaster, epidemic or a change of policy put the target out of reach, and its approved adjustment is not entered yet.
  - zh: 效益滞后，实际值按验收当日填报，尚未反映全年结果。
    en: The effect comes later; the value is that of the day of acceptance, not of the whole year.
basis:
  - {text: 长春市财政扶贫资金动态监控工作规程（长财库〔2019〕1918号）, article: 第七条（一）3, file: 001_0cce089113c317c0.txt}
  - {text: 关于强化自治区扶贫资金使用与监管的指导意见（新扶贫领字〔2018〕76号）, article: 二（六）, file: 003_f03675b072b4c157.txt}
scope: {levels: [county, township, village], funds: [all]}
handler: {office: 主管处（室）, joint: 预算处（预算绩效管理办公室）}
needs: [projects, targets]
optional: []
parameters:
  band: {type: int, default: 30, min: 0, max: 100000, unit: percent, origin: P}
  over: {type: int, default: 200, min: 0, max: 100000, unit: percent, origin: P}
identity: [subject]
columns:
  measures: {zh: 偏离的指标, en: measures that deviate}
*/
MATCH (j:Project)
WHERE j.listed = true AND j.has_target = true AND (j.accepted_day IS NOT NULL OR $as_of_day > j.first_arranged_year_end)
MATCH (j)-[:AIMS_AT]->(t:Target)
WHERE t.is_latest = true AND (t.missed_percent > $band OR (t.direction = 'at_least' AND t.actual_percent > $over))
WITH j, collect(t.ref) AS target_refs, collect(DISTINCT t.measure) AS measures
OPTIONAL MATCH (:Indicator)-[f:FINANCES]->(j)
WITH j, target_refs, measures, collect(f.ref) AS arranged_refs
RETURN j.id AS subject, 'yellow' AS level, j.arranged_fen AS amount_fen, [j.ref] + target_refs + arranged_refs AS evidence,
  measures
