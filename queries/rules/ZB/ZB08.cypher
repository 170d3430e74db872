/*
id: ZB08
version: 1.0.0
status: in_force
budget_year: 2026
name: {zh: 缺少指标文件扫描件, en: Indicator scan missing}
category: ZB
level: {opens: bell, at_expiry: yellow}
subject: indicator_id
amount: {zh: 指标金额, en: indicator amount}
description:
  zh: 监测指标下达后规定的工作日内是否上传指标文件扫描件。期限将到未上传的亮警铃，到期未上传的转黄灯；扫描件没有上传日期，上传后即视为完成。涉密文件以“涉密”和原因代替扫描件。
  en: Detects indicators without a scan of their document within the working days allowed after issue. It rings a bell before the deadline and is yellow after it. A scan has no date, so that it counts as done whenever it is there. A secret document has the word for secret and the reason in place of a scan.
innocent:
  - zh: 文件涉密，不宜上传，应在扫描件一栏注明“涉密”和原因。
    en: The document is secret and must not be uploaded; write so and the reason in its place.
  - zh: 扫描件已随上级指标一并下发，本级没有重复上传。
    en: The scan came with the upper level's indicator and was not uploaded again.
basis:
  - {text: 长春市财政扶贫资金动态监控工作规程（长财库〔2019〕1918号）, article: 第七条（一）1, file: 001_0cce089113c317c0.txt}
  - {text: 长春市财政扶贫资金动态监控工作规程（长财库〔2019〕1918号）, article: 第十二条（二）, file: 001_0cce089113c317c0.txt}
scope: {levels: [central, province, city, county, township], funds: [all]}
handler: {office: 主管处（室）, joint: 国库处}
needs: [indicators]
optional: [calendar]
parameters:
  n: {type: int, default: 5, min: 1, max: 250, unit: working_days, origin: P}
  lead: {type: int, default: 2, min: 0, max: 250, unit: working_days, origin: P}
identity: [subject]
columns:
  doc_no: {zh: 文号, en: document}
  issued_day: {zh: 下达日期, en: issued on}
*/
// As in ZB01: the deadline is the n-th working day after issue.
MATCH (i:Indicator)
WHERE i.listed = true AND i.scan_file IS NULL AND $as_of_workday >= i.issued_workday + $n - $lead
RETURN i.id AS subject, CASE WHEN $as_of_workday_before >= i.issued_workday + $n THEN 'yellow' ELSE 'bell' END AS level,
  i.amount_fen AS amount_fen, [i.ref] AS evidence, i.doc_no AS doc_no, i.issued_day AS issued_day
