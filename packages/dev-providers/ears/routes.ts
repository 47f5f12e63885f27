import { z } from 'zod';
import { fingerprint } from '../faults/index.ts';
import type { Exchange } from '../http/index.ts';
import { challengeOf, isSameSecret } from '../oauth/index.ts';
import { EarsError } from './ears_error.ts';
import type { EarsProvider, ProviderTokens } from './ears_provider.ts';
import { ProviderClient } from './ears_provider.ts';
import type { FlowStore } from './flow_store.ts';

/** Settings that can change while EARS runs. */
export interface EarsSettings {
  /** Deadline in milliseconds of a call to a provider. Default: 10,000. */
  providerTimeoutMs: number;
  /**
   * `true`: omits `expires_in`, as the service once did. A missing lifetime must not mean "never
   * expires". Default: `false`.
   */
  omitsExpiresIn: boolean;
  /**
   * Replaces the provider's token type, for example by `bearer`. `undefined`: it stays unchanged.
   */
  tokenType: string | undefined;
}

/** Services that the routes use. */
export interface EarsContext {
  readonly origin: () => string;
  readonly providers: Readonly<Record<string, EarsProvider>>;
  readonly flows: FlowStore;
  readonly settings: EarsSettings;
  readonly isCallbackAllowed: (uri: string) => boolean;
}

const PATH = /^\/v1\/([a-z0-9_-]{1,50})\/oauth\/([a-z]+)$/;
const operations = new Set(['authorize', 'callback', 'token', 'refresh', 'revoke']);

/** Returns the name of an endpoint, as the recorder and faults use it. */
export function earsEndpointOf(path: string): string {
  const operation = PATH.exec(path)?.[2] ?? '';
  return operations.has(operation) ? operation : 'other';
}

const secretText = z.string().min(1).max(8192);
const authorizeQuery = z.object({
  callback_uri: z.string().min(1).max(2048),
  state: z.string().min(1).max(1024),
  scope: z.string().max(4096).default(''),
  pkce_challenge: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
  pkce_method: z.literal('S256'),
});
const tokenBody = z.object({ code: secretText, pkce_verifier: z.string().min(43).max(128) });
const refreshBody = z.object({ refresh_token: secretText });
const revokeBody = z.object({ token: secretText });

/**
 * Validates an input.
 * @throws EarsError naming the fields, never their values
 */
function read<T extends z.ZodType>(schema: T, input: unknown): z.infer<T> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const fields = parsed.error.issues.map((issue) => issue.path.join('.') || 'body');
  throw new EarsError('invalid_request', `Missing or malformed: ${fields.join(', ')}`);
}

function jsonBody<T extends z.ZodType>(exchange: Exchange, schema: T): z.infer<T> {
  const type = exchange.request.headers['content-type'] ?? '';
  if (!type.startsWith('application/json')) {
    throw new EarsError('invalid_request', 'The body must be application/json.');
  }
  try {
    return read(schema, JSON.parse(exchange.body.toString('utf8')));
  } catch (error) {
    if (error instanceof EarsError) throw error;
    throw new EarsError('invalid_request', 'The body is not JSON.');
  }
}

/**
 * Serves five endpoints per provider, with the paths of the EARS service, and the callback of EARS
 * itself.
 */
export class EarsRoutes {
  readonly #context: EarsContext;
  readonly #clients = new Map<string, ProviderClient>();

  constructor(context: EarsContext) {
    this.#context = context;
    for (const [id, provider] of Object.entries(context.providers)) {
      const timeoutMs = () => context.settings.providerTimeoutMs;
      this.#clients.set(id, new ProviderClient(provider, timeoutMs));
    }
  }

  /**
   * Passes a request to its endpoint.
   * @throws EarsError for a request that EARS refuses
   */
  async handle(exchange: Exchange): Promise<Response> {
    const [, provider = '', operation = ''] = PATH.exec(exchange.url.pathname) ?? [];
    if (!operations.has(operation)) throw new EarsError('not_found', 'No such endpoint.');
    const client = this.#clients.get(provider);
    if (client === undefined) throw new EarsError('unknown_provider', 'No such provider.');
    const request = { exchange, provider, client };
    switch (`${exchange.method} ${operation}`) {
      case 'GET authorize':
        return this.#authorize(request);
      case 'GET callback':
        return this.#callback(request);
      case 'POST token':
        return this.#token(request);
      case 'POST refresh':
        return this.#refresh(request);
      case 'POST revoke':
        return this.#revoke(request);
      default:
        throw new EarsError('not_found', 'No such endpoint.');
    }
  }

