"""Steps of the demo's stories (演示办件的步骤): what people do with a case, each by somebody who may."""

from typing import Final

from api.accounts.permissions import Action
from api.cases.facts import mandatory_refusals
from api.cases.findings import open_findings
from api.cases.points import name_of, stage_points
from api.cases.rows import current_review
from api.db.tables import Packet
from api.demo.desk import Desk
from api.demo.people import carrier_account
from api.supervision.ratings import rate as rate_case

PLATE: Final = "temporary_plate"
_RATINGS: Final = (
    (5, "办理很快，路线讲得清楚"),
    (4, ""),
    (5, ""),
    (3, "希望能早一点告知补正内容"),
    (5, "全程网上办理，没有跑腿"),
    (2, "征求意见等了太久"),
)


def accept(desk: Desk) -> None:
    """受理; what the machine cannot know the window has seen."""
    seen = _missing(desk)
    desk.office("window", Action.ACCEPT, **({"items": seen, "reason": "窗口核对原件，材料齐全"} if seen else {}))
    desk.run_jobs()


def accept_without_review(desk: Desk) -> None:
    """受理; the machine review waits in the queue."""
    seen = _missing(desk)
    desk.office("window", Action.ACCEPT, **({"items": seen, "reason": "窗口核对原件，材料齐全"} if seen else {}))
    desk.postpone_jobs(30)


def claim(desk: Desk) -> None:
    """认领."""
    desk.office("reviewer", Action.CLAIM)


def request_correction(desk: Desk) -> None:
    """一次告知补正."""
    desk.office("window", Action.REQUEST_CORRECTION, items=_missing(desk) or ["authorization"])


def answer_correction(desk: Desk) -> None:
    """补正."""
    asked = _missing(desk) or ["authorization"]
    desk.carrier(Action.ANSWER_CORRECTION, answers=dict.fromkeys(asked, "已补充，见附件"), form=completed(desk))
    desk.run_jobs()


def completed(desk: Desk) -> dict[str, object]:
    """The form with a letter of authority."""
    form = dict(desk.case.form)
    form["attachments"] = {**form["attachments"], "authorization": [desk.attach("授权委托书.pdf")]}
    return form


def not_accept(desk: Desk) -> None:
    """不予受理: the papers were not completed in time."""
    desk.office("window", Action.NOT_ACCEPT, reason="逾期未补正全部材料")


def answer_packets(desk: Desk, *, leave: int = 0) -> None:
    """Bodies that were asked agree, but for the last few."""
    packets = desk.open_packets()
    for number, packet in enumerate(packets[: len(packets) - leave]):
        if number % 3 == 0 and packet.role != PLATE:
            desk.answer(packet, opinion="agree_with_conditions", conditions=["避开早晚高峰通行"], reason="原则同意")
        else:
            desk.answer(packet, opinion="agree", reason="经核查，同意通行")


def return_a_packet(desk: Desk) -> None:
    """A body sends a wrongly sent packet back."""
    for packet in _of_managers(desk)[:1]:
        desk.answer(packet, Action.RETURN_DISPATCH, reason="该路段已移交，不归本单位管养")


def object_to_it(desk: Desk) -> None:
    """A body is against it."""
    for packet in desk.open_packets()[:1]:
        desk.answer(packet, opinion="object", reason="途经路段正在施工，不宜通行")


def escalate(desk: Desk) -> None:
    """The machine escalates what is overdue."""
    for packet in desk.open_packets():
        if packet.due_on is not None and packet.due_on < desk.day and packet.purpose != "inform":
            desk.machine(Action.ESCALATE, packet_id=packet.id)


def order_survey(desk: Desk) -> None:
    """安排勘测."""
    desk.office("reviewer", Action.ORDER_SURVEY, reason="净空资料不足，现场测量")


def order_calculation(desk: Desk) -> None:
    """要求专项验算."""
    desk.office("reviewer", Action.ORDER_CALCULATION, reason="桥梁承载能力须专项验算")


def propose_reroute(desk: Desk) -> None:
    """提出改线."""
    desk.office("reviewer", Action.PROPOSE_REROUTE, reason="建议改走承载能力已核定的国道")


def settle(desk: Desk) -> None:
    """A named person settles every open finding, with a reason."""
    work = desk.work(None)
    review = current_review(work, desk.case)
    for finding in sorted(open_findings(desk.case, review) - mandatory_refusals(work, desk.case, review)):
        desk.office("reviewer", Action.OVERRIDE, finding=finding, reason="现场核实并经专项验算，可以通行")


