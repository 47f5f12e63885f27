import { escapeHtml } from '@latchkey/core/common';
import type { UrlBuilder } from '@latchkey/core/server';
import { readResultScript } from '../../../common/index.ts';
import { renderFrame } from '../pages/index.ts';

/**
 * Message of the page to its opener on the channel `oauth_flow_completed`. Contains no code, state
 * or token.
 */
interface FlowBroadcast {
  readonly connectorId: string;
  readonly status: 'success' | 'error';
  readonly statusCode: number;
  readonly error?: string;
  /** Identifies the flow for the tab that started it. */
  readonly flowId: string;
}

/** Page at the end of a flow without a return URL. */
export interface ResultPage {
  readonly title: string;
  /** Our text, then after an empty line the text of the provider. */
  readonly text: string;
  readonly isSuccess: boolean;
  /**
   * Message to other pages of this server. `undefined`: the flow is unknown, so no message is sent.
   */
  readonly broadcast: FlowBroadcast | undefined;
  /**
   * Error code of a response whose state is missing or unknown. The window tells the page that
   * opened it, so that the page stops to wait.
   */
  readonly unknownState?: string;
  /** The next step. `href` is a path of this server, with base path and space. */
  readonly link?: { readonly text: string; readonly href: string };
}

/** The page as HTML. All dynamic text is escaped where it is placed. */
export function renderResultPage(page: ResultPage, urls: Pick<UrlBuilder, 'path'>): string {
  const { title, isSuccess, broadcast, unknownState, link } = page;
  const [lead = '', ...details] = page.text.split('\n\n');
  const providerText = details.join(' ');
  return renderFrame(
    {
      title,
      kind: isSuccess ? 'success' : 'failure',
      scriptPath: readResultScript.path,
      data: {
        ...(broadcast === undefined ? {} : { broadcast: JSON.stringify(broadcast) }),
        ...(unknownState === undefined ? {} : { 'unknown-state': unknownState }),
        ...(isSuccess ? { 'auto-close': 'true' } : {}),
        ...(isSuccess && link !== undefined ? { next: link.href } : {}),
      },
      body: [
        `<div class="mark" aria-hidden="true">${isSuccess ? '✓' : '!'}</div>`,
        `<div role="${isSuccess ? 'status' : 'alert'}">`,
        // Screen readers begin here: the script moves the focus to it.
        `<h1 tabindex="-1">${escapeHtml(title)}</h1>`,
        `<p>${escapeHtml(lead)}</p>`,
        providerText === ''
          ? ''
          : `<p class="detail"><span>The provider says:</span> <q>${escapeHtml(providerText)}</q></p>`,
        '</div>',
        link === undefined
          ? ''
          : `<p><a class="button" href="${escapeHtml(link.href)}">${escapeHtml(link.text)}</a></p>`,
        isSuccess ? '<p id="closing" class="hint">This window closes by itself.</p>' : '',
        `<p id="close-by-hand" class="hint"${isSuccess ? ' hidden' : ''}>You can close this window.</p>`,
      ],
    },
    urls,
  );
}
