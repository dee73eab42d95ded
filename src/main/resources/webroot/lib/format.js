// Numbers, times and sizes as people of the language write them.
import { locale, t } from './i18n.js';

const NONE = '–';
const none = (value) => value === null || value === undefined;

export const number = (value) => (none(value) ? NONE : value.toLocaleString(locale()));

export const compact = (value) =>
  none(value)
    ? NONE
    : new Intl.NumberFormat(locale(), { notation: 'compact', maximumFractionDigits: 1 }).format(value);

export const percent = (value) =>
  none(value) ? NONE : `${value.toLocaleString(locale(), { maximumFractionDigits: 2 })} %`;

export function millis(value) {
  if (none(value)) return NONE;
  if (value < 1_000) return `${Math.round(value).toLocaleString(locale())} ms`;
  return duration(value / 1_000);
}

/** A span of seconds in its two largest units. */
export function duration(seconds) {
  if (none(seconds)) return NONE;
  if (seconds < 10) return `${seconds.toLocaleString(locale(), { maximumFractionDigits: 1 })} ${t('unit.s')}`;
  const units = [[86_400, t('unit.d')], [3_600, t('unit.h')], [60, t('unit.min')], [1, t('unit.s')]];
  const first = units.findIndex(([size]) => seconds >= size);
  const [size, name] = units[first];
  const whole = Math.floor(seconds / size);
  const next = units[first + 1];
  const rest = next ? Math.floor((seconds - whole * size) / next[0]) : 0;
  return `${whole.toLocaleString(locale())} ${name}${rest > 0 ? ` ${rest} ${next[1]}` : ''}`;
}

export function bytes(value) {
  if (none(value)) return NONE;
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const power = value < 1_000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(value) / 3));
  const digits = power === 0 ? 0 : 1;
  return `${(value / 1_000 ** power).toLocaleString(locale(), { maximumFractionDigits: digits })} ${units[power]}`;
}

const UNITS = [['day', 86_400], ['hour', 3_600], ['minute', 60], ['second', 1]];

/** "3 minutes ago", "in 20 seconds". */
export function relative(timestamp, now = Date.now()) {
  const seconds = (Date.parse(timestamp) - now) / 1_000;
  const [unit, size] = UNITS.find(([, length]) => Math.abs(seconds) >= length) ?? UNITS.at(-1);
  return new Intl.RelativeTimeFormat(locale(), { numeric: 'auto', style: 'short' }).format(
    Math.round(seconds / size),
    unit,
  );
}

export const moment = (timestamp) =>
  new Date(timestamp).toLocaleString(locale(), { dateStyle: 'medium', timeStyle: 'medium' });

export const clock = (timestamp) =>
  new Date(timestamp).toLocaleTimeString(locale(), {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    fractionalSecondDigits: 3,
    hourCycle: 'h23',
  });

/** For the axis of a plot that spans so many seconds. */
export function axisTime(seconds, span) {
  const date = new Date(seconds * 1_000);
  return span <= 2 * 86_400
    ? date.toLocaleTimeString(locale(), { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
    : date.toLocaleDateString(locale(), { month: 'short', day: 'numeric' });
}
