import { Agent as HttpAgent } from 'node:http';
import axios from 'axios';
import fastify from 'fastify';
import { Agent } from 'undici';
import { handleInputs } from './role.ts';

/** HTTP client with which a bare proxy calls the upstream. */
export type BareClient = 'undici' | 'axios';

/** Arguments of a bare proxy. */
export interface BareProxyOrder {
  readonly upstream: string;
  readonly client: BareClient;
}

/** One call to the upstream. */
type Call = () => Promise<{ readonly status: number; readonly data: unknown }>;

const AUTHORIZATION = { authorization: 'Bearer bench' };

/** The cheapest way to use each client, with keep-alive connections. */
const CALLS: Readonly<Record<BareClient, (upstream: string) => Call>> = {
  undici: (upstream) => {
    const agent = new Agent();
    return async () => {
      const { statusCode, body } = await agent.request({
        origin: upstream,
        path: '/files',
        method: 'GET',
        headers: AUTHORIZATION,
      });
      return { status: statusCode, data: await body.json() };
    };
  },
  axios: (upstream) => {
    const client = axios.create({
      baseURL: upstream,
      headers: AUTHORIZATION,
      httpAgent: new HttpAgent({ keepAlive: true }),
      proxy: false,
    });
    return async () => {
      const { status, data } = await client.get('/files');
      return { status, data };
    };
  },
};

/**
 * Does the minimum that a proxy does: it accepts a JSON request, calls the upstream with a fixed
 * credential, parses its JSON and responds with it. It has no authentication, no rules, no store
 * and no records.
 */
handleInputs<BareProxyOrder, string>(async ({ upstream, client }) => {
  const call = CALLS[client](upstream);
  const app = fastify();
  app.post('/execute', async () => ({ status: 'ok', data: await call() }));
  return app.listen({ host: '127.0.0.1', port: 0 });
});
