"use strict";
// Everything that came off the wire is put up by textContent and setAttribute: it never is markup.

const byId = (id) => document.getElementById(id);

/** What could steer or reorder a line is written by its number. */
function shown(text) {
  return text.replace(
    /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufe00-\ufe0f\ufeff\ufff9-\uffff]|\p{Cf}|\p{Mn}/gu,
    (letter) => "\\u{" + letter.codePointAt(0).toString(16) + "}");
}

/** An element with attributes and children: texts, or other elements. */
function element(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes || {})) { made.setAttribute(key, value); }
  made.append(...children);
  return made;
}

function drawn(name, attributes, text) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) { made.setAttribute(key, value); }
  if (text !== undefined) { made.textContent = text; }
  return made;
}

/** In how many letters' places a text stands: those of the far east take two. */
function places(text) {
  let count = 0;
  for (const letter of text) { count += /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u.test(letter) ? 2 : 1; }
  return count;
}

/** As much of a text as fits into so many places. */
function fitting(text, room) {
  if (places(text) <= room) { return text; }
  let kept = "", taken = 1;
  for (const letter of text) {
    taken += places(letter);
    if (taken > room) { break; }
    kept += letter;
  }
  return kept + "\u2026";
}
