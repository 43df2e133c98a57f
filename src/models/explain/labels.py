"""What headings and kinds are called where a client is explained, in English and Chinese; no figure is written here."""

from __future__ import annotations

from models.panel.features.words import Language, Said

KINDS = {
    "AA": Said("AA", "AA级"),
    "A": Said("A", "A级"),
    "B": Said("B", "B级"),
    "acquisition": Said("acquisition", "获取期"),
    "development": Said("development", "发展期"),
    "maturity": Said("maturity", "成熟期"),
    "decline": Said("decline", "衰退期"),
    "churned": Said("churned", "流失期"),
    "strategic": Said("strategic", "战略合作型"),
    "transactional": Said("transactional", "标准交易型"),
    "partnership": Said("partnership", "信任伙伴型"),
    "problem-solving": Said("problem-solving", "问题解决型"),
    "funding": Said("funding", "资金需求型"),
    "resource integration": Said("resource integration", "资源整合型"),
    "risk management": Said("risk management", "风险管理型"),
    "key region": Said("key region", "重点区域"),
    "emerging market": Said("emerging market", "新兴市场"),
    "other": Said("other", "其他区域"),
    "ordinary": Said("ordinary", "普通"),
    "high": Said("high", "高"),
    "medium": Said("medium", "中"),
    "low": Said("low", "低"),
    "reduced": Said("business reduced", "业务缩减"),
    "refinanced_away": Said("refinanced elsewhere", "转贷他行"),
    "dormant": Said("gone quiet", "休眠"),
    "default": Said("default", "违约"),
}

