/*
id: JX10
version: 1.0.0
status: in_force
budget_year: 2026
name: {zh: 规则申报迟报, en: Rule proposal late}
category: JX
level: {opens: bell}
subject: office_year
amount: {zh: 不涉及金额, en: no amount}
description:
  zh: 监测有报送记录的机构，是否在十月十五日前报送下一预算年度的动态监控业务需求和预警规则。到期前规定天数起未报送的亮警铃，至年底不转黄灯，报送后消除。
  en: Detects offices that have not filed their needs and warning rules for the next budget year by 15 October. A bell from the days given before that date until the end of the year; it never turns yellow and clears on filing.
innocent:
  - zh: 该机构不承担扶贫资金管理职责，无需申报规则。
    en: The office manages no such funds and need not propose rules.
  - zh: 需求与规则由归口处室合并申报。
    en: Another office files for several together.
basis:
  - {text: 长春市财政扶贫资金动态监控工作规程（长财库〔2019〕1918号）, article: 第十五条、第十六条, file: 001_0cce089113c317c0.txt}
scope: {levels: [central, province, city, county, township, village], funds: [all]}
handler: {office: 国库处, joint: 主管处（室）}
needs: [filings]
optional: []
parameters:
  lead: {type: int, default: 14, min: 0, max: 287, unit: days, origin: P}
identity: [subject]
columns:
  due_day: {zh: 期限, en: deadline}
*/
MATCH (r:ReportDue)
WHERE r.kind = 'rule_proposal' AND $as_of_day >= r.due_day - $lead AND $as_of_day <= r.last_day AND r.sent_day IS NULL
RETURN r.office + '/' + r.period AS subject, 'bell' AS level, 0 AS amount_fen,
  CASE WHEN r.ref IS NULL THEN [r.office_ref] ELSE [r.ref, r.office_ref] END AS evidence, r.due_day AS due_day
