/*
id: ZB11
version: 1.0.0
status: in_force
budget_year: 2026
name: {zh: 指标未落实到项目, en: Indicator not placed on projects}
category: ZB
level: {opens: yellow}
subject: indicator_id
amount: {zh: 未落实到项目的金额, en: amount not placed}
description:
  zh: 监测县级收到的上级指标，在收文后规定天数内既未再分解、又未足额安排到具体项目。
  en: Detects county indicators from an upper level that were neither split further nor fully arranged for projects within the days allowed after receipt.
innocent:
  - zh: 项目库正在论证报批，会议纪要已通过但安排表尚未录入。
    en: The projects are under appraisal, or the minutes are passed and the arrangement is not entered yet.
  - zh: 县级以上切块下达的资金可以不对应具体项目，级次登记有误时会误报。
    en: Block grants above county level need no project; a wrong level would report them.
basis:
  - {text: 长春市财政扶贫资金动态监控工作规程（长财库〔2019〕1918号）, article: 第七条（二）1, file: 001_0cce089113c317c0.txt}
  - {text: 青海省财政扶贫资金动态监控工作实施方案（青财办字〔2018〕1085号）, article: 一（四）, file: 002_79f51f3382b27739.txt}
scope: {levels: [county], funds: [all]}
handler: {office: 县级财政部门业务科（室）, joint: 主管处（室）}
needs: [indicators, splits, project_funds]
optional: []
parameters:
  n: {type: int, default: 60, min: 0, max: 3650, unit: days, origin: P}
identity: [subject]
sum:
  - {plus: indicator_fen, zh: 指标金额, en: indicator amount}
  - {minus: arranged_fen, zh: 已安排到项目, en: arranged for projects}
columns:
  receipt_day: {zh: 收到日期, en: received on}
*/
MATCH (i:Indicator)
WHERE i.listed = true AND i.level = 'county' AND $as_of_day > i.receipt_day + $n
  AND EXISTS { MATCH (:Indicator)-[:SPLIT_TO]->(i) }
  AND NOT EXISTS { MATCH (i)-[:SPLIT_TO]->(:Indicator) }
OPTIONAL MATCH (i)-[f:FINANCES]->(:Project)
WITH i, coalesce(sum(f.fen), 0) AS arranged_fen, collect(f.ref) AS arranged_refs
WHERE arranged_fen < i.amount_fen
RETURN i.id AS subject, 'yellow' AS level, i.amount_fen - arranged_fen AS amount_fen, [i.ref] + arranged_refs AS evidence,
  i.amount_fen AS indicator_fen, arranged_fen, i.receipt_day AS receipt_day
