"""What operators are given for Patroni (deploy/patroni/) is what `make rehearse-failover` runs and the how-to says."""

import re
from pathlib import Path

import pytest

from bench.postgres_pair import PAGE, page_block
from support.patroni_cluster import NAMES, SHIPPED, Cluster, Daemon, shipped_environment

OF_ONE_MACHINE = {"PATH", "HOME", "LANG"}
PLACES = re.compile(r"LISTEN|ADDRESS|URLS|HOSTS|_DIR$|PGPASS|_NAME$|INITIAL_CLUSTER$")


def shipped_words() -> dict[str, str]:
    """Return what patroni.yml says of each name, wherever it stands there."""
    lines = (SHIPPED / "patroni.yml").read_text().splitlines()
    found = [re.match(r'[ -]*([\w]+): "?([^"#]*?)"?(?: +#.*)?$', line) for line in lines]
    return {match[1]: match[2] for match in found if match}


def test_the_rehearsal_changes_places_and_nothing_else(tmp_path: Path):
    (tmp_path / "cluster").mkdir()
    cluster = Cluster(tmp_path / "cluster")
    for daemon, name in [(cluster.etcd, "etcd"), *((host, "patroni_env.conf") for host in cluster.hosts)]:
        shipped = shipped_environment(name)
        assert daemon.environment.keys() - OF_ONE_MACHINE == shipped.keys()
        changed = {key for key, value in shipped.items() if daemon.environment[key] != value}
        assert [key for key in changed if not PLACES.search(key)] == []
    assert [host.environment["PATRONI_NAME"] for host in cluster.hosts] == list(NAMES)
    for host in cluster.hosts:
        first, *more = sorted(host.configuration.iterdir())
        assert first.read_bytes() == (SHIPPED / "patroni.yml").read_bytes()
        added = [line.split(":")[0] for path in more for line in path.read_text().splitlines() if line[:1].isalpha()]
        assert added == ["postgresql", "watchdog"]


def test_a_place_that_no_shipped_file_names_is_refused(tmp_path: Path):
    (tmp_path / "cluster").mkdir()
    owner = Cluster(tmp_path / "cluster").etcd.owner
    with pytest.raises(LookupError, match="etcd does not say ETCD_NOWHERE"):
        Daemon(tmp_path / "other", owner, "etcd", {"ETCD_NOWHERE": "127.0.0.1"})


def test_both_ways_to_a_standby_configure_postgresql_alike():
    by_hand = dict(line.split(" = ") for line in page_block("both").splitlines())
    words = shipped_words()
    assert {name: words[name] for name in by_hand} == by_hand
    assert words["synchronous_commit"] == "on"


def test_a_primary_has_stopped_before_its_lease_ends_and_acknowledges_nothing_alone():
    words = shipped_words()
    assert int(words["ttl"]) >= max(20, int(words["loop_wait"]) + 2 * int(words["retry_timeout"]))
    assert int(words["ttl"]) - int(words["safety_margin"]) >= int(words["loop_wait"])
    assert (words["synchronous_mode"], words["synchronous_mode_strict"]) == ("true", "true")
    assert int(words["synchronous_node_count"]) == len(NAMES) - 1
    assert words["use_pg_rewind"] == "true"


def test_a_lease_is_kept_by_the_api_that_does_not_give_it_back():
    assert "PATRONI_ETCD_HOSTS" in shipped_environment("patroni_env.conf")
    assert shipped_environment("etcd")["ETCD_ENABLE_V2"] == "true"


def test_the_how_to_names_every_file():
    page = PAGE.read_text()
    assert [path.name for path in SHIPPED.iterdir() if f"../../deploy/patroni/{path.name}" not in page] == []
