// The messages, and what is between them: findings, requests and their answers.

const data = JSON.parse(byId("data").textContent);
const rest = data.rest, messages = data.messages;
const nameOf = new Map(rest.nodes.map((node) => [node.number, shown(node.name)]));

const isAnswer = (message) => message.outcome !== "request" && message.outcome !== "unreadable";
const captionOf = (message) => shown(message.detail ? message.label + " " + message.detail : message.label);
const packetsOf = (message) =>
  message.packets[0] === message.packets[1] ? String(message.packets[0]) : message.packets.join("-");

/** Findings that are about a message that is here; of a retransmission's sightings, about the first. */
function findings() {
  const byPackets = new Map();
  messages.forEach((message, number) => {
    const key = packetsOf(message) + " " + message.source;
    byPackets.set(key, (byPackets.get(key) || []).concat(number));
  });
  const found = new Map();
  for (const finding of rest.findings) {
    const numbers = byPackets.get(finding.packets + " " + finding.from) || [];
    const number = numbers.find((it) => messages[it].label.startsWith(finding.message));
    if (number !== undefined) { found.set(number, (found.get(number) || []).concat(finding)); }
  }
  return found;
}

/** By what an answer is known: of Diameter the Hop-by-Hop Identifier, of SIP the branch and CSeq (RFC 3261 §17.1.3). */
function exchangeOf(message) {
  const ends = isAnswer(message) ? [message.destination, message.source] : [message.source, message.destination];
  const fields = message.message;
  if (message.protocol === "diameter" && fields.avps) {
    return ["diameter", ...ends, fields.code, fields.hop_by_hop].join(" ");
  }
  if (message.protocol === "sip" && fields.headers) {
    const value = (name) => (fields.headers.find((it) => it.name.toLowerCase() === name) || { value: "" }).value;
    const branch = /branch\s*=\s*([^;,\s]+)/i.exec(value("via"));
    // Answers may go elsewhere than the request came from (RFC 3261 §18.2.2): hosts must do.
    return branch ? ["sip", branch[1], value("cseq").trim()].join(" ") : null;
  }
  return null;
}

/** For each message the numbers of its request or of its answers; for retransmitted requests the first. */
function exchanges() {
  const open = new Map(), other = messages.map(() => []);
  messages.forEach((message, number) => {
    const key = exchangeOf(message);
    if (key === null) { return; }
    if (!isAnswer(message)) {
      if (message.again && open.has(key)) { other[number].push(open.get(key)); } else { open.set(key, number); }
    } else if (open.has(key)) {
      const request = open.get(key);
      other[number].push(request);
      other[request].push(number);
    }
  });
  return other;
}

const findingsOf = findings();
const othersOf = exchanges();

/** `#packet=12`, or `#packet=12.2` for the second message that ends in packet 12. */
const linkOf = new Map(), ofLink = new Map();
messages.forEach((message, number) => {
  for (let nth = 1; ; nth++) {
    const link = "packet=" + message.packets[1] + (nth > 1 ? "." + nth : "");
    if (!ofLink.has(link)) {
      ofLink.set(link, number);
      linkOf.set(number, link);
      break;
    }
  }
});
