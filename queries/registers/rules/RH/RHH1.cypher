/*
id: RHH1
version: 1.0.0
status: in_force
budget_year: 2026
name: {zh: 有房户享受, en: Paid while owning a house in town}
category: RH
level: {opens: yellow}
subject: person_id
amount: {zh: 在册期间到人到户发放金额之和, en: household payments while on record}
description:
  zh: 提示发放当日本人（household 为 1 时连同同户成员）名下有 n 个以上商品房、商铺等不动产的受益人，供核实；安置房、自建房、宅基地、公租房、廉租房、保障房不计，登记价格低于 price 的不计，没有登记价格的照计。一个县审计局公开的比对中约三个疑点有一个属实，所以只是黄灯线索，须逐一核实。
  en: Points out persons who on the day of a household payment (with `household` 1, together with the members of their household) own at least n market houses, shops and other real estate, for review; resettlement and self-built houses, homestead land and public or low-rent housing do not count, nor what is recorded below `price`, while what has no price counts. In a county audit office's published cross-check about one suspect in three was real, so this is a clue to be checked one by one.
innocent:
  - zh: 易地扶贫搬迁安置房或者拆迁安置房，登记时没有注明。
    en: A resettlement house that the register does not call so.
  - zh: 因病卖房、离婚析产，登记还没有变更。
    en: Sold because of illness or divided at divorce, and the register has not followed.
  - zh: 购房在脱贫之后，政策允许继续享受。
    en: Bought after the household left poverty, where support lawfully goes on.
basis:
  - {text: 长春市财政扶贫资金动态监控工作规程（长财库〔2019〕1918号）, article: 第六条、第七条（一）2, file: 001_0cce089113c317c0.txt}
  - {text: 青海省财政扶贫资金动态监控工作实施方案（青财办字〔2018〕1085号）, article: 二（二）5, file: 002_79f51f3382b27739.txt}
  - {text: 社会救助暂行办法（国务院令第649号）, article: 第五十八条}
scope: {levels: [county, township, village], funds: [all]}
handler: {office: 主管处（室）, joint: 民政部门}
needs: [payments]
optional: [projects, accounts, register]
parameters:
  n: {type: int, default: 1, min: 1, max: 100, unit: count, origin: P}
  price: {type: money, default: 100000, unit: yuan, origin: P}
  household: {type: int, default: 1, min: 0, max: 1, unit: number, origin: P}
identity: [subject]
columns:
  items: {zh: 数量, en: how many}
  kind: {zh: 其一的类型, en: kind of one}
*/
// What two of a household own together is counted once, by its number.
MATCH (t:Transfer)-[o:ON_RECORD]->(r:Record)
WHERE r.rule = 'RHH1' AND (o.is_own = true OR $household = 1)
  AND (r.amount_fen IS NULL OR r.amount_fen >= $price_fen)
  AND NOT any(word IN ['安置', '自建', '宅基地', '公租', '廉租', '保障'] WHERE coalesce(r.kind, '') CONTAINS word)
WITH t, count(DISTINCT r.detail_key) AS items, min(r.kind) AS kind, collect(DISTINCT r.ref) AS refs
WHERE items >= $n
MATCH (t)-[:BENEFITS]->(p:Party)
RETURN p.id AS subject, 'yellow' AS level, t.amount_fen AS amount_fen, [t.ref] + refs AS evidence, items, kind
UNION ALL
MATCH (t:Transfer)-[:UNANSWERED]->(k:OtherRegister)
WHERE k.rule = 'RHH1'
MATCH (t)-[:BENEFITS]->(p:Party)
WITH p, count(DISTINCT t.key) AS payments, min(k.id) AS register, min(t.ref) AS ref
RETURN p.id AS subject, 'not_evaluated' AS level, 0 AS amount_fen, [ref] AS evidence, payments AS items, register AS kind
