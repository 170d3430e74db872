/*
id: ZB13
version: 1.0.0
status: in_force
budget_year: 2026
name: {zh: 两上两下程序缺失, en: Approval procedure step missing}
category: ZB
level: {opens: yellow}
subject: project_id
amount: {zh: 批复金额, en: approved amount}
description:
  zh: 监测已批复的项目，其办理环节按时间先后是否依次包含村级申报、村级公示、乡镇审核、县级审核、村级公示、县级审核、县级批复。时间相同的环节不论先后。
  en: Detects approved projects whose steps do not contain, in time order, the village's application and public notice, the township's and the county's review, the second notice, the county's second review and its approval. Steps of one time may stand in any order.
innocent:
  - zh: 本地没有执行“两上两下”程序的规定，可用参数限定适用地区。
    en: The procedure is not prescribed in this region; limit the rule to the regions where it is.
  - zh: 环节都已办理，公示或审核的时间未录入、只录日期，或者录成了归档日期。
    en: All steps were taken, and the day of one was left out or entered as the day of filing.
basis:
  - {text: 关于强化自治区扶贫资金使用与监管的指导意见（新扶贫领字〔2018〕76号）, article: 二（三）, file: 003_f03675b072b4c157.txt}
scope: {levels: [county], funds: [all]}
handler: {office: 县级项目主管部门, joint: 县级财政部门}
needs: [projects, events]
optional: []
parameters:
  regions: {type: codes, default: "*", unit: codes, origin: P}
identity: [subject]
columns:
  steps_in_order: {zh: 依次办理的环节数（共七个）, en: "steps in order, of seven"}
  approval_day: {zh: 批复日期, en: approved on}
*/
// approval_steps counts how many of the seven steps follow one another; without any step nothing can be said.
MATCH (p:Project)
WHERE p.listed = true AND p.approval_day IS NOT NULL AND p.approval_steps < 7
UNWIND range(1, 18) AS n
WITH p, max(CASE WHEN $regions CONTAINS (',' + left(coalesce(p.region_key, ''), n) + ',') THEN 1 ELSE 0 END) AS is_named
WITH p, CASE
  WHEN $regions CONTAINS ',*,' OR is_named = 1 THEN 'yellow'
  WHEN p.region_key IS NULL THEN 'not_evaluated'
  ELSE '' END AS level
WHERE level <> ''
OPTIONAL MATCH (p)-[:HAD]->(e:Event) WHERE e.step IN ['村级申报', '村级公示', '乡镇审核', '县级审核', '县级批复']
WITH p, level, collect(e.ref) AS event_refs
RETURN p.id AS subject, level, coalesce(p.approved_fen, 0) AS amount_fen, [p.ref] + event_refs AS evidence,
  p.approval_steps AS steps_in_order, p.approval_day AS approval_day
UNION ALL
MATCH (b:Build)
WHERE NOT EXISTS { MATCH (:Project)-[:HAD]->(e:Event) WHERE e.step IN ['村级申报', '村级公示', '乡镇审核', '县级审核', '县级批复'] }
RETURN '' AS subject, 'not_evaluable' AS level, 0 AS amount_fen, ['events'] AS evidence,
  0 AS steps_in_order, b.as_of_day AS approval_day
