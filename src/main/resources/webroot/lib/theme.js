// Light, dark, or what the system says.

const CHOSEN = 'fanfare-theme';
export const THEMES = ['system', 'light', 'dark'];

export const current = () => {
  const chosen = localStorage.getItem(CHOSEN);
  return THEMES.includes(chosen) ? chosen : 'system';
};

export function apply() {
  document.documentElement.dataset.theme = current();
  window.dispatchEvent(new Event('fanfare-theme'));
}

export function choose(theme) {
  localStorage.setItem(CHOSEN, theme);
  apply();
}

/** Tells when colours have changed; returns how to stop. */
export function watch(onChange) {
  const system = matchMedia('(prefers-color-scheme: dark)');
  system.addEventListener('change', onChange);
  window.addEventListener('fanfare-theme', onChange);
  return () => {
    system.removeEventListener('change', onChange);
    window.removeEventListener('fanfare-theme', onChange);
  };
}

let probe;

/** A colour of the style sheet as a canvas can use it. */
export function colour(name) {
  if (!probe) {
    probe = document.createElement('span');
    probe.hidden = true;
    document.body.append(probe);
  }
  probe.style.color = `var(--${name})`;
  return getComputedStyle(probe).color;
}
