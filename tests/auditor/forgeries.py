"""What an insider who holds the key could write into the log of the long story, lie by lie.

Each lie has its code and changes one thing; hashes, roots and signatures will fit. It returns the
place of the act in which the auditor must find it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.auditor.forge import Forged

Lie = Callable[[Forged], int]
ID = "11111111-2222-4333-8444-555555555555"
"""The id of an act that is put in."""


@dataclass(frozen=True)
class Forgery:
    """A lie and the code under which it must be found."""

    code: str
    lie: Lie

    def __str__(self) -> str:
        return f"{self.code}-{self.lie.__name__}"


LIES: list[Forgery] = []


def found_as(code: str) -> Callable[[Lie], Lie]:
    """Enter a lie."""

    def enter(lie: Lie) -> Lie:
        LIES.append(Forgery(code, lie))
        return lie

    return enter


# --- people ---------------------------------------------------------------------------------------


@found_as("AUD-201")
def a_kind_nobody_knows(log: Forged) -> int:
    place, _ = log.body("registry.distrust")
    log.entries[place]["kind"] = "registry.give_away"
    return place


@found_as("AUD-201")
def a_dismissal_under_another_name(log: Forged) -> int:
    place, _ = log.body("parties.dismiss")
    log.entries[place]["kind"] = "parties.dismissed_later"
    return place


@found_as("AUD-202")
def a_body_that_lacks_a_field(log: Forged) -> int:
    place, body = log.body("registry.freeze")
    del body["amount"]
    return place


@found_as("AUD-203")
def an_act_approved_by_its_proposer(log: Forged) -> int:
    place, body = log.body("registry.plan")
    body["approver"]["person"] = body["proposer"]["person"]
    return place


@found_as("AUD-204")
def an_approver_who_never_held_the_post(log: Forged) -> int:
    place, body = log.body("compliance.determine")
    body["approver"]["person"] = log.body("registry.plan")[1]["proposer"]["person"]
    return place


@found_as("AUD-204")
def a_clerk_whose_post_had_ended(log: Forged) -> int:
    (gone,) = [
        post["person"]
        for post in (log.entries[place]["body"] for place in log.of_kind("parties.appoint"))
        if post["post"] == log.body("parties.dismiss")[1]["post"]
    ]
    place, _ = log.transaction("cancel_surrendered", state="executed")
    entry = log.entries[place]["body"]
    entry["approver"] = entry["proposer"] | {"person": gone}
    return place


@found_as("AUD-205")
def a_unit_approves_its_own_plan(log: Forged) -> int:
    place, body = log.body("registry.plan")
    body["approver"] = log.body("compliance.surrender")[1]["approver"]
    return place


@found_as("AUD-205")
def one_unit_surrenders_for_another(log: Forged) -> int:
    place, body = log.body("compliance.surrender")
    of_another = log.body("compliance.surrender", 2)[1]
    body |= {name: of_another[name] for name in ("proposer", "approver")}
    return place


@found_as("AUD-205")
def a_plan_co_signed_by_no_department(log: Forged) -> int:
    place, body = next(
        (n, log.entries[n]["body"])
        for n in log.of_kind("registry.plan")
        if log.entries[n]["body"]["co_signed"]
    )
    body["co_signed"][0]["department"] = body["proposer"]["organisation"]
    return place


@found_as("AUD-206")
def an_issue_without_a_second_person(log: Forged) -> int:
    place, _ = log.transaction("issue_free")
    del log.entries[place]["body"]["approver"]
    return place


@found_as("AUD-207")
def a_transaction_whose_id_is_made_up(log: Forged) -> int:
    place, issue = log.transaction("issue_free")
    issue["id"] = ID
    return place


# --- registry -------------------------------------------------------------------------------------


@found_as("AUD-301")
def units_for_an_account_that_is_none(log: Forged) -> int:
    place, body = log.body("registry.account_status")
    body["account"] = "SHUN0000099966"
    return place


@found_as("AUD-302")
def an_account_number_whose_check_digits_are_wrong(log: Forged) -> int:
    place, body = log.body("registry.open_accounts", -1)
    number = body["accounts"][0]["account"]
    body["accounts"][0] |= dict.fromkeys(("id", "account"), number[:-1] + str(9 - int(number[-1])))
    return place


@found_as("AUD-302")
def a_second_account_of_one_unit(log: Forged) -> int:
    place, body = log.body("registry.open_accounts", -1)
    body["accounts"][0]["holder"] = log.body("registry.open_accounts")[1]["accounts"][0]["holder"]
    return place


@found_as("AUD-303")
def an_issue_out_of_the_reserve(log: Forged) -> int:
    place, issue = log.transaction("issue_free", -1)
    issue["giver"] = issue["movements"][0]["from"] = _government(log, "reserve")
    return place


@found_as("AUD-304")
def a_surrender_into_a_unit_account(log: Forged) -> int:
    place, one = log.transaction("surrender")
    one["receiver"] = one["movements"][0]["to"] = log.transaction("transfer")[1]["receiver"]
    return place


@found_as("AUD-305")
def a_transfer_to_oneself(log: Forged) -> int:
    place, transfer = log.transaction("transfer", state="waiting")
    transfer["receiver"] = transfer["giver"]
    return place


@found_as("AUD-306")
def units_leave_a_suspended_account(log: Forged) -> int:
    place, order = log.transaction("to_exchange")
    suspended = log.again(log.of_kind("registry.account_status")[0], ID)
    suspended["body"]["account"] = order["giver"]
    return log.insert(place, suspended) + 1


@found_as("AUD-307")
def units_leave_a_frozen_account(log: Forged) -> int:
    place, order = log.transaction("to_exchange")
    whole = next(n for n in log.of_kind("registry.freeze") if _scope(log, n) == "account")
    frozen = log.again(whole, ID)
    frozen["body"] |= {"account": order["giver"], "freeze": ID}
    return log.insert(place, frozen) + 1


@found_as("AUD-308")
def units_that_are_no_allowances(log: Forged) -> int:
    place, order = log.transaction("to_exchange")
    order["items"][0]["asset"] = "bonus:2024"
    return place


@found_as("AUD-309")
def an_amount_of_nothing(log: Forged) -> int:
    place, order = log.transaction("transfer", state="waiting")
    order["items"][0]["amount"] = 0
    return place


@found_as("AUD-310")
def more_leaves_than_there_is(log: Forged) -> int:
    place, order = log.transaction("cancel_voluntary")
    _swell(order, 100_000)
    return place


@found_as("AUD-310")
def what_is_pledged_moves(log: Forged) -> int:
    _, pledge = log.transaction("pledge", 1)
    pledge["items"][0]["amount"] = 900
    return log.transaction("transfer", 1, state="waiting", giver=pledge["giver"])[0]


@found_as("AUD-311")
def units_moved_from_nowhere(log: Forged) -> int:
    place, order = log.transaction("transfer", state="executed")
    order["movements"][0]["blocks"] = [[9_000, 8_999 + order["items"][0]["amount"]]]
    return place


@found_as("AUD-311")
def a_block_moved_twice(log: Forged) -> int:
    place, _ = log.transaction("to_exchange")
    copied = log.again(place, ID)
    one = copied["body"]["transactions"][0]
    one["id"] = ID
    return log.insert(place + 1, copied)


@found_as("AUD-311")
def a_frozen_block_moves(log: Forged) -> int:
    place, order = log.transaction("surrender", giver=_frozen_block(log)["account"])
    order["movements"][0]["blocks"] = [[1301, 2300]]
    return place


@found_as("AUD-312")
def numbers_come_into_being_twice(log: Forged) -> int:
    place, order = log.transaction("create", 1, receiver=_government(log, "total"))
    order["movements"][0]["blocks"] = [[2, 1 + order["items"][0]["amount"]]]
    return place


@found_as("AUD-313")
def the_highest_numbers_are_taken(log: Forged) -> int:
    place, order = log.transaction("cancel_voluntary")
    order["movements"][0]["blocks"] = [[1_000, 999 + order["items"][0]["amount"]]]
    return place


@found_as("AUD-314")
def more_moves_than_was_ordered(log: Forged) -> int:
    place, order = log.transaction("to_exchange")
    move = order["movements"][0]
    move["amount"] += 1
    move["blocks"][-1][1] += 1
    return place


@found_as("AUD-315")
def an_issue_without_a_plan_line(log: Forged) -> int:
    place, issue = log.transaction("issue_free")
    issue["plan_line"] = ""
    return place


@found_as("AUD-315")
def an_issue_on_a_line_of_an_earlier_version(log: Forged) -> int:
    place, issue = log.transaction("issue_free", -1)
    issue["plan_line"] = log.transaction("issue_free")[1]["plan_line"]
    return place


@found_as("AUD-316")
def an_issue_one_tonne_beyond_its_line(log: Forged) -> int:
    place, issue = log.transaction("issue_free", 1)
    _swell(issue, 1)
    return place


@found_as("AUD-317")
def more_comes_into_being_than_the_total(log: Forged) -> int:
    place, order = log.transaction("create")
    _swell(order, 1)
    return place


@found_as("AUD-318")
def a_reversal_after_its_time(log: Forged) -> int:
    place, _ = log.transaction("reverse")
    log.entries[place]["at"] = "2025-07-01T00:00:00+08:00"
    return place


@found_as("AUD-318")
def a_reversal_of_a_transfer(log: Forged) -> int:
    place, order = log.transaction("reverse")
    order["reverses"] = log.transaction("to_exchange")[1]["id"]
    return place


@found_as("AUD-319")
def allowances_come_into_being_without_a_plan(log: Forged) -> int:
    place, order = log.transaction("to_exchange")
    order["type"] = "create"
    return place


@found_as("AUD-320")
def an_id_that_was_used(log: Forged) -> int:
    place, order = log.transaction("cancel_voluntary")
    order["id"] = log.transaction("to_exchange")[1]["id"]
    return place


@found_as("AUD-321")
def a_transfer_that_waits_too_short(log: Forged) -> int:
    place, order = log.transaction("transfer", state="waiting")
    order["execute_at"] = "2025-06-16T12:00:00+08:00"
    return place


@found_as("AUD-321")
def a_working_day_said_to_be_off(log: Forged) -> int:
    place, order = log.transaction("transfer", 1, state="waiting")
    order["days_off"] = ["2025-06-17"]
    return place


@found_as("AUD-322")
def a_transfer_executed_before_its_time(log: Forged) -> int:
    place, _ = log.transaction("transfer", state="executed")
    log.entries[place]["at"] = "2025-06-17T11:59:59+08:00"
    return place


@found_as("AUD-323")
def a_transfer_stopped_by_a_stranger(log: Forged) -> int:
    place, body = log.body("registry.stop")
    body["by"] = log.body("compliance.surrender", -1)[1]["proposer"]["person"]
    return place


@found_as("AUD-324")
def a_transfer_beyond_the_limit_of_a_day(log: Forged) -> int:
    place, order = log.transaction("to_exchange")
    log.body("registry.account_limits")[1]["limits"]["limit_per_day"] = 20
    assert order["items"][0]["amount"] == 20
    return place


@found_as("AUD-325")
def a_receiver_said_to_be_trusted(log: Forged) -> int:
    place, order = log.transaction("transfer", state="waiting")
    order["trusted"] = True
    order["rules"]["registry.transfer_window"] = "10:00:00..16:00:00"
    return place


@found_as("AUD-325")
def trust_that_counts_too_early(log: Forged) -> int:
    place, body = log.body("registry.trust")
    body["effective_at"] = "2025-06-19T12:00:00+08:00"
    return place


@found_as("AUD-326")
def a_debt_forgiven(log: Forged) -> int:
    place = next(n for n in log.of_kind("registry.plan") if log.entries[n]["body"]["debts"])
    log.entries[place]["body"]["debts"] = []
    return place


@found_as("AUD-326")
def a_repayment_left_out(log: Forged) -> int:
    place, order = log.transaction("return_excess", 1)
    assert order["note"].startswith("debt ")
    log.entries[place]["body"]["transactions"].remove(order)
    return place


@found_as("AUD-327")
def a_plan_whose_lines_pass_its_direct_part(log: Forged) -> int:
    place, body = log.body("registry.plan")
    body["lines"][0]["amount"] += 1
    return place


@found_as("AUD-327")
def a_total_that_is_not_the_sum_of_its_parts(log: Forged) -> int:
    place, body = log.body("registry.plan")
    body["total"] += 1
    return place


@found_as("AUD-328")
def a_line_that_forgets_what_was_issued(log: Forged) -> int:
    place = next(n for n in log.of_kind("registry.plan") if log.entries[n]["body"]["debts"])
    log.entries[place]["body"]["lines"][1]["issued"] = 0
    return place


@found_as("AUD-329")
def a_freeze_lifted_twice(log: Forged) -> int:
    place, body = log.body("registry.lift", 1)
    body["freeze"] = log.body("registry.lift")[1]["freeze"]
    return place


@found_as("AUD-330")
def a_pledge_released_in_part(log: Forged) -> int:
    place, order = log.transaction("release")
    order["items"][0]["amount"] -= 1
    return place


@found_as("AUD-331")
def an_open_account_is_opened(log: Forged) -> int:
    place, body = log.body("registry.account_status")
    body["status"] = "open"
    return place


@found_as("AUD-332")
def an_account_closes_with_units_on_it(log: Forged) -> int:
    place, body = log.body("registry.close_account", 1)
    cancelled = log.transaction("cancel_voluntary", 1, giver=body["account"])[0]
    log.drop(cancelled)
    return place - 1


@found_as("AUD-333")
def a_successor_gets_less_of_a_plan_line(log: Forged) -> int:
    place, body = log.body("registry.split")
    body["lines"][0]["to"][1]["amount"] -= 1
    return place


@found_as("AUD-333")
def a_successor_has_less_left_to_be_issued(log: Forged) -> int:
    place, body = log.body("registry.split")
    body["lines"][0]["to"][1]["issued"] += 1
    return place


@found_as("AUD-333")
def a_merger_leaves_units_behind(log: Forged) -> int:
    place, order = log.transaction("merge")
    _swell(order, -1)
    return place


# --- compliance -----------------------------------------------------------------------------------


@found_as("AUD-401")
def a_year_opened_without_its_cap(log: Forged) -> int:
    _, body = log.body("compliance.open_year")
    body["rules"] = [one for one in body["rules"] if one["key"] != "compliance.offset_share_max"]
    return log.of_kind("compliance.surrender")[0]


@found_as("AUD-402")
def a_determination_after_the_year_was_closed(log: Forged) -> int:
    place, body = log.body("compliance.determine", -2)
    body["year"] = 2024
    return place


@found_as("AUD-403")
def a_trader_on_the_list_of_units(log: Forged) -> int:
    place, body = log.body("compliance.list")
    bureau = log.body("registry.plan")[1]["proposer"]["organisation"]
    body["entries"][0] |= {"id": bureau, "unit": bureau}
    return place


@found_as("AUD-404")
def emissions_of_a_unit_that_is_not_regulated(log: Forged) -> int:
    place, _ = log.body("compliance.determine")
    log.body("compliance.list")[1]["entries"][0]["listing"] = "reporting_only"
    return place


@found_as("AUD-405")
def more_time_without_a_departure(log: Forged) -> int:
    place, body = log.body("compliance.determine")
    body["entries"][0]["surrender_by"] = "2025-12-31T17:00:00+08:00"
    return place


@found_as("AUD-406")
def a_surrender_that_counts_for_more_than_it_moves(log: Forged) -> int:
    place, body = log.body("compliance.surrender", 1)
    body["uses"][0]["quantity"] += 1
    return place


@found_as("AUD-407")
def reductions_cancelled_for_another_unit(log: Forged) -> int:
    place, body = log.body("compliance.surrender")
    body["uses"][0]["answer"]["beneficiary"] = "91310000MA1FL1L02H"
    return place


@found_as("AUD-407")
def a_proof_used_twice(log: Forged) -> int:
    place, body = log.body("compliance.surrender", 1)
    reduction = next(one for one in body["uses"] if one["kind"] == "reduction")
    earlier = log.body("compliance.surrender")[1]["uses"][0]
    reduction |= {"kind": "ccer", "proof": "CCER-1"}
    reduction["answer"] |= {"number": "CCER-1"}
    assert earlier["proof"] == "CCER-1"
    return place


@found_as("AUD-408")
def reductions_over_the_cap(log: Forged) -> int:
    place, body = log.body("compliance.surrender", 1)
    reduction = next(one for one in body["uses"] if one["kind"] == "reduction")
    reduction["quantity"] = reduction["answer"]["quantity"] = 21
    return place


@found_as("AUD-408")
def reductions_of_class_ii(log: Forged) -> int:
    place, body = log.body("compliance.surrender", 1)
    reduction = next(one for one in body["uses"] if one["kind"] == "reduction")
    reduction["answer"]["reduction_class"] = "II"
    return place


@found_as("AUD-408")
def reductions_from_inside_the_units_own_boundary(log: Forged) -> int:
    place, body = log.body("compliance.surrender")
    answer = body["uses"][0]["answer"]
    answer["site_owner"] = answer["beneficiary"]
    return place


@found_as("AUD-408")
def a_certificate_that_came_too_late(log: Forged) -> int:
    place, body = log.body("compliance.surrender", 1)
    reduction = next(one for one in body["uses"] if one["kind"] == "reduction")
    reduction["answer"]["cancelled_at"] = "2025-12-31T00:00:00+08:00"
    return place


@found_as("AUD-409")
def more_is_handed_in_than_is_missing(log: Forged) -> int:
    place, order = log.transaction("surrender", -1)
    _swell(order, 1)
    return place


@found_as("AUD-410")
def a_surrender_at_17_00_00_counted_as_in_time(log: Forged) -> int:
    place = _last_surrender_of_one(log)
    log.entries[place]["at"] = "2025-06-30T17:00:00+08:00"
    return place


@found_as("AUD-410")
def a_late_surrender_said_to_be_in_time(log: Forged) -> int:
    place, body = log.body("compliance.surrender", -1)
    assert body["status"] == "met_late"
    body["status"] = "met"
    return place


@found_as("AUD-410")
def met_when_short(log: Forged) -> int:
    place, body = log.body("compliance.surrender", 2)
    assert body["status"] == "short"
    body["status"] = "met"
    return place


@found_as("AUD-411")
def a_year_closed_before_the_deadline(log: Forged) -> int:
    place, _ = log.body("compliance.close_year")
    log.entries[place]["at"] = "2025-06-30T16:59:59+08:00"
    return place


@found_as("AUD-412")
def a_short_unit_closes_as_met(log: Forged) -> int:
    place, _ = log.body("compliance.close_year")
    closing = next(one for one in log.cases(place, "closing") if one["status"] == "short")
    closing["status"] = "met"
    return place


@found_as("AUD-413")
def a_wrong_carry_over(log: Forged) -> int:
    place, _ = log.body("compliance.close_year")
    carried = next(one for one in _transactions(log, place) if one["type"] == "carry_over")
    carried["items"][0]["amount"] += 1
    return place


@found_as("AUD-413")
def a_surplus_forgotten(log: Forged) -> int:
    place, _ = log.body("compliance.close_year")
    for number, movement in enumerate(log.movements[place]):
        if movement["body"].get("type") == "carry_over":
            del log.movements[place][number]
            break
    return place


@found_as("AUD-414")
def an_instalment_of_another_size(log: Forged) -> int:
    place, _ = log.body("compliance.close_year")
    log.cases(place, "instalment")[0]["amount"] += 1
    return place


@found_as("AUD-414")
def an_instalment_kept_back(log: Forged) -> int:
    place, _ = log.body("compliance.close_year", 1)
    log.movements[place] = [
        one for one in log.movements[place] if one["body"].get("record") != "release"
    ]
    return place


@found_as("AUD-415")
def a_pre_allocation_of_more_than_the_share(log: Forged) -> int:
    place, _ = log.body("compliance.pre_allocate")
    log.cases(place, "grant")[0]["amount"] += 1
    return place


@found_as("AUD-415")
def a_pre_allocation_by_another_share(log: Forged) -> int:
    place, body = log.body("compliance.pre_allocate")
    grant = log.cases(place, "grant")[0]
    unit = next(one for one in body["lines"] if one["amount"] == grant["amount"])
    unit["amount"] = grant["amount"] = 900
    working = grant["working"]
    working["steps"][-1]["value"] = "900"
    return place


@found_as("AUD-416")
def duties_divided_otherwise(log: Forged) -> int:
    place, body = log.body("compliance.succession")
    body["determinations"][0]["tonnes"] = "10.0000"
    body["determinations"][1]["tonnes"] = "23.3333"
    return place


@found_as("AUD-416")
def duties_that_vanish_in_a_merger(log: Forged) -> int:
    place, _ = log.body("compliance.succession", 1)
    log.drop(place)
    return place


@found_as("AUD-417")
def a_reversed_surrender_that_still_counts(log: Forged) -> int:
    place, _ = log.body("compliance.undo")
    log.drop(place)
    return place


@found_as("AUD-418")
def a_departure_for_no_reason_of_the_law(log: Forged) -> int:
    place, body = log.body("compliance.departure")
    body["reason"] = "unwilling"
    return place


@found_as("AUD-419")
def a_later_deadline_than_the_rule(log: Forged) -> int:
    place, body = log.body("compliance.open_year")
    body["surrender_closes"] = "2025-07-31T17:00:00+08:00"
    return place


def _government(log: Forged, kind: str) -> str:
    _, body = log.body("registry.found")
    (found,) = [str(one["account"]) for one in body["accounts"] if one["kind"] == kind]
    return found


def _scope(log: Forged, place: int) -> str:
    scope: str = log.entries[place]["body"]["scope"]
    return scope


def _frozen_block(log: Forged) -> dict[str, Any]:
    """Return the freeze of a block that stays in force."""
    lifted = {log.entries[n]["body"]["freeze"] for n in log.of_kind("registry.lift")}
    bodies: list[dict[str, Any]] = [log.entries[n]["body"] for n in log.of_kind("registry.freeze")]
    (found,) = [one for one in bodies if one["scope"] == "block" and one["freeze"] not in lifted]
    return found


def _last_surrender_of_one(log: Forged) -> int:
    places = log.of_kind("compliance.surrender")
    first = log.entries[places[0]]["body"]["unit"]
    (*_, last) = [place for place in places if log.entries[place]["body"]["unit"] == first]
    assert log.entries[last]["body"]["status"] == "met"
    return last


def _transactions(log: Forged, place: int) -> list[dict[str, Any]]:
    return log.cases(place, "transaction")


def _swell(order: dict[str, Any], by: int) -> None:
    """Let a transaction move so much more, in items, movements and numbers alike."""
    order["items"][-1]["amount"] += by
    move = order["movements"][-1]
    move["amount"] += by
    move["blocks"][-1][1] += by
