/*
id: ZB03
version: 1.0.0
status: in_force
budget_year: 2026
name: {zh: 预算分配下达超期, en: Allocation passed on late}
category: ZB
level: {opens: bell, at_expiry: yellow, also: [red]}
subject: indicator_id
amount: {zh: 未分配下达的金额, en: amount not passed on}
description:
  zh: 监测指标是否在法定期限内足额分解下达或安排到项目。省、市两级收到的上级指标自收到之日起算；本级预算指标自人民代表大会批准之日起算，一般性转移支付、专项转移支付和中央专项期限不同。期限将到未足额的亮警铃，期满未足额的转黄灯，以后补足的黄灯不消除。
  en: Detects indicators not passed on or arranged in full within the statutory days. Upper-level money held by provinces and cities runs from its receipt; own budgets run from approval by the people's congress, with different limits for general, special and central special transfers. It rings a bell before the limit and is yellow after it, also when the rest follows later.
innocent:
  - zh: 据实结算、提前下达的资金，没有在预算项目或资金名称中注明。
    en: Money settled on actual cost or issued in advance is not marked as such.
  - zh: 收文日期漏填，期限从登记或下达日期起算而偏早。
    en: The day of receipt was left out, so that the limit runs from registration or issue.
  - zh: 已按期分解，分解表尚未导入。
    en: It was passed on in time and the splits are not ingested yet.
basis:
  - {text: 长春市财政扶贫资金动态监控工作规程（长财库〔2019〕1918号）, article: 第七条（一）1, file: 001_0cce089113c317c0.txt}
  - {text: 中华人民共和国预算法, article: 第五十二条}
scope: {levels: [central, province, city, county], funds: [all]}
handler: {office: 主管处（室）, joint: 预算处}
needs: [indicators, splits]
optional: [project_funds, events]
parameters:
  days: {type: int, default: 30, min: 0, max: 3650, unit: days, origin: L}
  general: {type: int, default: 30, min: 0, max: 3650, unit: days, origin: L}
  special: {type: int, default: 60, min: 0, max: 3650, unit: days, origin: L}
  central_special: {type: int, default: 90, min: 0, max: 3650, unit: days, origin: L}
  lead: {type: int, default: 5, min: 0, max: 3650, unit: days, origin: P}
  red_after: {type: int, default: null, min: 0, max: 3650, unit: days, origin: P}
identity: [subject]
sum:
  - {plus: indicator_fen, zh: 指标金额, en: indicator amount}
  - {minus: split_fen, zh: 期限内已分解, en: split out in time}
  - {minus: arranged_fen, zh: 期限内已安排到项目, en: arranged for projects in time}
columns:
  deadline_day: {zh: 期限, en: deadline}
*/
// At the deadline T itself what was passed on by then decides; before it, what is passed on today. Where a parent is
// only named, its level is not known and the child counts as not evaluated.
MATCH (i:Indicator)
WHERE i.listed = true
  AND NOT any(word IN ['据实结算', '提前下达'] WHERE coalesce(i.item_key, '') CONTAINS word OR coalesce(i.fund_key, '') CONTAINS word)
OPTIONAL MATCH (q:Indicator)-[:SPLIT_TO]->(i)
WITH i, count(q) AS parents, max(coalesce(q.level_rank, 99)) AS lowest_parent_rank
OPTIONAL MATCH (i)-[:HAD]->(e:Event) WHERE e.step = '人大批准'
WITH i, parents, lowest_parent_rank, min(e.day) AS approved_day
WITH i, CASE
  WHEN parents > 0 AND i.level IN ['province', 'city'] AND lowest_parent_rank < i.level_rank THEN i.receipt_day + $days
  WHEN parents = 0 AND i.level IN ['central', 'province', 'city', 'county'] AND i.nature_key CONTAINS '一般性' THEN approved_day + $general
  WHEN parents = 0 AND i.level = 'central' THEN approved_day + $central_special
  WHEN parents = 0 AND i.level IN ['province', 'city', 'county'] THEN approved_day + $special
  ELSE null END AS deadline_day
WHERE $as_of_day >= deadline_day - $lead
OPTIONAL MATCH (i)-[s:SPLIT_TO]->(:Indicator) WHERE s.day <= deadline_day
WITH i, deadline_day, coalesce(sum(s.fen), 0) AS split_fen, collect(s.ref) AS split_refs
OPTIONAL MATCH (i)-[f:FINANCES]->(:Project) WHERE f.day <= deadline_day
WITH i, deadline_day, split_fen, split_refs, coalesce(sum(f.fen), 0) AS arranged_fen, collect(f.ref) AS arranged_refs
WHERE split_fen + arranged_fen < i.amount_fen
RETURN i.id AS subject, CASE
  WHEN $as_of_day > deadline_day + $red_after THEN 'red'
  WHEN $as_of_day > deadline_day THEN 'yellow'
  ELSE 'bell' END AS level,
  i.amount_fen - split_fen - arranged_fen AS amount_fen, [i.ref] + split_refs + arranged_refs AS evidence,
  i.amount_fen AS indicator_fen, split_fen, arranged_fen, deadline_day
UNION ALL
MATCH (q:Indicator)-[:SPLIT_TO]->(i:Indicator)
WHERE i.listed = true AND q.listed = false AND i.level IN ['province', 'city']
  AND NOT any(word IN ['据实结算', '提前下达'] WHERE coalesce(i.item_key, '') CONTAINS word OR coalesce(i.fund_key, '') CONTAINS word)
WITH i, coalesce(sum(q.amount_fen), 0) AS nothing
RETURN i.id AS subject, 'not_evaluated' AS level, nothing AS amount_fen, [i.ref] AS evidence,
  i.amount_fen AS indicator_fen, nothing AS split_fen, nothing AS arranged_fen, i.receipt_day AS deadline_day
