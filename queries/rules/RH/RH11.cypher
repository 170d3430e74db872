/*
id: RH11
version: 1.0.0
status: in_force
budget_year: 2026
name: {zh: 公职人员或企业主享受, en: Public employee or owner paid}
category: RH
level: {opens: yellow}
subject: payment_id
amount: {zh: 发放金额, en: payment amount}
description:
  zh: 监测受益人是机关单位（村级除外）的公职人员、职工，或者是企业的法定代表人、股东的到人到户发放；合作社不计，公益性岗位不计。
  en: Detects household payments to persons recorded as public employee or staff of an agency (not of a village), or as legal representative or shareholder of an enterprise; cooperatives and public-welfare posts are left out.
innocent:
  - zh: 村干部、临时工或公益性岗位人员，依照政策可以享受。
    en: A village cadre, temporary worker or holder of a public-welfare post who may draw the benefit.
  - zh: 名下企业是被他人冒名登记、已注销或者长期没有经营。
    en: The enterprise was registered in the person's name by others, is struck off or does no business.
basis:
  - {text: 长春市财政扶贫资金动态监控工作规程（长财库〔2019〕1918号）, article: 第七条（一）2, file: 001_0cce089113c317c0.txt}
scope: {levels: [county, township, village], funds: [all]}
handler: {office: 主管处（室）, joint: 纪检监察机关}
needs: [payments, relations, accounts]
optional: [projects, agencies]
parameters: {}
identity: [subject]
columns:
  relation: {zh: 关系, en: relation}
*/
MATCH (p:Party)-[r:TIED_TO]->(o:Party)
WHERE r.relation IN ['公职人员', '职工', '法定代表人', '股东']
  AND ((r.relation IN ['公职人员', '职工']
      AND (EXISTS { MATCH (g:Agency)-[:KNOWN_AS]->(o) WHERE g.level <> 'village' }
        OR EXISTS { MATCH (a:Account)-[:HELD_BY]->(o) WHERE a.holder_kind = 'agency' }))
    OR (r.relation IN ['法定代表人', '股东']
      AND EXISTS { MATCH (a:Account)-[:HELD_BY]->(o) WHERE a.holder_kind = 'enterprise' }))
  AND NOT EXISTS { MATCH (p)-[post:TIED_TO]->(o) WHERE post.relation = '公益性岗位' }
MATCH (t:Transfer)-[:BENEFITS]->(p)
OPTIONAL MATCH (g:Agency)-[:KNOWN_AS]->(o)
OPTIONAL MATCH (a:Account)-[:HELD_BY]->(o)
WITH t, collect(DISTINCT r.ref) AS relation_refs, collect(DISTINCT r.relation) AS relation,
  collect(DISTINCT g.ref) AS agency_refs, collect(DISTINCT a.ref) AS account_refs
RETURN t.id AS subject, 'yellow' AS level, t.amount_fen AS amount_fen,
  [t.ref] + relation_refs + agency_refs + account_refs AS evidence, t.day AS day, relation
