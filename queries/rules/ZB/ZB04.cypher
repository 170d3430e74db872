/*
id: ZB04
version: 1.0.1
status: in_force
budget_year: 2026
name: {zh: 未足额分配下达, en: Not fully passed on}
category: ZB
level: {opens: yellow}
subject: indicator_id
amount: {zh: 未分配下达的金额, en: amount not passed on}
description:
  zh: 监测分配下达期限届满后，指标的分解金额与项目安排金额之和是否仍小于指标金额。适用于省、市两级收到的上级指标，以及经人民代表大会批准的中央、省、市、县本级预算指标。
  en: Detects indicators whose splits and project arrangements still sum to less than the indicator after the time allowed for passing it on. It looks at upper-level money held by provinces and cities, and at own budgets approved by the people's congress.
innocent:
  - zh: 留存部分是按资金管理办法提取的项目管理费，但未登记为单独的指标或项目安排。
    en: The remainder is a project management fee allowed by the fund's rules that was not entered as an indicator or arrangement of its own.
  - zh: 上级追减文件已到、分解尚未冲减，或者据实结算、提前下达的资金未在预算项目中注明。
    en: A cut by the upper level has arrived and is not netted yet, or money settled on actual cost or issued in advance is not marked as such.
basis:
  - {text: 长春市财政扶贫资金动态监控工作规程（长财库〔2019〕1918号）, article: 第七条（一）1, file: 001_0cce089113c317c0.txt}
  - {text: 中华人民共和国预算法, article: 第五十二条}
scope: {levels: [central, province, city, county], funds: [all]}
handler: {office: 主管处（室）, joint: 预算处}
needs: [indicators, splits]
optional: [project_funds, events]
parameters:
  tolerance: {type: money, default: 0, min: 0, unit: yuan, origin: P}
  days: {type: int, default: 30, min: 0, max: 3650, unit: days, origin: L, follows: ZB03.days}
  general: {type: int, default: 30, min: 0, max: 3650, unit: days, origin: L, follows: ZB03.general}
  special: {type: int, default: 60, min: 0, max: 3650, unit: days, origin: L, follows: ZB03.special}
  central_special: {type: int, default: 90, min: 0, max: 3650, unit: days, origin: L, follows: ZB03.central_special}
identity: [subject]
sum:
  - {plus: indicator_fen, zh: 指标金额, en: indicator amount}
  - {minus: split_fen, zh: 已分解, en: split out}
  - {minus: arranged_fen, zh: 已安排到项目, en: arranged for projects}
columns:
  deadline_day: {zh: 期限, en: deadline}
*/
// Where a parent is only named, its level is not known and the child counts as not evaluated, as in ZB03.
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
WHERE $as_of_day > deadline_day
OPTIONAL MATCH (i)-[s:SPLIT_TO]->(:Indicator)
WITH i, deadline_day, coalesce(sum(s.fen), 0) AS split_fen, collect(s.ref) AS split_refs
OPTIONAL MATCH (i)-[f:FINANCES]->(:Project)
WITH i, deadline_day, split_fen, split_refs, coalesce(sum(f.fen), 0) AS arranged_fen, collect(f.ref) AS arranged_refs
WHERE split_fen + arranged_fen < i.amount_fen - $tolerance_fen
RETURN i.id AS subject, 'yellow' AS level, i.amount_fen - split_fen - arranged_fen AS amount_fen,
  [i.ref] + split_refs + arranged_refs AS evidence,
  i.amount_fen AS indicator_fen, split_fen, arranged_fen, deadline_day
UNION ALL
MATCH (q:Indicator)-[:SPLIT_TO]->(i:Indicator)
WHERE i.listed = true AND q.listed = false AND i.level IN ['province', 'city']
  AND NOT any(word IN ['据实结算', '提前下达'] WHERE coalesce(i.item_key, '') CONTAINS word OR coalesce(i.fund_key, '') CONTAINS word)
WITH i, coalesce(sum(q.amount_fen), 0) AS nothing
RETURN i.id AS subject, 'not_evaluated' AS level, nothing AS amount_fen, [i.ref] AS evidence,
  i.amount_fen AS indicator_fen, nothing AS split_fen, nothing AS arranged_fen, i.receipt_day AS deadline_day
