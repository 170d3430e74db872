/*
id: RHE1
version: 1.0.0
status: in_force
budget_year: 2026
name: {zh: 市场主体登记的企业主享受, en: Paid while owner by the register of enterprises}
category: RH
level: {opens: yellow}
subject: payment_id
amount: {zh: 发放金额, en: payment amount}
description:
  zh: 监测发放当日在市场主体登记中是企业法定代表人或股东的受益人；合作社、个体工商户不计，已注销、吊销或退出的不计；RH11 凭关系表监测法定代表人、股东，已由其发现的不重复。
  en: Detects household payments to persons who on the day are legal representative or shareholder in the register of enterprises. Cooperatives and sole traders are left out, and so are enterprises that had ended and what RH11 finds as owner by the table of relations.
innocent:
  - zh: 名下企业是被他人冒名登记，或者长期没有经营。
    en: The enterprise was registered in the person's name by others, or does no business.
  - zh: 企业由扶贫项目设立，受益人按项目安排登记为股东。
    en: The enterprise was set up by a relief project that made beneficiaries its shareholders.
basis:
  - {text: 长春市财政扶贫资金动态监控工作规程（长财库〔2019〕1918号）, article: 第六条、第七条（一）2, file: 001_0cce089113c317c0.txt}
  - {text: 青海省财政扶贫资金动态监控工作实施方案（青财办字〔2018〕1085号）, article: 二（二）5, file: 002_79f51f3382b27739.txt}
  - {text: 社会救助暂行办法（国务院令第649号）, article: 第五十八条}
scope: {levels: [county, township, village], funds: [all]}
handler: {office: 主管处（室）, joint: 纪检监察机关}
needs: [payments]
optional: [projects, accounts, relations]
parameters: {}
identity: [subject]
columns:
  role:
    zh: 任职类型
    en: role
    values:
      legal_representative: {zh: 法定代表人, en: legal representative}
      shareholder: {zh: 股东, en: shareholder}
*/
MATCH (t:Transfer)-[o:ON_RECORD]->(r:Record)
WHERE r.rule = 'RHE1' AND o.is_own = true AND r.kind IN ['legal_representative', 'shareholder']
  AND NOT any(word IN ['合作社', '个体'] WHERE coalesce(r.detail_key, '') CONTAINS word)
  AND NOT EXISTS {
    MATCH (t)-[:BENEFITS]->(p:Party)-[tie:TIED_TO]->(org:Party)
    WHERE tie.relation IN ['法定代表人', '股东']
      AND EXISTS { MATCH (a:Account)-[:HELD_BY]->(org) WHERE a.holder_kind = 'enterprise' }
      AND NOT EXISTS { MATCH (p)-[post:TIED_TO]->(org) WHERE post.relation = '公益性岗位' } }
WITH t, collect(DISTINCT r.kind) AS role, collect(DISTINCT r.ref) AS refs
RETURN t.id AS subject, 'yellow' AS level, t.amount_fen AS amount_fen, [t.ref] + refs AS evidence, t.day AS day, role

UNION ALL
MATCH (t:Transfer)-[:UNANSWERED]->(k:OtherRegister)
WHERE k.rule = 'RHE1'
WITH t, collect(DISTINCT k.id) AS registers
RETURN t.id AS subject, 'not_evaluated' AS level, t.amount_fen AS amount_fen, [t.ref] AS evidence, t.day AS day,
  registers AS role
