"""Names, other names, relationship managers and branches of clients: written down, and nothing hangs on them.

They come from a stream of noise of their own, so that a book of a seed is the same with and without them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from models.book.contract import ALIAS_SEPARATOR
from models.simulator.arrow import text
from models.simulator.ledgers import BlockRecorder
from models.simulator.world import COUNTRIES
from models.vocab import BoolArray, IntArray

CHINESE_IN = {"China": 0.85, "Singapore": 0.2}
"""Country -> share of its clients that sign in Chinese; these have an English name beside it."""
RENAMED_SHARE, ABBREVIATED_SHARE, UNASSIGNED_SHARE = 0.08, 0.12, 0.02
MANAGERS_PER_BRANCH = 12
_BRANCHES = {
    "China": ("北京分行", "上海分行", "深圳分行", "成都分行"),
    "Singapore": ("Singapore",),
    "Vietnam": ("Hanoi", "Ho Chi Minh City"),
    "Indonesia": ("Jakarta",),
    "India": ("Mumbai", "Delhi"),
    "Germany": ("Frankfurt", "Hamburg"),
    "Spain": ("Madrid",),
    "Poland": ("Warsaw",),
    "Türkiye": ("Istanbul",),
    "United States": ("New York", "Houston"),
    "Mexico": ("Mexico City",),
    "Brazil": ("São Paulo",),
    "Kenya": ("Nairobi",),
    "South Africa": ("Johannesburg",),
    "Egypt": ("Cairo",),
}
_GIVEN = (
    "Amara", "Anna", "Ben", "Carla", "Daniel", "Elif", "Farah", "Goran", "Hannah", "Ines", "Jonas", "Karim",
    "Lucía", "Marek", "Nadia", "Omar", "Priya", "Quentin", "Rosa", "Samuel", "Thandi", "Ute", "Vera", "Zoë",
)  # fmt: skip
_FAMILY = (
    "Adler", "Okafor", "Moreau", "Silva", "Nowak", "Haddad", "Brandt", "Mwangi", "Ferrari", "Nguyen", "Kaya", "Müller",
)  # fmt: skip
_CHINESE_FAMILY, _CHINESE_GIVEN = (
    tuple("王李张刘陈杨赵黄周吴徐孙"),
    ("伟", "芳", "敏", "静", "磊", "洋", "秀英", "建国"),
)
_CITIES = (
    "北京", "上海", "广州", "深圳", "重庆", "天津", "武汉", "成都", "南京",
    "杭州", "西安", "长沙", "青岛", "大连", "厦门", "昆明",
)  # fmt: skip
_MARKS = tuple("华恒金盛泰和瑞安宏远中信德隆兴嘉诚海东新长江永昌惠达富源广博")
_LINES = ("电力", "新能源", "交通", "水务", "通信", "矿业", "石油天然气", "地产", "制造", "农业", "医疗", "教育")
"""In the order of ``population.INDUSTRIES``."""
_CHINESE_FORMS = ("有限公司", "股份有限公司", "集团有限公司", "投资有限公司")


@dataclass(frozen=True, kw_only=True)
class Naming:
    """What clients of a block are called and who looks after them. Shapes (n_clients,); text, or null where none is."""

    name: pa.Array
    aliases: pa.Array
    manager: pa.Array
    branch: pa.Array


def naming(english: pa.Array, desk: BlockRecorder) -> Naming:
    """Names of the clients that have the ``english`` ones, (n_clients,), in the records of the lender."""
    chinese, short = _chinese_names(desk)
    signs_chinese = desk.naming.random(len(desk.profile)) < _chinese_share(desk.profile.country)
    branch, manager = _coverage(desk)
    return Naming(
        name=pc.if_else(pa.array(signs_chinese), chinese, english),
        aliases=_aliases(english, short, signs_chinese, desk),
        manager=manager,
        branch=branch,
    )


def _chinese_share(country: IntArray) -> np.ndarray:
    return np.array([CHINESE_IN.get(each.name, 0.0) for each in COUNTRIES])[country]


def _chinese_names(desk: BlockRecorder) -> tuple[pa.Array, pa.Array]:
    """Whole names and the two characters that people say."""
    size, noise = len(desk.profile), desk.naming
    marks = [_drawn(_MARKS, noise.integers(0, len(_MARKS), size)) for _ in range(2)]
    city, form = (_drawn(words, noise.integers(0, len(words), size)) for words in (_CITIES, _CHINESE_FORMS))
    short = pc.binary_join_element_wise(*marks, "")
    return pc.binary_join_element_wise(city, short, _drawn(_LINES, desk.profile.industry), form, ""), short


def _aliases(english: pa.Array, short: pa.Array, signs_chinese: BoolArray, desk: BlockRecorder) -> pa.Array:
    """The English name and the short one of who signs in Chinese; of some others an abbreviation, or a former name."""
    size, noise = len(english), desk.naming
    words = pc.split_pattern(english, " ")
    initials = pc.binary_join_element_wise(
        *(pc.utf8_slice_codeunits(pc.list_element(words, place), 0, 1) for place in range(2)), ""
    )
    former = pc.binary_join_element_wise(pc.list_element(words, 0), _drawn(_FAMILY, noise.integers(0, 12, size)), " & ")
    chance = noise.random(size)
    of_others = pc.case_when(
        pa.StructArray.from_arrays(
            [pa.array(chance < RENAMED_SHARE), pa.array(chance > 1 - ABBREVIATED_SHARE)], names=["renamed", "short"]
        ),
        former,
        initials,
        pa.nulls(size, pa.string()),
    )
    return pc.if_else(pa.array(signs_chinese), pc.binary_join_element_wise(english, short, ALIAS_SEPARATOR), of_others)


def _coverage(desk: BlockRecorder) -> tuple[pa.Array, pa.Array]:
    """Branch and manager of each client: one of each for a sponsor group, where most of it sits."""
    group, noise = desk.profile.group, desk.naming
    groups = int(group.max()) + 1
    home = np.zeros(groups, dtype=np.int64)
    home[group[::-1]] = desk.profile.country[::-1]
    first = np.cumsum([0, *(len(_BRANCHES[country.name]) for country in COUNTRIES)])
    branch = first[home] + noise.integers(0, 12, groups) % np.diff(first)[home]
    person = branch * MANAGERS_PER_BRANCH + noise.integers(0, MANAGERS_PER_BRANCH, groups)
    person = np.where(noise.random(groups) < UNASSIGNED_SHARE, -1, person)
    names = [name for country in COUNTRIES for name in _BRANCHES[country.name]]
    return text(branch[group], names), text(person[group], _people(names))


def _people(branches: list[str]) -> list[str]:
    """``MANAGERS_PER_BRANCH`` names for each branch, none twice."""
    abroad = iter([f"{given} {family}" for family in _FAMILY for given in _GIVEN])
    chinese = iter([family + given for given in _CHINESE_GIVEN for family in _CHINESE_FAMILY])
    return [
        next(chinese if branch.endswith("分行") else abroad) for branch in branches for _ in range(MANAGERS_PER_BRANCH)
    ]


def _drawn(words: tuple[str, ...], places: IntArray) -> pa.Array:
    return pa.array(words, type=pa.string()).take(pa.array(places))