  #redirectUri(provider: string): string {
    return `${this.#context.origin()}/v1/${provider}/oauth/callback`;
  }

  #authorize({ exchange, provider, client }: EarsRequest): Response {
    const query = read(authorizeQuery, Object.fromEntries(exchange.url.searchParams));
    if (!this.#context.isCallbackAllowed(query.callback_uri)) {
      throw new EarsError('callback_not_allowed', 'This callback_uri is not registered.');
    }
    const { state, challenge } = this.#context.flows.openFlow({
      provider,
      callbackUri: query.callback_uri,
      state: query.state,
      challenge: query.pkce_challenge,
    });
    const redirectUri = this.#redirectUri(provider);
    return redirect(client.authorizationUrl({ redirectUri, scope: query.scope, state, challenge }));
  }

  #callback({ exchange, provider }: EarsRequest): Response {
    const query = exchange.url.searchParams;
    const flow = this.#context.flows.takeFlow(query.get('state') ?? '');
    if (flow === undefined || flow.provider !== provider) {
      throw new EarsError('invalid_request', 'This authorization is unknown or expired.');
    }
    const target = new URL(flow.callbackUri);
    const code = query.get('code');
    if (code === null) {
      const error = query.get('error') ?? 'server_error';
      exchange.record.error = error;
      target.searchParams.set('error', error);
      const description = query.get('error_description');
      if (description !== null) target.searchParams.set('error_description', description);
    } else target.searchParams.set('code', this.#context.flows.addCode(flow, code));
    target.searchParams.set('state', flow.state);
    return redirect(target);
  }

  async #token({ exchange, provider, client }: EarsRequest): Promise<Response> {
    const body = jsonBody(exchange, tokenBody);
    const code = this.#context.flows.takeCode(body.code);
    if (code === undefined || code.provider !== provider) {
      throw new EarsError('invalid_grant', 'The code is unknown, used or expired.');
    }
    if (!isSameSecret(challengeOf(body.pkce_verifier), code.challenge)) {
      throw new EarsError('invalid_grant', 'The verifier does not match the challenge.');
    }
    const tokens = await client.tokens({
      grant_type: 'authorization_code',
      code: code.providerCode,
      redirect_uri: this.#redirectUri(provider),
      code_verifier: code.verifier,
    });
    return this.#response(provider, tokens);
  }

  async #refresh({ exchange, provider, client }: EarsRequest): Promise<Response> {
    const { refresh_token: token } = jsonBody(exchange, refreshBody);
    exchange.record.tokenHash = fingerprint(token);
    const tokens = await client.tokens({ grant_type: 'refresh_token', refresh_token: token });
    // A provider that does not rotate sends no refresh token. The response then repeats the current
    // one, so callers always receive the token to use next.
    return this.#response(provider, { ...tokens, refresh_token: tokens.refresh_token ?? token });
  }

  async #revoke({ exchange, client }: EarsRequest): Promise<Response> {
    const { token } = jsonBody(exchange, revokeBody);
    exchange.record.tokenHash = fingerprint(token);
    await client.revoke(token);
    return Response.json({});
  }

  #response(provider: string, tokens: ProviderTokens): Response {
    const { settings, providers } = this.#context;
    const lifetime =
      tokens.refresh_token_expires_in ?? providers[provider]?.refreshTokenLifetimeSeconds;
    return Response.json(
      {
        token_type: settings.tokenType ?? tokens.token_type ?? 'Bearer',
        access_token: tokens.access_token,
        ...(settings.omitsExpiresIn ? {} : { expires_in: tokens.expires_in }),
        refresh_token: tokens.refresh_token,
        ...(tokens.refresh_token === undefined ? {} : { refresh_token_expires_in: lifetime }),
      },
      { headers: { 'cache-control': 'no-store' } },
    );
  }
}

interface EarsRequest {
  readonly exchange: Exchange;
  readonly provider: string;
  readonly client: ProviderClient;
}

const redirect = (target: URL): Response =>
  new Response(null, {
    status: 302,
    headers: { location: target.toString(), 'cache-control': 'no-store' },
  });
