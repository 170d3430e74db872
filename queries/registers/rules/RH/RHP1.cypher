/*
id: RHP1
version: 1.0.0
status: in_force
budget_year: 2026
name: {zh: 财政供养人员享受, en: Paid while on the fiscal payroll}
category: RH
level: {opens: yellow}
subject: payment_id
amount: {zh: 发放金额, en: payment amount}
description:
  zh: 监测发放当日在财政供养人员名册上的受益人；只计在职、离退休人员，公益性岗位、村干部、临时人员和遗属不计；RH11 凭关系表监测公职人员、职工，已由其发现的不重复。
  en: Detects household payments to persons on the fiscal payroll on the day, as staff or retired. Welfare posts, village cadres, temporary workers and survivors are left out, and so is what RH11 finds as public employee or staff by the table of relations.
innocent:
  - zh: 名册没有注明公益性岗位、村干部或临时聘用，依照政策可以享受。
    en: The payroll does not say that it is a welfare post, village cadre or temporary worker, who may draw the benefit.
  - zh: 属于人人可领的补贴（如耕地地力保护补贴），与身份无关。
    en: A benefit for everybody, such as that for farmland, whatever the person is.
basis:
  - {text: 长春市财政扶贫资金动态监控工作规程（长财库〔2019〕1918号）, article: 第六条、第七条（一）2, file: 001_0cce089113c317c0.txt}
  - {text: 青海省财政扶贫资金动态监控工作实施方案（青财办字〔2018〕1085号）, article: 二（二）5, file: 002_79f51f3382b27739.txt}
  - {text: 社会救助暂行办法（国务院令第649号）, article: 第五十八条}
scope: {levels: [county, township, village], funds: [all]}
handler: {office: 主管处（室）, joint: 纪检监察机关}
needs: [payments]
optional: [projects, accounts, relations, agencies]
parameters: {}
identity: [subject]
columns:
  kind:
    zh: 人员类别
    en: paid as
    values:
      staff: {zh: 在职, en: staff}
      retired: {zh: 离退休, en: retired}
*/
MATCH (t:Transfer)-[o:ON_RECORD]->(r:Record)
WHERE r.rule = 'RHP1' AND o.is_own = true AND r.kind IN ['staff', 'retired']
  AND NOT EXISTS {
    MATCH (t)-[:BENEFITS]->(p:Party)-[tie:TIED_TO]->(org:Party)
    WHERE tie.relation IN ['公职人员', '职工']
      AND (EXISTS { MATCH (g:Agency)-[:KNOWN_AS]->(org) WHERE g.level <> 'village' }
        OR EXISTS { MATCH (a:Account)-[:HELD_BY]->(org) WHERE a.holder_kind = 'agency' })
      AND NOT EXISTS { MATCH (p)-[post:TIED_TO]->(org) WHERE post.relation = '公益性岗位' } }
WITH t, collect(DISTINCT r.kind) AS kind, collect(DISTINCT r.ref) AS refs
RETURN t.id AS subject, 'yellow' AS level, t.amount_fen AS amount_fen, [t.ref] + refs AS evidence, t.day AS day, kind

UNION ALL
MATCH (t:Transfer)-[:UNANSWERED]->(k:OtherRegister)
WHERE k.rule = 'RHP1'
WITH t, collect(DISTINCT k.id) AS registers
RETURN t.id AS subject, 'not_evaluated' AS level, t.amount_fen AS amount_fen, [t.ref] AS evidence, t.day AS day,
  registers AS kind
