/*
id: ZB02
version: 1.0.0
status: in_force
budget_year: 2026
name: {zh: 指标接收超时, en: Indicator received late}
category: ZB
level: {opens: bell, at_expiry: yellow}
subject: indicator_id
amount: {zh: 指标金额, en: indicator amount}
description:
  zh: 监测上级分解下达的指标，接收单位是否在下达后规定的工作日内登记收文。期限将到未接收的亮警铃；到期仍未接收，或者接收晚于期限的，转黄灯，补登后黄灯不消除。
  en: Detects indicators passed down by an upper level whose receipt is not entered within the working days allowed after issue. Before the deadline it rings a bell; after it the light is yellow and stays yellow when the receipt is late.
innocent:
  - zh: 指标文件在途或由机要渠道传递，应核对收文登记。
    en: The document was under way or went by confidential mail; check the receipt book.
  - zh: 文件已收、指标已登记，只是收文日期漏填。
    en: The document came and the indicator is registered, only the day of receipt was left out.
basis:
  - {text: 长春市财政扶贫资金动态监控工作规程（长财库〔2019〕1918号）, article: 第七条（一）1, file: 001_0cce089113c317c0.txt}
  - {text: 长春市财政扶贫资金动态监控工作规程（长财库〔2019〕1918号）, article: 第十一条（一）, file: 001_0cce089113c317c0.txt}
scope: {levels: [central, province, city, county, township], funds: [all]}
handler: {office: 预算处, joint: 主管处（室）}
needs: [indicators, splits]
optional: [calendar]
parameters:
  n: {type: int, default: 5, min: 1, max: 250, unit: working_days, origin: P}
  lead: {type: int, default: 2, min: 0, max: 250, unit: working_days, origin: P}
identity: [subject]
columns:
  doc_no: {zh: 文号, en: document}
  issued_day: {zh: 下达日期, en: issued on}
  received_day: {zh: 收文日期, en: received on}
*/
// As in ZB01: the deadline is the n-th working day after issue. A receipt is by itself no registration.
MATCH (q:Indicator)-[s:SPLIT_TO]->(i:Indicator)
WHERE i.listed = true
WITH i, i.issued_workday + $n AS deadline, collect(s.ref) AS split_refs
WITH i, split_refs, CASE
  WHEN i.received_day IS NULL AND $as_of_workday_before >= deadline THEN 'yellow'
  WHEN i.received_workday_before >= deadline THEN 'yellow'
  WHEN i.received_day IS NULL AND $as_of_workday >= deadline - $lead THEN 'bell'
  ELSE '' END AS level
WHERE level <> ''
RETURN i.id AS subject, level, i.amount_fen AS amount_fen, [i.ref] + split_refs AS evidence,
  i.doc_no AS doc_no, i.issued_day AS issued_day, i.received_day AS received_day
