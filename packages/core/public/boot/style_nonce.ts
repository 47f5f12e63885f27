/// <reference path="../eui_deep_imports.d.ts" />
import { cache as euiCache } from '@elastic/eui/optimize/es/services/emotion/css';
import createCache, { type EmotionCache } from '@emotion/cache';
import { cache as cssCache } from '@emotion/css';
import { setNonce } from 'get-nonce';
import { SHELL_PAGE } from '../../common/index.ts';
import type { StyleCaches } from '../theme/index.ts';

/**
 * Reads the nonce of the shell page and passes it to everything that inserts style elements. Call
 * it before the first render.
 */
export function applyStyleNonce(): StyleCaches {
  const nonce = readNonce();
  // These instances of EUI and of Emotion are global, so no provider can configure them.
  for (const cache of [euiCache, cssCache]) {
    cache.nonce = nonce;
    cache.sheet.nonce = nonce;
  }
  // Flyouts and modals lock the scrolling of the page with style elements.
  setNonce(nonce);
  const { default: main, global, utility } = SHELL_PAGE.styleMarkers;
  return {
    default: createStyleCache('css', nonce, main),
    global: createStyleCache('eui-global', nonce, global),
    utility: createStyleCache('eui-util', nonce, utility),
  };
}

/** Reads the nonce of the page. Browsers hide the attribute from scripts, but not the property. */
function readNonce(): string {
  const selector = `meta[property="${SHELL_PAGE.nonceProperty}"]`;
  return document.querySelector<HTMLMetaElement>(selector)?.nonce ?? '';
}

function createStyleCache(key: string, nonce: string, marker: string): EmotionCache {
  const insertionPoint = document.querySelector<HTMLElement>(`meta[name="${marker}"]`);
  return createCache({ key, nonce, ...(insertionPoint === null ? {} : { insertionPoint }) });
}
