import { escapeHtml } from '@latchkey/core/common';

const style = `body{font:16px/1.5 system-ui,sans-serif;background:#f5f7fa;color:#1a1c21;margin:0}
main{max-width:26rem;overflow-wrap:anywhere;margin:10vh auto;background:#fff;border:1px solid #d3dae6;border-radius:8px;padding:2rem}
h1{font-size:1.25rem;margin:0 0 .5rem}form{margin-top:1rem;display:flex;gap:.5rem;flex-wrap:wrap}
button{font:inherit;padding:.5rem 1rem;border:1px solid #07c;border-radius:6px;background:#fff;color:#07c;cursor:pointer}
button[value=allow]{background:#07c;color:#fff}small{color:#69707d}`;

/**
 * Returns a page of a test provider.
 * @param title plain text, which is escaped here
 * @param body HTML in which the caller has escaped all values
 */
export function htmlPage(title: string, body: string): string {
  return `<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>${escapeHtml(title)}</title><style>${style}</style></head>
<body><main><h1>${escapeHtml(title)}</h1>
${body}
<p><small>Development provider. No real account is involved.</small></p></main></body></html>`;
}

/**
 * Returns the consent form of the Google emulator and the strict server. It posts `decision=allow`
 * or `decision=deny`.
 * @param action URL to which the form is posted; plain text
 * @param hidden further fields of the form, by name; plain text
 */
export function consentForm(action: string, hidden: Readonly<Record<string, string>>): string {
  const fields = Object.entries(hidden)
    .map(
      ([name, value]) =>
        `<input type="hidden" name="${escapeHtml(name)}" value="${escapeHtml(value)}">`,
    )
    .join('');
  return `<form method="post" action="${escapeHtml(action)}">${fields}
<button type="submit" name="decision" value="allow">Allow</button>
<button type="submit" name="decision" value="deny">Cancel</button></form>`;
}
