
"use strict";
// Everything that came off the wire is put up by textContent and setAttribute: it never is markup.
(function () {
  const SVG = "http://www.w3.org/2000/svg";
  const LEFT = 150, SPACING = 200, ROW = 32, LETTER = 7.9;
  const data = JSON.parse(document.getElementById("data").textContent);
  const rest = data.rest, messages = data.messages;
  const place = new Map(rest.nodes.map((node, column) => [node.number, LEFT + SPACING / 2 + column * SPACING]));
  const width = LEFT + SPACING * Math.max(rest.nodes.length, 1) + 40;
  const byId = (id) => document.getElementById(id);

  function shown(text) {
    return text.replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g,
      (letter) => "\\u{" + letter.charCodeAt(0).toString(16) + "}");
  }

  function element(name, attributes, text) {
    const made = document.createElementNS(SVG, name);
    for (const key of Object.keys(attributes)) { made.setAttribute(key, attributes[key]); }
    if (text !== undefined) { made.textContent = text; }
    return made;
  }

  function fitting(text, room) {
    const letters = Math.floor(room / LETTER);
    return letters >= text.length ? text : text.slice(0, Math.max(letters - 1, 0)) + "\u2026";
  }

  function names() {
    const svg = element("svg", { class: "names", width: width, height: 40 });
    svg.append(element("rect", { class: "ground", width: width, height: 40 }));
    svg.append(element("text", { x: 70, y: 25, "text-anchor": "end" }, "ms"));
    svg.append(element("text", { x: 80, y: 25 }, "packet"));
    for (const node of rest.nodes) {
      const x = place.get(node.number);
      svg.append(element("rect", { x: x - SPACING / 2 + 6, y: 6, width: SPACING - 12, height: 28, rx: 4 }));
      const text = element("text", { x: x, y: 25, "text-anchor": "middle" },
        fitting(shown(node.name), SPACING - 20));
      text.append(element("title", {}, shown(node.name)));
      svg.append(text);
    }
    return svg;
  }

  const moment = (message) => {
    const parts = message.time.split(".");
    return [Date.parse(parts[0] + "Z"), Number("0." + parts[1].slice(0, 9)) * 1000];
  };
  const first = messages.length ? moment(messages[0]) : [0, 0];

  function row(message, number) {
    const svg = element("svg", { class: "row " + message.colour, width: width, height: ROW, tabindex: "0" });
    const y = ROW - 8;
    svg.append(element("rect", { class: "ground", width: width, height: ROW }));
    const now = moment(message);
    svg.append(element("text", { class: "time", x: 70, y: y, "text-anchor": "end" },
      (now[0] - first[0] + now[1] - first[1]).toFixed(1)));
    svg.append(element("text", { class: "time", x: 80, y: y }, message.packets));
    for (const x of place.values()) {
      svg.append(element("line", { class: "life", x1: x, y1: 0, x2: x, y2: ROW }));
    }
    const from = place.get(message.from), to = place.get(message.to);
    const group = element("g", message.faint ? { class: "dimmed" } : {});
    const again = message.again ? " again" : "";
    const caption = (message.again ? "\u21bb " : "") + shown(message.label + " " + message.detail);
    if (from === to) {
      group.append(element("path", { class: "arrow" + again, d: "M" + from + " " + (y - 10) + " h24 v10 h-20" }));
      group.append(element("polygon", { class: "tip",
        points: from + "," + y + " " + (from + 8) + "," + (y - 4) + " " + (from + 8) + "," + (y + 4) }));
      group.append(element("text", { x: from + 30, y: y - 1 }, fitting(caption, SPACING - 50)));
    } else {
      const back = to > from ? to - 9 : to + 9;
      group.append(element("line", { class: "arrow" + again, x1: from, y1: y, x2: back, y2: y }));
      group.append(element("polygon", { class: "tip",
        points: to + "," + y + " " + back + "," + (y - 4) + " " + back + "," + (y + 4) }));
      const text = fitting(caption, Math.abs(to - from) - 24);
      const half = text.length * LETTER / 2, middle = (from + to) / 2;
      group.append(element("rect", { class: "ground", x: middle - half, y: y - 17, width: 2 * half, height: 14 }));
      group.append(element("text", { x: middle, y: y - 6, "text-anchor": "middle" }, text));
    }
    group.append(element("title", {}, caption));
    svg.append(group);
    svg.addEventListener("click", () => choose(number));
    svg.addEventListener("keydown", (event) => {
      if (event.key === "Enter") { choose(number); }
      if (event.key === "ArrowDown") { step(number, 1); event.preventDefault(); }
      if (event.key === "ArrowUp") { step(number, -1); event.preventDefault(); }
    });
    return svg;
  }

  const rows = messages.map(row);
  const searched = [];
  const nameOf = new Map(rest.nodes.map((node) => [node.number, node.name]));
  let chosen = null;

  function choose(number) {
    if (chosen !== null) { rows[chosen].classList.remove("chosen"); }
    chosen = number;
    rows[number].classList.add("chosen");
    const message = messages[number];
    const panel = byId("message");
    const head = document.createElement("p");
    head.textContent = shown("packet " + message.packets + ", " + message.time + ", " + message.transport + " from " +
      nameOf.get(message.from) + " (" + message.source + ") to " + nameOf.get(message.to) + " (" +
      message.destination + ")");
    const whom = document.createElement("p");
    whom.textContent = shown(message.subscribers.map((subscriber) => rest.subscribers[subscriber]).join(", "));
    const text = document.createElement("pre");
    text.textContent = shown(message.text);
    panel.replaceChildren(head, whom, text);
    panel.scrollTop = 0;
  }

  function step(number, by) {
    let next = number + by;
    while (rows[next] !== undefined) {
      if (!rows[next].classList.contains("hidden")) {
        rows[next].focus();
        choose(next);
        return;
      }
      next += by;
    }
  }

  function textOf(number) {
    if (searched[number] === undefined) {
      const message = messages[number];
      searched[number] = [message.packets, message.label, message.detail, nameOf.get(message.from),
        nameOf.get(message.to), message.source, message.destination, message.text].join("\n").toLowerCase();
    }
    return searched[number];
  }

  function filter() {
    const wanted = byId("search").value.toLowerCase();
    const subscriber = byId("subscriber").value;
    let count = 0;
    messages.forEach((message, number) => {
      const isOfThem = subscriber === "" ? true : message.subscribers.includes(Number(subscriber));
      const isShown = isOfThem ? textOf(number).includes(wanted) : false;
      rows[number].classList.toggle("hidden", !isShown);
      count += isShown ? 1 : 0;
    });
    byId("count").textContent = count + " of " + messages.length + " messages" + (rest.cut ? ", " + rest.cut : "");
  }

  rest.subscribers.forEach((name, number) => {
    const option = document.createElement("option");
    option.value = String(number);
    option.textContent = shown(name);
    byId("subscriber").append(option);
  });
  if (rest.notices.length) {
    const head = document.createElement("h2");
    head.textContent = "Notices";
    const list = document.createElement("ul");
    for (const notice of rest.notices) {
      const item = document.createElement("li");
      item.textContent = shown(notice);
      list.append(item);
    }
    byId("notices").append(head, list);
  }
  byId("ladder").append(names(), ...rows);
  byId("search").addEventListener("input", filter);
  byId("subscriber").addEventListener("change", filter);
  filter();
})();
