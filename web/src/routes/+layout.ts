/** Everything is drawn in the browser; the server sends files and answers calls. */
export const ssr = false;
export const prerender = false;
