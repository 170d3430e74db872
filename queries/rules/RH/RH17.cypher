/*
id: RH17
version: 1.0.0
status: in_force
budget_year: 2026
name: {zh: 到户资金被企业截留, en: No onward benefit from an enterprise}
category: RH
level: {opens: yellow}
subject: payment_id
amount: {zh: 支付金额, en: payment amount}
description:
  zh: 监测到户项目付给企业、合作社的款项，其账户有银行流水，但在规定月数和环节内没有任何资金到达个人账户（企业法定代表人和股东的账户不算）。项目已形成登记了受益对象和效益的资产的不报。
  en: Detects payments for household projects to enterprises and cooperatives with bank records of which, within the months and movements allowed, nothing reached a person's account other than the firm's owner or legal representative. Projects with an asset whose benefit and beneficiaries are entered are left out.
innocent:
  - zh: 企业以种苗、牲畜、农资等实物发放到户，有农户签领单，没有资金流水。
    en: The firm handed out seedlings, animals or supplies in kind and has the households' receipts; no money moved.
  - zh: 资产收益分红按年度发放，期限尚未到，或者通过未导入流水的账户发放。
    en: Dividends are paid yearly and are not due yet, or are paid from an account whose records were not loaded.
basis:
  - {text: 审计通报问题类型（到户资金补给企业大户、未建立利益联结，行业惯例）, article: 到户资金}
scope: {levels: [county, township, village], funds: [all]}
handler: {office: 主管处（室）, joint: 监督局}
needs: [payments, projects, accounts, transfers]
optional: [relations, assets]
parameters:
  months: {type: int, default: 12, min: 0, max: 600, unit: months, origin: P}
  hops: {type: int, default: 6, min: 1, max: 30, unit: count, origin: P}
identity: [subject]
diversion:
  not_bounded:
    zh: 金额是整笔支付的金额，说的是没有钱到达农户，不是追到某处的钱，所以没有至少和至多。
    en: The amount is that of the whole payment, of which nothing reached a person; no money is followed to a place, so there is no least and most.
columns:
  project: {zh: 项目, en: project}
  payee_account: {zh: 收款账户, en: payee account}
*/
MATCH (t:Transfer)-[:RECEIVED_BY]->(a:Account)
WHERE a.holder_kind IN ['enterprise', 'cooperative'] AND t.kind = 'payment' AND t.is_refund = false AND t.net_fen > 0
  AND t.day <= $months_passed_day
MATCH (t)-[:PAYS_FOR]->(j:Project)
WHERE j.kind = 'household'
  AND (EXISTS { MATCH (a)-[:SENT]->(x:Transfer) WHERE x.kind IN ['transfer', 'leg'] }
    OR EXISTS { MATCH (x:Transfer)-[:RECEIVED_BY]->(a) WHERE x.kind IN ['transfer', 'leg'] })
  AND NOT EXISTS { MATCH (j)-[:FORMED]->(s:Asset) WHERE s.has_benefit = true }
OPTIONAL MATCH (t)-[e:REACHED]->(:Transfer) WHERE e.hops <= $hops AND e.months <= $months
WITH t, a, j, count(e) AS reached
WHERE reached = 0
RETURN t.id AS subject, 'yellow' AS level, t.amount_fen AS amount_fen, [t.ref, a.ref, j.ref] AS evidence, t.day AS day,
  j.id AS project, a.id AS payee_account
