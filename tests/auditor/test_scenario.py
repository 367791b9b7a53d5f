from hutan.auditor.auditing import audit
from tests.auditor.conftest import Export
from tests.auditor.scenario import CLOSE_24, END, Scenario
from tests.parties.people import NOW


def test_scenario(export: Export) -> None:
    Scenario().play()
    import shutil

    for at in (NOW, CLOSE_24, END):
        folder = export(at)
        found = audit(folder)
        print(found.text("en"))
        assert found.agrees
    shutil.rmtree("/tmp/aud/scenario", ignore_errors=True)
    shutil.copytree(folder, "/tmp/aud/scenario")
