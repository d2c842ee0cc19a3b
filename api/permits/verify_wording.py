"""What a verification says to a person (核验用语)."""

import datetime as dt
from collections.abc import Mapping

from api.permits.wording import Words

OUTCOME: Mapping[str, Words] = {
    "genuine": Words("真实有效", "genuine and valid"),
    "tampered": Words("内容被改动", "tampered with"),
    "revoked": Words("已撤销或变更", "revoked or replaced"),
    "expired": Words("已过有效期", "expired"),
    "not_yet_valid": Words("尚未生效", "not yet valid"),
    "unknown_key": Words("签发机关不可信", "signed by nobody trusted here"),
    "awaiting_check": Words("待核查，不得起运", "awaiting the check before departure"),
    "unreadable": Words("无法识读", "unreadable"),
}
REVOCATIONS: Mapping[str, Words] = {
    "missing": Words(
        "未提供撤销清单，不能排除该证已被撤销或变更", "no revocation list was given: the permit may have been revoked"
    ),
    "outdated": Words(
        "撤销清单已过期，其后撤销或变更的许可查不到，请更新清单", "the revocation list is outdated: get a newer one"
    ),
    "not_yet_issued": Words(
        "撤销清单的签发时间晚于核验时间，请检查时钟或核验日期",
        "the revocation list was issued after the time of verification: check clock and date",
    ),
}
NO_RECORD = Words("没有找到通行证记录（以 DJ1: 开头）", "holds no permit record (which begins with DJ1:)")
SEVERAL_RECORDS = Words("文件中有互不相同的通行证记录", "the file holds several different permit records")
WRONG_SIGNATURE = Words("签名不符：内容被改动，或系伪造", "the signature does not fit: altered or forged")
WRONG_CONTENT = Words("文件所附内容与签名不符", "the contents attached to the file are not those that were signed")
WRONG_SEAL = Words("文件封印不符：页面被改动过", "the seal of the file does not fit: its pages were altered")
NOT_SEALED = Words(
    "文件没有封印（另存过），记录真实但页面未受保护，以核验出的数据为准",
    "the file bears no seal (it was saved anew): trust the data shown here, not the pages",
)
STATUS_REVOKED = Words("该证签发时即标为已撤销", "this issue is marked as revoked")
STATUS_CHANGED = Words("该证标为已变更，由新证取代", "this issue is marked as replaced by a change")
AWAITING_CHECK = Words(
    "尚未通过起运前现场核查，核查一致并换发后方可起运", "not yet checked before departure: may not leave"
)
DEMO = Words("演示用，无效", "for demonstration only, not valid")
COMPARE = Words(
    "请将核验出的号牌、尺寸、质量、路线与车辆和纸面逐项核对",
    "compare plates, sizes, masses and route shown here with the vehicle and the paper",
)


def genuine(until: dt.date) -> Words:
    """The permit holds."""
    return Words(f"签名真实，有效期至{until}", f"the signature is right; valid until {until}")


def expired(until: dt.date, day: dt.date) -> Words:
    """The permit no longer holds."""
    return Words(f"有效期至{until}，核验日{day}", f"was valid until {until}; verified for {day}")


def not_yet_valid(since: dt.date, day: dt.date) -> Words:
    """The permit does not hold yet."""
    return Words(f"有效期自{since}起，核验日{day}", f"valid from {since}; verified for {day}")


def unknown_key(key_id: str) -> Words:
    """Nobody here trusts the signer."""
    return Words(f"签名密钥{key_id}不在可信公钥之列", f"key {key_id} is not among the trusted keys")


def key_not_valid(holder: str, day: dt.date) -> Words:
    """The signer was not trusted on the day of issue."""
    return Words(
        f"{holder}的密钥在发证日{day}不在有效期内", f"the key of {holder} was not valid on {day}, day of issue"
    )


def later_version(version: int) -> Words:
    """A newer program wrote it."""
    return Words(
        f"记录版本{version}比本程序新，请升级核验程序",
        f"record version {version} is newer than this program: update it",
    )


def unreadable(fault: str) -> Words:
    """Bytes that are no record."""
    return Words(f"不是完整的通行证记录（{fault}）", f"not a whole permit record: {fault}")
