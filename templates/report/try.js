// Feeds the network in this page and shows what comes out. All arithmetic of the network is in the module.
(async () => {
  const facts = JSON.parse(document.getElementById("facts").textContent);
  const { type, low, high, elements, plane } = facts.input;
  const [none, full] = facts.input.shades; // codes of no ink and of full ink
  const at = (id) => document.getElementById(id);
  const bytesOf = (text) => Uint8Array.from(atob(text.trim()), (letter) => letter.charCodeAt(0));
  const verdict = at("verdict");
  let network;
  try {
    const packed = new Blob([bytesOf(at("module").textContent)]).stream();
    const module = await new Response(packed.pipeThrough(new DecompressionStream("deflate"))).arrayBuffer();
    network = (await WebAssembly.instantiate(module)).instance.exports;
  } catch (error) {
    verdict.textContent = "This browser cannot run the network: " + error.message;
    return;
  }
  const codes = new Int32Array(elements); // of the frame that is shown

  // ---- the frame as the C reads it ----
  const memory = (place, bytes) => new Uint8Array(network.memory.buffer, place, bytes);
  const words = { uint8: Uint8Array, int8: Int8Array, int16: Int16Array };
  const bitsOf = { bit: 1, uint4: 4 };
  function write() {
    const place = network.input_place();
    if (words[type]) return new words[type](network.memory.buffer, place, elements).set(codes);
    const bits = bitsOf[type], each = 8 / bits;
    const bytes = memory(place, Math.ceil(elements / each)).fill(0);
    codes.forEach((code, k) => { bytes[Math.floor(k / each)] |= code << ((k % each) * bits); });
  }
  function read(packed) {
    const bytes = bytesOf(packed);
    if (words[type]) return codes.set(new words[type](bytes.buffer));
    const bits = bitsOf[type], each = 8 / bits;
    codes.forEach((_, k) => { codes[k] = (bytes[Math.floor(k / each)] >> ((k % each) * bits)) & ((1 << bits) - 1); });
  }

  // ---- what a layer found ----
  const kinds = { WG_U8: Uint8Array, WG_I8: Int8Array, WG_I16: Int16Array, WG_I32: Int32Array, WG_I64: BigInt64Array };
  function valuesOf(layer) {
    const place = network.seen_place() + layer.at;
    if (kinds[layer.kind]) return Array.from(new kinds[layer.kind](network.memory.buffer, place, layer.count), Number);
    const bytes = memory(place, layer.bytes), part = layer.bytes / layer.maps;
    return Array.from({ length: layer.count }, (_, k) => {
      let value = 0;
      for (let map = 0; map < layer.maps; map++) value |= ((bytes[map * part + (k >> 3)] >> (k & 7)) & 1) << map;
      return value;
    });
  }
  // Channels of a map side by side, with a line between them; a vector in rows.
  function tilesOf(layer) {
    const [height, width, channels] = layer.shape.length === 3 ? layer.shape : [1, 1, layer.count];
    const across = Math.max(1, Math.ceil(Math.sqrt((channels * height) / width)));
    const step = layer.shape.length === 3 && height * width > 1 ? 1 : 0;
    return { height, width, channels, across, step, down: Math.ceil(channels / across) };
  }
  const views = facts.layers.map((layer) => {
    const tiles = tilesOf(layer), figure = document.createElement("figure");
    const canvas = document.createElement("canvas"), caption = document.createElement("figcaption");
    canvas.width = tiles.across * (tiles.width + tiles.step) - tiles.step;
    canvas.height = tiles.down * (tiles.height + tiles.step) - tiles.step;
    canvas.setAttribute("role", "img");
    figure.append(canvas, caption);
    at("seen").append(figure);
    return { layer, tiles, canvas, caption };
  });
  function show({ layer, tiles, canvas, caption }) {
    const values = valuesOf(layer), pen = canvas.getContext("2d");
    const picture = pen.createImageData(canvas.width, canvas.height);
    const lowest = Math.min(0, ...values.slice(0, 1)), most = layer.spikes ? 1 : values.reduce((a, b) => Math.max(a, b), 1);
    const least = layer.spikes ? 0 : values.reduce((a, b) => Math.min(a, b), lowest);
    for (let k = 0; k < picture.data.length; k += 4) picture.data.set([208, 215, 222, 255], k);
    values.forEach((value, k) => {
      const channel = k % tiles.channels, spot = Math.floor(k / tiles.channels);
      const x = (channel % tiles.across) * (tiles.width + tiles.step) + (spot % tiles.width);
      const y = Math.floor(channel / tiles.across) * (tiles.height + tiles.step) + Math.floor(spot / tiles.width);
      const share = (value - least) / (most - least || 1);
      picture.data.set([255 - share * 208, 255 - share * 162, 255 - share * 117, 255], (y * canvas.width + x) * 4);
    });
    pen.putImageData(picture, 0, 0);
    const active = values.reduce((count, value) => count + (value !== 0), 0);
    const told = `${layer.name}: ${active.toLocaleString("en")} of ${layer.count.toLocaleString("en")} ${layer.spikes ? "fire" : "are not 0"}`;
    caption.textContent = told;
    canvas.setAttribute("aria-label", told);
    canvas.dataset.layer = layer.name;
    canvas.dataset.values = values.join(" ");
  }

  // ---- the outputs ----
  const outputWords = { uint8_t: Uint8Array, int32_t: Int32Array, int64_t: BigInt64Array }[facts.element];
  const named = (number) => (facts.names[number] ? `${number}: ${facts.names[number]}` : `${number}`);
  const count = facts.outputs.reduce((sum, output) => sum + output.count, 0);
  const most = 64; // numbers of an output that are listed
  function list(outputs, best) {
    const box = at("scores");
    box.textContent = "";
    for (const output of facts.outputs) {
      const own = outputs.slice(output.at, output.at + output.count), listed = own.slice(0, most);
      const lowest = listed.reduce((a, b) => (b < a ? b : a), 0n), highest = listed.reduce((a, b) => (b > a ? b : a), 1n);
      listed.forEach((value, k) => {
        const name = document.createElement("span"), length = document.createElement("span"), number = document.createElement("span");
        name.textContent = facts.outputs.length > 1 ? `${output.name} ${k}` : facts.names.length && facts.names.length !== own.length ? `${k}` : named(k);
        length.className = "length";
        length.style.width = `${Number((value - lowest) * 100n / (highest - lowest))}%`;
        number.textContent = `${value}`;
        if (k === best) name.className = number.className = "best";
        box.append(name, length, number);
      });
    }
    box.dataset.outputs = outputs.join(" ");
  }
  function run() {
    write();
    const began = performance.now(), found = network.infer(), took = performance.now() - began;
    const outputs = Array.from(new outputWords(network.memory.buffer, network.output_place(), count), BigInt);
    verdict.textContent = facts.predicts ? `Class ${named(found)}` : "Done";
    verdict.dataset.class = found;
    verdict.dataset.codes = codes.join(" ");
    verdict.title = `${took.toFixed(1)} ms`;
    views.forEach(show);
    list(outputs, facts.predicts ? found : -1);
  }

  // ---- the drawing ----
  const paper = at("paper"), channels = plane ? plane[2] : 1;
  function redraw(cursor) {
    const pen = paper.getContext("2d"), picture = pen.createImageData(paper.width, paper.height);
    for (let k = 0; k < paper.width * paper.height; k++) {
      const shade = (channel) => ((codes[k * channels + channel] - none) * 255) / (full - none);
      const grey = 255 - shade(0);
      picture.data.set(channels === 3 ? [shade(0), shade(1), shade(2), 255] : [grey, grey, grey, 255], k * 4);
    }
    pen.putImageData(picture, 0, 0);
    if (cursor) {
      pen.strokeStyle = "#d22";
      pen.lineWidth = 0.5;
      pen.strokeRect(cursor.x - 0.75, cursor.y - 0.75, 1.5, 1.5);
    }
  }
  function inks() {
    if (channels === 1) return [full];
    const colour = parseInt(at("colour").value.slice(1), 16);
    return [16, 8, 0].map((shift) => none + Math.round((((colour >> shift) & 255) * (full - none)) / 255));
  }
  // A round pen: full in its middle, softer at its edge.
  function dot(x, y) {
    const radius = Math.max(Math.min(paper.width, paper.height) / 20, 0.7), ink = inks();
    for (let row = 0; row < paper.height; row++) {
      for (let column = 0; column < paper.width; column++) {
        const share = Math.min(1, Math.max(0, radius + 0.5 - Math.hypot(column + 0.5 - x, row + 0.5 - y)));
        for (let channel = 0; channel < channels && share > 0; channel++) {
          const place = (row * paper.width + column) * channels + channel;
          const code = none + Math.round(share * (ink[channel] - none));
          codes[place] = channels === 1 ? Math.max(codes[place], code) : share < 0.5 ? codes[place] : ink[channel];
        }
      }
    }
  }
  function line(from, to) {
    const steps = Math.ceil(Math.hypot(to.x - from.x, to.y - from.y) * 2) || 1;
    for (let k = 0; k <= steps; k++) dot(from.x + ((to.x - from.x) * k) / steps, from.y + ((to.y - from.y) * k) / steps);
  }
  if (paper) {
    let last = null;
    const cursor = { x: Math.floor(paper.width / 2) + 0.5, y: Math.floor(paper.height / 2) + 0.5 };
    const point = (event) => {
      const box = paper.getBoundingClientRect(), edge = paper.clientLeft;
      return {
        x: ((event.clientX - box.left - edge) * paper.width) / paper.clientWidth,
        y: ((event.clientY - box.top - edge) * paper.height) / paper.clientHeight,
      };
    };
    const stroke = (event) => {
      const next = point(event);
      line(last, next);
      last = next;
      redraw();
      run();
    };
    paper.addEventListener("pointerdown", (event) => {
      paper.setPointerCapture(event.pointerId);
      at("example").value = "";
      last = point(event);
      stroke(event);
    });
    paper.addEventListener("pointermove", (event) => { if (last) stroke(event); });
    for (const end of ["pointerup", "pointercancel"]) paper.addEventListener(end, () => { last = null; });
    const moves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    let inking = false;
    paper.addEventListener("keydown", (event) => {
      if (event.key === " ") inking = true;
      else if (moves[event.key]) {
        cursor.x = Math.min(Math.max(cursor.x + moves[event.key][0], 0.5), paper.width - 0.5);
        cursor.y = Math.min(Math.max(cursor.y + moves[event.key][1], 0.5), paper.height - 0.5);
      } else return;
      event.preventDefault();
      if (inking) { dot(cursor.x, cursor.y); run(); }
      redraw(cursor);
    });
    paper.addEventListener("keyup", (event) => { if (event.key === " ") inking = false; });
    paper.addEventListener("focus", () => { if (paper.matches(":focus-visible")) redraw(cursor); });
    paper.addEventListener("blur", () => { inking = false; redraw(); });
  }

  // ---- a vector in a field ----
  const field = at("codes");
  if (field) {
    field.addEventListener("input", () => {
      const found = field.value.trim().split(/[\s,]+/).map(Number);
      const fine = found.length === elements && found.every((code) => Number.isInteger(code) && code >= low && code <= high);
      at("codes-wrong").textContent = fine ? "" : `Give ${elements} whole numbers from ${low} to ${high}; these are ${found.length}.`;
      if (fine) { codes.set(found); run(); }
    });
    at("random").addEventListener("click", () => {
      codes.forEach((_, k) => { codes[k] = low + Math.floor(Math.random() * (high - low + 1)); });
      changed();
    });
  }
  function changed() {
    if (paper) redraw();
    if (field) { field.value = codes.join(" "); at("codes-wrong").textContent = ""; }
    run();
  }

  // ---- examples ----
  const blank = () => { codes.fill(plane ? none : Math.min(Math.max(0, low), high)); changed(); };
  const choice = at("example");
  facts.examples.forEach((example, k) => choice.add(new Option(`${k + 1}: ${example.told}`, k)));
  const pick = (number) => { read(facts.examples[number].codes); choice.value = number; changed(); };
  choice.addEventListener("change", () => (choice.value === "" ? blank() : pick(choice.value)));
  at("clear").addEventListener("click", () => { choice.value = ""; blank(); });
  for (const button of document.querySelectorAll("[data-example]")) {
    if (facts.examples[button.dataset.example]) {
      button.addEventListener("click", () => {
        pick(button.dataset.example);
        at("try").scrollIntoView();
        verdict.focus?.();
      });
    }
  }
  if (facts.examples.length) pick(0); else blank();
  document.body.dataset.ready = "yes";
})();
