/*
id: JX05
version: 1.0.0
status: in_force
budget_year: 2026
name: {zh: 资产台账缺失或闲置, en: Asset missing or idle}
category: JX
level: {opens: yellow}
subject: project_id
amount: {zh: 项目已支付的资金, en: paid amount}
description:
  zh: 监测已支付资金的基础设施类、企业类项目，验收后超过规定月数仍未登记扶贫资产，或者所登记的资产没有经营主体。
  en: Detects infrastructure and enterprise projects with money paid for which, more than the months allowed after acceptance, no asset is registered or an asset has no operator.
innocent:
  - zh: 项目支出属于培训、补助等消耗性支出，没有形成资产，项目类型登记有误。
    en: The money went into training or allowances and formed no asset; the kind of project is wrong.
  - zh: 资产属于村组道路等公益性设施，由村集体管护，没有经营主体。
    en: The asset is a public one, such as a village road, kept by the village and run by nobody.
  - zh: 资产已移交并登记在另一个项目编号下。
    en: The asset was handed over and is registered under another project number.
basis:
  - {text: 关于强化自治区扶贫资金使用与监管的指导意见（新扶贫领字〔2018〕76号）, article: 二（三）, file: 003_f03675b072b4c157.txt}
scope: {levels: [county, township, village], funds: [all]}
handler: {office: 主管处（室）, joint: 扶贫主管部门}
needs: [projects, assets, payments]
optional: []
parameters:
  months: {type: int, default: 6, min: 0, max: 600, unit: months, origin: P}
identity: [subject]
columns:
  accepted_day: {zh: 验收日期, en: accepted on}
  asset_count: {zh: 已登记资产数, en: assets registered}
*/
MATCH (j:Project)
WHERE j.listed = true AND j.kind IN ['infrastructure', 'enterprise'] AND j.paid_fen > 0 AND j.accepted_day <= $months_passed_day
OPTIONAL MATCH (j)-[:FORMED]->(a:Asset)
WITH j, count(a) AS asset_count, collect(CASE WHEN a.has_operator = false THEN a.ref ELSE null END) AS idle_refs
WHERE asset_count = 0 OR size(idle_refs) > 0
OPTIONAL MATCH (p:Transfer)-[f:PAYS_FOR]->(j) WHERE f.paid_fen IS NOT NULL
OPTIONAL MATCH (r:Transfer)-[:REFUNDS]->(p)
WITH j, asset_count, idle_refs, collect(DISTINCT p.ref) AS paid_refs, collect(DISTINCT r.ref) AS refund_refs
RETURN j.id AS subject, 'yellow' AS level, j.paid_fen AS amount_fen, [j.ref] + idle_refs + paid_refs + refund_refs AS evidence,
  j.accepted_day AS accepted_day, asset_count
