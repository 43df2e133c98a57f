"""Short notes of contacts, in English or Chinese, put together from parts; the caller chooses the tone."""

from __future__ import annotations

from functools import cache
from itertools import product

import numpy as np
import pyarrow as pa

from models.vocab import IntArray

UNHAPPY, NEUTRAL, HAPPY = range(3)
ENGLISH, CHINESE = range(2)

_OPENINGS = {
    ENGLISH: (
        "Call with the finance team", "Site visit", "Meeting with the CFO", "Mail from the treasurer",
        "Lunch with the owner", "Quarterly review", "Call back", "Message through the portal",
    ),
    CHINESE: (
        "与财务部通话", "现场走访", "与财务总监会面", "司库来函",
        "与企业主会谈", "季度回顾会议", "电话回访", "客户门户留言",
    ),
}  # fmt: skip
_SUBJECTS = {
    ENGLISH: (
        "on the next drawdown", "on the covenant report", "about pricing", "about the new plant",
        "on the repayment plan", "about a guarantee line", "on the valuation of the collateral",
        "about hedging the rate", "on the budget of the project", "on the yearly limit review",
    ),
    CHINESE: (
        "讨论下一次提款", "讨论财务约定报告", "沟通定价", "介绍新厂项目", "讨论还款计划",
        "沟通保函额度", "讨论抵押物估值", "沟通利率对冲", "讨论项目预算", "讨论年度授信复审",
    ),
}  # fmt: skip
_TONES = {
    (ENGLISH, UNHAPPY): (
        "they complain of slow answers.", "another bank offers better terms and they are tempted.",
        "disappointed, the matter has been open for weeks.", "they threaten to move the business.",
        "frustrated by repeated requests for documents.", "fees are called too high.",
        "trust has suffered, escalated to the team head.", "they hold back further plans with us.",
    ),
    (ENGLISH, NEUTRAL): (
        "documents will follow.", "no decision yet.", "we send figures next week.",
        "usual questions, answered.", "they compare alternatives.", "next talk agreed for next month.",
        "noted, nothing urgent.", "terms explained.",
    ),
    (ENGLISH, HAPPY): (
        "they praise the quick reply.", "very satisfied, a further project is planned.",
        "good talk, they want to deepen the cooperation.", "thankful for the flexible solution.",
        "they recommend us within the group.", "problem solved, client pleased.",
        "strong interest in a long-term frame agreement.", "they value the advice of the team.",
    ),
    (CHINESE, UNHAPPY): (
        "客户抱怨回复太慢。", "他行报价更优，客户有意转出。",
        "问题拖延数周，客户很失望。", "客户表示可能转移业务。",
        "反复补充材料，客户不满。", "客户认为费用过高。",
        "信任受损，已上报团队负责人。", "客户暂缓与我行的后续计划。",
    ),
    (CHINESE, NEUTRAL): (
        "材料随后提供。", "暂未决定。", "下周发送测算。", "常规问题，已答复。",
        "客户正在比较方案。", "约定下月再谈。", "已记录，无紧急事项。", "已说明条款。",
    ),
    (CHINESE, HAPPY): (
        "客户称赞回复迅速。", "非常满意，计划新增项目。",
        "沟通顺利，希望深化合作。", "感谢我行灵活的方案。",
        "客户在集团内推荐我行。", "问题已解决，客户满意。",
        "对长期框架协议很感兴趣。", "客户认可团队的专业建议。",
    ),
}  # fmt: skip


@cache
def all_notes() -> pa.Array:
    """Every note there can be; those of one language and tone stand together."""
    texts = [
        f"{opening}{_between(language)}{subject}{_before(language)}{remark}"
        for (language, _), remarks in _TONES.items()
        for opening, subject, remark in product(_OPENINGS[language], _SUBJECTS[language], remarks)
    ]
    return pa.array(texts, type=pa.string())


def _between(language: int) -> str:
    return " " if language == ENGLISH else "，"


def _before(language: int) -> str:
    return ": " if language == ENGLISH else "："


def note_positions(language: IntArray, tone: IntArray, chance: IntArray) -> IntArray:
    """Where in ``all_notes`` a note of each language and tone stands; ``chance`` picks one of them."""
    each = len(_OPENINGS[ENGLISH]) * len(_SUBJECTS[ENGLISH]) * len(_TONES[ENGLISH, HAPPY])
    return np.asarray((language * 3 + tone) * each + chance % each)
