/*
id: ZC26
version: 1.0.0
status: in_force
budget_year: 2026
name: {zh: 非财政部门下达转移支付, en: Issued by a non-finance office}
category: ZC
level: {opens: yellow}
subject: indicator_id
amount: {zh: 下达金额, en: amount split into it}
description:
  zh: 监测由上级指标分解下达的指标，其下达单位中没有财政部门。联合发文的各单位分别判断，名称含“财政”或者是机构表中的财政部门的，视为财政部门。
  en: Detects indicators split down from a higher level whose issuing offices include no finance office. Offices that issue jointly are looked at one by one; one counts as finance when its name says so or the table of agencies does.
innocent:
  - zh: 财政部门与主管部门联合发文，只登记了主管部门。
    en: Finance issued jointly and only the other office was entered.
  - zh: 主管部门转发财政部门的文件，登记了转发单位。
    en: An office passed on the finance document and was entered as issuer.
basis:
  - {text: 中华人民共和国预算法实施条例, article: 第五十九条}
scope: {levels: [province, city, county, township], funds: [all]}
handler: {office: 预算处, joint: 主管处（室）}
needs: [indicators, splits]
optional: [agencies]
parameters: {}
identity: [subject]
columns:
  issuer: {zh: 下达单位, en: issuer}
*/
MATCH (p:Indicator)-[:SPLIT_TO]->(c:Indicator)
WHERE c.is_issued_by_finance = false AND p.level_rank < c.level_rank
WITH DISTINCT c
MATCH (p:Indicator)-[s:SPLIT_TO]->(c)
WITH c, coalesce(sum(s.fen), 0) AS split_fen, collect(s.ref) AS split_refs, collect(DISTINCT p.ref) AS parent_refs
RETURN c.id AS subject, 'yellow' AS level, split_fen AS amount_fen, parent_refs + split_refs + [c.ref] AS evidence,
  c.issuer AS issuer
