import { randomUUID } from 'node:crypto';
import { callbackPolicy } from '../callback_policy.ts';
import { type EmulatorControls, sendWebResponse, startEmulatorServer } from '../http/index.ts';
import { EarsError, earsStatus } from './ears_error.ts';
import type { EarsProvider } from './ears_provider.ts';
import { FlowStore } from './flow_store.ts';
import { EarsRoutes, type EarsSettings, earsEndpointOf } from './routes.ts';

/** Options of the local EARS. */
export interface EarsEmulatorOptions {
  /** Port to listen on. 0 selects any free one. */
  readonly port: number;
  /** EARS' app at each provider, by provider id. */
  readonly providers: Readonly<Record<string, EarsProvider>>;
  /** Origins besides loopback that a `callback_uri` may have. */
  readonly publicCallbackOrigins?: readonly string[] | undefined;
  readonly settings?: Partial<EarsSettings> | undefined;
  readonly now?: (() => Date) | undefined;
}

/** A running EARS. It keeps flows and codes for some minutes, and no tokens. */
export interface EarsEmulator extends EmulatorControls {
  /** Value of `xpack.actions.ears.url`. */
  readonly origin: string;
  /** Settings of EARS. Changes take effect with the next request. */
  readonly settings: EarsSettings;
}

function refusal(error: EarsError): Response {
  const headers: Record<string, string> = { 'cache-control': 'no-store' };
  if (error.retryAfter !== undefined) headers['retry-after'] = error.retryAfter;
  const body = { code: error.code, message: error.message };
  return Response.json(body, { status: earsStatus[error.code], headers });
}

/**
 * Starts EARS.
 * @throws Error when the port is taken
 */
export async function startEars(options: EarsEmulatorOptions): Promise<EarsEmulator> {
  const now = options.now ?? (() => new Date());
  const settings: EarsSettings = {
    providerTimeoutMs: 10_000,
    omitsExpiresIn: false,
    tokenType: undefined,
    ...options.settings,
  };
  let origin = '';
  const routes = new EarsRoutes({
    origin: () => origin,
    providers: options.providers,
    flows: new FlowStore(now),
    settings,
    isCallbackAllowed: callbackPolicy(options.publicCallbackOrigins),
  });
  const server = await startEmulatorServer({
    name: 'EARS',
    port: options.port,
    now,
    endpointOf: (_method, path) => earsEndpointOf(path),
    commonHeaders: () => ({ 'x-cloud-request-id': randomUUID() }),
    handle: async (exchange) => {
      const response = await routes.handle(exchange).catch((error: unknown) => {
        if (!(error instanceof EarsError)) throw error;
        exchange.record.error = error.code;
        return refusal(error);
      });
      await sendWebResponse(exchange, response);
    },
  });
  origin = server.origin;
  return {
    ...server.controls,
    origin,
    settings,
  };
}
