/*
id: ZC28
version: 1.0.0
status: in_force
budget_year: 2026
name: {zh: 受益资金归集, en: Benefits collected by one account}
category: ZC
level: {opens: yellow}
subject: account_no
amount: {zh: 归集的财政资金, en: fund money collected}
description:
  zh: 监测发到受益人本人或家庭账户的到人到户资金，在规定天数和环节内，由多人、多户转到同一个人、村集体或机关单位账户，而该账户既不是其本人或家庭的，也不是其近亲属的，且归集金额达到这些资金的规定比例。购物、缴纳保险水电费、入股、流转等通常的收款不计。
  en: Detects an account of a person, village or agency to which several persons of several households hand on, within the days and movements allowed, part of the benefits paid into their own accounts, when it is neither their household's nor their kin's and the sum reaches the share of those benefits. Purchases and ordinary collections such as premiums, water, power, shares and leases do not count.
innocent:
  - zh: 邻里之间购买种苗、牲畜，或者委托同一人统一采购，可登记例外事项。
    en: Neighbours bought seedlings or animals from, or had them bought by, the same person; enter an exemption.
  - zh: 账户中原有积蓄先转出（先进先出），可改用 lifo 方法再核对一次。
    en: Older savings on the accounts leave first; look again with the method lifo.
basis:
  - {text: 财政违法行为处罚处分条例, article: 第六条（一）（二）、第十四条（三）、第十七条}
  - {text: 中华人民共和国预算法, article: 第九十三条（四）（五）、第九十五条（二）}
scope: {levels: [county, township, village], funds: [all]}
handler: {office: 监督局, joint: 主管处（室）}
needs: [payments, transfers, accounts]
optional: [register, relations, projects]
parameters:
  hops: {type: int, default: 2, min: 1, max: 10, unit: count, origin: P}
  window: {type: int, default: 30, min: 0, max: 365, unit: days, origin: P}
  persons: {type: int, default: 3, min: 1, max: 100000, unit: persons, origin: P}
  households: {type: int, default: 2, min: 1, max: 100000, unit: households, origin: P}
  share: {type: int, default: 10, min: 0, max: 100, unit: percent, origin: P}
identity: [subject]
diversion:
  bounded:
    zh: 所列到人到户资金中的财政资金，沿所列划转、在规定天数和环节内到达该账户的部分。
    en: Of the fund money in the household payments listed, what came to the account along the movements listed, within the days and movements allowed.
columns:
  givers: {zh: 转出人数, en: persons who handed on}
  giving_households: {zh: 转出户数, en: households}
  benefits_fen: {zh: 其到人到户资金合计, en: their benefits together}
*/
// COLLECTED leads to money that came to such an account for the first time; the graph follows at most 10 movements
// and 365 days, which bounds the parameters. Each fen counts once, whatever number of payments it went through.
MATCH (p:Transfer)-[e:COLLECTED]->(z:Piece)
WHERE e.hops <= $hops AND e.days <= $window
MATCH (m:Transfer)-[:CARRIED]->(z)
MATCH (m)-[:RECEIVED_BY]->(c:Account)
MATCH (p)-[b:BENEFITS]->(x:Party)
WITH c, z.key AS piece, z.fen AS fen, collect({payment: p.key, person: x.key, household: b.household, fen: p.amount_fen}) AS givers
WITH c, coalesce(sum(fen), 0) AS collected_fen, collect(givers) AS lists
UNWIND lists AS givers
UNWIND givers AS giver
WITH DISTINCT c, collected_fen, giver.payment AS payment, giver.person AS person, giver.household AS household, giver.fen AS benefit_fen
WITH c, collected_fen, count(DISTINCT person) AS persons, count(DISTINCT household) AS households, coalesce(sum(benefit_fen), 0) AS benefits_fen
WHERE persons >= $persons AND households >= $households AND collected_fen * 100 >= 0 + benefits_fen * $share
MATCH (m:Transfer)-[:RECEIVED_BY]->(c)
MATCH (m)-[:CARRIED]->(z:Piece)
MATCH (p:Transfer)-[e:COLLECTED]->(z)
WHERE e.hops <= $hops AND e.days <= $window
MATCH way = (y:Piece)-[:BECAME*0..10]->(z)
WHERE length(way) <= e.hops
MATCH (t:Transfer)-[:CARRIED]->(y)
WITH c, collected_fen, persons, households, benefits_fen, collect(DISTINCT t.ref) AS refs,
  collect(DISTINCT p.ref) AS begin_refs, collect(DISTINCT m.ref) AS end_refs
RETURN c.id AS subject, 'yellow' AS level, collected_fen AS amount_fen, [c.ref] + refs AS evidence,
  persons AS givers, households AS giving_households, benefits_fen,
  begin_refs, end_refs, 0 + $hops AS within_movements, 0 + $window AS within_days
