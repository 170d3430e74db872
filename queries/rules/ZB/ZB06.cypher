/*
id: ZB06
version: 1.0.0
status: in_force
budget_year: 2026
name: {zh: 层层截留, en: Kept at a middle level}
category: ZB
level: {opens: yellow}
subject: indicator_id
amount: {zh: 留存金额, en: kept amount}
description:
  zh: 监测应当直达县级的资金，省、市两级收到上级指标后，是否分解给不低于本级的指标或自行安排到项目而留在本级。没有下达的金额由分配下达超期、未足额分配下达两条规则监测。
  en: Detects county-bound money of which a province or city, having received it from above, keeps a part by splitting it to lines of its own or a higher level or by placing it on projects itself. Money not passed on at all belongs to the two rules on passing on.
innocent:
  - zh: 资金管理办法允许本级按比例提取项目管理费或工作经费，应按资金名称登记例外事项。
    en: The rules of the fund allow a fee for project management or work to be kept; enter an exemption for the fund or with its amount.
  - zh: 由省、市统一组织实施、受益在县的项目。
    en: A project that the province or city carries out for the counties.
basis:
  - {text: 中华人民共和国预算法, article: 第九十三条}
  - {text: 财政违法行为处罚处分条例, article: 第六条（二）（三）}
scope: {levels: [province, city], funds: [county_bound]}
handler: {office: 主管处（室）, joint: 预算处}
needs: [indicators, splits, funds]
optional: [project_funds]
parameters:
  allow: {type: money, default: 0, min: 0, unit: yuan, origin: P}
identity: [subject]
sum:
  - {plus: kept_split_fen, zh: 分解给不低于本级的指标, en: split to lines not below its level}
  - {plus: arranged_fen, zh: 自行安排到项目, en: arranged for projects by itself}
columns:
  fund_name: {zh: 资金名称, en: fund}
exempt_amount: true
exempt_by: [fund_name]
*/
// The level of a child that is only named is not known; what is known to be kept is reported.
MATCH (i:Indicator)-[:OF_FUND]->(fund:Fund)
WHERE i.level IN ['province', 'city'] AND fund.county_bound = true
WITH DISTINCT i
MATCH (q:Indicator)-[:SPLIT_TO]->(i) WHERE q.level_rank < i.level_rank
WITH DISTINCT i
OPTIONAL MATCH (i)-[s:SPLIT_TO]->(c:Indicator)
WITH i, coalesce(sum(CASE WHEN c.level_rank <= i.level_rank THEN s.fen ELSE 0 END), 0) AS kept_split_fen,
  collect(CASE WHEN c.level_rank <= i.level_rank THEN s.ref ELSE null END) AS split_refs,
  coalesce(sum(CASE WHEN c.listed = false THEN 1 ELSE 0 END), 0) AS unknown
OPTIONAL MATCH (i)-[f:FINANCES]->(:Project)
WITH i, kept_split_fen, split_refs, unknown, coalesce(sum(f.fen), 0) AS arranged_fen, collect(f.ref) AS arranged_refs
WHERE kept_split_fen + arranged_fen > $allow_fen OR unknown > 0
RETURN i.id AS subject, CASE WHEN kept_split_fen + arranged_fen > $allow_fen THEN 'yellow' ELSE 'not_evaluated' END AS level,
  kept_split_fen + arranged_fen AS amount_fen, [i.ref] + split_refs + arranged_refs AS evidence,
  kept_split_fen, arranged_fen, i.fund_name AS fund_name
