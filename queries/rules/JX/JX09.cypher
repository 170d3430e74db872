/*
id: JX09
version: 1.0.0
status: in_force
budget_year: 2026
name: {zh: 月报迟报, en: Monthly report late}
category: JX
level: {opens: bell, at_expiry: yellow}
subject: office_month
amount: {zh: 不涉及金额, en: no amount}
description:
  zh: 监测报送月报的机构，自首个有报送记录的月份起，每月是否在次月规定日期前报送动态监控情况。次月一日起未报送的亮警铃，到期未报送或逾期报送的转黄灯。
  en: Detects offices that file monthly reports and did not send that of a month by the day given of the next month, from the first month on record. A bell from the first day of the next month, yellow after the deadline, also where it was sent late.
innocent:
  - zh: 机构撤并或者当月起由另一机构代报。
    en: The office was merged, or another office reports for it.
  - zh: 月报按期以纸质或者其他系统报送，报送日期补录有误。
    en: The report went out in time on paper or in another system, and the day entered is wrong.
basis:
  - {text: 长春市财政扶贫资金动态监控工作规程（长财库〔2019〕1918号）, article: 第二十四条, file: 001_0cce089113c317c0.txt}
  - {text: 关于强化自治区扶贫资金使用与监管的指导意见（新扶贫领字〔2018〕76号）, article: 二（三）, file: 003_f03675b072b4c157.txt}
scope: {levels: [central, province, city, county, township, village], funds: [all]}
handler: {office: 国库处, joint: 主管处（室）}
needs: [filings]
optional: []
parameters:
  day: {type: int, default: 5, min: 1, max: 28, unit: days, origin: P}
identity: [subject]
columns:
  deadline_day: {zh: 期限, en: deadline}
  sent_day: {zh: 报送日期, en: sent on}
*/
MATCH (r:ReportDue)
WHERE r.kind = 'monthly_report'
WITH r, r.due_day + $day - 1 AS deadline_day
WITH r, deadline_day, CASE
  WHEN deadline_day IS NULL THEN 'not_evaluated'
  WHEN $as_of_day > deadline_day AND (r.sent_day IS NULL OR r.sent_day > deadline_day) THEN 'yellow'
  WHEN $as_of_day <= deadline_day AND r.sent_day IS NULL THEN 'bell'
  ELSE '' END AS level
WHERE level <> ''
RETURN r.office + '/' + r.period AS subject, level, 0 AS amount_fen,
  CASE WHEN r.ref IS NULL THEN [r.office_ref] ELSE [r.ref, r.office_ref] END AS evidence, deadline_day, r.sent_day AS sent_day
