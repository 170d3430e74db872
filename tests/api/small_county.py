"""A county small enough to check by hand: two funds, a pool, two people, money that comes back."""

from pathlib import Path

POOL = "6228480402564890001"
ZHANG = "6228480402564893312"
LI = "6228480402564893313"
ZHANG_ID = "990112199001011234"
HOSTILE = "<script>window.hacked=1</script>"
CANARIES = (POOL, ZHANG, LI, ZHANG_ID, "张小三", "欧阳小四")
"""What no person may see in full: account numbers, an ID number, names."""

FILES = {
    "accounts.csv": f"""\
账号,户名,持有人证件号,持有人类型,账户类型
TK001,某县国库,,机关单位,国库账户
{POOL},某县扶贫资金专账,,机关单位,统筹整合专账
{ZHANG},张小三,{ZHANG_ID},个人,个人账户
{LI},欧阳小四{HOSTILE},,个人,个人账户
""",
    "indicators.csv": """\
指标编号,指标文件号,资金名称,资金性质,支出功能分类科目,政府支出经济分类科目,预算项目,金额,级次,接收单位,下达日期
ZY01,财农〔2019〕12号,财政专项扶贫资金,一般公共预算,21305,50901,产业,10000,中央,某省财政厅,2019-11-28
SJ01,省财农〔2019〕3号,财政专项扶贫资金,一般公共预算,21305,50901,产业,0,省级,某县财政局,2019-12-01
SJ02,省财农〔2020〕3号,财政专项扶贫资金,一般公共预算,21305,50901,产业,3000,省级,某县财政局,2020-01-02
XJ01,县财〔2019〕9号,财政专项扶贫资金,一般公共预算,21305,50901,产业,0,县级,某县扶贫办,2019-12-20
""",
    "splits.csv": """\
上级指标编号,下级指标编号,分解金额,分解日期
ZY01,SJ01,8000,2019-11-29
SJ01,XJ01,8000,2019-12-20
SJ02,XJ01,3500,2020-01-03
""",
    "payments.csv": f"""\
支付凭证号,付款人名称,付款账户,支付金额,支付时间,用途,结算方式,支付方式,收款人名称,收款人账户,指标编号,受益人身份证号,受益人姓名
PZ00000102,某县财政局,TK001,11500,2020-01-06,拨付专账,转账,财政直接支付,某县扶贫资金专账,{POOL},XJ01,,
PZ00000381,某县扶贫办,{POOL},12000,2020-06-18 10:30,产业补助 {ZHANG_ID},转账,财政授权支付,张小三,{ZHANG},XJ01,{ZHANG_ID},张小三
PZ00000382,某县扶贫办,{POOL},50,2020-06-19,产业补助,转账,财政授权支付,欧阳小四{HOSTILE},{LI},XJ01,,
""",  # noqa: E501
    "transfers.csv": f"""\
交易流水号,交易时间,转出账号,转入账号,交易金额,附言
LS1,2020-07-01,{ZHANG},{LI},3000,还款
LS2,2020-07-02,{LI},{POOL},200,退
LS3,2020-07-03,{LI},CASH,100,取现
""",
}

BAD_ROW = f"""\
支付凭证号,付款人名称,付款账户,支付金额,支付时间,用途,结算方式,支付方式,收款人名称,收款人账户
PZ9,某县扶贫办,{POOL},0,2020-06-18,产业补助,转账,财政授权支付,张小三,{ZHANG}
PZ10,某县扶贫办,{POOL},1,2020-06-31,产业补助,转账,财政授权支付,张小三,1.23E+17
"""


def write_files(folder: Path) -> Path:
    """The county's files in a new folder."""
    folder.mkdir(parents=True)
    for name, text in FILES.items():
        (folder / name).write_text(text, "utf-8")
    return folder
