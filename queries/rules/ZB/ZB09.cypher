/*
id: ZB09
version: 1.0.0
status: in_force
budget_year: 2026
name: {zh: 指标重复登记, en: Indicator registered twice}
category: ZB
level: {opens: yellow}
subject: indicator_id
amount: {zh: 后登记指标的金额, en: amount of the later indicator}
description:
  zh: 监测文号、资金名称、金额、接收单位全部相同的指标。按下达日期、登记日期、指标编号排序，除第一条外逐条亮黄灯。
  en: Detects indicators equal in document number, fund, amount and receiver. In order of issue, registration and identifier every one but the first is reported.
innocent:
  - zh: 同一文件对同一单位分两个预算项目各安排相同金额，应核对文件附表。
    en: One document gives one unit the same amount for two budget items; check its annex.
  - zh: 属于调整、追加、追减，但预算项目中没有写明。
    en: It is an adjustment, addition or cut whose budget item does not say so.
basis:
  - {text: 长春市财政扶贫资金动态监控工作规程（长财库〔2019〕1918号）, article: 第七条（一）1, file: 001_0cce089113c317c0.txt}
scope: {levels: [central, province, city, county, township], funds: [all]}
handler: {office: 主管处（室）, joint: 预算处}
needs: [indicators]
optional: []
parameters: {}
identity: [subject]
*/
// Guarded indicators leave the group first: adjustments by their budget item, and the child of an equal parent.
MATCH (i:Indicator)
WHERE i.listed = true AND i.doc_key IS NOT NULL AND i.fund_key IS NOT NULL AND i.receiver_key IS NOT NULL
  AND NOT any(word IN ['调整', '追加', '追减'] WHERE coalesce(i.item_key, '') CONTAINS word)
  AND NOT EXISTS { MATCH (q:Indicator)-[:SPLIT_TO]->(i)
    WHERE q.id <> i.id AND q.doc_key = i.doc_key AND q.fund_key = i.fund_key AND q.amount_fen = i.amount_fen AND q.receiver_key = i.receiver_key }
WITH i.doc_key AS doc, i.fund_key AS fund, i.amount_fen AS fen, i.receiver_key AS receiver,
  min(i.issue_rank) AS first_rank, collect({id: i.id, ref: i.ref, rank: i.issue_rank}) AS members
WHERE size(members) > 1
UNWIND members AS m
WITH doc, fund, fen, receiver, first_rank, m, CASE WHEN m.rank = first_rank THEN m.ref ELSE null END AS candidate
WITH doc, fund, fen, receiver, first_rank, min(candidate) AS first_ref, collect(m) AS members
UNWIND members AS m
WITH fen, first_rank, first_ref, m WHERE m.rank > first_rank
RETURN m.id AS subject, 'yellow' AS level, fen AS amount_fen, [first_ref, m.ref] AS evidence
