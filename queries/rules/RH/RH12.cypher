/*
id: RH12
version: 1.0.0
status: in_force
budget_year: 2026
name: {zh: 优亲厚友聚集, en: Beneficiaries related to the approver}
category: RH
level: {opens: info}
subject: actor
amount: {zh: 经其审批发放给有关系人的金额, en: payments to the related that he approved}
description:
  zh: 提示某一审批人（支付或其项目的审批环节经办人，以身份证号登记）审批的受益人中，与其有关系的人数达到下限，且占比超过全部受益人中与任一审批人有关系者占比的规定倍数。人数按人计一次。
  en: Points out approvers (ID number as actor of the approval step of a payment or its project) among whose beneficiaries at least n are related to him, and whose share is above so many times that of beneficiaries related to any approver; persons are counted once.
innocent:
  - zh: 单姓小村，村民之间普遍有亲属关系，审批名单与应享名单一致。
    en: A small village of one clan, where the list approved is the list of those entitled.
  - zh: 审批人只是系统经办，名单由村民会议评议、公示产生。
    en: He only entered the step; the list came from the villagers' meeting and its public notice.
basis:
  - {text: 长春市财政扶贫资金动态监控工作规程（长财库〔2019〕1918号）, article: 第七条（一）2, file: 001_0cce089113c317c0.txt}
scope: {levels: [county, township, village], funds: [all]}
handler: {office: 主管处（室）, joint: 纪检监察机关}
needs: [payments, events, relations]
optional: [projects, accounts]
parameters:
  n: {type: int, default: 3, min: 1, max: 100000, unit: persons, origin: P}
  times: {type: int, default: 3, min: 0, max: 1000, unit: count, origin: P}
identity: [subject]
columns:
  approved: {zh: 审批的受益人数, en: persons approved}
  related: {zh: 其中与其有关系人数, en: of them related}
  all_persons: {zh: 全部受益人数, en: all beneficiaries}
  all_related: {zh: 其中与任一审批人有关系人数, en: of them related to any approver}
*/
MATCH (v:Approver)
WHERE v.related >= $n AND v.related * v.all_persons > v.all_related * v.persons * $times
MATCH (v)-[x:APPROVED_FOR_RELATED]->(t:Transfer)
WITH v, coalesce(sum(t.amount_fen), 0) AS paid_fen, collect(t.ref) AS payment_refs, collect(DISTINCT x.ref) AS event_refs
MATCH (v)-[:APPROVED_FOR_RELATED]->(t:Transfer)-[:BENEFITS]->(p:Party)
MATCH (q:Party)-[r:TIED_TO]->(p) WHERE q.id = v.id
WITH v, paid_fen, payment_refs, event_refs, collect(DISTINCT r.ref) AS relation_refs
RETURN v.id AS subject, 'info' AS level, paid_fen AS amount_fen, payment_refs + event_refs + relation_refs AS evidence,
  v.persons AS approved, v.related AS related, v.all_persons AS all_persons, v.all_related AS all_related
