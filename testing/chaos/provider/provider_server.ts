import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { CANARY, type Recorder, tokenName } from '../history/recorder.ts';
import type { FaultTarget, ProviderFault } from './faults.ts';
import { ProviderGrants } from './provider_grants.ts';

/** Form field in which a worker sends its name; providers ignore unknown fields. */
export const WORKER_FIELD = 'chaos_worker';

/** Host name of the provider for whole servers; each reaches it through its own port. */
export const PROVIDER_HOST = 'provider.chaos.test';
export const PROVIDER_ORIGIN = `https://${PROVIDER_HOST}`;

/** The secret of a client id. */
export function secretOf(client: string): string {
  return `${CANARY}-secret-${client}`;
}

/** Sent only by gateways, after the provider acted. */
const GATEWAY_STATUSES: readonly number[] = [502, 504];

interface TokenCall {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly form: URLSearchParams;
  readonly client: string;
  readonly presentation: string;
}

/**
 * The authorization server and the API behind it, in the harness's process, with recorders and
 * planned faults.
 */
export class ProviderServer {
  readonly grants: ProviderGrants;
  readonly #recorder: Recorder;
  readonly #servers: Server[] = [];
  #faults: { readonly target: FaultTarget; readonly fault: ProviderFault }[] = [];
  #timeout = new AbortController();
  #presentations = 0;
  #apiDelayMs = 0;

  constructor(recorder: Recorder) {
    this.#recorder = recorder;
    this.grants = new ProviderGrants(recorder);
  }

  /**
   * Opens another port on the loopback address.
   * @param visitor name of the worker that uses it; `undefined`: requests contain the name
   * @returns its origin
   */
  async open(visitor?: () => string): Promise<string> {
    const server = createServer((request, response) => {
      this.#route(request, response, visitor?.()).catch(() => response.destroy());
    });
    server.keepAliveTimeout = 60_000;
    this.#servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    if (address === null || typeof address === 'string')
      throw new Error('The provider has no port.');
    return `http://127.0.0.1:${address.port}`;
  }

  /** Applies this fault to the next request of that endpoint. */
  failNext(target: FaultTarget, fault: ProviderFault): void {
    this.#faults.push({ target, fault });
  }

  delayApi(ms: number): void {
    this.#apiDelayMs = ms;
  }

  /** Acts on held requests. */
  clearFaults(): void {
    this.#faults = [];
    this.#timeout.abort();
    this.#timeout = new AbortController();
    this.#apiDelayMs = 0;
  }

  async stop(): Promise<void> {
    for (const server of this.#servers) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  }

  async #route(
    request: IncomingMessage,
    response: ServerResponse,
    visitor: string | undefined,
  ): Promise<void> {
    const path = request.url ?? '';
    if (path.startsWith('/api/')) return this.#api(request, response, visitor);
    const form = new URLSearchParams(await readBody(request));
    if (visitor !== undefined) form.set(WORKER_FIELD, visitor);
    const client = authenticatedClient(request);
    if (path === '/token') return this.#token(request, response, form, client);
    if (path === '/revoke') return this.#revoke(response, form);
    send(response, 404, {});
  }

  async #token(
    request: IncomingMessage,
    response: ServerResponse,
    form: URLSearchParams,
    client: string | undefined,
  ): Promise<void> {
    if (client === undefined) return send(response, 401, { error: 'invalid_client' });
    if (form.get('grant_type') === 'authorization_code') {
      const tokens = this.grants.redeem(form.get('code') ?? '', client);
      if (tokens === undefined) return send(response, 400, { error: 'invalid_grant' });
      const { family, ...body } = tokens;
      return send(response, 200, body, { 'x-request-id': family });
    }
    this.#presentations += 1;
    const presentation = `p${this.#presentations}`;
    const call: TokenCall = { request, response, form, client, presentation };
    this.#recordPresentation(call);
    let hasResponse = false;
    response.once('finish', () => {
      hasResponse = true;
      // A gateway's response replaces the provider's, which is therefore lost.
      const lost = GATEWAY_STATUSES.includes(response.statusCode);
      this.#recorder.record({ type: 'responded', presentation, lost });
    });
    response.once('close', () => {
      if (!hasResponse) this.#recorder.record({ type: 'responded', presentation, lost: true });
    });
    await this.#refresh(call, this.#takeFault('token'));
  }

