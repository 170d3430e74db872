/*
id: RH03
version: 1.0.0
status: in_force
budget_year: 2026
name: {zh: 身份证号校验错误, en: Invalid ID number}
category: RH
level: {opens: yellow}
subject: payment_id
amount: {zh: 发放金额, en: payment amount}
description:
  zh: 监测到人到户发放中受益人身份证号的位数、校验码、出生日期或省级区划代码不合规的支付。
  en: Detects household payments whose beneficiary's ID number fails in length, check character, date of birth or province code.
innocent:
  - zh: 录入笔误，应与户口簿、银行开户信息核对后更正。
    en: A slip of the pen; compare with the household book and the bank's record and correct it.
  - zh: 填写的是残疾证号、护照号等其他证件号码。
    en: Another document's number was entered, such as a disability card or passport.
basis:
  - {text: 中华人民共和国居民身份证法, article: 第三条}
  - {text: 公民身份号码（GB 11643）, article: 校验码}
scope: {levels: [county, township, village], funds: [all]}
handler: {office: 主管处（室）, joint: 国库处}
needs: [payments]
optional: [projects, accounts]
parameters: {}
identity: [subject]
columns:
  reason:
    zh: 问题
    en: problem
    values:
      format: {zh: 位数或字符不对, en: wrong length or characters}
      check-character: {zh: 校验码不符, en: wrong check character}
      birth-date: {zh: 出生日期不成立, en: impossible date of birth}
      region: {zh: 省级区划代码不存在, en: no such province}
*/
MATCH (t:Transfer)
WHERE t.is_household_payment = true AND t.beneficiary_problem IS NOT NULL
RETURN t.id AS subject, 'yellow' AS level, t.amount_fen AS amount_fen, [t.ref] AS evidence, t.day AS day,
  t.beneficiary_problem AS reason
