// What is in the chosen message.

/** A button that chooses another message, or a filter. */
function button(text, act) {
  const made = element("button", { type: "button", class: "link" }, text);
  made.addEventListener("click", act);
  return made;
}

function describe(number) {
  const message = messages[number], panel = byId("message");
  const facts = element("dl");
  const fact = (name, ...what) => facts.append(element("dt", {}, name), element("dd", {}, ...what));
  fact("packet", element("a", { href: "#" + linkOf.get(number) }, packetsOf(message)));
  fact("time", message.time + ", " + message.ms.toFixed(3) + " ms since the first");
  fact("from", nameOf.get(message.from) + ", " + message.source);
  fact("to", nameOf.get(message.to) + ", " + message.destination + ", " + message.transport);
  const subscribers = message.subscribers.map((it) =>
    button(shown(rest.subscribers[it]), () => only("subscriber", it)));
  if (subscribers.length) { fact("subscriber", ...subscribers); }
  if (message.chain !== null) { fact("part of", button(shown(rest.chains[message.chain]), () => only("chain", message.chain))); }
  for (const other of othersOf[number]) {
    const after = Math.abs(messages[other].ms - message.ms).toFixed(3) + " ms";
    const [relation, when] = isAnswer(message) ? ["answers", " of " + after + " before"]
      : isAnswer(messages[other]) ? ["answered by", " after " + after] : ["repeats", " of " + after + " before"];
    const name = captionOf(messages[other]) + ", packet " + packetsOf(messages[other]);
    fact(relation, button(name, () => choose(other)), when);
  }
  if (message.again) { fact("again", "a retransmission"); }
  const found = (findingsOf.get(number) || []).map((finding) =>
    element("p", { class: "fault" }, "\u26a0 " + shown(finding.kind + ": " + finding.text)));
  panel.replaceChildren(element("h2", { class: message.colour }, marksOf(number) + captionOf(message)), ...found, facts,
    ...contents(message.message));
  panel.scrollTop = 0;
}

function contents(fields) {
  if (fields.headers) {
    const parts = [element("p", { class: "first-line" }, shown(fields.start_line)), table(fields.headers)];
    if (fields.body) {
      parts.push(element("h3", {}, fields.body.text === undefined ? "Body, hexadecimal" : "Body"),
        element("pre", {}, shown((fields.body.text || fields.body.hexadecimal || "").replaceAll("\r\n", "\n"))));
    }
    return parts;
  }
  if (fields.avps) {
    const flags = ["R", "P", "E", "T"].filter((flag, bit) => fields.flags & (0x80 >> bit)).join(" ") || "none";
    const hexadecimal = (number) => "0x" + number.toString(16).padStart(8, "0");
    return [element("p", { class: "first-line" }, shown(fields.command) + " (" + fields.code + ") of " +
      shown(fields.application) + ", flags " + flags + ", hop by hop " + hexadecimal(fields.hop_by_hop) +
      ", end to end " + hexadecimal(fields.end_to_end)), table(fields.avps)];
  }
  return [element("h3", {}, fields.length + " octets"), element("pre", {}, fields.hexadecimal)];
}

/** A header field or an AVP a line, what is in a group below it. */
function table(fields) {
  const body = element("tbody");
  const add = (field, depth) => {
    const name = element("th", { scope: "row" }, shown(field.name));
    name.style.paddingLeft = depth * 14 + "px";
    const value = shown(pretty(field.value === undefined ? "" : field.value));
    body.append(element("tr", {}, name, element("td", {}, value)));
    for (const inner of field.avps || []) { add(inner, depth + 1); }
  };
  for (const field of fields) { add(field, 0); }
  return element("table", {}, body);
}

/** XML, as profiles of users are, an element a line. */
function pretty(text) {
  if (!/^\s*<\?xml/.test(text)) { return text; }
  let depth = 0;
  return text.replace(/>\s*</g, ">\n<").split("\n").map((line) => {
    if (line.startsWith("</")) { depth = Math.max(depth - 1, 0); }
    const indented = "  ".repeat(Math.min(depth, 20)) + line;
    if (/^<[^?!/]/.test(line) && !line.includes("</") && !line.endsWith("/>")) { depth++; }
    return indented;
  }).join("\n");
}
