"""What the rulebook and its formulas refuse. A year nobody entered is never guessed."""

from __future__ import annotations

from hutan.kernel.refusals import Refusal

_BOOK = "docs/rulebook.md"


class YearNotEntered(Refusal):
    """A parameter has no value for the compliance year that was asked for."""

    code = "RUL-001"
    basis = _BOOK
    zh = "规则库中参数 {key} 没有 {year} 年度的值。"
    en = "The rulebook has no value of {key} for the year {year}."
    cure_zh = "请在 {file} 的 [{key}] 下录入一行，例如：{example}"
    cure_en = "Enter a line in {file} under [{key}], for example: {example}"


class DayNotEntered(Refusal):
    """A parameter has no value in force on the day that was asked for."""

    code = "RUL-002"
    basis = _BOOK
    zh = "规则库中参数 {key} 在 {day} 没有有效的值。"
    en = "The rulebook has no value of {key} in force on {day}."
    cure_zh = "请在 {file} 中录入一段，例如：{example}"
    cure_en = "Enter a section in {file}, for example: {example}"


class UnknownParameter(Refusal):
    """No parameter has that key."""

    code = "RUL-003"
    basis = _BOOK
    zh = "规则库中没有参数 {key}。相近的有：{near}。"
    en = "The rulebook has no parameter {key}. Close to it: {near}."
    cure_zh = "用 rules list 查看全部参数。"
    cure_en = "See all parameters with: rules list"


class NotInProfile(Refusal):
    """The law has the parameter, but the rule profile in use neither states nor takes it over."""

    code = "RUL-004"
    basis = _BOOK
    zh = "规则方案 {profile} 没有给出参数 {key}，也没有声明沿用本市规则。"
    en = "The rule profile {profile} neither states {key} nor takes it over from the law."
    cure_zh = "请在 profiles/{profile}/ 中给出该参数，或在其 profile.toml 的 take_over 中列出它。"
    cure_en = "State it in profiles/{profile}/, or list it under take_over in its profile.toml."


class CalendarYearNotEntered(Refusal):
    """Working days were asked of a year whose holidays nobody has entered."""

    code = "RUL-005"
    basis = _BOOK
    zh = "{year} 年的放假调休安排尚未录入，无法计算工作日。"
    en = "The holidays and make-up days of {year} have not been entered: no working day is known."
    cure_zh = "请按国务院办公厅当年放假通知，在 {file} 中录入 [{year}]。"
    cure_en = "Enter [{year}] in {file} from the State Council's holiday notice of that year."


class NoTextInForce(Refusal):
    """No text that the rulebook knows governs a subject on a day."""

    code = "RUL-006"
    basis = _BOOK
    zh = "规则库中没有在 {day} 规范“{subject}”的有效文件。"
    en = "The rulebook knows no text in force on {day} for the subject {subject}."
    cure_zh = "请核对日期与主题（已知主题：{subjects}），或在 documents.toml 中录入该文件。"
    cure_en = "Check day and subject (known: {subjects}), or enter the text in documents.toml."


class UnknownClause(Refusal):
    """No clause has that id."""

    code = "RUL-007"
    basis = _BOOK
    zh = "规则库中没有条款 {id}。"
    en = "The register of clauses has no {id}."
    cure_zh = "条款编号由文件字母、条和款组成，例如 M21.1；全部条款见 clauses.toml。"
    cure_en = "An id is a letter, an article and a paragraph, such as M21.1; see clauses.toml."


class CellNotEntered(Refusal):
    """A table has no such row, or its text leaves the cell open."""

    code = "RUL-008"
    basis = _BOOK
    zh = "参数表 {key} 没有给出 {row} 行 {column} 列的值。"
    en = "The table {key} gives no value in row {row}, column {column}."
    cure_zh = "请在 {file} 的该表中录入此单元格并注明来源，或改用其他参数表。"
    cure_en = "Enter the cell in that table in {file} with its source, or use another table."


class UnknownProfile(Refusal):
    """No rule profile has that name."""

    code = "RUL-009"
    basis = _BOOK
    zh = "没有名为 {profile} 的规则方案；已有：{known}。"
    en = "There is no rule profile named {profile}; there are: {known}."
    cure_zh = "请使用已有的规则方案名称。"
    cure_en = "Use the name of an existing profile."


class PeriodReversed(Refusal):
    """A period ends before it begins."""

    code = "RUL-010"
    basis = _BOOK
    zh = "起始日 {first} 晚于结束日 {last}。"
    en = "The first day, {first}, lies after the last, {last}."
    cure_zh = "请交换起止日期。"
    cure_en = "Swap the two days."


class UnknownDocument(Refusal):
    """No document has that number."""

    code = "RUL-011"
    basis = _BOOK
    zh = "规则库中没有文件 {number}。"
    en = "The register of documents has no {number}."
    cure_zh = "请核对文号，或在 documents.toml 中录入该文件。"
    cure_en = "Check the number, or enter the document in documents.toml."


class UnknownTerm(Refusal):
    """The law does not define that word."""

    code = "RUL-012"
    basis = _BOOK
    zh = "规则库中没有术语“{term}”。"
    en = "The rulebook has no defined term {term}."
    cure_zh = "请查看 terms.toml 中的术语。"
    cure_en = "See the terms in terms.toml."
