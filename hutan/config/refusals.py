"""What production refuses to run with."""

from __future__ import annotations

from hutan.kernel.refusals import Refusal

_DOCUMENT = "docs/operating.md"


class DebugOn(Refusal):
    """Error pages would show settings and data to the public."""

    code = "CFG-001"
    basis = _DOCUMENT
    zh = "生产环境不得打开 DEBUG。"
    en = "DEBUG is on in production."
    cure_zh = "请将 DEBUG 设为 False。"
    cure_en = "Set DEBUG to False."


class KeyMissing(Refusal):
    """A key is absent, a known default, or too short to be a secret."""

    code = "CFG-002"
    basis = _DOCUMENT
    zh = "生产环境的密钥 {name} 缺失、为默认值或过短。"
    en = "The key {name} is missing, a default, or too short for production."
    cure_zh = "请在环境变量中设置；生成方法见 docs/operating.md。"
    cure_en = "Set it in the environment; docs/operating.md says how to make one."


class AssertionsOff(Refusal):
    """Python runs with -O: the invariants written as assertions would not be checked."""

    code = "CFG-003"
    basis = _DOCUMENT
    zh = "Python 以 -O 运行，断言已关闭，程序不变量将不受检查。"
    en = "Python runs with -O: assertions are off, so invariants would go unchecked."
    cure_zh = "请去掉 -O 参数并取消 PYTHONOPTIMIZE。"
    cure_en = "Drop -O and unset PYTHONOPTIMIZE."


class HostsOpen(Refusal):
    """The names under which the site is served are not stated."""

    code = "CFG-004"
    basis = _DOCUMENT
    zh = "生产环境未说明对外域名（HUTAN_HOSTS）。"
    en = "The host names of the production site are not stated (HUTAN_HOSTS)."
    cure_zh = "请将 HUTAN_HOSTS 设为以逗号分隔的域名，不得使用 *。"
    cure_en = "Set HUTAN_HOSTS to the names, separated by commas; * is not accepted."


class CookieOpen(Refusal):
    """A cookie would travel unencrypted, be read by scripts, or follow from other sites."""

    code = "CFG-005"
    basis = _DOCUMENT
    zh = "生产环境的设置 {name} 使会话凭据可被窃取。"
    en = "The setting {name} lets session cookies be stolen in production."
    cure_zh = "请恢复该设置的默认值。"
    cure_en = "Leave that setting as the product has it."


class DurabilityOff(Refusal):
    """The server would confirm commits that a crash can lose."""

    code = "CFG-006"
    basis = _DOCUMENT
    zh = "数据库的 {name} 为 {value}：已确认的交易可能在故障中丢失。"
    en = "The database has {name} = {value}: a confirmed commit could be lost in a crash."
    cure_zh = "请在数据库服务器上设 {name} = on 并重新加载。"
    cure_en = "Set {name} = on on the database server and reload it."


class ServingRoleTooStrong(Refusal):
    """The serving role could change history: it owns tables or passes all checks."""

    code = "CFG-007"
    basis = _DOCUMENT
    zh = "数据库服务角色 {role} 权限过大（{power}），可改写历史记录。"
    en = "The serving database role {role} is too strong ({power}): it could rewrite history."
    cure_zh = "请将 DATABASE_URL 设为 hutan_app，并以 hutan_owner 执行迁移。"
    cure_en = "Let DATABASE_URL sign in as hutan_app, and migrate as hutan_owner."


class ServerTooOld(Refusal):
    """The database server is older than the oldest one supported."""

    code = "CFG-008"
    basis = _DOCUMENT
    zh = "数据库版本为 {version}，至少需要 PostgreSQL {oldest}。"
    en = "The database server is version {version}; PostgreSQL {oldest} is the oldest supported."
    cure_zh = "请升级数据库服务器。"
    cure_en = "Upgrade the database server."


class LogUnnamed(Refusal):
    """The public log would be signed under the demonstration's name, for ever."""

    code = "CFG-009"
    basis = _DOCUMENT
    zh = "生产环境的存证名称仍为演示名称 {origin}；名称自首条起不可更改。"
    en = "The public log has the demonstration's name {origin}; a log keeps its name for ever."
    cure_zh = "请将 HUTAN_LOG_ORIGIN 设为本平台自己的名称，例如 carbon.example.cn/log。"
    cure_en = "Set HUTAN_LOG_ORIGIN to a name of your own, such as carbon.example.cn/log."