  #recordPresentation({ form, client, presentation }: TokenCall): void {
    const token = form.get('refresh_token') ?? '';
    const family = this.grants.find(token)?.family;
    this.#recorder.record({
      type: 'presented',
      presentation,
      worker: form.get(WORKER_FIELD) ?? '',
      token: tokenName(token),
      family: family?.id,
      client,
      ...(family === undefined ? {} : { user: family.user, connector: family.connector }),
    });
  }

  async #refresh(call: TokenCall, fault: ProviderFault | undefined): Promise<void> {
    if (fault !== undefined && (await this.#failBefore(call, fault))) return;
    const outcome = this.grants.refresh(call.form.get('refresh_token') ?? '', call.client);
    const { result } = outcome;
    const { presentation, response } = call;
    this.#recorder.record({ type: 'acted', presentation, result, code: result });
    if (fault !== undefined && (await this.#failAfter(call, fault))) return;
    if (outcome.result === 'rotated')
      send(response, 200, outcome.tokens, { 'x-request-id': presentation });
    else send(response, 400, { error: 'invalid_grant' }, { 'x-request-id': presentation });
  }

  /** `true`: the request ends here, and no token was spent. */
  async #failBefore(call: TokenCall, fault: ProviderFault): Promise<boolean> {
    const { response, presentation, form } = call;
    const nothing = (code: string): void =>
      this.#recorder.record({ type: 'acted', presentation, result: 'nothing', code });
    const id = { 'x-request-id': presentation };
    switch (fault.kind) {
      case 'throttle':
        nothing('429');
        send(
          response,
          429,
          { error: 'slow_down' },
          { ...id, 'retry-after': `${fault.retryAfterSeconds}` },
        );
        return true;
      case 'invalid_client':
        nothing('invalid_client');
        send(response, 401, { error: 'invalid_client' }, id);
        return true;
      case 'invalid_grant': {
        const family = this.grants.find(form.get('refresh_token') ?? '')?.family;
        if (family !== undefined) this.grants.end(family, 'injected');
        return false;
      }
      default:
        break;
    }
    if (fault.when === 'after') return false;
    if (fault.kind === 'delay') {
      await this.#delay(fault.ms);
      return false;
    }
    nothing(fault.kind);
    if (fault.kind === 'status') send(response, fault.status, {}, id);
    if (fault.kind === 'drop') response.destroy();
    return true;
  }

  /** `true`: the response is withheld although the provider acted. */
  async #failAfter({ response, presentation }: TokenCall, fault: ProviderFault): Promise<boolean> {
    if (!('when' in fault) || fault.when !== 'after') return false;
    if (fault.kind === 'delay') {
      await this.#delay(fault.ms);
      return false;
    }
    if (fault.kind === 'status') {
      // A gateway in front gives up: the provider's own response is lost.
      send(response, fault.status, {}, { 'x-request-id': `${presentation}-lost` });
    }
    if (fault.kind === 'drop') response.destroy();
    return true;
  }

  async #revoke(response: ServerResponse, form: URLSearchParams): Promise<void> {
    const fault = this.#takeFault('revoke');
    if (fault?.kind === 'status') return send(response, fault.status, {});
    if (fault?.kind === 'drop' && fault.when === 'before') {
      response.destroy();
      return;
    }
    if (fault?.kind === 'delay') await this.#delay(fault.ms);
    this.grants.revoke(form.get('token') ?? '');
    if (fault?.kind === 'drop') response.destroy();
    else send(response, 200, {});
  }

  async #api(
    request: IncomingMessage,
    response: ServerResponse,
    visitor: string | undefined,
  ): Promise<void> {
    const query = new URL(request.url ?? '', PROVIDER_ORIGIN).searchParams;
    /** Callers inside a worker send this in headers; callers of a server send it in the query. */
    const headerValue = (name: string): string =>
      String(request.headers[`x-${name}`] ?? query.get(name) ?? '');
    const token = (request.headers.authorization ?? '').replace(/^Bearer /, '');
    const known = this.grants.find(token);
    const status = known?.isGood ? 200 : 401;
    this.#recorder.record({
      type: 'api_request',
      call: headerValue('call'),
      worker: visitor ?? headerValue('worker'),
      user: headerValue('user'),
      connector: headerValue('connector'),
      // The client that a server read from the connector is not visible from outside.
      client: visitor === undefined ? headerValue('client') : (known?.family.client ?? ''),
      token: tokenName(token),
      owner: known && {
        user: known.family.user,
        connector: known.family.connector,
        family: known.family.id,
        client: known.family.client,
      },
      status,
    });
    if (this.#apiDelayMs > 0) await delay(this.#apiDelayMs);
    send(response, status, status === 200 ? { family: known?.family.id } : {});
  }

  async #delay(ms: number): Promise<void> {
    await delay(ms, undefined, { signal: this.#timeout.signal }).catch(() => undefined);
  }

  #takeFault(target: FaultTarget): ProviderFault | undefined {
    const index = this.#faults.findIndex((fault) => fault.target === target);
    return index < 0 ? undefined : this.#faults.splice(index, 1)[0]?.fault;
  }
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

/** HTTP Basic with form-encoded parts (RFC 6749 §2.3.1). */
function authenticatedClient(request: IncomingMessage): string | undefined {
  const encoded = request.headers.authorization?.match(/^Basic (.+)$/)?.[1] ?? '';
  const [client = '', secret = ''] = Buffer.from(encoded, 'base64')
    .toString('utf8')
    .split(':')
    .map(decodeURIComponent);
  return client !== '' && secret === secretOf(client) ? client : undefined;
}

function send(
  response: ServerResponse,
  status: number,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): void {
  if (response.destroyed) return;
  response.writeHead(status, {
    'content-type': 'application/json',
    'cache-control': 'no-store',
    ...headers,
  });
  response.end(JSON.stringify(body));
}
