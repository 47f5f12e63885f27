import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import {
  AuthorizationServer,
  bearerOf,
  credentialsOf,
  type EmulatorServer,
  type Exchange,
  type Fault,
  FaultInjector,
  formOf,
  type Grant,
  Grants,
  sendJson,
  startEmulatorServer,
} from '@latchkey/dev-providers/fake-server';
import type { Connection } from '../history/events.ts';
import { CANARY, type Recorder, tokenName } from '../history/recorder.ts';
import { EffectService } from './effect_service.ts';
import { type FaultTarget, type ProviderFault, planOf } from './faults.ts';

/** Path of the service that steps of workflows call. */
const EFFECTS_PATH = '/api/effect';

/** Form field with the name of the worker. Providers ignore unknown fields. */
export const WORKER_FIELD = 'chaos_worker';

/** Host name of the provider for whole servers. Each of them reaches it through its own port. */
export const PROVIDER_HOST = 'provider.chaos.test';
export const PROVIDER_ORIGIN = `https://${PROVIDER_HOST}`;

/** Returns the secret of a client id. */
export function secretOf(client: string): string {
  return `${CANARY}-secret-${client}`;
}

/** Statuses that only gateways send, after the provider has acted. */
const GATEWAY_STATUSES: readonly number[] = [502, 504];

/**
 * Clock of the provider. It does not advance with those of the workers, so access tokens end only
 * by a call.
 */
const now = (): Date => new Date(0);

/** A grant of a connection. The history calls it a family. */
interface ChaosOwner extends Connection {
  readonly account: string;
  readonly clientId: string;
}

/**
 * The authorization server and the API behind it, in the process of the harness, with recorders and
 * planned faults. Its rules are the strictest: refresh tokens are single-use, and presenting a used
 * one ends the grant.
 */
export class ProviderServer {
  readonly grants: Grants<ChaosOwner>;
  readonly #oauth: AuthorizationServer<ChaosOwner>;
  readonly #recorder: Recorder;
  /** Service that steps of workflows call, below the same URL. */
  readonly effects: EffectService;
  readonly #servers: EmulatorServer[] = [];
  readonly #faults = new FaultInjector();
  readonly #presentations = new WeakMap<Exchange['request'], string>();
  readonly #familyOfCode = new Map<string, string>();
  #presentationCount = 0;
  #apiDelayMs = 0;

