/**
 * Sends the requests that the page names while the rest of the web app is loaded. This file runs as
 * a script of its own before all others, so it must not import anything.
 */
const { lang } = document.documentElement;
globalThis.latchkeyFirstResponses = new Map(
  [...document.querySelectorAll<HTMLMetaElement>('meta[name="latchkey-first-request"]')].map(
    ({ content: url }) => {
      // These headers must be the same as those of `HttpClient`.
      const headers = {
        'accept-language': lang,
        'kbn-xsrf': 'true',
        'x-elastic-internal-origin': 'Kibana',
      };
      const response = fetch(url, { method: 'POST', headers });
      // The caller that uses the response handles a failure. Until then, it must not count as an
      // unhandled rejection.
      response.catch(() => undefined);
      return [url, response];
    },
  ),
);
