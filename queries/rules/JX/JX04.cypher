/*
id: JX04
version: 1.0.0
status: in_force
budget_year: 2026
name: {zh: 花钱无效, en: Money without effect}
category: JX
level: {opens: yellow}
subject: project_id
amount: {zh: 项目已支付的资金, en: paid amount}
description:
  zh: 监测支付已达到安排资金规定比例的项目，其不低于类绩效指标最近一次填报的实际值是否全部为零。实际值未填报的不按零计算。
  en: Detects projects that were paid a given share of the money arranged for them while every at-least measure was last reported as zero. An actual value that is missing is not zero.
innocent:
  - zh: 效益滞后，如种植、养殖项目尚未到产出季节，阶段性填报为零。
    en: The effect comes later, as when crops or animals are not yet in season and the interim report is zero.
  - zh: 填报时以零代替未统计，应当留空。
    en: Zero was entered for what was not counted yet; the cell should have been left empty.
basis:
  - {text: 关于强化自治区扶贫资金使用与监管的指导意见（新扶贫领字〔2018〕76号）, article: 二（六）, file: 003_f03675b072b4c157.txt}
  - {text: 长春市财政扶贫资金动态监控工作规程（长财库〔2019〕1918号）, article: 第七条（一）3, file: 001_0cce089113c317c0.txt}
scope: {levels: [county, township, village], funds: [all]}
handler: {office: 主管处（室）, joint: 预算处（预算绩效管理办公室）}
needs: [projects, project_funds, payments, targets]
optional: []
parameters:
  share: {type: int, default: 80, min: 0, max: 1000, unit: percent, origin: P}
identity: [subject]
columns:
  arranged_fen: {zh: 已安排, en: arranged}
  measures: {zh: 实际值为零的指标, en: measures at zero}
*/
MATCH (j:Project)
WHERE j.listed = true AND j.has_target = true AND j.arranged_fen > 0 AND j.paid_fen * 100 >= j.arranged_fen * $share
MATCH (j)-[:AIMS_AT]->(t:Target)
WHERE t.is_latest = true AND t.direction = 'at_least' AND t.missed_percent IS NOT NULL
WITH j, collect(t.ref) AS target_refs, collect(DISTINCT t.measure) AS measures,
  coalesce(sum(CASE WHEN t.actual_sign <> 0 THEN 1 ELSE 0 END), 0) AS with_effect
WHERE with_effect = 0
OPTIONAL MATCH (:Indicator)-[f:FINANCES]->(j)
WITH j, target_refs, measures, collect(f.ref) AS arranged_refs
OPTIONAL MATCH (p:Transfer)-[f:PAYS_FOR]->(j) WHERE f.paid_fen IS NOT NULL
OPTIONAL MATCH (r:Transfer)-[:REFUNDS]->(p)
WITH j, target_refs, measures, arranged_refs, collect(DISTINCT p.ref) AS paid_refs, collect(DISTINCT r.ref) AS refund_refs
RETURN j.id AS subject, 'yellow' AS level, j.paid_fen AS amount_fen,
  [j.ref] + target_refs + arranged_refs + paid_refs + refund_refs AS evidence, j.arranged_fen AS arranged_fen, measures
