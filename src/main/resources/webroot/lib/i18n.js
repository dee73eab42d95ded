// Words in the language of the browser, or in the one that was chosen.
import en from '../i18n/en.js';

const CHOSEN = 'fanfare-language';
export const LANGUAGES = { en: 'English', zh: '中文' };

let language = 'en';
let words = en;

function preferred() {
  const chosen = localStorage.getItem(CHOSEN);
  if (chosen in LANGUAGES) return chosen;
  const known = navigator.languages.map((tag) => tag.slice(0, 2).toLowerCase()).find((tag) => tag in LANGUAGES);
  return known ?? 'en';
}

async function use(code) {
  words = code === 'en' ? en : (await import(`../i18n/${code}.js`)).default;
  language = code;
  document.documentElement.lang = code === 'zh' ? 'zh-CN' : code;
}

/** Loads the words; must be done before the first `t`. */
export const begin = () => use(preferred());

export async function choose(code) {
  localStorage.setItem(CHOSEN, code);
  await use(code);
}

export const current = () => language;

/** The tag for dates and numbers. */
export const locale = () => document.documentElement.lang;

export const knows = (key) => key in words;

/** The words of a key, with what stands in braces replaced; the key itself where there are none. */
export function t(key, values = {}) {
  return (words[key] ?? key).replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}
