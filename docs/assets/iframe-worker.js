// Pages opened from the disk may not start workers. This one does a worker's work in a hidden frame, so that search works there, too.
if (location.protocol === "file:") {
  window.Worker = class extends EventTarget {
    constructor(url) {
      super()
      const frame = document.createElement("iframe")
      frame.hidden = true
      document.body.append(frame)
      this.waiting = []
      const inner = frame.contentWindow
      const load = (source) =>
        new Promise((done, failed) => {
          const script = inner.document.createElement("script")
          script.src = source
          script.onload = done
          script.onerror = failed
          inner.document.body.append(script)
        })
      inner.document.open()
      inner.document.write("<!doctype html><body></body>")
      inner.document.close()
      inner.addEventListener = (kind, listener) => kind === "message" && (inner.receive = listener)
      inner.postMessage = (data) => this.dispatchEvent(new MessageEvent("message", { data }))
      inner.importScripts = (...urls) => urls.reduce((before, next) => before.then(() => load(next)), Promise.resolve())
      load(new URL(url, location)).then(() => {
        this.frame = inner
        this.waiting.splice(0).forEach((data) => this.postMessage(data))
      })
    }
    postMessage(data) {
      if (!this.frame) return this.waiting.push(data)
      this.frame.receive(new MessageEvent("message", { data }))
    }
    terminate() {}
  }
}
