/*
id: ZC22
version: 1.0.0
status: in_force
budget_year: 2026
name: {zh: 收款人集中, en: Payee concentration}
category: ZC
level: {opens: yellow}
subject: payee
amount: {zh: 在该县收到的金额, en: received in the county}
description:
  zh: 监测一个县（项目区划代码前六位）内，非到户项目付给企业、合作社、商户的资金中，某一收款人或者经同一法定代表人、股东相联系的一组收款人所占比例超过限值，且收款项目数、全县收款人数达到下限。供电、电网、自来水、燃气、通信单位除外。
  en: Detects, among what projects of a county (first six characters of the region code) other than household projects paid to enterprises, cooperatives and merchants, a payee or a group linked through an owner or legal representative whose share exceeds the limit, for at least so many projects in a county with at least so many payees. Suppliers of power, water, gas and telephone are left out.
innocent:
  - zh: 大型工程由一家中标单位承建，招标程序完备，集中在一两个年度。
    en: One firm won a large work in a proper tender and was paid for it within a year or two.
  - zh: 当地具备资质的施工或供货单位很少。
    en: Few firms nearby are qualified for such works or goods.
basis:
  - {text: 审计惯例（凭记忆，未核对出处）, article: 收款人集中度}
scope: {levels: [county], funds: [all]}
handler: {office: 监督局, joint: 主管处（室）}
needs: [payments, accounts, projects]
optional: [relations]
parameters:
  share: {type: int, default: 40, min: 0, max: 100, unit: percent, origin: M}
  projects: {type: int, default: 3, min: 1, max: 100000, unit: count, origin: P}
  min_payees: {type: int, default: 5, min: 1, max: 100000, unit: count, origin: P}
identity: [subject]
columns:
  county: {zh: 县, en: county}
  county_fen: {zh: 全县金额, en: received by all payees}
  county_payees: {zh: 全县收款人数, en: payees of the county}
  paying_projects: {zh: 付款项目数, en: projects that paid}
  payees: {zh: 组内收款人数, en: payees of the group}
*/
MATCH (g:PayeeGroup)
WHERE g.received_fen * 100 > 0 + g.county_fen * $share AND g.projects >= $projects AND g.county_payees >= $min_payees
MATCH (a:Account)-[:IN_GROUP]->(g)
MATCH (t:Transfer)-[:RECEIVED_BY]->(a)
MATCH (t)-[f:PAYS_FOR]->(j:Project)
WHERE f.paid_fen IS NOT NULL AND j.county = g.county AND j.kind <> 'household'
WITH g, collect(DISTINCT a.ref) AS account_refs, collect(DISTINCT t.ref) AS payment_refs, collect(DISTINCT j.ref) AS project_refs
// The relations that join the members of a group.
OPTIONAL MATCH (a:Account)-[:IN_GROUP]->(g) WHERE g.payees > 1
OPTIONAL MATCH (a)-[:HELD_BY]->(x:Party)
OPTIONAL MATCH (x)-[r:TIED_TO]->(:Party) WHERE r.relation IN ['法定代表人', '股东']
WITH g, account_refs, payment_refs, project_refs, collect(DISTINCT r.ref) AS relation_refs
RETURN g.id AS subject, 'yellow' AS level, g.received_fen AS amount_fen,
  account_refs + relation_refs + project_refs + payment_refs AS evidence,
  g.county AS county, g.county_fen AS county_fen, g.county_payees AS county_payees, g.projects AS paying_projects, g.payees AS payees
UNION ALL
MATCH (g:PayeeGroup)
WHERE g.county IS NULL
RETURN g.id AS subject, 'not_evaluated' AS level, 0 AS amount_fen, [''] AS evidence,
  g.county AS county, 0 AS county_fen, 0 AS county_payees, 0 AS paying_projects, g.payees AS payees