def recommend(desk: Desk) -> None:
    """提出审查意见: to approve."""
    desk.office("reviewer", Action.RECOMMEND, recommendation="approve", reason="路线审查和比对通过，建议准予许可")


def recommend_refusal(desk: Desk) -> None:
    """提出审查意见: to refuse, after the milder ways and the right to be heard."""
    propose_reroute(desk)
    desk.office("reviewer", Action.INVITE_STATEMENT, reason="桥梁承载能力不足，拟不予许可")
    desk.carrier(Action.HOLD_STATEMENT, reason="没有其他路线，接受审查结果", waived=True)
    desk.office("reviewer", Action.RECOMMEND, recommendation="refuse", reason="申请人不改线，不具备通行条件")


def send_back(desk: Desk) -> None:
    """退回审查."""
    desk.office("approver", Action.SEND_BACK, reason="请补充勘测记录")


def approve(desk: Desk) -> None:
    """准予许可."""
    conditions = ["白天通行", "通过桥梁时居中匀速，不得停车"]
    desk.office("approver", Action.APPROVE, conditions=conditions, reason="各单位意见已考虑，符合条件")


def deliver(desk: Desk) -> None:
    """What was decided is delivered by the machine."""
    desk.run_jobs()


def leave_in_queue(desk: Desk) -> None:
    """What was decided waits to be delivered."""
    desk.postpone_jobs(30)


def refuse(desk: Desk) -> None:
    """不予许可, with every reason."""
    work = desk.work(None)
    review = current_review(work, desk.case)
    found = open_findings(desk.case, review) | mandatory_refusals(work, desk.case, review)
    desk.office("approver", Action.REFUSE, items=sorted(found) or ["ord62-12"], reason="不具备安全通行条件")


def pause_for_testing(desk: Desk) -> None:
    """停表: 检测."""
    desk.office("reviewer", Action.PAUSE, basis="testing", reason="桥梁须委托检测")


def pause_for_experts(desk: Desk) -> None:
    """停表: 专家评审."""
    desk.office("reviewer", Action.PAUSE, basis="expert_review", reason="加固方案须组织专家评审")


def resume(desk: Desk) -> None:
    """恢复计时."""
    desk.office("reviewer", Action.RESUME, reason="检测报告已出具")


def withdraw(desk: Desk) -> None:
    """申请人撤回."""
    desk.carrier(Action.WITHDRAW, reason="货物改期")


def close(desk: Desk) -> None:
    """终止办理."""
    desk.office("approver", Action.CLOSE, ground="申请人主体资格终止", reason="申请人已注销")


def request_change(desk: Desk) -> None:
    """申请变更."""
    desk.carrier(Action.REQUEST_CHANGE, reason="牵引车故障，申请更换同型号牵引车")


def decide_change(desk: Desk) -> None:
    """变更决定."""
    desk.office("approver", Action.DECIDE_CHANGE, reason="同意更换牵引车")


def recall(desk: Desk) -> None:
    """撤回许可."""
    desk.office("approver", Action.RECALL, ground="客观情况发生重大变化", reason="途经桥梁封闭施工")


def revoke(desk: Desk) -> None:
    """撤销许可."""
    desk.office("approver", Action.REVOKE, ground="以欺骗手段取得许可", reason="申报货物与实际不符")


def cancel(desk: Desk) -> None:
    """注销."""
    desk.office("approver", Action.CANCEL, ground="申请人不再运输", reason="申请人申请注销")


def _missing(desk: Desk) -> list[str]:
    """What the machine found missing or faulty."""
    review = current_review(desk.work(None), desk.case)
    points = [*stage_points(review, "correction"), *stage_points(review, "to_follow")]
    return sorted({name_of(point) for point in points})


def _of_managers(desk: Desk) -> list[Packet]:
    return [packet for packet in desk.open_packets() if packet.role == "manager"]


def rate(desk: Desk) -> None:
    """好差评: most are content, somebody now and then is not."""
    number = int(desk.case.number.rpartition("-")[2])
    grade, text = _RATINGS[number % len(_RATINGS)]
    rate_case(desk.work(carrier_account(desk.session, desk.firm)), desk.case.id, grade, text)
