/*
id: ZB16
version: 1.0.0
status: in_force
budget_year: 2026
name: {zh: 预算执行率低, en: Low execution rate}
category: ZB
level: {opens: yellow}
subject: indicator_id
amount: {zh: 未支付金额, en: unpaid amount}
description:
  zh: 监测县、乡两级没有再分解的指标，支付进度是否低于时间进度减去规定的百分点；年底看是否达到年底比例。当年较晚收到的指标从下一年起考核。
  en: Detects county and township indicators, not split further, whose paid share is below the share of the year gone less some points, or at the year's end below the year-end share. What came late in a year counts from the next.
innocent:
  - zh: 项目处于招投标或前期准备，季节性施工，进度款集中在下半年支付。
    en: The project is out to tender or works are seasonal, so that payments come in the second half.
  - zh: 到人到户补助按规定在年底集中发放。
    en: Benefits that are by rule paid out at the end of the year.
basis:
  - {text: 民和县财政扶贫资金动态监控工作实施方案（民财〔2018〕403号）, article: 二（三）, file: 000_0449071ebc8d3f42.txt}
  - {text: 青海省财政扶贫资金动态监控工作实施方案（青财办字〔2018〕1085号）, article: 二（三）3, file: 002_79f51f3382b27739.txt}
scope: {levels: [county, township], funds: [all]}
handler: {office: 国库处, joint: 主管处（室）}
needs: [indicators, payments]
optional: [splits, accounts]
parameters:
  points: {type: int, default: 20, min: 0, max: 100, unit: percent, origin: P}
  year_end: {type: int, default: 90, min: 0, max: 100, unit: percent, origin: P}
  late_month: {type: int, default: 10, min: 1, max: 12, unit: month_of_year, origin: P}
identity: [subject]
sum:
  - {plus: indicator_fen, zh: 指标金额, en: indicator amount}
  - {minus: drawn_fen, zh: 已支付（扣除退款）, en: "paid, less refunds"}
columns:
  due_fen: {zh: 按进度应支付, en: due by now}
  year: {zh: 考核年度, en: year}
  receipt_day: {zh: 收到日期, en: received on}
*/
// The line is share / whole, both below 40,000. The least amount on it is worked out from quotient and remainder:
// amount * share would not fit in 64 bits, and a fraction is not exact.
MATCH (i:Indicator)
WHERE i.listed = true AND i.level IN ['county', 'township'] AND i.amount_fen > 0
WITH i, CASE WHEN i.receipt_month - 12 * i.receipt_year >= $late_month THEN i.receipt_year + 1 ELSE i.receipt_year END AS year
WHERE year <= $as_of_year
WITH i, year, year < $as_of_year OR $as_of_day >= $as_of_year_last_day AS is_over,
  $as_of_year_last_day - $as_of_year_first_day + 1 AS days
WITH i, year, CASE WHEN is_over THEN 0 + $year_end ELSE 100 * ($as_of_day - $as_of_year_first_day + 1) - $points * days END AS share,
  CASE WHEN is_over THEN 100 ELSE 100 * days END AS whole
WHERE share > 0
WITH i, year, share, whole, (i.amount_fen / whole) * share + ((i.amount_fen % whole) * share + whole - 1) / whole AS due_fen
WHERE i.drawn_fen < due_fen AND NOT EXISTS { MATCH (i)-[:SPLIT_TO]->(:Indicator) }
OPTIONAL MATCH (t:Transfer)-[:DRAWS]->(i)
WITH i, year, due_fen, collect(t.ref) AS draw_refs
OPTIONAL MATCH (r:Transfer)-[:REFUNDS]->(:Transfer)-[:DRAWS]->(i)
WITH i, year, due_fen, draw_refs, collect(r.ref) AS refund_refs
RETURN i.id AS subject, 'yellow' AS level, i.amount_fen - i.drawn_fen AS amount_fen, [i.ref] + draw_refs + refund_refs AS evidence,
  i.amount_fen AS indicator_fen, i.drawn_fen AS drawn_fen, due_fen, year, i.receipt_day AS receipt_day
