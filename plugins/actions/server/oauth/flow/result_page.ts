import { escapeHtml, type LocalizedText, localize } from '@latchkey/core/common';
import { htmlTexts, type PageAppearance, renderPage, type UrlBuilder } from '@latchkey/core/server';
import { readResultScript } from '../../../common/index.ts';
import {
  actions,
  type FilledText,
  heading,
  mark,
  PAGE_TEXTS,
  type PageLink,
  referenceLine,
} from '../pages/index.ts';
import { FLOW_TEXTS } from './flow_texts.ts';

/**
 * Message that the page sends to other pages of this server on the channel `oauth_flow_completed`.
 * Contains no code, state or token.
 */
interface FlowBroadcast {
  readonly connectorId: string;
  readonly status: 'success' | 'error';
  readonly statusCode: number;
  readonly error?: string;
  /** Id by which the tab that started the flow recognizes the message. */
  readonly flowId: string;
}

/** Content of the page at the end of a flow without a return URL. */
export interface ResultPage {
  readonly title: LocalizedText;
  /** Our own texts. Several texts are shown one after the other. */
  readonly texts: readonly FilledText[];
  /** Text of the provider. `undefined`: the provider sent none. */
  readonly detail?: string | undefined;
  readonly isSuccess: boolean;
  /**
   * Message to other pages of this server. `undefined`: the flow is unknown, so no message is sent.
   */
  readonly broadcast: FlowBroadcast | undefined;
  /**
   * Error code of a response whose state is missing, unknown, or not read because of the limit of
   * attempts. The page tells its opener the code, so that the opener stops waiting.
   */
  readonly unknownState?: string;
  /**
   * Links to the next steps, the most important first. After a success, the page opens the first
   * link.
   */
  readonly links: readonly [PageLink, ...PageLink[]];
  /** Id by which an administrator finds the failure in the log. `undefined`: it is not logged. */
  readonly reference?: string | undefined;
}

/** Renders the page as HTML, and escapes all texts and values. */
export function renderResultPage(
  { title, texts, detail, isSuccess, broadcast, unknownState, links, reference }: ResultPage,
  appearance: PageAppearance,
  urls: Pick<UrlBuilder, 'path'>,
): string {
  const text = htmlTexts(appearance);
  return renderPage(
    {
      appearance,
      title: localize(title, appearance.language),
      layout: 'result',
      scriptPath: readResultScript.path,
      data: {
        ...(broadcast === undefined ? {} : { broadcast: JSON.stringify(broadcast) }),
        ...(unknownState === undefined ? {} : { 'unknown-state': unknownState }),
        ...(isSuccess ? { 'auto-close': 'true', next: links[0].href } : {}),
      },
      body: [
        mark(isSuccess ? 'success' : 'failure'),
        `<div role="${isSuccess ? 'status' : 'alert'}">`,
        heading(text(title)),
        `<p>${texts.map((one) => text(one.text, one.values)).join(' ')}</p>`,
        detail === undefined
          ? ''
          : `<p class="detail"><span>${text(PAGE_TEXTS.providerSays)}</span> <q>${escapeHtml(detail)}</q></p>`,
        '</div>',
        actions(links, text),
        isSuccess ? `<p id="closing" class="hint">${text(FLOW_TEXTS.closing)}</p>` : '',
        `<p id="close-by-hand" class="hint"${isSuccess ? ' hidden' : ''}>${text(FLOW_TEXTS.closeByHand)}</p>`,
        referenceLine(reference, text),
      ],
    },
    urls,
  );
}
