/*
id: ZC13
version: 1.0.1
status: in_force
budget_year: 2026
name: {zh: 预算单位收取项目资金, en: Budget unit receives project money}
category: ZC
level: {opens: yellow}
subject: payment_id
amount: {zh: 支付金额, en: payment amount}
description:
  zh: 监测项目资金付给行政单位账户，或者付给付款单位自己的另一个账户。该行政单位就是项目实施单位的不报；付入统筹整合专账的不报；退款和已全额退回的支付不计。
  en: Detects project money paid to the account of an administrative unit, or to another account of the payer itself. The unit that carries out the project and pool accounts are left out, and so are refunds and payments returned in full.
innocent:
  - zh: 该单位依法承担项目实施，项目表中实施单位填写的是另一名称。
    en: The unit carries out the project by law and the project names it differently.
  - zh: 代征代缴、质量监督等由行政单位代收的款项。
    en: Sums that an administrative unit collects for others, such as fees by law.
basis:
  - {text: 关于强化自治区扶贫资金使用与监管的指导意见（新扶贫领字〔2018〕76号）, article: 一（一）, file: 003_f03675b072b4c157.txt}
  - {text: 中华人民共和国预算法, article: 第六十一条}
scope: {levels: [county, township, village], funds: [all]}
handler: {office: 主管处（室）, joint: 国库处}
needs: [payments, accounts, agencies]
optional: [projects]
parameters: {}
identity: [subject]
columns:
  reason:
    zh: 情形
    en: case
    values:
      administrative: {zh: 收款账户属于行政单位, en: paid to an administrative unit}
      same_holder: {zh: 付款单位自己的另一账户, en: another account of the payer}
  holder: {zh: 收款单位, en: receiver}
  project: {zh: 项目, en: project}
*/
MATCH (g:Agency)<-[:OF_AGENCY]-(r:Account)<-[:RECEIVED_BY]-(t:Transfer)-[:PAYS_FOR]->(j:Project)
WHERE g.kind = 'administrative' AND coalesce(r.account_type, '') <> 'pool' AND t.is_refund = false AND t.net_fen > 0
  AND coalesce(j.unit_key, '') <> g.name_key
WITH t, r, j, min(g.name) AS agency, collect(DISTINCT g.ref) AS agency_refs
RETURN t.id AS subject, 'yellow' AS level, t.amount_fen AS amount_fen, [t.ref, r.ref, j.ref] + agency_refs AS evidence,
  t.day AS day, 'administrative' AS reason, agency AS holder, j.id AS project
UNION ALL
MATCH (t:Transfer)-[:WITHIN_HOLDER]->(r:Account)
MATCH (t)-[:PAYS_FOR]->(j:Project)
MATCH (s:Account)-[:SENT]->(t)
WHERE t.is_refund = false AND t.net_fen > 0 AND coalesce(r.account_type, '') <> 'pool'
  AND NOT EXISTS { MATCH (r)-[:OF_AGENCY]->(g:Agency) WHERE g.kind = 'administrative' AND coalesce(j.unit_key, '') <> g.name_key }
RETURN t.id AS subject, 'yellow' AS level, t.amount_fen AS amount_fen, [t.ref, s.ref, r.ref, j.ref] AS evidence,
  t.day AS day, 'same_holder' AS reason, r.holder_name AS holder, j.id AS project
