import type { BrowserContext, ConsoleMessage, Page } from 'playwright-core';

/** Name of the function through which pages report violations. */
const REPORT = 'reportLatchkeyViolation';

/** Runs in pages, before their own scripts. */
const REPORT_VIOLATIONS = `
  document.addEventListener('securitypolicyviolation', (event) => {
    const { effectiveDirective, blockedURI, sourceFile, lineNumber } = event;
    window.${REPORT}(
      effectiveDirective + ' blocked ' + blockedURI + ' at ' + sourceFile + ':' + lineNumber,
    );
  });
`;

/**
 * Problems that pages of the server had: errors in the console, uncaught errors and violations of
 * the content security policy. Pages of providers are not watched.
 */
export class Problems {
  readonly #isOwn: (url: string) => boolean;
  readonly #found: string[] = [];
  readonly #expected: RegExp[] = [];

  /** @param isOwn whether a URL belongs to the server under test */
  constructor(isOwn: (url: string) => boolean) {
    this.#isOwn = isOwn;
  }

  /** Watches all pages of a context, and the windows that they open. */
  async watch(context: BrowserContext): Promise<void> {
    context.on('console', (message) => this.#addMessage(message));
    context.on('weberror', (error) => this.#add(error.page(), `Uncaught: ${error.error().stack}`));
    await context.exposeBinding(REPORT, ({ page }, violation: string) =>
      this.#add(page, `Content security policy: ${violation}`),
    );
    await context.addInitScript({ content: REPORT_VIOLATIONS });
  }

  /** Allows problems of the current test whose text matches. */
  expect(...patterns: readonly RegExp[]): void {
    this.#expected.push(...patterns);
  }

  /**
   * Checks that the pages had expected problems only.
   * @throws Error naming the problems that were not expected
   */
  ensureNone(): void {
    const left = this.#found.filter((text) => !this.#expected.some((known) => known.test(text)));
    if (left.length > 0) throw new Error(`Pages had problems:\n${left.join('\n')}`);
  }

  #addMessage(message: ConsoleMessage): void {
    if (message.type() !== 'error') return;
    const { url } = message.location();
    this.#add(message.page(), `Console: ${message.text()} (${url})`);
  }

  #add(page: Page | null, text: string): void {
    const url = page?.url() ?? '';
    if (page === null || this.#isOwn(url)) this.#found.push(`${text} on ${url}`);
  }
}
