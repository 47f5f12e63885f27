import { providers, resolveProvider } from '@latchkey/oauth-providers';
import { type QuirkServer, startQuirkServer } from './quirk_server.ts';

/** Test servers of the two providers whose grants cover several sites or organisations. */
export interface SiteProviders {
  readonly salesforce: QuirkServer;
  readonly atlassian: QuirkServer;
  /**
   * Value of `xpack.actions.dev.hostOverrides` that sends all hosts of the providers to the
   * servers.
   */
  readonly hostOverrides: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/** Names of the organisations at Salesforce. */
const ORGANISATIONS = ['acme', 'moved'];

/** Starts the servers of both providers. */
export async function startSiteProviders(): Promise<SiteProviders> {
  const salesforce = await startQuirkServer({ entry: resolveProvider(providers.salesforce, {}) });
  const atlassian = await startQuirkServer({ entry: providers.atlassian });
  const ofSalesforce = [
    'login.salesforce.com',
    ...ORGANISATIONS.map((name) => `${name}.my.salesforce.com`),
  ];
  const ofAtlassian = ['auth.atlassian.com', 'api.atlassian.com'];
  return {
    salesforce,
    atlassian,
    hostOverrides: Object.fromEntries([
      ...ofSalesforce.map((host) => [`https://${host}`, salesforce.origin]),
      ...ofAtlassian.map((host) => [`https://${host}`, atlassian.origin]),
    ]),
    stop: async () => {
      await salesforce.stop();
      await atlassian.stop();
    },
  };
}
