// The head of a column that a table can be sorted by.
import { html } from '../lib/html.js';

/** A sorted copy; `of` makes what is compared. */
export function sorted(items, of, order) {
  const sign = order === 'asc' ? 1 : -1;
  return [...items].sort((one, other) => {
    const [first, second] = [of(one), of(other)];
    if (first === second) return 0;
    return first < second ? -sign : sign;
  });
}

export function SortHeader({ column, name, kind, sort, order, onSort }) {
  const active = column === sort;
  const next = active && order === 'desc' ? 'asc' : 'desc';
  return html`<th
    scope="col"
    class=${kind}
    aria-sort=${active ? (order === 'asc' ? 'ascending' : 'descending') : null}
  >
    <button type="button" class="sort" onClick=${() => onSort({ sort: column, order: next })}>
      ${name}<span aria-hidden="true">${active ? (order === 'asc' ? '▲' : '▼') : ''}</span>
    </button>
  </th>`;
}
