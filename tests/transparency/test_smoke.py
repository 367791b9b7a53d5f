import time
from datetime import datetime
from hutan.kernel.moments import SHANGHAI
from hutan.kernel.ids import new_id
from django.db import transaction, connection

AT = datetime(2025, 6, 16, 9, tzinfo=SHANGHAI)


def test_smoke(committed_db, settings, tmp_path):
    settings.LOG_HEADS = tmp_path / "heads"
    from hutan.transparency import services, queries

    with transaction.atomic():
        e = services.record(
            act=new_id(),
            kind="registry.transfer",
            at=AT,
            body={"a": 1},
            movements=[{"id": "x", "n": 1}],
            subjects=["u1"],
        )
    n = 60000
    acts = [new_id()]
    moves = [
        {
            "id": str(new_id()),
            "asset": "allowance:2024",
            "from": "SH-100-0000-12",
            "to": "SH-100-0000-13",
            "amount": 12345,
            "blocks": [[i, i + 100], [200000 + i, 212444 + i]],
        }
        for i in range(n)
    ]
    t = time.time()
    with transaction.atomic():
        services.record(
            act=acts[0], kind="registry.surrender", at=AT, body={"a": 1}, movements=moves
        )
    print("bulk", time.time() - t)
    c = services.integrate(at=AT)
    print(c.note)
    t = time.time()
    for i in range(1000):
        with transaction.atomic():
            services.record(
                act=new_id(),
                kind="registry.transfer",
                at=AT,
                body={"a": 1},
                movements=[{"id": "x", "n": 1}],
                subjects=["u1"],
            )
    print("record x1000", time.time() - t)
    t = time.time()
    c = services.integrate(at=AT)
    print("integrate 1000", time.time() - t)
    t = time.time()
    r = queries.receipt(act=acts[0], movement=moves[59999]["id"])
    print("receipt", time.time() - t)
    print(r.to_record())
    t = time.time()
    v = services.verify()
    print("verify", time.time() - t, v)
    m = services.export(tmp_path / "out")
    print(m)
    assert 0
