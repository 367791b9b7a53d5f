"""All addresses of pages. Names are used in ``reverse`` and ``{% url %}``."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path, re_path

from hutan.web import orders, pledges
from hutan.web.approvals import start
from hutan.web.approvals import views as approvals
from hutan.web.bureau import board, years
from hutan.web.bureau import views as bureau
from hutan.web.conf import is_demonstration
from hutan.web.documents import pages as documents
from hutan.web.public import catalogue, law, lists, log, plans, receipts, reference, rulebook
from hutan.web.public import views as public
from hutan.web.registry_desk import accounts as desk_accounts
from hutan.web.registry_desk import issue, successions
from hutan.web.registry_desk import views as desk
from hutan.web.signin import security
from hutan.web.signin import views as signin
from hutan.web.styleguide import views as styleguide
from hutan.web.unit import accounts, keys, opening, surrender, terms, transactions, transfer, year

urlpatterns: list[URLPattern | URLResolver] = [
    path("", public.home, name="home"),
    path("how-it-works", public.how_it_works, name="how_it_works"),
    path("accessibility", public.accessibility, name="accessibility"),
    path("verify", public.verify, name="verify"),
    path("verify/<str:code>.pdf", documents.file, name="document_file"),
    path("verify/<str:code>", public.verify, name="verify_code"),
    path("accounts/<str:number>/documents", documents.of_account, name="account_documents"),
    path("clauses", law.texts, name="clauses"),
    path("clauses/<str:id>", law.clause, name="clause"),
    path("api", reference.reference, name="api_reference"),
    path("api/docs", reference.reference, name="api_docs"),
    re_path(r"^language/(?P<language>zh|en)$", public.choose_language, name="language"),
    path("sign-in", signin.sign_in, name="sign_in"),
    path("sign-in/code", signin.sign_in_code, name="sign_in_code"),
    path("sign-in/set-up", signin.sign_in_enrol, name="sign_in_enrol"),
    path("sign-out", signin.sign_out, name="sign_out"),
    path("security", security.my_security, name="my_security"),
    path("security/password", security.change_password, name="change_password"),
    path("security/recovery-codes", security.renew_recovery_codes, name="renew_recovery_codes"),
    path("security/second-factor", security.replace_second_factor, name="replace_second_factor"),
    path("security/sessions/<uuid:handle>/end", security.end_session, name="end_session"),
]

urlpatterns += [
    path("approvals", approvals.queue, name="approvals"),
    path("approvals/mine", approvals.mine, name="approvals_mine"),
    path("acts/<uuid:id>", approvals.act, name="act"),
    path("acts/<uuid:id>/approve", approvals.approve_act, name="act_approve"),
    path("acts/<uuid:id>/return", approvals.return_act, name="act_return"),
    path("acts/<uuid:id>/withdraw", approvals.withdraw_act, name="act_withdraw"),
    path("acts/<uuid:id>/receipt.json", approvals.receipt, name="act_receipt"),
    path("acts/<uuid:id>/files/<str:sha256>", approvals.attachment, name="act_attachment"),
]

urlpatterns += [
    path("unit", year.own, name="own_unit"),
    path("units/<uuid:unit>", year.overview, name="unit"),
    path("units/<uuid:unit>/acts", year.acts, name="unit_acts"),
    path("units/<uuid:unit>/keys", keys.unit_keys, name="unit_keys"),
    path("units/<uuid:unit>/keys/<uuid:id>/revoke", keys.revoke_unit_key, name="unit_key_revoke"),
    path("units/<uuid:unit>/years/<int:year>", year.year, name="unit_year"),
    path("units/<uuid:unit>/years/<int:year>/working", year.working, name="unit_working"),
    path("units/<uuid:unit>/years/<int:year>/surrender", surrender.surrender, name="surrender"),
    path("accounts/open", opening.open_account, name="open_account"),
    path("accounts/<str:number>", accounts.account, name="account"),
    path("accounts/<str:number>/history", accounts.history, name="account_history"),
    path("accounts/<str:number>/transfer", transfer.transfer, name="transfer"),
    path("accounts/<str:number>/orders/<str:code>", orders.account_order, name="account_order"),
    path("accounts/<str:number>/pledge", pledges.pledge, name="pledge"),
    path("pledges", pledges.pledges, name="pledges"),
    path("pledges/<uuid:id>/release", pledges.release, name="release_pledge"),
    path("orders/<str:code>", orders.desk_order, name="desk_order"),
    path("accounts/<str:number>/trusted", terms.trusted, name="trusted"),
    path("accounts/<str:number>/limits", terms.own_limits, name="account_limits"),
    path("accounts/<str:number>/bureau-limits", terms.bureau_limits, name="bureau_limits"),
    path("transactions/<uuid:id>", transactions.transaction, name="transaction"),
    path("transactions/<uuid:id>/stop", transactions.stop_transaction, name="transaction_stop"),
    path("allowances", accounts.find_path, name="find_path"),
    path("allowances/<str:number>", accounts.path, name="path"),
]

urlpatterns += [
    path("desk", desk.desk, name="desk"),
    path("desk/accounts", desk.accounts, name="desk_accounts"),
    path("desk/freezes", desk.freezes, name="desk_freezes"),
    path("desk/waiting", desk.waiting, name="desk_waiting"),
    path("desk/debts", desk.debts, name="desk_debts"),
    path("desk/attempts", desk.attempts, name="desk_attempts"),
    path("desk/issue", issue.issue, name="desk_issue"),
    path("desk/reversals", issue.reversals, name="desk_reversals"),
    path("desk/reversals/<uuid:id>", issue.reversal, name="desk_reverse"),
    path("desk/successions", successions.successions, name="desk_successions"),
    path("desk/merge", successions.merge, name="desk_merge"),
    path("desk/merge/sums", successions.merge_sums, name="desk_merge_sums"),
    path("desk/split", successions.split, name="desk_split"),
    path("desk/split/sums", successions.split_sums, name="desk_split_sums"),
    path("accounts/<str:number>/status", desk_accounts.status, name="account_status"),
    path("accounts/<str:number>/close", desk_accounts.close, name="close_account"),
    path("accounts/<str:number>/freeze", desk_accounts.freeze, name="freeze_account"),
    path("freezes/start", desk_accounts.freeze_start, name="freeze_start"),
    path("freezes/<uuid:id>/lift", desk_accounts.lift, name="lift_freeze"),
]

urlpatterns += [
    path("bureau", board.boards, name="boards"),
    path("bureau/open-year", years.open_year, name="bureau_open_year"),
    path("bureau/departures", years.departures, name="bureau_departures"),
    path("bureau/<int:year>", board.board, name="board"),
    path("bureau/<int:year>/list", bureau.listing, name="bureau_list"),
    path("bureau/<int:year>/determine", bureau.determine, name="bureau_determine"),
    path("bureau/<int:year>/plan", bureau.plan, name="bureau_plan"),
    path("bureau/<int:year>/plan/sums", bureau.plan_sums_beside, name="bureau_plan_sums"),
    path("bureau/<int:year>/pre-allocate", bureau.pre_allocate, name="bureau_pre_allocate"),
    path("bureau/<int:year>/close", bureau.close, name="bureau_close"),
]

urlpatterns += [
    path("start", start.start, name="start"),
    path("lists", lists.units, name="units"),
    path("lists/<int:year>", lists.year_list, name="public_list"),
    path("lists/<int:year>.csv", lists.year_list_file, name="public_list_file"),
    path("plans", plans.plans, name="plans"),
    path("plans/<int:year>", plans.year_plan, name="public_plan"),
    path("log", log.overview, name="public_log"),
    path("log/checkpoint", log.checkpoint, name="log_checkpoint"),
    path("log/entries", log.find_entry, name="log_find_entry"),
    path("log/entries/<int:index>", log.entry, name="log_entry"),
    path("log/entries/<int:index>/proof.json", log.entry_proof, name="log_entry_proof"),
    path("log/growth/<int:old>-<int:new>.json", log.growth_proof, name="log_growth"),
    path("log/receipt", receipts.receipt, name="receipt"),
    path("log/verify_receipt.py", log.verifier, name="log_verifier"),
    path("catalogue", catalogue.transactions, name="catalogue"),
    path("rulebook", rulebook.book, name="rulebook"),
    path("rulebook/years/<int:year>", rulebook.year, name="rulebook_year"),
    path("rulebook/<str:key>", rulebook.parameter, name="rulebook_parameter"),
]

if is_demonstration():
    urlpatterns += [
        path("styleguide", styleguide.page, name="styleguide"),
        path("styleguide/<str:name>.pdf", styleguide.document, name="styleguide_document"),
    ]
