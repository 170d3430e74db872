/*
id: ZB05
version: 1.0.0
status: in_force
budget_year: 2026
name: {zh: 超额分解, en: Split above amount}
category: ZB
level: {opens: red}
subject: indicator_id
amount: {zh: 超出金额, en: excess}
description:
  zh: 监测一个指标向下分解的金额合计（追减按负数抵减后）是否超过该指标本身的金额。
  en: Detects indicators whose splits, cuts netted, sum to more than the indicator itself.
innocent:
  - zh: 上级追加文件已下达但指标金额尚未更正，应先核对追加文件。
    en: The upper level has added money and the indicator's amount is not corrected yet; check the document.
  - zh: 追减分解尚未录入，或同一分解在两个文件中重复导入。
    en: A cut has not been entered yet, or one split came in twice from two files.
basis:
  - {text: 长春市财政扶贫资金动态监控工作规程（长财库〔2019〕1918号）, article: 第七条（一）1, file: 001_0cce089113c317c0.txt}
scope: {levels: [central, province, city, county, township], funds: [all]}
handler: {office: 预算处, joint: 主管处（室）}
needs: [indicators, splits]
optional: []
parameters:
  tolerance: {type: money, default: 0, min: 0, unit: yuan, origin: P}
identity: [subject]
sum:
  - {plus: split_fen, zh: 分解合计, en: split out}
  - {minus: indicator_fen, zh: 指标金额, en: indicator amount}
*/
// A parent that is only named has no amount to compare with and counts as not evaluated. A negative amount
// (a cut that was not split) is exceeded without any split.
MATCH (i:Indicator)
OPTIONAL MATCH (i)-[s:SPLIT_TO]->(:Indicator)
WITH i, coalesce(sum(s.fen), 0) AS split_fen, collect(s.ref) AS split_refs
WHERE (i.listed = false AND size(split_refs) > 0) OR split_fen > i.amount_fen + $tolerance_fen
RETURN i.id AS subject, CASE WHEN i.listed = true THEN 'red' ELSE 'not_evaluated' END AS level,
  split_fen - i.amount_fen AS amount_fen, [i.ref] + split_refs AS evidence,
  i.amount_fen AS indicator_fen, split_fen
