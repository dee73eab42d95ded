// Markup without a build step: htm makes calls of Preact's h() of a template. Whatever is put into a template is text,
// never markup, so that names, payloads and answers of strangers need no further care.
import { h, Fragment } from 'preact';
import htm from 'htm';

export const html = htm.bind(h);
export { Fragment };
export { render } from 'preact';
export { useEffect, useMemo, useRef, useState } from 'preact/hooks';
