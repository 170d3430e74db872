/*
id: ZB01
version: 1.0.0
status: in_force
budget_year: 2026
name: {zh: 指标登记超时, en: Indicator registered late}
category: ZB
level: {opens: bell, at_expiry: yellow}
subject: indicator_id
amount: {zh: 指标金额, en: indicator amount}
description:
  zh: 监测预算指标文件印发下达后，是否在规定的工作日内登记到监控平台。期限将到未登记的亮警铃；到期仍未登记，或者登记晚于期限的，转黄灯，补登记后黄灯不消除。
  en: Detects budget indicators that are not registered in the platform within the working days allowed after issue. Before the deadline it rings a bell; after it the light is yellow and stays yellow when the indicator is registered late.
innocent:
  - zh: 指标文件在途或由上级统一补发，实际收到日期晚于印发日期，应核对收文登记。
    en: The document was under way or re-sent by the upper level and came later than its date of issue; check the receipt book.
  - zh: 工作日历未导入或缺少当年调休安排，期限按周一至周五计算会偏早或偏晚。
    en: The working calendar is missing or lacks the year's holidays, so that the deadline falls too early or too late.
basis:
  - {text: 长春市财政扶贫资金动态监控工作规程（长财库〔2019〕1918号）, article: 第二十六条（一）, file: 001_0cce089113c317c0.txt}
scope: {levels: [central, province, city, county, township], funds: [all]}
handler: {office: 主管处（室）, joint: 国库处}
needs: [indicators]
optional: [calendar]
parameters:
  n: {type: int, default: 5, min: 1, max: 250, unit: working_days, origin: D}
  lead: {type: int, default: 2, min: 0, max: 250, unit: working_days, origin: P}
identity: [subject]
columns:
  doc_no: {zh: 文号, en: document}
  issued_day: {zh: 下达日期, en: issued on}
  registered_day: {zh: 登记日期, en: registered on}
*/
// The deadline is the n-th working day after issue; day d lies after it when the working days before d reach its number.
MATCH (i:Indicator)
WHERE i.listed = true
WITH i, i.issued_workday + $n AS deadline
WITH i, CASE
  WHEN i.registered_day IS NULL AND $as_of_workday_before >= deadline THEN 'yellow'
  WHEN i.registered_workday_before >= deadline THEN 'yellow'
  WHEN i.registered_day IS NULL AND $as_of_workday >= deadline - $lead THEN 'bell'
  ELSE '' END AS level
WHERE level <> ''
RETURN i.id AS subject, level, i.amount_fen AS amount_fen, [i.ref] AS evidence,
  i.doc_no AS doc_no, i.issued_day AS issued_day, i.registered_day AS registered_day