  constructor(recorder: Recorder) {
    this.#recorder = recorder;
    this.effects = new EffectService(recorder);
    this.grants = new Grants({
      now,
      idPrefix: 'f',
      newToken: (kind, { id }) => secret(`${kind === 'access' ? 'at' : 'rt'}-${id}`),
      onEnd: ({ id }, cause) => recorder.record({ type: 'family_ended', family: id, cause }),
    });
    this.#oauth = new AuthorizationServer({
      grants: this.grants,
      now,
      secretOf,
      newCode: () => secret('code'),
    });
  }

  /**
   * Opens another port on the loopback address.
   * @param visitor returns the name of the worker that uses it; `undefined`: requests contain the
   * name
   * @returns its origin
   */
  async open(visitor?: () => string): Promise<string> {
    const server = await startEmulatorServer({
      name: 'chaos',
      port: 0,
      now: () => new Date(),
      endpointOf: (_method, path) => /^\/(token$|revoke$|api(?=\/))/.exec(path)?.[1] ?? 'other',
      faults: this.#faults,
      observe: (exchange, fault) => this.#observe(exchange, fault, visitor?.()),
      handle: (exchange) => this.#handle(exchange, visitor?.()),
    });
    this.#servers.push(server);
    return server.origin;
  }

  /** Issues a code as if the user had consented. */
  issueCode({ user, connector }: Connection, clientId: string): string {
    return this.#oauth.issueCode({ owner: { account: user, clientId, user, connector } });
  }

  /** Returns the family of the tokens that a code led to. `undefined`: none. */
  familyOf(code: string): string | undefined {
    return this.#familyOfCode.get(code);
  }

  aliveFamilies({ user, connector }: Connection): readonly Grant<ChaosOwner>[] {
    return this.grants.live((family) => family.user === user && family.connector === connector);
  }

  /** Removes ended families with their tokens. Call it when no caller can present them any more. */
  removeEnded(): void {
    this.grants.removeEnded();
    this.#familyOfCode.clear();
  }

  /** Applies this fault to the next refresh or the next revocation. */
  failNext(target: FaultTarget, fault: ProviderFault): void {
    const requests =
      target === 'token' ? { endpoint: target, grantType: 'refresh_token' } : { endpoint: target };
    if (fault.kind !== 'invalid_grant') {
      this.#faults.failNext({ ...requests, fault: planOf(fault) });
      return;
    }
    this.#faults.runNext(requests, (body) => {
      const token = new URLSearchParams(body.toString('utf8')).get('refresh_token') ?? '';
      const family = this.grants.find(token)?.grant;
      if (family !== undefined) this.grants.end(family, 'injected');
    });
  }

  delayApi(ms: number): void {
    this.#apiDelayMs = ms;
  }

  /** Removes all faults and lets held requests continue. */
  clearFaults(): void {
    this.#faults.clear();
    this.#apiDelayMs = 0;
  }

  async stop(): Promise<void> {
    await Promise.all(this.#servers.map(({ controls }) => controls.stop()));
  }

  /** Records that a refresh token was presented, and later how the request ended. */
  #observe(exchange: Exchange, fault: Fault | undefined, visitor: string | undefined): void {
    const { record, response } = exchange;
    const client = credentialsOf(exchange);
    if (record.endpoint !== 'token' || client?.secret !== secretOf(client?.id ?? '')) return;
    const form = formOf(exchange);
    if (form.get('grant_type') === 'authorization_code') return;
    this.#presentationCount += 1;
    const presentation = `p${this.#presentationCount}`;
    this.#presentations.set(exchange.request, presentation);
    const token = form.get('refresh_token') ?? '';
    const family = this.grants.find(token)?.grant;
    this.#recorder.record({
      type: 'presented',
      presentation,
      worker: visitor ?? form.get(WORKER_FIELD) ?? '',
      token: tokenName(token),
      family: family?.id,
      client: client.id,
      ...(family === undefined ? {} : { user: family.user, connector: family.connector }),
    });
    const code = fault === undefined ? undefined : codeWithoutActing(fault);
    if (code !== undefined)
      this.#recorder.record({ type: 'acted', presentation, result: 'nothing', code });
    // The response of a gateway replaces that of the provider, which is therefore lost.
    const isReplaced = fault?.kind === 'status' && fault.when === 'after_acting';
    response.setHeader('x-request-id', isReplaced ? `${presentation}-lost` : presentation);
    let hasResponse = false;
    response.once('finish', () => {
      hasResponse = true;
      const lost = GATEWAY_STATUSES.includes(response.statusCode);
      this.#recorder.record({ type: 'responded', presentation, lost });
    });
    response.once('close', () => {
      if (!hasResponse) this.#recorder.record({ type: 'responded', presentation, lost: true });
    });
  }

  async #handle(exchange: Exchange, visitor: string | undefined): Promise<void> {
    switch (exchange.record.endpoint) {
      case 'token':
        return this.#token(exchange);
      case 'revoke': {
        const { status, body } = this.#oauth.serveRevocation(exchange);
        return sendJson(exchange, status, body);
      }
      case 'api':
        if (exchange.url.pathname === EFFECTS_PATH) return this.#effect(exchange, visitor ?? '');
        return this.#api(exchange, visitor);
      default:
        return sendJson(exchange, 404, {});
    }
  }

  #effect(exchange: Exchange, worker: string): Promise<void> {
    const known = this.grants.find(bearerOf(exchange) ?? '');
    const owner = known?.kind === 'access' && known.isValid ? known.grant.user : undefined;
    return this.effects.serve(exchange, { worker, owner }, this.#apiDelayMs);
  }

  async #token(exchange: Exchange): Promise<void> {
    const { status, body, grant, result } = await this.#oauth.serveToken(exchange);
    const presentation = this.#presentations.get(exchange.request);
    if (presentation !== undefined && result !== undefined) {
      this.#recorder.record({ type: 'acted', presentation, result, code: result });
    } else if (grant !== undefined) {
      const { id: family, clientId: client, user, connector } = grant;
      this.#familyOfCode.set(formOf(exchange).get('code') ?? '', family);
      this.#recorder.record({ type: 'issued', family, client, user, connector });
      exchange.response.setHeader('x-request-id', family);
    }
    sendJson(exchange, status, body);
  }

  async #api(exchange: Exchange, visitor: string | undefined): Promise<void> {
    const { searchParams } = exchange.url;
    /**
     * Callers inside of a worker send this value in headers; callers of a server send it in the
     * query.
     */
    const headerValue = (name: string): string =>
      String(exchange.request.headers[`x-${name}`] ?? searchParams.get(name) ?? '');
    const token = bearerOf(exchange) ?? '';
    const known = this.grants.find(token);
    const family = known?.grant;
    const status = known?.kind === 'access' && known.isValid ? 200 : 401;
    this.#recorder.record({
      type: 'api_request',
      call: headerValue('call'),
      worker: visitor ?? headerValue('worker'),
      user: headerValue('user'),
      connector: headerValue('connector'),
      // The client that a server read from the connector cannot be seen from outside.
      client: visitor === undefined ? headerValue('client') : (family?.clientId ?? ''),
      token: tokenName(token),
      owner: family && {
        user: family.user,
        connector: family.connector,
        family: family.id,
        client: family.clientId,
      },
      status,
    });
    if (this.#apiDelayMs > 0) await delay(this.#apiDelayMs);
    sendJson(exchange, status, status === 200 ? { family: family?.id } : {});
  }
}

/**
 * Returns the code in the history for a fault before the provider acts. `undefined`: the provider
 * acts.
 */
function codeWithoutActing(fault: Fault): string | undefined {
  if (!('when' in fault) || fault.when === 'after_acting' || fault.kind === 'delay')
    return undefined;
  if (fault.kind !== 'status') return fault.kind;
  if (fault.status === 429) return '429';
  return fault.status === 401 ? 'invalid_client' : 'status';
}

function secret(name: string): string {
  return `${CANARY}-${name}-${randomBytes(12).toString('hex')}`;
}
