import type { UrlBuilder } from '@latchkey/core/server';

/** Paths of the page's two assets; separate files, because the content security policy allows nothing inline. */
export const RESULT_SCRIPT_PATH = '/api/actions/connector/_oauth_callback_script';
export const RESULT_STYLE_PATH = '/api/actions/connector/_oauth_callback_style';

/** What the page tells its opener on the channel `oauth_flow_completed`. Never a code, state or token. */
export interface FlowBroadcast {
  readonly connectorId: string;
  readonly status: 'success' | 'error';
  readonly statusCode: number;
  readonly error?: string;
  /** Names the flow for the tab that started it. */
  readonly flowId: string;
}

/** What a person sees at the end of a flow that has no page to return to. */
export interface ResultPage {
  readonly title: string;
  readonly text: string;
  readonly isSuccess: boolean;
  /** `undefined`: the connector is not known, nobody is told. */
  readonly broadcast: FlowBroadcast | undefined;
}

/** The page as HTML. All dynamic text is escaped where it is placed. */
export function renderResultPage(page: ResultPage, urls: UrlBuilder): string {
  const { title, text, isSuccess, broadcast } = page;
  const data = [
    ...(broadcast === undefined
      ? []
      : [` data-broadcast="${escapeHtml(JSON.stringify(broadcast))}"`]),
    ...(isSuccess ? [' data-auto-close="true"'] : []),
  ].join('');
  const [lead = '', ...details] = text.split('\n\n');
  const detail =
    details.length === 0 ? '' : `<p class="detail">${escapeHtml(details.join(' '))}</p>`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)}</title>
<link rel="stylesheet" href="${urls.path(RESULT_STYLE_PATH)}">
</head>
<body${data}>
<main class="${isSuccess ? 'success' : 'failure'}">
<div class="mark" aria-hidden="true">${isSuccess ? '✓' : '!'}</div>
<h1 role="${isSuccess ? 'status' : 'alert'}">${escapeHtml(title)}</h1>
<p>${escapeHtml(lead)}</p>
${detail}
<p id="close-by-hand" class="hint"${isSuccess ? ' hidden' : ''}>You can close this window.</p>
</main>
<script src="${urls.path(RESULT_SCRIPT_PATH)}"></script>
</body>
</html>
`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** Takes the code out of the history, tells the opener, and closes the window of a success after three seconds. */
export const RESULT_SCRIPT = `'use strict';
(() => {
  history.replaceState(null, '', location.pathname);
  const { broadcast, autoClose } = document.body.dataset;
  if (broadcast) {
    try {
      const channel = new BroadcastChannel('oauth_flow_completed');
      channel.postMessage(JSON.parse(broadcast));
      channel.close();
    } catch {
      // The opener finds out by asking the server.
    }
  }
  if (autoClose !== 'true') return;
  setTimeout(() => {
    window.close();
    setTimeout(() => {
      document.getElementById('close-by-hand').hidden = false;
    }, 100);
  }, 3000);
})();
`;

/** Follows the browser's light or dark preference. */
export const RESULT_STYLE = `:root {
  color-scheme: light dark;
  --page: #f6f9fc; --card: #ffffff; --text: #1d2a3e; --subdued: #516381; --border: #e3e8f2;
  --success: #008a5e; --failure: #c61e25;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #07101f; --card: #0b1628; --text: #dfe5ef; --subdued: #98a8c3; --border: #2b394f;
    --success: #24c292; --failure: #f6726a;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 16px;
  background: var(--page); color: var(--text);
  font: 16px/1.5 Inter, system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
}
main {
  width: 100%; max-width: 440px; padding: 32px; text-align: center;
  background: var(--card); border: 1px solid var(--border); border-radius: 8px;
}
.mark {
  width: 48px; height: 48px; margin: 0 auto 16px; border-radius: 50%;
  display: grid; place-items: center; font-size: 24px; font-weight: 600; border: 2px solid currentColor;
}
.success .mark { color: var(--success); }
.failure .mark { color: var(--failure); }
h1 { margin: 0 0 8px; font-size: 22px; line-height: 1.3; }
p { margin: 0 0 8px; overflow-wrap: anywhere; }
.detail { color: var(--subdued); font-size: 14px; }
.hint { margin-top: 16px; color: var(--subdued); font-size: 14px; }
`;
