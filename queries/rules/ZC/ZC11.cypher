/*
id: ZC11
version: 1.0.0
status: in_force
budget_year: 2026
name: {zh: 拆分项目规避招标, en: Split projects}
category: ZC
level: {opens: yellow}
subject: project_id
amount: {zh: 该组项目批复合计, en: group sum}
description:
  zh: 监测同一施工单位在同一地点、规定天数内批复的多个项目，每个批复金额都低于招标限额而合计达到限额。按批复日期分组，报使一组达到条件的那个项目。
  en: Detects several projects of one contractor at one place approved within the days allowed, each below the tender limit and together at it. Groups are formed in order of approval and the project that completes one is reported.
innocent:
  - zh: 建设内容和地点确实不同，实施地点登记得过粗。
    en: Works and sites really differ and the place was entered too coarsely.
  - zh: 项目分别公开招标，由同一单位中标。
    en: Each project was tendered openly and one contractor won several.
basis:
  - {text: 长春市财政扶贫资金动态监控工作规程（长财库〔2019〕1918号）, article: 第七条（一）2, file: 001_0cce089113c317c0.txt}
  - {text: 河南省扶贫开发条例, article: 第四十七条}
scope: {levels: [county], funds: [all]}
handler: {office: 主管处（室）, joint: 采购监管部门}
needs: [projects]
optional: [events]
parameters:
  limit: {type: money, default: 2000000, min: 0, unit: yuan, origin: L}
  window: {type: int, default: 30, min: 0, max: 3650, unit: days, origin: P}
identity: [subject]
series: {by: [contractor, region, place], order: [day, subject], days: window, count: 2, sum: limit_fen}
columns:
  contractor: {zh: 施工单位, en: contractor}
  region: {zh: 区划代码, en: region}
  place: {zh: 实施地点, en: place}
*/
// The projects that count; `series` above puts them in groups, since where one begins depends on the parameters.
MATCH (j:Project)
WHERE j.listed = true AND j.contractor_key IS NOT NULL AND j.approved_fen < $limit_fen AND j.approval_day IS NOT NULL
  AND (j.region_key IS NOT NULL OR j.place_key IS NOT NULL)
RETURN j.id AS subject, 'yellow' AS level, j.approved_fen AS amount_fen, [j.ref] AS evidence, j.approval_day AS day,
  j.contractor_key AS contractor, j.region_key AS region, j.place_key AS place
