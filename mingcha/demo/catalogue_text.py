# ruff: noqa: E501  (one line an item, so that it reads as a table)
"""The items (事项) of the demo city as one table of text: 120 of them, invented after what cities offer. Two of
them (weight 0: nobody applies) promise more than the law allows.

Columns: level and bureau / type and name / promise, statutory limit / applicant / materials of its own / the rest.
Limits: 5d working days, 20n natural days, 1m months, 35h working hours, 0 on the spot. Materials: `?` optional.
The rest: C certificate, M certificate settled by a ministry, F10-50 fee from 10 to 50 yuan, R reducible,
S:hearing,… special procedures allowed, T may be passed on (转报), A intermediaries allowed, K steps have limits,
V15 the promise until mid 2025, W weight (default 10).
"""

from __future__ import annotations

from typing import Final

ITEMS: Final = """\
city 市场监督管理局 | 许 企业设立登记 | 0 5d | l | 章程 住所使用证明 股东决议? | C W14
city 市场监督管理局 | 许 食品生产许可证核发 | 10d 20d | l | 生产场所平面图 工艺流程图 检验报告? | C K S:inspection,testing,expert_review
city 市场监督管理局 | 许 特种设备使用登记 | 5d 15d | l | 产品质量合格证明 监督检验证明 | C V10
city 市场监督管理局 | 许 检验检测机构资质认定 | 20d 45d | l | 质量手册 人员一览表 设备一览表 能力附表? | C K S:expert_review,publicity V30
city 公安局 | 许 普通护照签发 | 7d 15d | p | 证件照片 出境申请表 | C M F120-120 W20
city 公安局 | 许 保安服务公司设立许可 | 15d 30d | l | 法定代表人简历 保安人员名册 验资说明? | C K S:publicity
city 公安局 | 确 机动车转移登记 | 0 1d | p | 机动车登记证书 交易发票 | C F10-70 W14
city 人力资源和社会保障局 | 许 人力资源服务许可 | 8d 20d | l | 场所证明 专职人员名单 管理制度? | C K
city 人力资源和社会保障局 | 确 专业技术人员职称确认 | 20d 40d | p | 学历证明 业绩材料 论文目录? | C S:expert_review,publicity K
city 人力资源和社会保障局 | 服 企业职工正常退休核准 | 10d 20d | p | 人事档案 参保缴费证明 | K W14
city 人力资源和社会保障局 | 服 社会保险关系转移接续 | 20n 45n | p | 参保缴费凭证 转移申请表 | W16
city 自然资源和规划局 | 许 建设工程规划许可证核发 | 12d 20d | l | 总平面图 设计方案 土地权属证明 日照分析? | C K S:hearing,publicity,expert_review V20
city 自然资源和规划局 | 许 建设用地规划许可证核发 | 8d 20d | l | 用地批准文件 勘测定界图 | C K S:publicity
city 自然资源和规划局 | 确 不动产转移登记 | 5d 30d | p | 不动产权属证书 买卖合同 完税证明 | C F40-80 R V8 W20
city 自然资源和规划局 | 确 不动产查封登记信息查询 | 0 1d | p | 查询申请书 | W12
city 城乡建设局 | 许 建筑工程施工许可证核发 | 7d 15d | l | 施工合同 资金安排说明 质量安全措施 | C K V12
city 城乡建设局 | 许 商品房预售许可 | 10d 20d | l | 预售方案 监管协议 楼盘表 | C K S:publicity
city 城乡建设局 | 其 建设工程消防验收 | 15d 30d | l | 竣工图纸 检测报告 | C S:inspection,testing K
city 卫生健康委员会 | 许 医疗机构执业登记 | 15d 45d | l | 设置批准书 房屋平面图 人员资格证明 | C K S:expert_review,inspection
city 卫生健康委员会 | 许 医师执业注册 | 8d 20d | p | 医师资格证明 聘用证明 体检证明? | C M W12
city 卫生健康委员会 | 许 放射诊疗许可 | 10d 20d | l | 设备清单 防护检测报告 | C K S:testing,inspection
city 交通运输局 | 许 道路旅客运输经营许可 | 12d 20d | l | 线路方案 车辆承诺书 安全制度 | C K S:hearing,publicity
city 交通运输局 | 许 网络预约出租汽车经营许可 | 10d 20d | l | 平台说明 安全管理制度 | C K T
city 交通运输局 | 许 超限运输车辆通行许可 | 3d 10d | l | 车货总体照片 通行路线 | W6
city 交通运输局 | 服 从业资格证补发 | 0 5d | p | 遗失声明 | C W8
city 生态环境局 | 许 建设项目环境影响评价审批 | 20d 60d | l | 环境影响报告 公众参与说明 总量指标? | K S:hearing,publicity,expert_review A V30
city 生态环境局 | 许 排污许可证核发 | 15d 30d | l | 排污许可申请表 自行监测方案 | C K S:publicity,testing
city 生态环境局 | 许 辐射安全许可 | 15d 20d | l | 辐射安全报告 人员培训证明 | C K S:inspection
city 文化广电和旅游局 | 许 营业性演出审批 | 3d 20d | l | 演出方案 演员名单 | W8
city 文化广电和旅游局 | 许 旅行社设立许可 | 10d 20d | l | 经营场所证明 营业设施说明 | C K T
city 文化广电和旅游局 | 许 文物保护范围内建设工程审核 | 20d 20d | l | 工程方案 考古勘探报告 | S:expert_review T
city 农业农村局 | 许 农药经营许可 | 12d 20d | l | 仓储说明 人员培训证明 | C K S:inspection
city 农业农村局 | 许 动物防疫条件合格证核发 | 10d 20d | l | 场所布局图 防疫制度 | C K S:quarantine,inspection
city 农业农村局 | 许 种子生产经营许可 | 1m 2m | l | 检验设备清单 品种说明 | C T W4
city 应急管理局 | 许 危险化学品经营许可 | 15d 30d | l | 安全评价报告 应急预案 | C K S:expert_review,inspection A
city 应急管理局 | 其 生产安全事故应急预案备案 | 3d 5d | l | 应急预案文本 评审意见 | W8
city 医疗保障局 | 给 异地就医备案 | 0 2d | p | 备案承诺书 | W8
city 医疗保障局 | 给 医疗费用手工报销 | 20n 30n | p | 费用清单 诊断证明 银行账户 | W20
city 住房公积金管理中心 | 服 住房公积金贷款审核 | 10d 15d | p | 购房合同 收入证明 征信授权书 | K W20 V15
city 住房公积金管理中心 | 服 离职提取住房公积金 | 3d 3d | p | 离职证明 | W12
city 政务服务和大数据管理局 | 服 政务服务自助终端布设申请 | 10d 15d | l | 布设方案 | W12
city 政务服务和大数据管理局 | 服 电子营业执照下载指导 | 0 1d | l | 授权书? | W5
county 市场监督管理局 | 许 个体工商户设立登记 | 0 3d | p | 经营场所证明 | C W20
county 市场监督管理局 | 许 食品经营许可证核发 | 8d 20d | p | 经营场所布局图 健康证明 制度文本? | C K S:inspection V12 W20
county 市场监督管理局 | 许 企业变更登记 | 4d 15d | l | 变更决议 章程修正案? | C K W16
county 市场监督管理局 | 许 企业注销登记 | 5d 15d | l | 清算报告 清税证明 | K W12
county 市场监督管理局 | 确 股权出质登记 | 4d 5d | l | 质权合同 | W4
county 公安分局 | 许 户口迁移审批 | 7d 20d | p | 迁移申请书 合法住所证明 | W14 K
county 公安分局 | 服 居民身份证补领 | 20n 60n | p | 指纹信息采集表 | C M F20-40 W20
county 公安分局 | 许 旅馆业特种行业许可 | 12d 20d | l | 房屋平面图 消防合格证明 | C K S:inspection
county 公安分局 | 许 大型群众性活动安全许可 | 5d 7d | l | 活动方案 安全工作方案 | T
county 公安分局 | 服 无犯罪记录证明开具 | 0 3d | p | 用途说明 | W20
county 人力资源和社会保障局 | 给 失业保险金申领 | 10d 30d | p | 失业登记证明 | W16 K
county 人力资源和社会保障局 | 给 创业担保贷款资格认定 | 10d 15d | p | 创业计划 营业执照复印件 | K S:publicity
county 人力资源和社会保障局 | 服 就业创业证办理 | 4d 5d | p | 证件照片 | C W10
county 人力资源和社会保障局 | 许 劳务派遣经营许可 | 10d 20d | l | 场所证明 验资说明 管理制度 | C K
county 人力资源和社会保障局 | 给 职业技能提升补贴申领 | 30n 60n | p | 职业资格证书 | S:publicity W6
county 自然资源局 | 确 不动产抵押登记 | 4d 30d | p | 抵押合同 不动产权属证书 | C F40-80 R W18
county 自然资源局 | 确 不动产首次登记 | 10d 30d | l | 权属来源证明 测绘成果 | C F80-550 K S:publicity A
county 自然资源局 | 许 临时用地审批 | 12d 20d | l | 勘测定界图 复垦方案 | K S:expert_review
county 自然资源局 | 许 乡村建设规划许可 | 12d 20d | p | 村民会议意见 宅基地证明 | C K S:publicity
county 自然资源局 | 服 地籍资料查询 | 0 1d | p | 查询申请书 | W14
county 住房和城乡建设局 | 许 城镇污水排入排水管网许可 | 10d 20d | l | 排水接入图 水质检测报告 | C K S:testing
county 住房和城乡建设局 | 给 公共租赁住房资格确认 | 20d 30d | p | 家庭收入证明 住房状况证明 | K S:publicity W12 V30
county 住房和城乡建设局 | 确 房屋建筑工程竣工验收备案 | 5d 15d | l | 竣工验收报告 质量保修书 | K
county 住房和城乡建设局 | 许 燃气经营许可 | 12d 20d | l | 气源证明 安全评价报告 | C K S:expert_review,inspection A
county 卫生健康委员会 | 许 公共场所卫生许可 | 7d 20d | p | 场所平面图 卫生检测报告 | C K S:testing V10 W12
county 卫生健康委员会 | 许 护士执业注册 | 8d 20d | p | 护士资格证明 聘用证明 | C M W8
county 卫生健康委员会 | 给 计划生育家庭特别扶助金给付 | 20d 30d | p | 户籍证明 残疾证明? | S:publicity W4
county 卫生健康委员会 | 服 预防接种证补办 | 0 1d | p | 接种记录 | W10
county 民政局 | 许 民办非企业单位成立登记 | 20d 60d | l | 章程草案 场所使用权证明 验资报告 | C K S:publicity
county 民政局 | 给 最低生活保障金给付 | 22d 30d | p | 家庭经济状况声明 收入证明 | K S:publicity W12
county 民政局 | 给 高龄津贴给付 | 15n 30n | p | 银行账户 | W12
county 民政局 | 确 结婚登记 | 0 1d | p | 合影照片 声明书 | C W16
county 教育局 | 许 民办学校办学许可 | 20d 60d | l | 办学章程 场地证明 师资名单 | C K S:expert_review,publicity,hearing
county 教育局 | 确 教师资格认定 | 20d 30d | p | 普通话证书 体检证明 学历证明 | C K S:expert_review W16
county 教育局 | 服 普通话等级证书查询 | 0 1d | p | 查询申请书? | W12
county 教育局 | 给 家庭经济困难学生资助 | 30n 45n | p | 困难情况说明 | S:publicity W8
county 交通运输局 | 许 道路货物运输经营许可 | 8d 20d | l | 车辆行驶证 从业人员名单 | C K W12
county 交通运输局 | 许 机动车维修经营备案 | 4d 5d | l | 维修场地证明 设备清单 | K
county 交通运输局 | 许 占用挖掘公路审批 | 12d 20d | l | 施工方案 交通组织方案 | K S:expert_review
county 交通运输局 | 服 道路运输证年度审验 | 0 1d | l | 车辆检测报告 | W10
county 城市管理局 | 许 临时占用城市道路审批 | 4d 20d | l | 占道示意图 | F5-500 R W8
county 城市管理局 | 许 户外广告设置审批 | 8d 20d | l | 效果图 安全承诺书 | F100-2000 R K V15
county 城市管理局 | 许 城市建筑垃圾处置核准 | 10d 20d | l | 运输合同 消纳场地证明 | C K S:inspection
county 城市管理局 | 许 砍伐城市树木审批 | 12d 20d | l | 现场照片 补植方案 | K S:publicity,expert_review T
county 政务服务和大数据管理局 | 服 一件事套餐咨询登记 | 0 1d | p | 联系单? | W4
county 政务服务和大数据管理局 | 服 政务服务专区进驻申请 | 10d 15d | l | 进驻方案 | W10
county 人力资源和社会保障局 | 服 流动人员档案转递 | 35h 70h | p | 调档函 | W6
county 公安分局 | 服 居住证签发 | 12d 15d | p | 居住证明 证件照片 | C K W12
county 民政局 | 其 慈善组织公开募捐备案 | 10d 20d | l | 募捐方案 | W3
county 卫生健康委员会 | 其 单采血浆站变更备案 | 1m 2m | l | 变更说明 | W2
county 教育局 | 服 学籍转接核办 | 10d 15d | p | 转学申请表 接收证明 | K W8
county 住房和城乡建设局 | 服 住宅专项维修资金使用审核 | 12d 20d | l | 使用方案 业主表决书 | S:publicity W6 K
county 自然资源局 | 服 不动产登记资料异地查询 | 2d 5d | p | 查询授权书 | W2
county 城市管理局 | 许 临时构筑物搭建审批 | 20d 15d | l | 搭建方案 | W0
county 交通运输局 | 许 涉路施工活动许可 | 20d 20n | l | 施工方案 | W0
county 教育局 | 服 校外培训机构咨询登记 | 8d 15d | p | 登记表 | W3
city 文化广电和旅游局 | 服 公共文化场馆预约登记 | 6d 10d | p | 登记表 | W4
city 农业农村局 | 给 农机购置补贴申领 | 10d 20d | p | 购机发票 银行账户 | S:publicity W6
township 街道办事处 | 给 临时救助给付 | 8d 15d | p | 困难情况说明 | S:publicity W16
township 街道办事处 | 给 城乡居民养老保险待遇申领 | 10d 20d | p | 银行账户 | K W20
township 街道办事处 | 确 生育登记 | 0 1d | p | 登记表 | W30
township 街道办事处 | 给 残疾人两项补贴初审 | 12d 20d | p | 残疾证明 | T W12 S:publicity
township 街道办事处 | 确 退役军人优待证申领初审 | 10d 15d | p | 退役证明 证件照片 | T W8
township 街道办事处 | 给 特困人员救助供养审核 | 20d 30d | p | 生活状况声明 | S:publicity W8 K
township 街道办事处 | 服 城乡居民医疗保险参保登记 | 4d 5d | p | 参保登记表 | W16
township 街道办事处 | 服 就业困难人员认定 | 15n 20n | p | 就业困难说明 | W8
township 街道办事处 | 许 农村宅基地审批 | 15d 30d | p | 村民会议意见 宅基地平面图 | C K S:publicity V20
township 街道办事处 | 给 老年人意外保险补助 | 10d 15d | p | 银行账户 | W8
township 街道办事处 | 服 社会保障卡申领代办 | 10d 20d | p | 证件照片 | C W12
township 街道办事处 | 确 再生育审批初核 | 7d 10d | p | 婚育情况声明 | W3
village 社区居民委员会 | 服 居住证明开具 | 0 1d | p | 居住情况说明 | W22
village 社区居民委员会 | 服 老年证申领代办 | 5d 10d | p | 证件照片 | C W10
village 社区居民委员会 | 服 养老待遇资格认证 | 4d 10d | p | 认证照片? | W14
village 社区居民委员会 | 服 高龄津贴申请代办 | 10d 20d | p | 银行账户 | W10
village 社区居民委员会 | 服 最低生活保障申请代办 | 10d 20d | p | 家庭经济状况声明 | W8
village 社区居民委员会 | 服 残疾人证申请代办 | 10d 15d | p | 诊断证明 | W6
village 社区居民委员会 | 服 医保缴费代办 | 4d 5d | p | 缴费委托书 | W10
village 社区居民委员会 | 服 计划生育情况核实 | 5d 10d | p | 婚育情况声明 | W4
"""
