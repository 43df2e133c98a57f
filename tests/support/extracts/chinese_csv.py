"""A Chinese core system: GB18030, headers and words in Chinese, dates as 2021年3月5日 or 20210305."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from support.extracts.lender import lender

KINDS = {"interest": "利息", "fee": "手续费", "drawdown": "放款", "funding_cost": "资金成本", "arrears": "逾期"}
PRODUCTS = {"loan": "流动资金贷款", "guarantee": "保函", "advice": "财务顾问"}


def write(folder: Path) -> Path:
    """客户信息.csv, 借据表.csv and 交易流水.csv."""
    tables = lender()
    clients, facilities, flows = (tables[name] for name in ("clients", "facilities", "cashflows"))
    written = {
        "客户信息": {
            "客户号": clients["client_id"],
            "客户名称": clients["name"].str.replace("Client ", "华东有限公司"),
            "集团编号": clients["group_id"],
            "国家": clients["country"],
            "所属行业": clients["industry"],
        },
        "借据表": {
            "借据号": facilities["facility_id"],
            "客户号": facilities["client_id"],
            "业务品种": facilities["product"].map(PRODUCTS),
            "授信额度": facilities["limit"].map("{:,.2f}".format),
            "放款日期": pd.to_datetime(facilities["signed"]).dt.strftime("%Y%m%d"),
            "到期日": pd.to_datetime(facilities["maturity"]).dt.strftime("%Y%m%d"),
        },
        "交易流水": {
            "借据号": flows["facility_id"],
            "客户号": flows["client_id"],
            "交易日期": pd.to_datetime(flows["date"]).dt.strftime("%Y/%m/%d"),
            "交易类型": flows["kind"].map(KINDS),
            "发生额": flows["amount"].map("{:,.2f}".format),
        },
    }
    folder.mkdir(parents=True, exist_ok=True)
    for name, columns in written.items():
        pd.DataFrame(columns).to_csv(folder / f"{name}.csv", encoding="gb18030", index=False)
    return folder
