"""Roles, actions and scopes (角色、操作、范围): the words of the table in `permissions.yaml`."""

from enum import StrEnum


class Role(StrEnum):
    """Who acts (角色); an account may have several."""

    CARRIER = "carrier"  # 承运人
    WINDOW = "window"  # 窗口
    REVIEWER = "reviewer"  # 审查
    APPROVER = "approver"  # 审批
    ENFORCEMENT = "enforcement"  # 执法
    SUPERVISOR = "supervisor"  # 督查
    ADMIN = "admin"  # 管理员
    POLICE = "police"  # 公安交管
    CITY_ROAD = "city_road"  # 城管、住建
    TOLL_OPERATOR = "toll_operator"  # 收费公路经营单位
    MAINTAINER = "maintainer"  # 管养单位
    SERVICE = "service"  # 服务令牌
    SYSTEM = "system"  # 系统任务
    PUBLIC = "public"  # 未登录


ROLE_ZH = {
    Role.CARRIER: "承运人",
    Role.WINDOW: "窗口",
    Role.REVIEWER: "审查",
    Role.APPROVER: "审批",
    Role.ENFORCEMENT: "执法",
    Role.SUPERVISOR: "督查",
    Role.ADMIN: "管理员",
    Role.POLICE: "公安交管",
    Role.CITY_ROAD: "城管住建",
    Role.TOLL_OPERATOR: "收费公路经营单位",
    Role.MAINTAINER: "管养单位",
    Role.SERVICE: "服务令牌",
    Role.SYSTEM: "系统",
    Role.PUBLIC: "公众",
}


class Scope(StrEnum):
    """On which things a role may act (范围)."""

    OWN = "own"  # 本企业的
    SELF = "self"  # 本账户
    BODY = "body"  # 本单位办理的
    SUPERIOR = "superior"  # 下级单位办理的
    PART = "part"  # 征求本单位意见的部分
    STRUCTURE = "structure"  # 本单位的构造物
    PROVINCE = "province"  # 本省的，限省级单位
    ALL = "all"  # 不分范围


class Action(StrEnum):
    """Everything the service can be asked to do (操作); titles stand in `permissions.yaml`."""

    # 申请
    SUBMIT = "submit"
    WITHDRAW = "withdraw"
    ANSWER_CORRECTION = "answer_correction"
    SUPPLY_PROMISED = "supply_promised"
    ANSWER_REROUTE = "answer_reroute"
    REQUEST_CHANGE = "request_change"

    # 受理
    DISPATCH = "dispatch"
    RETURN_DISPATCH = "return_dispatch"
    ACCEPT = "accept"
    ACCEPT_WITH_PROMISE = "accept_with_promise"
    DEEM_ACCEPTED = "deem_accepted"
    REQUEST_CORRECTION = "request_correction"
    NOT_ACCEPT = "not_accept"
    CLAIM = "claim"
    RELEASE = "release"

    # 审查
    START_REVIEW = "start_review"
    REVIEW_DONE = "review_done"
    ASK_OPINION = "ask_opinion"
    ANSWER_OPINION = "answer_opinion"
    ESCALATE = "escalate"
    ORDER_SURVEY = "order_survey"
    FILE_SURVEY = "file_survey"
    ORDER_CALCULATION = "order_calculation"
    FILE_CALCULATION = "file_calculation"
    PROPOSE_REROUTE = "propose_reroute"
    ORDER_REINFORCEMENT = "order_reinforcement"
    ACCEPT_REINFORCEMENT = "accept_reinforcement"
    PAUSE = "pause"
    RESUME = "resume"
    DROP_TASK = "drop_task"
    OVERRIDE = "override"
    INVITE_STATEMENT = "invite_statement"
    HOLD_STATEMENT = "hold_statement"
    URGE = "urge"

    # 决定
    RECOMMEND = "recommend"
    SEND_BACK = "send_back"
    APPROVE = "approve"
    APPROVE_AUTOMATICALLY = "approve_automatically"
    REFUSE = "refuse"
    CLOSE = "close"

    # 送达与证后
    DELIVER = "deliver"
    DECIDE_CHANGE = "decide_change"
    RECALL = "recall"
    REVOKE = "revoke"
    CANCEL = "cancel"
    EXPIRE = "expire"

    # 办件的查看
    LIST_CASES = "list_cases"
    READ_CASE = "read_case"
    READ_PACKET = "read_packet"
    READ_REPORT = "read_report"
    READ_CAPACITY = "read_capacity"
    READ_BAND = "read_band"
    READ_ATTACHMENT = "read_attachment"
    ADD_ATTACHMENT = "add_attachment"
    READ_CLOCK = "read_clock"
    READ_CASE_EVENTS = "read_case_events"
    LIST_RUNNING_OUT = "list_running_out"
    RATE_SERVICE = "rate_service"

    # 企业的资料
    READ_DRAFT = "read_draft"
    WRITE_DRAFT = "write_draft"
    DELETE_DRAFT = "delete_draft"
    COPY_CASE = "copy_case"
    IMPORT_TRIPS = "import_trips"
    READ_ARCHIVE = "read_archive"
    WRITE_ARCHIVE = "write_archive"

    # 选线与试算
    CLASSIFY = "classify"
    SUGGEST_ROUTE = "suggest_route"
    ASK_WHAT_IF = "ask_what_if"
    READ_ROAD_MAP = "read_road_map"

    # 通行证与行程
    READ_PERMIT = "read_permit"
    VERIFY_PERMIT = "verify_permit"
    READ_REVOCATIONS = "read_revocations"
    ANNOUNCE_TRIP = "announce_trip"
    READ_TRIP = "read_trip"
    RECORD_PASSAGE = "record_passage"
    READ_CHECK_TASK = "read_check_task"
    RECORD_CHECK = "record_check"
    FILE_LOAD_SHEET = "file_load_sheet"
    EXPORT_TOLL_RECORDS = "export_toll_records"

    # 路网与构造物资料
    READ_INVENTORY = "read_inventory"
    WRITE_INVENTORY = "write_inventory"
    APPROVE_INVENTORY = "approve_inventory"
    WRITE_OVERLAY = "write_overlay"

    # 监督与统计
    READ_LEDGER = "read_ledger"
    VERIFY_LEDGER = "verify_ledger"
    READ_STATISTICS = "read_statistics"
    READ_PUBLIC_FIGURES = "read_public_figures"

    # 管理
    READ_SETTINGS = "read_settings"
    WRITE_SETTINGS = "write_settings"
    READ_ACCOUNTS = "read_accounts"
    WRITE_ACCOUNTS = "write_accounts"
    READ_BODIES = "read_bodies"
    WRITE_BODIES = "write_bodies"
    MANAGE_TOKENS = "manage_tokens"
    MANAGE_WEBHOOKS = "manage_webhooks"
    READ_OUTBOX = "read_outbox"
    SEND_OUTBOX = "send_outbox"
    EXCHANGE_FILES = "exchange_files"
    READ_METRICS = "read_metrics"
    READ_OWN_ACCOUNT = "read_own_account"
    CHANGE_OWN_ACCOUNT = "change_own_account"
    REGISTER = "register"
    SIGN_IN = "sign_in"
