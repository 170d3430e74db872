/*
id: ZB10
version: 1.0.0
status: in_force
budget_year: 2026
name: {zh: 资金未标识, en: Fund not tagged}
category: ZB
level: {opens: yellow}
subject: indicator_id
amount: {zh: 指标金额, en: indicator amount}
description:
  zh: 监测资金名称与总台账资金目录中的名称相近但不相同、因而没有标识为目录资金的指标。一个名称包含另一个（较短的不少于六个字），或者编辑距离不超过较长名称的规定比例，即为相近。
  en: Detects indicators whose fund name is near a name of the catalogue without being equal, so that they are not tagged as that fund. Names are near when one contains the other (the shorter of six characters or more) or their edit distance is within the share of the longer name.
innocent:
  - zh: 部分纳入台账的资金，本指标属于范围之外的部分，应人工判断。
    en: The fund is only partly in scope and this line belongs to the other part; a person must judge.
  - zh: 名称相近的另一项资金，本来就不在目录内。
    en: Another fund of a similar name, which is not in the catalogue at all.
basis:
  - {text: 长春市财政扶贫资金动态监控工作规程（长财库〔2019〕1918号）, article: 第十一条（二）, file: 001_0cce089113c317c0.txt}
  - {text: 民和县财政扶贫资金动态监控工作实施方案（民财〔2018〕403号）, article: 二（一）1, file: 000_0449071ebc8d3f42.txt}
scope: {levels: [central, province, city, county, township], funds: [all]}
handler: {office: 主管处（室）, joint: 国库处}
needs: [indicators, funds]
optional: []
parameters:
  share: {type: int, default: 20, min: 0, max: 100, unit: percent, origin: P}
identity: [subject]
columns:
  fund_name: {zh: 资金名称, en: fund}
  near_fund: {zh: 目录中的相近名称, en: near name of the catalogue}
*/
// near_fund_percent is the least share at which the nearest name is near; 0 where it is near at any.
MATCH (i:Indicator)
WHERE i.listed = true AND i.near_fund_percent <= $share
RETURN i.id AS subject, 'yellow' AS level, i.amount_fen AS amount_fen, [i.ref] AS evidence,
  i.fund_name AS fund_name, i.near_fund_key AS near_fund
