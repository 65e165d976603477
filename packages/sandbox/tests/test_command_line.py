"""The sandbox's command line as its README has it, each line run as written, against a served sandbox with a bot in it."""

import asyncio
import json
import os
import re
import shlex
import subprocess
import sys
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

import sandbox
from raw_bot import DEFER, deliver, raw_bot
from sandbox.cli import actions, main
from sandbox.control import inspect
from sandbox.testing.local import local_sandbox, webhook_of

README = Path(sandbox.__file__).parents[1] / "README.md"
IMAGE = {
    "name": "image",
    "description": "From a picture",
    "type": 1,
    "options": [
        {"name": "image", "description": "The still", "type": 11, "required": True},
        {"name": "prompt", "description": "What", "type": 3, "required": True},
        {"name": "duration", "description": "Seconds", "type": 4, "min_value": 3, "max_value": 15},
    ],
}
VIDEO = {"name": "video", "description": "A clip", "options": [IMAGE]}


def documented(command, *more):
    """The README's line for this command without its optional parts, as a shell reads it."""
    lines = (line.strip() for line in README.read_text(encoding="utf-8").splitlines())
    line = next(line for line in lines if line.startswith(f"python -m sandbox {command}"))
    words = shlex.split(re.sub(r"\[[^\]]*\]", "", line))
    assert words[:3] == ["python", "-m", "sandbox"]
    return [*words[3:], *more]