_WORDS = {
    "as_of": Said("as of {day}", "基准日：{day}"),
    "value": Said("Value", "客户价值"),
    "decline": Said("Decline", "业务下滑概率"),
    "tier": Said("Tier", "等级"),
    "tier_by_rule": Said("Tier by the rules alone", "仅按规则的等级"),
    "override": Said("Override", "人工调整"),
    "override_applied": Said("applied", "已采用"),
    "override_agrees with the rules": Said("agrees with the rules", "与规则结果一致"),
    "override_held down by a cap": Said("held down by a cap", "受上限约束"),
    "override_expired": Said("expired", "已失效"),
    "override_not yet decided": Said("decided later than this date", "基准日之后作出"),
    "stage": Said("Stage", "阶段"),
    "relationship": Said("Relationship", "关系类型"),
    "need": Said("Need", "需求类型"),
    "speaks_for_it": Said("spoken for by {drivers}", "依据：{drivers}"),
    "segment": Said("Segment", "客户群"),
    "peers": Said("Peers", "同类客户"),
    "value_class": Said("Value class", "价值分类"),
    "region": Said("Region", "区域"),
    "week": Said("{count} weeks", "{count}周"),
    "month": Said("{count} months", "{count}个月"),
    "quarter": Said("{count} quarters", "{count}个季度"),
    "within": Said("within {horizon}", "未来{horizon}内"),
    "value_range": Said("{level} of such clients: {low} to {high}", "{level}的此类客户在{low}至{high}之间"),
    "decline_range": Said("of such clients {low} to {high} decline", "此类客户的业务下滑比例在{low}至{high}之间"),
    "range": Said("{low} to {high}", "{low}至{high}"),
    "moving": Said("moving to {kind}, not yet held", "正转向{kind}，尚未确认"),
    "why_decline": Said("Why this risk of decline", "业务下滑风险的原因"),
    "why_value": Said("Why this value", "客户价值的原因"),
    "units_decline": Said("{unit} of the probability of decline {within}", "{within}的业务下滑概率，单位：{unit}"),
    "units_value": Said("{unit} of the value {within}", "{within}的客户价值，单位：{unit}"),
    "unknown": Said("Base: a client of whom nothing is known", "基准（无任何信息时的客户）"),
    "unknown_short": Said("Base", "基准"),
    "others": Said("{count} other reasons together", "其余{count}项原因合计"),
    "one_other": Said("1 other reason", "其余1项原因"),
    "rounding": Said("rounding", "四舍五入"),
    "together": Said("This client", "该客户"),
    "change": Said("What changed since {day}", "自{day}以来的变化"),
    "change_against": Said(
        "What changed since {day} and version {version} of the models", "自{day}及模型版本{version}以来的变化"
    ),
    "change_models": Said(
        "From what version {version} of the models says to what this one says",
        "从模型版本{version}的结论到本版本的结论",
    ),
    "no_change": Said("The client was not active before: nothing can have changed.", "该客户此前不活跃，无变化可述。"),
    "tier_same": Said("The tier stays {now}.", "等级仍为{now}。"),
    "tier_same_by_rule": Said("By the rules alone the tier stays {now}.", "仅按规则，等级仍为{now}。"),
    "tier_moved": Said("The tier moved from {before} to {now}: {because}.", "等级由{before}变为{now}：{because}。"),
    "tier_moved_by_rule": Said(
        "By the rules alone the tier moved from {before} to {now}: {because}.",
        "仅按规则，等级由{before}变为{now}：{because}。",
    ),
    "by_model": Said("other models", "模型更新"),
    "by_calibration": Said("other calibration", "校准更新"),
    "by_policy": Said("another policy", "策略更新"),
    "by_rules": Said("the rules of the policy now say: {rule}", "策略规则现为“{rule}”"),
    "by_data": Said("what is known of the client", "客户资料变化"),
    "reason": Said("Reason", "原因"),
    "risk_points": Said("risk, points", "风险（百分点）"),
    "value_in": Said("value, {unit}", "价值（{unit}）"),
    "before": Said("Before", "之前"),
    "now": Said("Now", "现在"),
    "reach": Said("What would change it", "怎样可以改变"),
    "reach_note": Said(
        "The models' answer, no promise: what clients look like who stand better.",
        "以上为模型推算，并非承诺：处境更好的客户通常如此。",
    ),
    "tier_up": Said("One tier up", "提升一级"),
    "tier_up_by_rule": Said("One tier up from {tier}, which the rules alone say", "在仅按规则的{tier}基础上提升一级"),
    "off_list": Said("Off the decline list", "移出业务下滑名单"),
    "reach_then": Said(
        "Then: tier {tier}, decline {decline}, value {value}.", "之后：等级{tier}，业务下滑概率{decline}，价值{value}。"
    ),
    "reach_then_by_rule": Said(
        "Then: by the rules alone tier {tier}, decline {decline}, value {value}.",
        "之后：仅按规则为等级{tier}，业务下滑概率{decline}，价值{value}。",
    ),
    "reach_none": Said("Nothing within reach does it. Nearest comes:", "可行的措施均不足以达到。最接近的是："),
    "reach_nothing": Said("Nothing within reach brings it nearer.", "没有可行的措施能使其接近。"),
    "reach_or": Said("Or: ", "或者："),
    "reach_move": Said("{feature}: {now} → {then}", "{feature}：{now} → {then}"),
    "treatment": Said("Treatment", "差异化策略"),
    "warnings": Said("Warnings", "预警"),
    "warning_none": Said("No warning at this date.", "基准日没有预警。"),
    "history": Said("History", "历史"),
    "version": Said("model version {version}", "模型版本{version}"),
    "none": Said("unknown", "未知"),
    "history_value": Said("Expected value at earlier dates, {unit}", "各时点的预期价值，{unit}"),
    "history_decline": Said("Probability of decline at earlier dates", "各时点的业务下滑概率"),
    "history_line": Said(
        "as the present models read what was known then; above: tier by the rules alone",
        "现有模型按当时所知推算；上方为仅按规则的等级",
    ),
    "history_band": Said("range that holds {level} of such clients", "{level}的此类客户所在区间"),
    "history_share": Said("range of the share that declines", "业务下滑比例的区间"),
    "probability": Said("probability", "概率"),
    "until_week": Said("until week", "截至第几周"),
    "until_month": Said("until month", "截至第几个月"),
    "until_quarter": Said("until quarter", "截至第几个季度"),
    "curve_decline": Said("declined by then", "届时业务已下滑"),
    "curve_return": Said("business came back by then", "届时业务已恢复"),
    "curve_title_decline": Said("When decline sets in, by cause", "业务下滑何时发生及其原因"),
    "curve_title_return": Said("When business comes back", "业务何时恢复"),
    "section_when": Said("When", "时间"),
    "waterfall_decline": Said("Probability of decline, reason by reason: {unit}", "业务下滑概率的逐项构成：{unit}"),
    "waterfall_value": Said("Expected value, reason by reason: {unit}", "预期价值的逐项构成：{unit}"),
    "waterfall_note": Said(
        "Read from the top: each bar begins where the one above ends. Red makes the client worse, green better.",
        "自上而下阅读：每一条从上一条结束处开始。红色为不利，绿色为有利。",
    ),
    "peers_title": Said("Beside its peers", "与同类客户相比"),
    "peers_note": Said(
        "Band: where four fifths of the peers lie; tick: their middle; dot: this client.",
        "灰带：五分之四的同类客户所在区间；竖线：中位数；圆点：该客户。",
    ),
    "measure": Said("Measure", "指标"),
    "this_client": Said("This client", "该客户"),
    "usual": Said("Usual", "通常"),
    "usual_range": Said("Usual range", "通常区间"),
    "all_reasons": Said("All reasons with what they are made of", "全部原因及其构成"),
    "sum_note": Said(
        "Base (a client of whom nothing is known) and all reasons sum to the prediction.",
        "基准（无任何信息时的客户）与全部原因之和即为预测值。",
    ),
    "all_reasons_short": Said("All reasons", "全部原因"),
    "what_changed": Said("What changed", "变化"),
    "on_paper": Said("Further reasons and charts stand on the page on screen.", "其余原因与图表见网页版。"),
    "page_title": Said("Client {client}", "客户{client}"),
    "foot": Said(
        "Nothing that became known on {day} or later was used. Earlier dates are read by the present models from what "
        "was known then; tier and stage there are as the rules say at each date alone.",
        "未使用{day}及以后的信息。历史时点由现有模型按当时所知推算，其等级与阶段为当时规则的单独结果。",
    ),
    "no_usual": Said("–", "–"),
    "in_unit": Said("{what}, {unit}", "{what}，{unit}"),
    "colon": Said(": ", "："),
}


def say(key: str, language: Language, **slots: object) -> str:
    """A heading or phrase with its slots filled.

    >>> say("within", "en", horizon=say("month", "en", count=12)), say("within", "zh", horizon="12个月")
    ('within 12 months', '未来12个月内')
    """
    return _WORDS[key].within(language).format(**slots)


def kind_in_words(kind: str | None, language: Language) -> str:
    """What a tier, stage, type or cause is called; an unknown one by its own name.

    >>> kind_in_words("problem-solving", "zh"), kind_in_words("AA", "zh"), kind_in_words("core Asia", "en")
    ('问题解决型', 'AA级', 'core Asia')
    """
    if kind is None:
        return say("none", language)
    return KINDS[kind].within(language) if kind in KINDS else kind
