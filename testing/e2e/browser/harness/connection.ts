import { waitUntil } from '@latchkey/core/server/wait_until';
import { type ConnectorBody, driveByOwnApp, type TestUser } from '@latchkey/test-environment';
import type { Locator, Page } from 'playwright-core';
import { z } from 'zod';
import type { BasePathProxy } from './base_path_proxy.ts';
import { addressOf, type ConnectionEnvironment } from './connection_environment.ts';
import { DEFAULT_SPACE, type Place } from './places.ts';
import type { TestBrowser, UserOptions } from './use_chromium.ts';

/** Page with the connections of the user. */
export const MY_CONNECTIONS = '/app/my_connections';
/** End of the path of the request that starts an attempt. */
export const START = '/_start_oauth_flow';
/** For steps that wait for the provider, a restart or the next poll, on a busy machine. */
export const LONG_MS = 120_000;

const attemptRecord = z.object({ flowId: z.string() });
const grantList = z.object({ grants: z.array(z.unknown()) });
const attemptOutcome = z.looseObject({ status: z.string() });

/** Parts of a test file that a {@link Connection} uses. */
export interface ConnectionParts {
  readonly browser: TestBrowser;
  readonly environment: ConnectionEnvironment;
}

/** A connector of the test, and where its user finds it. */
export interface ConnectionSubject {
  readonly id: string;
  readonly name: string;
  /** Default: the first server of the environment. */
  readonly site?: BasePathProxy;
  readonly spaceId?: string;
}

/** Ana's connection to one connector: what her page shows, and what the server stores. */
export class Connection {
  readonly id: string;
  readonly name: string;
  readonly site: BasePathProxy;
  /** Address with base path and space. */
  readonly server: { readonly url: string };
  readonly #parts: ConnectionParts;
  readonly #spaceId: string;

  constructor(parts: ConnectionParts, subject: ConnectionSubject) {
    const { id, name, site = parts.environment.proxy, spaceId = DEFAULT_SPACE } = subject;
    this.#parts = parts;
    this.#spaceId = spaceId;
    this.id = id;
    this.name = name;
    this.site = site;
    this.server = addressOf(site, spaceId);
  }

  /** Ana's page with her connections. */
  async openPage(options: UserOptions = {}): Promise<Page> {
    const { browser, environment } = this.#parts;
    const page = await browser.openAs(environment.ana, this.server, {
      ...options,
      path: MY_CONNECTIONS,
    });
    await this.panel(page).waitFor();
    return page;
  }

  /** The connector on the page. */
  panel(page: Page): Locator {
    return page.getByRole('group', { name: this.name, exact: true });
  }

  text(page: Page, words: string | RegExp): Locator {
    return this.panel(page).getByText(words).first();
  }

  /** Waits until the page shows a text of the connector. */
  async waitForText(page: Page, words: string | RegExp): Promise<void> {
    await this.text(page, words).waitFor({ timeout: LONG_MS });
  }

  button(page: Page, label: string | RegExp): Locator {
    return this.panel(page).getByRole('button', { name: label });
  }

  connectButton(page: Page): Locator {
    return page.getByRole('button', { name: `Connect ${this.name}`, exact: true });
  }

  /** Opens the menu of the connector, and returns an entry. */
  async menuItem(page: Page, label: string): Promise<Locator> {
    await this.button(page, `More actions for ${this.name}`).click();
    return page.getByRole('menuitem', { name: label });
  }

  /** Clicks the button, and returns the window of the provider. */
  connect(page: Page): Promise<Page> {
    return clickForWindow(page, this.connectButton(page));
  }

  /** Connects Ana by requests, which takes a fraction of the time that a browser needs. */
  async connectWithoutBrowser(): Promise<void> {
    const { ana } = this.#parts.environment;
    // The path of the callback contains the base path.
    const publicServer = { url: new URL(this.site.url).origin };
    const path = await ana.callbackPath(this.server, this.id, { publicServer });
    await ana.call(publicServer, `GET ${path}`);
  }

  /** Disconnects by the menu, and waits for the words about the result at the provider. */
  async disconnect(page: Page, words: string | RegExp): Promise<void> {
    await (await this.menuItem(page, 'Disconnect')).click();
    await page.getByRole('button', { name: 'Disconnect', exact: true }).click();
    await page.getByRole('alertdialog').getByText(words).first().waitFor({ timeout: LONG_MS });
  }

