/*
id: ZC05
version: 1.1.0
status: in_force
budget_year: 2026
name: {zh: 禁止用途, en: Prohibited use}
category: ZC
level: {opens: yellow}
subject: payment_id
amount: {zh: 支付金额, en: payment amount}
description:
  zh: 监测注明指标或项目的支付，其用途、收款人或政府支出经济分类科目是否落入扶贫资金不得支出的九个方面。证据中列明命中的组别（ZC05-1 至 ZC05-9）和字词，以及用途中已作为例外剔除的字词。
  en: Detects payments for an indicator or project whose use, payee or economic code falls in one of the nine kinds of spending that are not allowed. The evidence names the group (ZC05-1 to ZC05-9), the words, and the exceptions in the purpose that were left aside.
innocent:
  - zh: 用途是复合词或惯用语，例如公益岗位补贴、扶贫小额信贷贴息、村级活动场所，属于允许支出；词表可由地方调整。
    en: The use is a compound or set phrase of an allowed purpose, such as wages of public-welfare posts or interest subsidies; the word lists can be adapted.
  - zh: 用途摘要过简或套用模板，应核对合同、发票和批复。
    en: The text is too short or from a template; check contract, invoice and approval.
basis:
  - {text: 关于强化自治区扶贫资金使用与监管的指导意见（新扶贫领字〔2018〕76号）, article: 一, file: 003_f03675b072b4c157.txt}
scope: {levels: [county, township, village], funds: [all]}
handler: {office: 主管处（室）, joint: 监督局}
needs: [payments]
optional: [indicators, projects]
parameters: {}
identity: [subject]
columns:
  groups: {zh: 组别, en: groups}
  items: {zh: 禁止事项, en: kinds}
  words: {zh: 用途命中, en: words in the purpose}
  payee_words: {zh: 收款人命中, en: words in the payee's name}
  codes: {zh: 科目命中, en: economic codes}
  exceptions: {zh: 用途中已剔除的例外, en: exceptions left aside in the purpose}
*/
// The groups' words, exceptions and codes were looked up when the graph was built; group 3 does not apply to household payments.
MATCH (t:Transfer)-[m:MENTIONS]->(u:ProhibitedUse)
WHERE t.kind = 'payment' AND t.is_refund = false
  AND NOT (coalesce(t.is_household_payment, false) = true AND u.id = 'ZC05-3')
  AND (EXISTS { MATCH (t)-[:NAMES]->(:Indicator) } OR EXISTS { MATCH (t)-[:PAYS_FOR]->(:Project) })
WITH t, collect(DISTINCT u.id) AS groups, collect(DISTINCT u.item) AS items,
  collect(DISTINCT CASE WHEN m.words IS NULL THEN null ELSE u.id + ' ' + m.words END) AS words,
  collect(DISTINCT CASE WHEN m.payee_words IS NULL THEN null ELSE u.id + ' ' + m.payee_words END) AS payee_words,
  collect(DISTINCT CASE WHEN m.code IS NULL THEN null ELSE u.id + ' ' + m.code END) AS codes,
  collect(DISTINCT CASE WHEN m.exceptions IS NULL THEN null ELSE u.id + ' ' + m.exceptions END) AS exceptions
RETURN t.id AS subject, 'yellow' AS level, t.amount_fen AS amount_fen, [t.ref] AS evidence, t.day AS day,
  groups, items, words, payee_words, codes, exceptions
