/*
id: JX06
version: 1.0.0
status: in_force
budget_year: 2026
name: {zh: 公告公示缺项, en: Public notice incomplete}
category: JX
level: {opens: yellow}
subject: project_id
amount: {zh: 批复金额, en: approved amount}
description:
  zh: 监测已批复的扶贫项目，批复后规定工作日届满时，公告公示应当载明的九项内容（项目名称、资金来源、资金规模、实施地点、建设内容、建设周期、绩效目标、实施单位及责任人、监督举报电话）是否有缺项。
  en: Detects approved projects that lack one of the nine items that a public notice must contain once the working days allowed after approval are over. The items are name, source of the money, size, place, content, period, performance target, unit and person, hotline.
innocent:
  - zh: 内容涉及个人隐私或者国家秘密，依法不予公开。
    en: The item touches on privacy or state secrets and is lawfully left out.
  - zh: 公告已张贴，所缺内容只是没有录入项目台账。
    en: The notice was put up; what is missing was only not entered in the books.
basis:
  - {text: 关于强化自治区扶贫资金使用与监管的指导意见（新扶贫领字〔2018〕76号）, article: 二（四）, file: 003_f03675b072b4c157.txt}
  - {text: 中华人民共和国政府信息公开条例, article: 第二十六条}
scope: {levels: [county, township, village], funds: [all]}
handler: {office: 主管处（室）, joint: 扶贫主管部门}
needs: [projects]
optional: [project_funds, targets, calendar]
parameters:
  n: {type: int, default: 20, min: 1, max: 2500, unit: working_days, origin: L}
identity: [subject]
columns:
  approval_day: {zh: 批复日期, en: approved on}
  missing_items: {zh: 缺项, en: missing items, values: {project_name: {zh: 项目名称, en: project name}, project_funds: {zh: 资金来源, en: source of the money}, scale: {zh: 资金规模, en: scale}, place: {zh: 实施地点, en: place}, content: {zh: 建设内容, en: content}, period: {zh: 建设周期, en: period}, targets: {zh: 绩效目标, en: performance target}, unit_person: {zh: 实施单位及责任人, en: implementing unit and person}, hotline: {zh: 监督举报电话, en: hotline}}}
*/
MATCH (j:Project)
WHERE j.listed = true AND j.approval_day IS NOT NULL AND $as_of_workday_before >= j.approval_workday + $n
WITH j,
  CASE WHEN j.name IS NULL THEN 'project_name' ELSE '' END AS name,
  CASE WHEN $has_project_funds AND j.first_arranged_day IS NULL THEN 'project_funds' ELSE '' END AS source,
  CASE WHEN j.has_scale = false AND j.approved_fen IS NULL THEN 'scale' ELSE '' END AS scale,
  CASE WHEN j.place IS NULL THEN 'place' ELSE '' END AS place,
  CASE WHEN j.has_content = false THEN 'content' ELSE '' END AS content,
  CASE WHEN j.has_period = false THEN 'period' ELSE '' END AS period,
  CASE WHEN $has_targets AND j.has_target = false THEN 'targets' ELSE '' END AS target,
  CASE WHEN j.unit IS NULL OR j.has_person = false THEN 'unit_person' ELSE '' END AS who,
  CASE WHEN j.has_hotline = false THEN 'hotline' ELSE '' END AS hotline
UNWIND [name, source, scale, place, content, period, target, who, hotline] AS item
WITH j, item
WHERE item <> ''
WITH j, collect(item) AS missing_items
RETURN j.id AS subject, 'yellow' AS level, coalesce(j.approved_fen, 0) AS amount_fen, [j.ref] AS evidence,
  j.approval_day AS approval_day, missing_items