  async waitUntilConnected(page: Page, account = 'ana'): Promise<void> {
    await this.waitForText(page, `Connected as ${account}@example.com`);
  }

  /** Id of the attempt that the browser remembers. */
  async flowOf(page: Page): Promise<string> {
    const space = `${this.site.basePath}/s/${this.#spaceId}`;
    const key = `latchkey:attempt:${space}/${this.#parts.environment.ana.username}:${this.id}`;
    const read = `localStorage.getItem(${JSON.stringify(key)})`;
    const record = await waitUntil('the record of the attempt', async () => {
      const found = await page.evaluate(read);
      return typeof found === 'string' ? found : undefined;
    });
    return attemptRecord.parse(JSON.parse(record)).flowId;
  }

  /** Outcome of an attempt as the server stores it for Ana. */
  async outcomeOf(flowId: string, user: TestUser = this.#parts.environment.ana) {
    const path = `/internal/actions/connector/${this.id}/_oauth_flow/${flowId}` as const;
    return attemptOutcome.parse(await user.json(this.server, `GET ${path}`));
  }

  /** The stored grants as administrators see them, with all dates. */
  async storedGrants(): Promise<readonly unknown[]> {
    const path = `/api/actions/connector/${this.id}/grants` as const;
    const body = await this.#parts.environment.admin.json(this.server, `GET ${path}`);
    return grantList.parse(body).grants;
  }

  /** Stored connections of the connector, as `username status`. */
  stored(): Promise<readonly string[]> {
    return this.#parts.environment.storedConnections(this.id, this.server);
  }

  /** Number of attempts that pages started. */
  starts(): number {
    return this.site.paths.filter((path) => path.endsWith(`/${this.id}${START}`)).length;
  }
}

/** A place, and a server with settings of its own below its base path. */
type OwnPlace = Place & { readonly site?: BasePathProxy };

let drives = 0;

/** Creates another connector to Google Drive at a place, and removes faults of the provider. */
export function connectionToDrive(parts: ConnectionParts, place?: OwnPlace): Promise<Connection> {
  const { google } = parts.environment;
  google.clearFaults();
  drives += 1;
  const body = { ...driveByOwnApp({ google }), name: `Drive ${drives}` };
  return createConnection(parts, body, place);
}

/**
 * Creates a connector.
 * @param place default: the first server of the environment, in the default space
 */
export async function createConnection(
  parts: ConnectionParts,
  body: ConnectorBody,
  place?: OwnPlace,
): Promise<Connection> {
  const { environment } = parts;
  const { basePath = environment.proxy.basePath, spaceId = DEFAULT_SPACE } = place ?? {};
  const site = place?.site ?? (await environment.siteAt({ basePath, spaceId }));
  const id = await environment.create(body, addressOf(site, spaceId));
  return new Connection(parts, { id, name: body.name, site, spaceId });
}

/** Clicks, and returns the window that opens. */
export async function clickForWindow(page: Page, button: Locator): Promise<Page> {
  const [opened] = await Promise.all([page.context().waitForEvent('page'), button.click()]);
  return opened;
}

/**
 * Connects in the window of the page, as in a browser that opens no other windows, for example
 * inside of an app. The window is blocked, and a button continues here. Resolves when the page is
 * at the provider.
 * @param button what starts; default: the button that connects
 */
export async function connectInSameWindow(
  connection: Connection,
  page: Page,
  button = connection.connectButton(page),
): Promise<void> {
  await page.evaluate('window.open = () => null');
  await button.click();
  await connection.button(page, 'Continue in this window').click();
  // Pages of providers show words that are on this page as well.
  await page.waitForURL(({ href }) => !href.startsWith(connection.site.url), { timeout: LONG_MS });
}

/**
 * Opens the page of a connector in a browser that blocks the window. A script clicks the button
 * before the page had a user activation: each evaluation by Playwright counts as one.
 */
export async function openBlocked(connection: Connection): Promise<Page> {
  const page = await connection.openPage();
  const button = JSON.stringify(`button[aria-label="Connect ${connection.name}"]`);
  await page.addInitScript(`
    const timer = setInterval(() => {
      const found = document.querySelector(${button});
      if (found === null) return;
      clearInterval(timer);
      found.click();
    }, 50);
  `);
  const started = page.waitForRequest(`**${START}`, { timeout: LONG_MS });
  await page.reload();
  await started;
  await connection.waitForText(page, 'Your browser blocked the window');
  return page;
}
