// Which messages are shown.

const searched = [];

function textOf(number) {
  if (searched[number] === undefined) {
    const message = messages[number];
    const lines = [packetsOf(message), message.label, message.detail, nameOf.get(message.from), nameOf.get(message.to),
      message.source, message.destination, message.transport, ...linesOf(message.message),
      ...(findingsOf.get(number) || []).map((finding) => finding.kind + " " + finding.text)];
    searched[number] = lines.join("\n").toLowerCase();
  }
  return searched[number];
}

/** Each header field and AVP on a line. */
function linesOf(fields) {
  const lines = [];
  const add = (field, indent) => {
    lines.push(indent + field.name + ": " + (field.value === undefined ? "" : field.value));
    for (const inner of field.avps || []) { add(inner, indent + "  "); }
  };
  if (fields.start_line !== undefined) { lines.push(fields.start_line); }
  if (fields.hexadecimal !== undefined) { lines.push(fields.hexadecimal); }
  for (const field of fields.headers || fields.avps || []) { add(field, ""); }
  if (fields.body !== undefined) { lines.push(fields.body.text || fields.body.hexadecimal); }
  return lines;
}

function isOfKind(number, kind) {
  const message = messages[number];
  switch (kind) {
    case "": return true;
    case "again": return message.again;
    case "finding": return findingsOf.has(number);
    default: return message.outcome === kind;
  }
}

/** The numbers of the messages that are as chosen. */
function filtered() {
  const words = byId("search").value.toLowerCase().split(/\s+/).filter((word) => word !== "");
  const subscriber = byId("subscriber").value, chain = byId("chain").value;
  const protocol = byId("protocol").value, kind = byId("kind").value;
  const numbers = [];
  messages.forEach((message, number) => {
    if ((subscriber === "" || message.subscribers.includes(Number(subscriber))) &&
        (chain === "" || message.chain === Number(chain)) &&
        (protocol === "" || message.protocol === protocol) &&
        isOfKind(number, kind) &&
        words.every((word) => textOf(number).includes(word))) {
      numbers.push(number);
    }
  });
  return numbers;
}

const FILTERS = ["search", "subscriber", "chain", "protocol", "kind"];
const isFiltered = () => FILTERS.some((id) => byId(id).value !== "");

// To choose from at once; others are, once one of their messages is asked for all.
const CHAINS_OFFERED = 2000;

function offerChain(number) {
  const options = byId("chain").options;
  // The first option is for all.
  const isOffered = number + 1 < options.length || options[options.length - 1].value === String(number);
  if (!isOffered) { byId("chain").append(element("option", { value: number }, fitting(shown(rest.chains[number]), 60))); }
}

/** Puts up what there is to choose from. */
function fillFilters() {
  rest.subscribers.forEach((name, number) => {
    byId("subscriber").append(element("option", { value: number }, shown(name)));
  });
  for (let number = 0; number < Math.min(rest.chains.length, CHAINS_OFFERED); number++) { offerChain(number); }
  for (const protocol of new Set(messages.map((message) => message.protocol))) {
    byId("protocol").append(element("option", { value: protocol }, protocol));
  }
}
