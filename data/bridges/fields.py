"""What an inventory can say, and by which column names it says it (台账字段): bridges, culverts, clearances and signs.

The names are those of the national yearly export, the national bridge register (国桥库) and the bridge card of the
maintenance code; the first name found wins. Codes of the national export (K6040 …) stand in the mapping files.
"""

from typing import Final

FIELDS: Final[dict[str, tuple[str, ...]]] = {
    "key": ("桥梁身份码", "桥梁唯一标识码", "身份码", "涵洞身份码", "构造物编号", "编号"),
    "code": ("桥梁代码", "桥梁编码", "桥幅编号", "桥梁编号", "涵洞代码", "涵洞编码", "涵洞编号"),
    "name": ("桥梁名称", "桥幅名称", "桥名", "涵洞名称", "构造物名称", "名称"),
    "kind": ("构造物类型", "设施类型", "涵洞类型", "类型"),
    "route_ref": ("路线编号", "路线编码", "路线代码"),
    "route_name": ("路线名称", "路名"),
    "stake": ("中心桩号", "桥位桩号", "位置/中心桩号", "涵洞桩号", "中心桩号(km)", "桩号"),
    "direction": ("行车方向", "行车方向/位置", "上下行", "幅别", "方向"),
    "lon": ("经度", "中心经度", "桥梁经度"),
    "lat": ("纬度", "中心纬度", "桥梁纬度"),
    "datum": ("坐标系", "坐标系统", "坐标基准"),
    "length": ("桥梁全长", "全长", "桥长", "涵长"),
    "span_total": ("跨径总长", "多孔跨径总长"),
    "span_max": ("单孔最大跨径", "最大跨径", "标准跨径", "净跨径"),
    "spans": ("跨径组合", "孔跨布置", "桥跨组合", "孔径", "孔数及孔径"),
    "span_count": ("孔数", "跨数"),
    "deck_width": ("桥面全宽", "桥面总宽", "桥梁全宽", "全宽"),
    "deck_clear": ("桥面净宽", "净宽", "行车道宽", "车行道宽"),
    "lanes": ("车道数",),
    "superstructure": ("上部结构类型", "主桥上部类型", "主桥上部结构类型", "桥型", "桥梁类型"),
    "system": ("结构体系", "受力体系"),
    "skew": ("斜交角", "斜交角度"),
    "radius": ("平曲线半径",),
    "load": ("设计荷载", "设计荷载等级", "荷载等级", "设计汽车荷载"),
    "load_rebuilt": ("改造后荷载等级", "改造后设计荷载"),
    "standard": ("设计规范", "荷载标准"),
    "condition": ("技术状况等级", "桥梁技术状况", "技术状况", "评定等级", "技术状况评定等级"),
    "rated_on": ("评定日期", "最近评定日期", "技术状况评定日期"),
    "traffic_control": ("交通管制措施",),
    "limit_mass": ("限载", "限重", "限制质量"),
    "limit_axle": ("限轴重", "限制轴重", "限轴载"),
    "limit_height": ("限高", "桥上限高"),
    "limit_width": ("限宽", "桥上限宽"),
    "limit_length": ("限长",),
    "clearance_below": ("桥下净高", "桥下净空", "桥下限高", "桥下净空高度"),
    "clear_height": ("净高", "净空高度", "通行净高", "实测净高", "净空"),
    "clear_width": ("净空宽度", "通行净宽", "实测净宽"),
    "measured_on": ("测量日期", "实测日期"),
    "basis": ("数据来源", "依据"),
    "built": ("修建年度", "建成年度", "建成时间", "修建年份", "建成年份"),
    "opened": ("通车日期", "通车时间"),
    "owner": ("管养单位", "管养单位名称", "管理(养)单位", "管理单位"),
    "remark": ("备注",),
}
"""Field → plain column names (`data.tables.plain_name`), without units."""

READ_OVER: Final = frozenset(
    {"路线技术等级", "行政区划", "所在政区", "跨径分类", "上部结构材料", "主桥上部材料", "每孔梁片数", "桥墩类型"}
    | {"改造年度", "改造部位", "抗震等级", "桥梁性质", "是否宽路窄桥", "监管单位", "病害", "桥下净宽"}
)
"""Columns that are understood, and that no check needs yet."""
