/*
id: JX07
version: 1.0.0
status: in_force
budget_year: 2026
name: {zh: 预警处理超时, en: Alert handled late}
category: JX
level: {opens: yellow}
subject: alert_id
amount: {zh: 预警涉及的金额, en: amount of the alert}
description:
  zh: 监测黄灯、红灯预警自预警之日起，在规定工作日内是否有处理记录。黄色警铃不设处理时限。
  en: Detects yellow and red alerts without a handling slip within the working days allowed after they opened. Bells have no limit.
innocent:
  - zh: 已经批准延期处理，延期记录尚未作为例外事项登记。
    en: An extension was granted and is not entered as an exemption yet.
  - zh: 已电话核实并办结，处理单补录在后。
    en: It was checked and settled by telephone, and the slip was entered afterwards.
basis:
  - {text: 长春市财政扶贫资金动态监控工作规程（长财库〔2019〕1918号）, article: 第二十二条、第二十三条, file: 001_0cce089113c317c0.txt}
scope: {levels: [central, province, city, county, township, village], funds: [all]}
handler: {office: 国库处, joint: 主管处（室）}
needs: [alert_log]
optional: [calendar]
parameters:
  yellow: {type: int, default: 5, min: 1, max: 2500, unit: working_days, origin: P}
  red: {type: int, default: 10, min: 1, max: 2500, unit: working_days, origin: P}
identity: [subject]
columns:
  alert_level: {zh: 预警级别, en: level of the alert, values: {yellow: {zh: 黄灯, en: yellow}, red: {zh: 红灯, en: red}}}
  opened_day: {zh: 预警日期, en: opened on}
  responded_day: {zh: 处理日期, en: handled on}
*/
MATCH (a:LoggedAlert)
WHERE a.severity >= 2
WITH a, a.opened_workday + CASE a.severity WHEN 3 THEN $red ELSE $yellow END AS deadline
WHERE $as_of_workday_before >= deadline AND (a.responded_day IS NULL OR a.responded_workday_before >= deadline)
RETURN a.id AS subject, 'yellow' AS level, coalesce(a.amount_fen, 0) AS amount_fen, [a.ref] AS evidence,
  a.level AS alert_level, a.opened_day AS opened_day, a.responded_day AS responded_day
