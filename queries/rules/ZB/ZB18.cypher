/*
id: ZB18
version: 1.0.0
status: in_force
budget_year: 2026
name: {zh: 统筹整合改变用途无批复, en: Use changed without approval}
category: ZB
level: {opens: yellow}
subject: indicator_id
amount: {zh: 改变用途的金额, en: amount moved}
description:
  zh: 监测分解给另一项资金的指标而没有批复：上下级指标的资金名称不同，且下级指标在分解当日及以前没有审批、批复或县级批复环节。
  en: Detects splits into an indicator of another fund without approval, where the fund names differ and the child has no step of approval on or before the day of the split.
innocent:
  - zh: 属于已批准的统筹整合方案，可按“上级资金>下级资金”登记例外事项。
    en: It is part of an approved integration plan; enter an exemption for the pair of funds.
  - zh: 同一资金更名，或者名称填写不一致。
    en: The same fund under a new name, or written differently.
basis:
  - {text: 中华人民共和国预算法, article: 第九十三条（四）（五）}
  - {text: 关于强化自治区扶贫资金使用与监管的指导意见（新扶贫领字〔2018〕76号）, article: 三（二）, file: 003_f03675b072b4c157.txt}
scope: {levels: [central, province, city, county, township], funds: [all]}
handler: {office: 预算处, joint: 主管处（室）}
needs: [indicators, splits]
optional: [events]
parameters: {}
identity: [subject, funds]
columns:
  funds: {zh: 资金（上级>下级）, en: funds (parent>child)}
exempt_by: [funds]
*/
// Rows of one child and one pair of funds: an exemption of the pair leaves the other pairs of the child.
MATCH (q:Indicator)-[s:SPLIT_TO]->(i:Indicator)
WHERE q.fund_key <> i.fund_key
  AND NOT EXISTS { MATCH (i)-[:HAD]->(e:Event) WHERE e.step IN ['审批', '批复', '县级批复'] AND e.day <= s.day }
WITH i, q.fund_name + '>' + i.fund_name AS funds, coalesce(sum(s.fen), 0) AS fen,
  collect(DISTINCT q.ref) AS parent_refs, collect(s.ref) AS split_refs
WHERE fen > 0
RETURN i.id AS subject, 'yellow' AS level, fen AS amount_fen, [i.ref] + parent_refs + split_refs AS evidence, funds