async def run(folder, url, *arguments):
    """Run `python -m sandbox` there; its exit code, and what it wrote to each stream."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "sandbox",
        *arguments,
        cwd=folder,
        env=os.environ | {"SANDBOX_URL": url},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await asyncio.wait_for(process.communicate(), 30)
    return process.returncode, out.decode(), err.decode()


def code_of(*arguments):
    """The exit code of the same command in this process."""
    with pytest.raises(SystemExit) as ended:
        sys.exit(main.main(list(arguments)))
    return ended.value.code


@asynccontextmanager
async def studio(*, after=None):
    """A sandbox whose bot defers each command and then delivers a clip, once `after` is set where it is given."""
    async with local_sandbox(openapi=False) as here:
        heard = []

        async def answer(payload):
            heard.append(payload)
            run = here.state.interactions[payload["id"]]
            await here.callback(run, DEFER)
            if after:
                await after.wait()
            await here.rest("POST", webhook_of(run), body={"content": "Here it comes."})
            await deliver(here, payload["id"], payload["channel_id"])

        async with raw_bot(here, answer, [VIDEO]):
            yield here, heard


async def test_call_runs_as_documented_and_prints_what_the_member_sees(tmp_path):
    (tmp_path / "a.jpg").write_bytes(b"\xff\xd8 a picture")
    async with studio() as (here, heard):
        code, out, err = await run(tmp_path, here.url, *documented("call"))
        assert (code, err) == (0, "")
        assert json.loads(out)["message"]["content"] == "Here it comes."
        sent = {one["name"]: one["value"] for one in heard[0]["data"]["options"][0]["options"]}
        assert (sent["prompt"], sent["duration"]) == ("a red kite", 5)
        [attached] = heard[0]["data"]["resolved"]["attachments"].values()
        assert attached["filename"] == "a.jpg"


async def test_call_with_wait_ends_with_the_clip(tmp_path):
    (tmp_path / "a.jpg").write_bytes(b"\xff\xd8 a picture")
    async with studio() as (here, _):
        code, out, err = await run(tmp_path, here.url, *documented("call", "--wait", "--channel", "general"))
        assert (code, err) == (0, "")
        assert json.loads(out)["outcome"] == "clip"


async def test_call_with_wait_goes_on_however_long_a_deferral_lasts(tmp_path, monkeypatch, capsys):
    (tmp_path / "a.jpg").write_bytes(b"\xff\xd8 a picture")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(actions, "ANSWER_SECONDS", 0.1)
    asked, real = asyncio.Event(), inspect.outcome

    def noted(*given):
        asked.set()
        return real(*given)

    monkeypatch.setattr(inspect, "outcome", noted)
    async with studio(after=asked) as (here, _):
        arguments = documented("call", "--wait", "--timeout", "20", "--url", here.url)
        code = await asyncio.wait_for(asyncio.to_thread(main.main, arguments), 30)
    assert json.loads(capsys.readouterr().out)["outcome"] == "clip"
    assert code == 0


async def test_call_with_wait_is_no_success_where_a_form_opens(tmp_path):
    async with local_sandbox(openapi=False) as here:
        field = {"type": 4, "custom_id": "prompt", "style": 1, "label": "Prompt"}
        modal = {"custom_id": "m", "title": "Studio", "components": [{"type": 1, "components": [field]}]}

        async def answer(payload):
            await here.callback(here.state.interactions[payload["id"]], 9, modal)

        async with raw_bot(here, answer, [{"name": "studio", "description": "A form"}]):
            code, out, _ = await run(tmp_path, here.url, "call", "/studio", "--wait")
            assert (code, json.loads(out)["outcome"]) == (1, "modal")


async def test_bill_runs_as_documented(tmp_path):
    async with local_sandbox(openapi=False) as here:
        code, out, err = await run(tmp_path, here.url, *documented("bill"))
        assert (code, json.loads(out), err) == (0, {"total": 0, "entries": []}, "")


async def test_transcript_runs_as_documented(tmp_path):
    (tmp_path / "a.jpg").write_bytes(b"\xff\xd8 a picture")
    async with studio() as (here, _):
        await run(tmp_path, here.url, *documented("call", "--wait"))
        code, out, err = await run(tmp_path, here.url, *documented("transcript"))
        assert (code, err) == (0, "")
        assert "Here it comes." in out
        assert "clip.mp4" in out


async def test_a_time_past_every_calendar_is_left_as_it_stands(tmp_path):
    async with local_sandbox(openapi=False) as here:
        body = {"content": "until <t:9999999999999999:R>"}
        await here.rest("POST", f"/channels/{here.channel()}/messages", body=body)
        code, out, err = await run(tmp_path, here.url, "transcript")
        assert (code, err) == (0, "")
        assert "<t:9999999999999999:R>" in out


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["call", "/make", "--nonsense", "a=b"], "unrecognized arguments: --nonsense"),
        (["call", "/make", "--as", "alice", "a=b", "--wrong"], "unrecognized arguments"),
        (["bill", "a=b"], "unrecognized arguments: a=b"),
        (["bill", "--url", "foo"], "'foo' is no address"),
        (["bill", "--url", "http://127.0.0.1:abc"], "no address"),
        (["bill", "--url", "http://127.0.0.1:99999"], "no address"),
        (["bill", "--url", "ftp://127.0.0.1"], "no address"),
        (["serve", "--records", "-1"], "1 or more"),
        (["serve", "--speed", "0"], "over 0"),
        (["serve", "--speed", "-1"], "over 0"),
        (["serve", "--speed", "nan"], "over 0"),
        (["serve", "--speed", "inf"], "over 0"),
        (["serve", "--port", "0", "--openapi", "text.json"], "cannot be read as JSON"),
        (["serve", "--port", "0", "--openapi", "list.json"], "no OpenAPI file"),
        (["serve", "--port", "0", "--openapi", "none.json"], "there is no OpenAPI file"),
        (["call", "/make", "--timeout", "nan"], "over 0"),
        (["press", "Again", "--timeout", "soon"], "'soon' is no number over 0"),
        (["press"], "required: component\n"),
        (["serve", "--port", "http"], "'http' is no port"),
        (["serve", "--records", "few"], "'few' is no whole number"),
        (["serve", "--speed", "fast"], "'fast' is no number"),
        (["bend", "a=1", "--times", "often"], "'often' is no whole number"),
        (["bend", "a=1", "--piece-seconds", "nan"], "'nan' is no number"),
    ],
    ids=lambda given: " ".join(given) if isinstance(given, list) else "",
)
def test_a_mistake_is_one_sentence_and_exit_code_2(tmp_path, monkeypatch, capsys, arguments, word):
    (tmp_path / "text.json").write_text("openapi: 3.1.0")
    (tmp_path / "list.json").write_text("[]")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SANDBOX_URL", "http://127.0.0.1:9")
    code = code_of(*arguments)
    out, err = capsys.readouterr()
    assert (code, out) == (2, "")
    assert word in err
    assert "Traceback" not in err


async def test_a_mistake_ends_a_process_with_one_sentence_and_exit_code_2(tmp_path):
    code, out, err = await run(tmp_path, "http://127.0.0.1:9", "call", "/make", "--nonsense", "a=b")
    assert (code, out, "unrecognized arguments: --nonsense" in err, "Traceback" in err) == (2, "", True, False)


async def test_an_openapi_file_without_what_checks_it_says_what_to_install(tmp_path):
    (tmp_path / "api.json").write_text(json.dumps({"paths": {}, "components": {"schemas": {}}}))
    (tmp_path / "jsonschema_rs.py").write_text("raise ImportError")  # found first: -m puts the working directory in front
    code, _, err = await run(tmp_path, "", "serve", "--port", "0", "--openapi", "api.json")
    assert code == 2
    assert "pip install jsonschema-rs" in err
    assert "Traceback" not in err


async def test_another_server_at_the_address_is_not_taken_for_a_sandbox(tmp_path):
    async def page(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello")
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(page, "127.0.0.1", 0) as stranger:
        url = f"http://127.0.0.1:{stranger.sockets[0].getsockname()[1]}"
        code, _, err = await run(tmp_path, url, "bill")
    assert code == 2
    assert "is no sandbox" in err


@pytest.mark.parametrize(("host", "warned"), [("127.0.0.1", False), ("::1", False), ("0.0.0.0", True)])  # noqa: S104 - what it warns of
def test_a_served_address_works_and_a_host_that_others_reach_is_warned_of(host, warned):
    command = [sys.executable, "-m", "sandbox", "serve", "--port", "0", "--host", host]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as serving:
        try:
            url = json.loads(serving.stdout.readline())["url"]
            assert main.Client(url).get("/health")["ok"]
        finally:
            serving.terminate()
        out, err = serving.communicate(timeout=10)
    assert out == ""
    assert ("not loopback" in err) is warned


async def test_bend_runs_as_documented_and_is_taken_back(tmp_path, capsys):
    async with local_sandbox(openapi=False) as here:
        (tmp_path / "odd.webm").write_bytes(b"odd")
        line = documented("bend", "--times", "2", "--header", "Date:", "--header", "X-Odd: a: b", "--file", "odd.webm")
        code, out, err = await run(tmp_path, here.url, *line)
        assert (code, err) == (0, "")
        (made,) = json.loads(out)["bends"]
        file = made.pop("file")
        assert file.startswith("@f")
        assert made == {
            "set": {"job.progress": "45%", "job.metadata": None},
            "times": 2,
            "headers": {"Date": None, "X-Odd": "a: b"},
            "struck": 0,
        }
        assert json.loads((await run(tmp_path, here.url, "bend", "--clear"))[1]) == {"bends": []}
        for wrong in (["job.progress"], ["--header", "X"], ["--status", "5"], []):
            code = await asyncio.to_thread(code_of, "bend", *wrong, "--url", here.url)
            out, err = capsys.readouterr()
            assert (code, out, err.count("\n")) == (2, "", 1), (wrong, err)
