"""A page in headless Chromium, driven by its own protocol over two pipes: JSON messages, each ended by a zero byte."""

import base64
import json
import os
import shutil
import subprocess
from contextlib import contextmanager

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
_FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--remote-debugging-pipe",
)


class Page:
    """``errors``: what scripts threw."""

    def __init__(self, write, read):
        self._write, self._read, self._rest, self._last, self._session = write, read, b"", 0, None
        self.errors = []
        target = self.send("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.send("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Network"):
            self.send(f"{domain}.enable")

    def send(self, method, **parameters):
        self._last += 1
        message = {"id": self._last, "method": method, "params": parameters}
        message |= {"sessionId": self._session} if self._session else {}
        os.write(self._write, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._next()
            if answer.get("method") == "Runtime.exceptionThrown":
                self.errors.append(answer["params"]["exceptionDetails"])
            if answer.get("id") == self._last:
                assert "error" not in answer, answer
                return answer["result"]

    def _next(self):
        while b"\0" not in self._rest:
            got = os.read(self._read, 1 << 20)
            assert got, "Chromium ended"
            self._rest += got
        text, self._rest = self._rest.split(b"\0", 1)
        return json.loads(text)

    def open(self, path, width=1200, height=900, dark=False):
        """Load a file without a network, and wait until the network in it has run."""
        self.send(
            "Network.emulateNetworkConditions", offline=True, latency=0, downloadThroughput=-1, uploadThroughput=-1
        )
        self.send(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600
        )
        features = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
        self.send("Emulation.setEmulatedMedia", features=features)
        self.send("Page.navigate", url=path.resolve().as_uri())
        waiting = "new Promise(done => { const look = () => document.body?.dataset.ready || document.body?.dataset.still ? done(true) : setTimeout(look, 20); look(); })"
        self.evaluate(waiting)

    def evaluate(self, script):
        told = self.send("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in told, told
        return told["result"].get("value")

    def drag(self, points):
        """Press the mouse at the first of the points (x, y), move over the others and let go."""
        for kind, (x, y) in (
            ("mousePressed", points[0]),
            *(("mouseMoved", p) for p in points[1:]),
            ("mouseReleased", points[-1]),
        ):
            self.send("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", buttons=1, clickCount=1)

    def key(self, name, kinds=("rawKeyDown", "keyUp")):
        for kind in kinds:
            self.send("Input.dispatchKeyEvent", type=kind, key=name)

    def screenshot(self, path, whole=True):
        shot = self.send("Page.captureScreenshot", format="png", captureBeyondViewport=whole)
        path.write_bytes(base64.b64decode(shot["data"]))


@contextmanager
def chromium(folder):
    """A page of a browser of its own, whose profile is in ``folder``."""
    to_child, write = os.pipe()
    read, from_child = os.pipe()

    def place_pipes():
        os.dup2(to_child, 103)
        os.dup2(from_child, 104)
        os.dup2(103, 3)
        os.dup2(104, 4)

    command = [CHROMIUM, *_FLAGS, f"--user-data-dir={folder / 'profile'}"]
    browser = subprocess.Popen(
        command, preexec_fn=place_pipes, close_fds=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    os.close(to_child)
    os.close(from_child)
    try:
        yield Page(write, read)
    finally:
        os.close(write)
        os.close(read)
        browser.terminate()
        browser.wait()
