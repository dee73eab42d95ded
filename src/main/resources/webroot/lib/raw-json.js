// JSON as text. JSON.parse would rewrite long numbers and drop repeated names, and what is shown as a payload must be
// what the receiver got.

const SPACE = /\s/;

/** The index after the string that begins at `start`. */
function afterString(text, start) {
  let at = start + 1;
  while (text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at + 1;
}

function afterValue(text, start) {
  if (text[start] === '"') return afterString(text, start);
  let depth = 0;
  for (let at = start; at < text.length; ) {
    const sign = text[at];
    if (sign === '"') {
      at = afterString(text, at);
      continue;
    }
    if (sign === '{' || sign === '[') depth++;
    else if (sign === '}' || sign === ']') {
      if (depth === 0) return at;
      if (--depth === 0) return at + 1;
    } else if (depth === 0 && (sign === ',' || SPACE.test(sign))) return at;
    at++;
  }
  return text.length;
}

/** The text of a member of the object that the text is; null where there is none. */
export function memberOf(text, name) {
  let at = text.indexOf('{') + 1;
  const skip = () => {
    while (at < text.length && (SPACE.test(text[at]) || text[at] === ',' || text[at] === ':')) at++;
  };
  for (skip(); text[at] === '"'; skip()) {
    const end = afterString(text, at);
    const key = JSON.parse(text.slice(at, end));
    at = end;
    skip();
    const start = at;
    at = afterValue(text, start);
    if (key === name) return text.slice(start, at);
  }
  return null;
}

/** The same JSON with a line for each member; every name and value is spelled as it was. */
export function pretty(text) {
  let out = '';
  let depth = 0;
  const line = () => `\n${'  '.repeat(depth)}`;
  for (let at = 0; at < text.length; ) {
    const sign = text[at];
    if (sign === '"') {
      const end = afterString(text, at);
      out += text.slice(at, end);
      at = end;
      continue;
    }
    at++;
    if (SPACE.test(sign)) continue;
    if (sign === '{' || sign === '[') {
      let next = at;
      while (SPACE.test(text[next])) next++;
      if (text[next] === '}' || text[next] === ']') {
        out += sign + text[next];
        at = next + 1;
      } else {
        depth++;
        out += sign + line();
      }
    } else if (sign === '}' || sign === ']') {
      depth--;
      out += line() + sign;
    } else if (sign === ',') out += sign + line();
    else out += sign === ':' ? ': ' : sign;
  }
  return out;
}

/** As `pretty`, and as it is where it is no JSON. */
export function prettyOrPlain(text) {
  try {
    JSON.parse(text);
    return pretty(text);
  } catch {
    return text;
  }
}
