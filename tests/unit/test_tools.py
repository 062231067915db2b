import time

import pytest

from onelayer import tools
from onelayer.errors import InputError


@pytest.fixture
def tool(tmp_path):
    """A function that writes a program."""

    def written(text):
        path = tmp_path / "tool"
        path.write_text(text)
        path.chmod(0o755)
        return str(path)

    return written


def test_what_it_prints_and_how_it_ends(tool):
    done = tools.run([tool("#!/bin/sh\nprintf 'a\\377b'; echo no >&2; exit 3\n")], 10)
    assert (done.stdout, done.stderr, done.returncode) == ("a\ufffdb", "no\n", 3)
    assert tools.output_of([tool("#!/bin/sh\necho yes\n")]) == "yes"


def test_it_is_ended_with_all_that_it_has_started(tool, tmp_path):
    began = time.monotonic()
    with pytest.raises(InputError, match=r"tool: not done after 0.3 seconds: ended"):
        tools.run([tool(f"#!/bin/sh\n(sleep 1; touch {tmp_path}/late) & sleep 60\n")], 0.3)
    assert time.monotonic() - began < 30
    time.sleep(1.2)
    assert not (tmp_path / "late").exists()


@pytest.mark.parametrize(
    "text", ["#!/bin/sh\nexit 1\n", "#!/nowhere\n", "#!/bin/sh\nkill -SEGV $$\n", "#!/bin/sh\nsleep 60\n"]
)
def test_no_answer(tool, monkeypatch, text):
    monkeypatch.setattr(tools, "ASK_SECONDS", 0.5)
    assert tools.output_of([tool(text)]) is None
    assert tools.output_of(["/no/such/tool"]) is None


def test_a_failure_while_it_runs_ends_it_at_once(tool, monkeypatch):
    def interrupted(*_):
        raise RuntimeError

    monkeypatch.setattr(tools.subprocess.Popen, "communicate", interrupted)
    began = time.monotonic()
    with pytest.raises(RuntimeError):
        tools.run([tool("#!/bin/sh\nsleep 20\n")], 60)
    assert time.monotonic() - began < 10
