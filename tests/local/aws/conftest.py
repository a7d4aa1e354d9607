"""One local AWS for the tests that only use it; those that break it start their own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from local.aws import LocalAws


@pytest.fixture(scope="session")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAws]:
    with LocalAws(state=tmp_path_factory.mktemp("aws")) as running:
        yield running


@pytest.fixture
def own_aws(tmp_path: Path) -> Iterator[LocalAws]:
    with LocalAws(state=tmp_path / "aws") as running:
        yield running
