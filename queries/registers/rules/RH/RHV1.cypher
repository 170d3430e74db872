/*
id: RHV1
version: 1.0.0
status: in_force
budget_year: 2026
name: {zh: 有车户享受, en: Paid while owning a vehicle}
category: RH
level: {opens: yellow}
subject: person_id
amount: {zh: 在册期间到人到户发放金额之和, en: household payments while on record}
description:
  zh: 提示发放当日本人（household 为 1 时连同同户成员）名下有 n 个以上机动车的受益人，供核实；摩托车、三轮车、拖拉机、农用车、低速车、货车、挂车不计，登记价格低于 price 的不计，没有登记价格的照计。一个县审计局公开的比对中约三个疑点有一个属实，所以只是黄灯线索，须逐一核实。
  en: Points out persons who on the day of a household payment (with `household` 1, together with the members of their household) own at least n vehicles, for review; motorcycles, three-wheelers, tractors, farm, low-speed and goods vehicles and trailers do not count, nor what is recorded below `price`, while what has no price counts. In a county audit office's published cross-check about one suspect in three was real, so this is a clue to be checked one by one.
innocent:
  - zh: 车辆是借名登记、已报废未注销，或者已卖出未过户。
    en: The vehicle is registered for somebody else, scrapped without being struck off, or sold without transfer.
  - zh: 残疾人代步车，或者用于生产经营的车辆。
    en: A vehicle for the disabled, or one that earns the living.
  - zh: 购车在脱贫之后，政策允许继续享受。
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
  price: {type: money, default: 50000, unit: yuan, origin: P}
  household: {type: int, default: 1, min: 0, max: 1, unit: number, origin: P}
identity: [subject]
columns:
  items: {zh: 数量, en: how many}
  kind: {zh: 其一的类型, en: kind of one}
*/
// What two of a household own together is counted once, by its number.
MATCH (t:Transfer)-[o:ON_RECORD]->(r:Record)
WHERE r.rule = 'RHV1' AND (o.is_own = true OR $household = 1)
  AND (r.amount_fen IS NULL OR r.amount_fen >= $price_fen)
  AND NOT any(word IN ['摩托', '三轮', '拖拉机', '农用', '低速', '货车', '挂车'] WHERE coalesce(r.kind, '') CONTAINS word)
WITH t, count(DISTINCT r.detail_key) AS items, min(r.kind) AS kind, collect(DISTINCT r.ref) AS refs
WHERE items >= $n
MATCH (t)-[:BENEFITS]->(p:Party)
RETURN p.id AS subject, 'yellow' AS level, t.amount_fen AS amount_fen, [t.ref] + refs AS evidence, items, kind
UNION ALL
MATCH (t:Transfer)-[:UNANSWERED]->(k:OtherRegister)
WHERE k.rule = 'RHV1'
MATCH (t)-[:BENEFITS]->(p:Party)
WITH p, count(DISTINCT t.key) AS payments, min(k.id) AS register, min(t.ref) AS ref
RETURN p.id AS subject, 'not_evaluated' AS level, 0 AS amount_fen, [ref] AS evidence, payments AS items, register AS kind
