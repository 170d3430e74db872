/*
id: RH10
version: 1.0.1
status: in_force
budget_year: 2026
name: {zh: 收款户名与受益人不符, en: Account holder is not the beneficiary}
category: RH
level: {opens: yellow}
subject: payment_id
amount: {zh: 发放金额, en: payment amount}
description:
  zh: 监测收款账户（清算账户除外，持有人为个人、商户、村集体或者未登记的账户）既不是受益人本人或其发放日同户成员的账户或一卡通账户，账户持有人与受益人之间也没有监护人、配偶、父母、子女、祖父母、孙子女、代领人关系的到人到户发放。
  en: Detects household payments into an account of a person, merchant or village, or one that is not listed, that belongs neither to the person nor to a member of the household that day, is nobody's benefit card there, and whose holder has no recorded relation of guardian, spouse, parent, child, grandparent, grandchild or agent.
innocent:
  - zh: 书面委托他人代领，委托未登记为关系或例外。
    en: Somebody else draws by written authority that was not entered as a relation or exemption.
  - zh: 经批准由村集体、养老机构代发或代管。
    en: A village or care home pays out or keeps the money with approval.
basis:
  - {text: 长春市财政扶贫资金动态监控工作规程（长财库〔2019〕1918号）, article: 第六条, file: 001_0cce089113c317c0.txt}
  - {text: 长春市财政扶贫资金动态监控工作规程（长财库〔2019〕1918号）, article: 第七条（一）2, file: 001_0cce089113c317c0.txt}
scope: {levels: [county, township, village], funds: [all]}
handler: {office: 主管处（室）, joint: 国库处}
needs: [payments, accounts, register]
optional: [projects, relations]
parameters: {}
identity: [subject]
exempt_by: [payee_account]
columns:
  payee_account: {zh: 收款账户, en: payee account}
  holder_kind:
    zh: 持有人类型
    en: kind of holder
    values:
      person: {zh: 个人, en: person}
      merchant: {zh: 商户, en: merchant}
      village: {zh: 村集体, en: village}
      unlisted: {zh: 未登记账户, en: not listed}
*/
// own_by says which of the first three tests the account passes; relations are the fourth.
MATCH (a:Account)<-[:RECEIVED_BY]-(t:Transfer)-[b:BENEFITS]->(p:Party)
WHERE b.own_by IS NULL AND a.is_cash = false AND coalesce(a.account_type, '') <> 'clearing'
  AND (a.listed = false OR a.holder_kind IN ['person', 'merchant', 'village'])
OPTIONAL MATCH (a)-[:HELD_BY]->(:Party)-[r:TIED_TO]->(p)
  WHERE r.relation IN ['监护人', '配偶', '父母', '子女', '祖父母', '孙子女', '代领人']
OPTIONAL MATCH (p)-[:LISTED_AS]->(e:RegisterEntry)
WITH t, a, count(r.ref) AS relations, collect(DISTINCT e.ref) AS register_refs
WHERE relations = 0
RETURN t.id AS subject,
  CASE WHEN a.listed = false AND t.payee_name IS NULL THEN 'not_evaluated' ELSE 'yellow' END AS level,
  t.amount_fen AS amount_fen, [t.ref, a.ref] + register_refs AS evidence, t.day AS day, a.id AS payee_account,
  coalesce(a.holder_kind, 'unlisted') AS holder_kind
