// The ladder: only the rows that are in sight are in the document, so that many cost no more than few.

const ROW = 34, PACKETS = 56, TIMES = { first: 80, above: 80, day: 124 }, LEAST = 64, MOST = 260, BEYOND = 24;
// Rows that are put up above and below those in sight.
const MARGIN = 10;
const CHAINS = 6;

const ladder = { numbers: [], letter: 7.8, spacing: 200, left: 148, width: 0, rows: new Map(), chosen: null };

/** Where the columns stand in the window as it is. */
function place() {
  const box = byId("ladder");
  const probe = element("span", { class: "probe" }, "m".repeat(100));
  box.append(probe);
  ladder.letter = probe.getBoundingClientRect().width / 100 || 7.8;
  probe.remove();
  const columns = Math.max(rest.nodes.length, 1);
  ladder.left = TIMES[byId("times").value] + PACKETS;
  const room = (box.clientWidth - ladder.left - BEYOND) / columns;
  ladder.spacing = Math.max(LEAST, Math.min(MOST, Math.floor(room)));
  ladder.width = columns * ladder.spacing + BEYOND;
  ladder.at = new Map(rest.nodes.map((node, column) => [node.number, ladder.spacing * (column + 0.5)]));
  byId("names").replaceChildren(...names());
  byId("names").style.width = byId("rows").style.width = ladder.left + ladder.width + "px";
  redraw();
}

function names() {
  const heading = { first: "ms", above: "\u0394 ms", day: "UTC" }[byId("times").value];
  const corner = element("span", { class: "corner" }, element("span", { class: "time" }, heading),
    element("span", { class: "packet" }, "packet"));
  corner.style.width = ladder.left + "px";
  const boxes = rest.nodes.map((node) => {
    const name = nameOf.get(node.number);
    const box = element("span", { class: "node", title: name }, ...parts(name));
    box.style.left = ladder.left + ladder.at.get(node.number) - ladder.spacing / 2 + 4 + "px";
    box.style.width = ladder.spacing - 8 + "px";
    return box;
  });
  return [corner, ...boxes];
}

/** A domain name with its host apart, which tells most; of an address the end does. */
function parts(name) {
  const [host, ...domain] = name.split(".");
  if (name.includes(":") || /^[\d.]+$/.test(name)) {
    const room = 2 * Math.floor((ladder.spacing - 18) / ladder.letter * 12 / 13);
    return [name.length > room ? "\u2026" + name.slice(1 - room) : name];
  }
  if (domain.length === 0) { return [name]; }
  return [host, element("small", {}, domain.join("."))];
}

function timeOf(index) {
  const message = messages[ladder.numbers[index]];
  switch (byId("times").value) {
    case "day": return message.time.slice(message.time.indexOf("T") + 1, -4);
    case "above": return index === 0 ? "" : (message.ms - messages[ladder.numbers[index - 1]].ms).toFixed(3);
    default: return message.ms.toFixed(3);
  }
}

/** What stands before a caption tells what colours tell, too. */
function marksOf(number) {
  const message = messages[number];
  return (findingsOf.has(number) ? "\u26a0 " : "") + (message.again ? "\u21bb " : "") +
    (message.outcome === "failure" || message.outcome === "unreadable" ? "\u2717 " : "");
}

function rowOf(index) {
  const number = ladder.numbers[index], message = messages[number];
  const row = element("div", { class: "row " + message.colour, role: "option", id: "row" + number,
    "aria-selected": number === ladder.chosen, "aria-posinset": index + 1, "aria-setsize": ladder.numbers.length,
    "aria-label": captionOf(message) + ", packet " + packetsOf(message) + ", from " + nameOf.get(message.from) +
      " to " + nameOf.get(message.to) });
  if (byId("colours").value === "chain") { row.classList.add("by-chain"); }
  row.classList.add("chain" + (message.chain === null ? "" : message.chain % CHAINS));
  row.classList.toggle("finding", findingsOf.has(number));
  row.classList.toggle("faint", message.faint);
  row.classList.toggle("chosen", number === ladder.chosen);
  const chosen = ladder.chosen === null ? null : messages[ladder.chosen].chain;
  row.classList.toggle("kin", chosen !== null && chosen === message.chain);
  row.style.top = index * ROW + "px";
  const when = element("span", { class: "corner" }, element("span", { class: "time" }, timeOf(index)),
    element("span", { class: "packet" }, packetsOf(message)));
  when.style.width = ladder.left + "px";
  row.append(when, arrow(number, message));
  row.addEventListener("click", () => choose(number));
  return row;
}

