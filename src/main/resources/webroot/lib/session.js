// Who is signed in. The token stays in this tab (session storage), and is never part of an address.

const TOKEN = 'fanfare-token';
const PROJECT = 'fanfare-project';

let who = null;

export const token = () => sessionStorage.getItem(TOKEN);

export function begin(givenToken) {
  sessionStorage.setItem(TOKEN, givenToken);
}

export function end() {
  who = null;
  sessionStorage.removeItem(TOKEN);
  sessionStorage.removeItem(PROJECT);
}

/** Remembers what `GET /api/whoami` answered. */
export function know(answer) {
  who = answer;
}

export const whoami = () => who;

/** Whether a request that asks for this permission would be let through. */
export const may = (permission) => who !== null && who.permissions.includes(permission);

/** The project that everything is narrowed to; empty for all. */
export const project = () => who?.project_id ?? sessionStorage.getItem(PROJECT) ?? '';

export function chooseProject(name) {
  sessionStorage.setItem(PROJECT, name);
}
