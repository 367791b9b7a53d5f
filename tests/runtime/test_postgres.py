"""The embedded server: created, started, stopped, and whatever can be in its way."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from hutan.runtime.account import server_account
from hutan.runtime.place import Place
from hutan.runtime.postgres import APP, OWNER, SUPERUSER, Server
from hutan.runtime.trouble import Trouble
from tests.runtime.conftest import ROOT, alive, open_folder, until

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root to act as another account")


def write(server: Server, word: str) -> None:
    with psycopg.connect(server.url(OWNER)) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (word text)")
        connection.execute("INSERT INTO kept VALUES (%s)", (word,))


def words(server: Server) -> list[str]:
    with psycopg.connect(server.url(OWNER)) as connection:
        return [word for (word,) in connection.execute("SELECT word FROM kept")]


def postmaster(home: Path) -> int:
    return int((home / "pg" / "postmaster.pid").read_text().partition("\n")[0])


def test_a_start_creates_what_it_needs_and_the_next_finds_it_again(folder: Path) -> None:
    with Server(folder / "var") as server:
        write(server, "one")
    with Server(folder / "var") as server:
        write(server, "two")
        assert words(server) == ["one", "two"]


def test_only_a_password_over_the_private_socket_opens_it(folder: Path) -> None:
    with Server(folder / "var") as server:
        secrets = folder / "var" / "secrets"
        assert secrets.stat().st_mode & 0o777 == 0o700
        assert {path.stat().st_mode & 0o777 for path in secrets.iterdir()} == {0o600}
        rules = (folder / "var" / "pg" / "pg_hba.conf").read_text().splitlines()
        ways = {line.split()[-1] for line in rules if line and not line.startswith("#")}
        assert ways == {"scram-sha-256"}
        wrong = server.url(APP).replace(server.place.secret(APP), "0" * 64)
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(wrong)
        with psycopg.connect(server.url(SUPERUSER, "postgres")) as connection:
            assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
            assert connection.execute("SHOW data_checksums").fetchone() == ("on",)
            powers = connection.execute(
                "SELECT bool_or(rolsuper OR rolcreaterole OR rolcreatedb) FROM pg_roles"
                " WHERE rolname = ANY (%s)",
                ([OWNER, APP],),
            )
            assert powers.fetchone() == (False,)


@pytest.mark.parametrize("name", ["with space", "沪碳 数据", "x" * 120 + "/" + "y" * 120])
def test_any_folder_will_do(folder: Path, name: str) -> None:
    with Server(folder / name) as server:
        write(server, "here")
        assert words(server) == ["here"]


@pytest.mark.parametrize("reaped", [True, False])
def test_after_a_kill_under_load_what_was_confirmed_is_there(folder: Path, reaped: bool) -> None:
    first = Server(folder / "var")
    first.start()
    write(first, "0")
    confirmed = ["0"]

    def load() -> None:
        try:
            with psycopg.connect(first.url(OWNER), autocommit=True) as connection:
                for number in range(1, 1_000_000):
                    connection.execute("INSERT INTO kept VALUES (%s)", (str(number),))
                    confirmed.append(str(number))
        except psycopg.Error:
            return

    loading = threading.Thread(target=load)
    loading.start()
    until(lambda: len(confirmed) > 50)
    os.kill(postmaster(folder / "var"), signal.SIGKILL)
    if reaped:
        first._process.wait()  # type: ignore[union-attr]  # started above
        trouble = first.trouble()
        assert trouble is not None
        assert "was killed" in trouble.what
    # Unreaped it is a zombie, which counts as running for whoever looks at its number alone.
    with Server(folder / "var") as second:
        found = words(second)
    loading.join()
    first.stop()
    # The one being written when the server died may be there or not.
    assert found[: len(confirmed)] == confirmed
    assert len(found) - len(confirmed) <= 1


def test_a_server_whose_starter_was_killed_is_stopped_and_started_anew(folder: Path) -> None:
    home = folder / "var"
    program = (
        "import sys, time; from pathlib import Path; from hutan.runtime.postgres import Server\n"
        f"Server(Path({str(home)!r})).start(); print('up', flush=True); time.sleep(600)"
    )
    starter = subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, cwd=ROOT, text=True
    )
    assert starter.stdout is not None
    assert starter.stdout.readline() == "up\n"
    orphan = postmaster(home)
    starter.kill()
    starter.communicate()
    assert alive(orphan)
    said: list[str] = []
    with Server(home, say=said.append) as server:
        write(server, "anew")
        assert not alive(orphan)
    assert said == ["stopping the server that an earlier start left behind"]


def test_a_lock_file_that_names_somebody_else_is_no_obstacle(folder: Path) -> None:
    home = folder / "var"
    with Server(home) as server:
        write(server, "kept")
        left = (home / "pg" / "postmaster.pid").read_text()
    # After a restart of the machine, that number may belong to any program of the same account.
    account = server_account(home / "pg")
    stranger = subprocess.Popen(["sleep", "600"], **account.popen())
    lock = home / "pg" / "postmaster.pid"
    lock.write_text(left.replace(left.partition("\n")[0], str(stranger.pid), 1))
    account.take(lock)
    try:
        with Server(home) as server:
            assert words(server) == ["kept"]
    finally:
        stranger.kill()
        stranger.wait()


def test_a_start_can_be_broken_off(folder: Path) -> None:
    class Enough(Exception):
        pass

    def wait(seconds: float) -> None:
        raise Enough

    server = Server(folder / "var", wait=wait)
    # Either it is ready at the first look, or the wait for it is broken off.
    try:
        server.start()
    except Enough:
        assert server.trouble() is None
    server.stop()
    assert not (folder / "var" / "pg" / "postmaster.pid").exists()


def test_an_interrupted_creation_is_begun_anew(folder: Path) -> None:
    place = Place(folder / "var")
    place.lay()
    half = place.home / "pg.making"
    (half / "base").mkdir(parents=True)
    (place.home / ".initdb-left").mkdir()
    with Server(place.home) as server:
        write(server, "whole")
    assert not half.exists()


def trouble_of(home: Path) -> Trouble:
    with pytest.raises(Trouble) as told:
        Server(home).start()
    assert not (home / "pg" / "postmaster.pid").exists()
    return told.value


@pytest.fixture(scope="session")
def _kept() -> Iterator[Path]:
    with open_folder() as made:
        with Server(made / "var") as server:
            write(server, "kept")
        yield made / "var"


@pytest.fixture
def stopped(_kept: Path, folder: Path) -> Path:
    """A data folder of its own with a stopped server that has kept a word."""
    subprocess.run(["cp", "-a", _kept, folder / "var"], check=True)
    return folder / "var"


def test_data_of_another_version_is_not_touched(stopped: Path) -> None:
    (stopped / "pg" / "PG_VERSION").write_text("16\n")
    assert "written by PostgreSQL 16" in trouble_of(stopped).what


@pytest.mark.parametrize("broken", ["PG_VERSION", "global/pg_control", "pg_wal", "postgresql.conf"])
def test_a_broken_folder_is_named(stopped: Path, broken: str) -> None:
    path = stopped / "pg" / broken
    path.rename(stopped / "elsewhere")
    trouble = trouble_of(stopped)
    assert "is broken" in trouble.what
    assert "backup" in trouble.cure
    (stopped / "elsewhere").rename(path)
    with Server(stopped) as server:
        assert words(server) == ["kept"]


def test_a_folder_open_to_others_is_told(stopped: Path) -> None:
    (stopped / "pg").chmod(0o755)
    assert "chmod 700" in trouble_of(stopped).cure


def test_a_corrupt_control_file_is_told_in_one_sentence(stopped: Path) -> None:
    control = stopped / "pg" / "global" / "pg_control"
    sound = control.read_bytes()
    control.write_bytes(b"\0" * len(sound))
    trouble = trouble_of(stopped)
    assert trouble.what.startswith("The database server does not start: ")
    assert "log/postgres.log" in trouble.cure
    control.write_bytes(sound)
    with Server(stopped) as server:
        assert words(server) == ["kept"]


def test_lost_passwords_are_told_and_nothing_waits_for_ever(stopped: Path) -> None:
    (stopped / "secrets" / "postgres").unlink()
    assert "does not open the database" in trouble_of(stopped).what


def test_a_link_to_data_that_is_gone_is_told(stopped: Path) -> None:
    shutil.rmtree(stopped / "pg")
    (stopped / "pg").symlink_to(stopped / "gone" / "pg")
    assert "is gone" in trouble_of(stopped).what


@as_root
def test_data_of_another_account_is_not_taken_over(stopped: Path) -> None:
    os.chown(stopped / "pg", 0, 0)
    assert "belongs to user id 0" in trouble_of(stopped).what


@as_root
def test_a_private_home_of_root_is_not_opened_but_left(folder: Path) -> None:
    private = folder / "private"
    private.mkdir(mode=0o700)
    home = private / "var"
    with Server(home) as server:
        write(server, "outside")
    assert private.stat().st_mode & 0o777 == 0o700
    assert (home / "pg").resolve().is_relative_to(folder / "state" / "data")
    with Server(home) as server:
        assert words(server) == ["outside"]
    target = (home / "pg").resolve()
    server.place.reset()
    assert not target.exists()
    assert not (home / "pg").is_symlink()


@as_root
def test_programs_out_of_reach_are_copied(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from hutan.runtime import programs

    private = folder / "private"
    private.mkdir(mode=0o700)
    bundled = programs.bundled()
    wheel = private / bundled.bin.parents[1].name
    shutil.copytree(bundled.bin.parent, wheel / bundled.bin.parent.name, symlinks=True)
    libraries = bundled.bin.parents[1].with_name(f"{wheel.name}.libs")
    shutil.copytree(libraries, private / libraries.name, symlinks=True)
    hidden = programs.Programs(wheel / bundled.bin.parent.name / "bin", bundled.major)
    old = os.umask(0o077)
    try:
        found = programs.reachable(hidden, server_account(folder / "none"))
        monkeypatch.setattr("hutan.runtime.postgres.bundled", lambda: hidden)
        with Server(folder / "var") as server:
            write(server, "copied")
    finally:
        os.umask(old)
    assert found.bin.is_relative_to(folder / "state")
    assert programs.version(found) == programs.version(bundled)


@as_root
def test_a_normal_user_needs_nothing_from_root(folder: Path) -> None:
    """In a child of ours that gives root up for good: nobody, with umask 077."""
    home = folder / "user" / "var"
    home.parent.mkdir()
    os.chown(home.parent, 65534, 65534)
    home.parent.chmod(0o700)
    child = os.fork()
    if not child:
        code = 1
        try:
            os.setgroups([])
            os.setgid(65534)
            os.setuid(65534)
            os.umask(0o077)
            with Server(home) as server:
                write(server, "mine")
                code = 0 if words(server) == ["mine"] else 2
        finally:
            os._exit(code)
    assert os.waitpid(child, 0)[1] == 0
    assert (home / "pg").stat().st_uid == 65534
    # Root finds whose data it is, runs the server as that user, and leaves nothing of its own.
    with Server(home) as server:
        assert words(server) == ["mine"]
        server.place.secret("new")
    assert {path.stat().st_uid for path in home.rglob("*")} == {65534}


def fill(filler: Path) -> None:
    with contextlib.suppress(OSError), open(filler, "wb", buffering=0) as file:
        while True:
            file.write(b"\0" * 4096)


@as_root
def test_a_full_disk_is_told_and_nothing_is_lost(folder: Path) -> None:
    disk = folder / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=100m,mode=755", "tmpfs", disk], check=False
    )
    if mounted.returncode:
        pytest.skip("this machine does not let root mount a small disk")
    try:
        with Server(disk / "var") as server:
            write(server, "kept")
        filler = disk / "filler"
        fill(filler)
        trouble = trouble_of(disk / "var")
        assert "disk is full" in trouble.what
        filler.unlink()
        with Server(disk / "var") as server:
            assert words(server) == ["kept"]
    finally:
        subprocess.run(["umount", "-l", disk], check=True)