function arrow(number, message) {
  const svg = drawn("svg", { width: ladder.width, height: ROW, "aria-hidden": "true" });
  for (const x of ladder.at.values()) { svg.append(drawn("line", { class: "life", x1: x, y1: 0, x2: x, y2: ROW })); }
  const y = ROW - 8, from = ladder.at.get(message.from), to = ladder.at.get(message.to);
  const again = message.again ? " again" : "";
  const whole = marksOf(number) + captionOf(message);
  let begin, anchor, room;
  if (from === to) {
    svg.append(drawn("path", { class: "line" + again, d: "M" + from + " " + (y - 12) + " h20 v12 h-14" }));
    svg.append(tip(from, from + 9, y));
    room = ladder.width - from - 34;
    [begin, anchor] = [from + 28, "start"];
  } else {
    const back = to > from ? to - 9 : to + 9;
    svg.append(drawn("line", { class: "line" + again, x1: from, y1: y, x2: back, y2: y }));
    svg.append(tip(to, back, y));
    // One arrow a row: what is longer than the arrow may stand beside it.
    room = ladder.width - 12;
    const half = Math.min(places(whole), Math.floor(room / ladder.letter)) * ladder.letter / 2;
    const middle = Math.min(Math.max((from + to) / 2, half + 6), ladder.width - half - 6);
    [begin, anchor] = [middle, "middle"];
  }
  const caption = fitting(whole, Math.floor(room / ladder.letter));
  const width = places(caption) * ladder.letter + 6;
  svg.append(drawn("rect", { class: "ground", x: anchor === "start" ? begin - 2 : begin - width / 2, y: y - 19,
    width: width, height: 15 }));
  svg.append(drawn("text", { x: begin, y: y - 7, "text-anchor": anchor }, caption));
  svg.append(drawn("title", {}, whole));
  return svg;
}

function tip(to, back, y) {
  return drawn("polygon", { class: "tip", points: to + "," + y + " " + back + "," + (y - 4) + " " + back + "," + (y + 4) });
}

/** Every row anew. */
function redraw() {
  byId("rows").style.height = ladder.numbers.length * ROW + "px";
  byId("rows").replaceChildren();
  ladder.rows.clear();
  byId("none").hidden = ladder.numbers.length > 0;
  byId("names").hidden = ladder.numbers.length === 0;
  look();
}

/** Puts up what is in sight, and takes away what is not. */
function look() {
  const box = byId("ladder");
  const first = Math.max(0, Math.floor(box.scrollTop / ROW) - MARGIN);
  const last = Math.min(ladder.numbers.length, Math.ceil((box.scrollTop + box.clientHeight) / ROW) + MARGIN);
  for (const [index, row] of ladder.rows) {
    if (index < first || index >= last) {
      row.remove();
      ladder.rows.delete(index);
    }
  }
  for (let index = first; index < last; index++) {
    if (!ladder.rows.has(index)) {
      const row = rowOf(index);
      ladder.rows.set(index, row);
      byId("rows").append(row);
    }
  }
}

/** Scrolls as little as shows a row below the names. */
function reveal(index) {
  const box = byId("ladder"), top = index * ROW, head = byId("names").offsetHeight;
  if (top < box.scrollTop) { box.scrollTop = top; }
  const low = top + ROW + head - box.clientHeight;
  if (low > box.scrollTop) { box.scrollTop = low; }
  const message = messages[ladder.numbers[index]];
  const ends = [ladder.at.get(message.from), ladder.at.get(message.to)];
  const right = ladder.left + Math.max(...ends) + BEYOND - box.clientWidth;
  if (right > box.scrollLeft) { box.scrollLeft = right; }
  if (Math.min(...ends) - BEYOND < box.scrollLeft) { box.scrollLeft = Math.max(0, Math.min(...ends) - BEYOND); }
  look();
}

/** For the printer, which does not scroll. */
function drawAll() {
  ladder.numbers.forEach((number, index) => {
    if (!ladder.rows.has(index)) {
      const row = rowOf(index);
      ladder.rows.set(index, row);
      byId("rows").append(row);
    }
  });
}
