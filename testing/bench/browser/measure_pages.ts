import { CHROMIUM } from '@latchkey/test-environment';
import { type Browser, chromium, type Page } from 'playwright-core';
import { administrator } from '../environment/authorize.ts';
import { type Keystroke, OBSERVER, type PageLoad } from './page_observer.ts';

const LIMIT_MS = 60_000;
const PATH = '/app/connectors';
/**
 * Keys that are pressed in the search. Names end with four digits, so each key changes the number
 * of rows.
 */
const KEYS = ['1', '2', '3', 'Backspace', 'Backspace', 'Backspace'];

/** Starts Chromium without a window. */
export function startChromium(): Promise<Browser> {
  return chromium.launch(CHROMIUM);
}

/** Loads the page of connectors in a browser without cache, and types into its search. */
export async function measurePage(
  browser: Browser,
  url: string,
): Promise<{ readonly load: PageLoad; readonly keystrokes: readonly Keystroke[] }> {
  const context = await browser.newContext({
    locale: 'en-GB',
    viewport: { width: 1280, height: 800 },
  });
  context.setDefaultTimeout(LIMIT_MS);
  try {
    await context.addInitScript(OBSERVER);
    const page = await context.newPage();
    await signIn(page, url);
    const cpu = await cpuMeter(page);
    const allCpu = await processMeter(browser);
    await page.goto(`${url}${PATH}`, { waitUntil: 'commit' });
    const load = await page.evaluate<PageLoad>('latchkeyBench.load()');
    const cpuMs = await cpu();
    const allCpuMs = await allCpu();
    // Waits for later requests and preloaded code, which are not part of the measurement of a
    // keystroke.
    await page.waitForLoadState('networkidle');
    return { load: { ...load, cpuMs, allCpuMs }, keystrokes: await typeKeys(page, cpu) };
  } finally {
    await context.close();
  }
}

async function typeKeys(page: Page, cpu: CpuMeter): Promise<readonly Keystroke[]> {
  await page.getByRole('searchbox').focus();
  const keystrokes: Keystroke[] = [];
  for (const key of KEYS) {
    const next = page.evaluateHandle<Promise<Keystroke>>(
      'latchkeyBench.keystroke = latchkeyBench.nextKeystroke(), undefined',
    );
    await next;
    await cpu();
    await page.keyboard.press(key);
    const keystroke = await page.evaluate<Keystroke>('latchkeyBench.keystroke');
    keystrokes.push({ ...keystroke, cpuMs: await cpu() });
  }
  return keystrokes;
}

/**
 * Returns the milliseconds of CPU time that the main thread of a page has used since the last call.
 */
type CpuMeter = () => Promise<number>;

async function cpuMeter(page: Page): Promise<CpuMeter> {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  let last = 0;
  return async () => {
    const { metrics } = await session.send('Performance.getMetrics');
    const seconds = metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0;
    const used = (seconds - last) * 1000;
    last = seconds;
    return used;
  };
}

/**
 * Returns a meter for the milliseconds of CPU time that all processes of Chromium have used since
 * this call, including their threads that compile scripts and draw. Chromium counts them in steps
 * of 10 ms.
 */
async function processMeter(browser: Browser): Promise<CpuMeter> {
  const session = await browser.newBrowserCDPSession();
  const read = async () => {
    const { processInfo } = await session.send('SystemInfo.getProcessInfo');
    return new Map(processInfo.map(({ id, cpuTime }) => [id, cpuTime]));
  };
  const before = await read();
  return async () => {
    const seconds = [...(await read())].map(([id, cpuTime]) => cpuTime - (before.get(id) ?? 0));
    await session.detach();
    return seconds.reduce((sum, each) => sum + each, 0) * 1000;
  };
}

async function signIn(page: Page, url: string): Promise<void> {
  const { username, password } = administrator;
  const response = await page.request.post(`${url}/internal/security/login`, {
    headers: { 'kbn-xsrf': 'true', 'x-elastic-internal-origin': 'latchkey' },
    data: {
      providerType: 'basic',
      providerName: 'basic',
      currentURL: `${url}/login`,
      params: { username, password },
    },
  });
  if (!response.ok()) throw new Error(`The sign-in failed with ${response.status()}`);
}
