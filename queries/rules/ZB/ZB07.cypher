/*
id: ZB07
version: 1.0.0
status: in_force
budget_year: 2026
name: {zh: 指标要素不全, en: Indicator elements missing}
category: ZB
level: {opens: yellow}
subject: indicator_id
amount: {zh: 指标金额, en: indicator amount}
description:
  zh: 监测指标的文号、资金名称、资金性质、支出功能分类科目、政府支出经济分类科目、预算项目、金额七项要素是否齐全，科目代码是否符合编码规则。
  en: Detects indicators that lack one of the seven elements (document number, fund, nature, functional code, economic code, budget item, amount) or whose codes do not have the form of the classification.
innocent:
  - zh: 部门支出经济分类、上年科目或地方自设科目的代码形式不同。
    en: Codes of the departments' classification, of the year before or of a local extension have another form.
  - zh: 源系统导出时把空列当作“—”，原文件中要素齐全。
    en: The system that exported the list left the column empty though the document has the element.
basis:
  - {text: 长春市财政扶贫资金动态监控工作规程（长财库〔2019〕1918号）, article: 第六条, file: 001_0cce089113c317c0.txt}
  - {text: 长春市财政扶贫资金动态监控工作规程（长财库〔2019〕1918号）, article: 第七条（一）1, file: 001_0cce089113c317c0.txt}
scope: {levels: [central, province, city, county, township], funds: [all]}
handler: {office: 主管处（室）, joint: 预算处}
needs: [indicators]
optional: []
parameters: {}
identity: [subject]
columns:
  doc_no_state: {zh: 文号, en: document, values: {empty: {zh: 空, en: empty}, invalid: {zh: 无效, en: invalid}, fine: {zh: 有, en: present}}}
  fund_name_state: {zh: 资金名称, en: fund, values: {empty: {zh: 空, en: empty}, invalid: {zh: 无效, en: invalid}, fine: {zh: 有, en: present}}}
  fund_nature_state: {zh: 资金性质, en: nature, values: {empty: {zh: 空, en: empty}, invalid: {zh: 无效, en: invalid}, fine: {zh: 有, en: present}}}
  function_code_state: {zh: 功能分类科目, en: functional code, values: {empty: {zh: 空, en: empty}, invalid: {zh: 无效, en: invalid}, fine: {zh: 有, en: present}}}
  economic_code_state: {zh: 经济分类科目, en: economic code, values: {empty: {zh: 空, en: empty}, invalid: {zh: 无效, en: invalid}, fine: {zh: 有, en: present}}}
  budget_item_state: {zh: 预算项目, en: budget item, values: {empty: {zh: 空, en: empty}, invalid: {zh: 无效, en: invalid}, fine: {zh: 有, en: present}}}
  amount_state: {zh: 金额, en: amount, values: {empty: {zh: 空, en: empty}, invalid: {zh: 无效, en: invalid}, fine: {zh: 有, en: present}}}
*/
MATCH (i:Indicator)
WHERE i.listed = true AND (i.doc_no IS NULL OR i.fund_name IS NULL OR i.fund_nature IS NULL OR i.function_code IS NULL
  OR i.economic_code IS NULL OR i.budget_item IS NULL OR i.amount_fen <= 0
  OR i.function_code_valid = false OR i.economic_code_valid = false)
RETURN i.id AS subject, 'yellow' AS level, i.amount_fen AS amount_fen, [i.ref] AS evidence,
  CASE WHEN i.doc_no IS NULL THEN 'empty' ELSE 'fine' END AS doc_no_state,
  CASE WHEN i.fund_name IS NULL THEN 'empty' ELSE 'fine' END AS fund_name_state,
  CASE WHEN i.fund_nature IS NULL THEN 'empty' ELSE 'fine' END AS fund_nature_state,
  CASE WHEN i.function_code IS NULL THEN 'empty' WHEN i.function_code_valid THEN 'fine' ELSE 'invalid' END AS function_code_state,
  CASE WHEN i.economic_code IS NULL THEN 'empty' WHEN i.economic_code_valid THEN 'fine' ELSE 'invalid' END AS economic_code_state,
  CASE WHEN i.budget_item IS NULL THEN 'empty' ELSE 'fine' END AS budget_item_state,
  CASE WHEN i.amount_fen <= 0 THEN 'invalid' ELSE 'fine' END AS amount_state
