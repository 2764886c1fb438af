"""An object store of this machine that speaks S3: SeaweedFS from `pip install feedlog[torture]`, all on 127.0.0.1."""

import json
import os
import random
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

from bench.torture.scene import Broken

HERE = "127.0.0.1"
BUCKET = "feedlog"
KEY, SECRET = "feedlog", "only-for-the-tests"
LONGEST_START_SECONDS = 60.0
# SeaweedFS also listens at every port plus this.
_SECOND = 10_000


def program() -> str | None:
    """SeaweedFS's program beside Python or on the path; None where it is not installed."""
    return shutil.which("weed", path=os.path.dirname(sys.executable)) or shutil.which("weed")


class ObjectStore:
    """A store with one bucket. It may be killed and started again; what it has acknowledged it keeps."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        (folder / "objects").mkdir(parents=True)
        user = {"name": KEY, "credentials": [{"accessKey": KEY, "secretKey": SECRET}],
                "actions": ["Admin", "Read", "Write", "List"]}  # fmt: skip
        (folder / "s3.json").write_text(json.dumps({"identities": [user]}), "utf-8")
        self._ports = {name: _free_port() for name in ("master", "volume", "filer", "s3")}
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        """Where a live copy goes in it."""
        endpoint = f"http://{HERE}:{self._ports['s3']}"
        return f"s3://{BUCKET}/log?endpoint={endpoint}&region=us-east-1&forcePathStyle=true"

    def start(self) -> None:
        """Starts it and waits until the bucket is there. Raises Broken where it does not come up."""
        folder = self._folder
        words = ["server", f"-dir={folder / 'objects'}", f"-ip={HERE}", f"-ip.bind={HERE}", "-volume.max=8",
                 "-filer", "-s3",
                 "-master.volumeSizeLimitMB=64", "-master.telemetry=false", f"-s3.config={folder / 's3.json'}",
                 "-s3.port.iceberg=0", "-s3.port.lance=0", f"-s3.localSocket={folder / 's3.sock'}",
                 f"-filer.localSocket={folder / 'filer.sock'}",
                 *(f"-{name}.port={port}" for name, port in self._ports.items())]  # fmt: skip
        with (folder / "weed.log").open("ab") as log:
            self._process = subprocess.Popen([program() or "weed", *words], stdout=log, stderr=log, cwd=folder)
        deadline = time.monotonic() + LONGEST_START_SECONDS
        while not self._has_bucket():
            if time.monotonic() > deadline or self._process.poll() is not None:
                raise Broken(
                    f"the object store did not start: {(folder / 'weed.log').read_text('utf-8', 'replace')[-300:]}"
                )
            time.sleep(0.3)

    def kill(self) -> None:
        """Kills it with -9."""
        if self._process:
            self._process.kill()
            self._process.wait()
            self._process = None

    def _has_bucket(self) -> bool:
        if not all(_listens(port) for port in self._ports.values()):
            return False
        done = subprocess.run(
            [program() or "weed", "shell", f"-master={HERE}:{self._ports['master']}"],
            input=f"s3.bucket.create -name {BUCKET}\ns3.bucket.list\n", capture_output=True, text=True, check=False,
            timeout=LONGEST_START_SECONDS,
        )  # fmt: skip
        return any(line.split()[:1] == [BUCKET] for line in done.stdout.splitlines())


def _free_port() -> int:
    """A port at which nobody listens, neither at its second one."""
    while True:
        port = random.randrange(20_000, 45_000)
        if not _listens(port) and not _listens(port + _SECOND):
            return port


def _listens(port: int) -> bool:
    with socket.socket() as asked:
        asked.settimeout(1)
        return asked.connect_ex((HERE, port)) == 0
