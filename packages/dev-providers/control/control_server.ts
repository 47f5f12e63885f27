import type { ZodType } from 'zod';
import { type Exchange, sendJson, startEmulatorServer } from '../http/index.ts';
import type { DevProviders } from '../start_dev_providers.ts';
import { describeDevProviders } from './description.ts';
import { operations } from './operations.ts';

/** A running control API. */
export interface ControlServer {
  readonly origin: string;
  stop(): Promise<void>;
}

const LOOPBACK_HOST = /^(?:localhost|127\.0\.0\.1)(?::\d+)?$/;

/**
 * Returns `true` if a web page that the developer visits may have sent the request. A page cannot
 * omit its `Origin`, cannot send JSON without a CORS preflight, and cannot fake the `Host` when its
 * own host name resolves to this machine.
 */
function isFromWebPage({ request }: Exchange): boolean {
  const { host = '', origin, 'content-type': type = '' } = request.headers;
  return origin !== undefined || !LOOPBACK_HOST.test(host) || !type.startsWith('application/json');
}

function parsedBody({ body }: Exchange): unknown {
  try {
    return body.length === 0 ? [] : JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}

function perform(emulator: object, operation: string, args: readonly unknown[]): unknown {
  const member: unknown = Reflect.get(emulator, operation);
  if (operation === 'settings') return Object.assign(member as object, args[0]);
  return (member as (...args: readonly unknown[]) => unknown)(...args);
}

interface Response {
  readonly status: number;
  readonly body: { readonly result: unknown } | { readonly error: string };
}

const refusal = (status: number, error: string): Response => ({ status, body: { error } });
const success = (result: unknown): Response => ({ status: 200, body: { result: result ?? null } });

function responseTo(exchange: Exchange, providers: DevProviders): Response {
  if (isFromWebPage(exchange)) return refusal(403, 'forbidden');
  if (exchange.method !== 'POST') return refusal(405, 'use_post');
  const { pathname } = exchange.url;
  if (pathname === '/_control/describe') return success(describeDevProviders(providers));
  const [, name = '', operation = ''] = /^\/_control\/(\w+)\/(\w+)$/.exec(pathname) ?? [];
  const emulator = name === 'google' || name === 'ears' || name === 'strict' ? name : undefined;
  if (emulator === undefined || !Object.hasOwn(operations[emulator], operation)) {
    return refusal(404, 'unknown_operation');
  }
  const schemas: Readonly<Record<string, ZodType<readonly unknown[]>>> = operations[emulator];
  const args = schemas[operation]?.safeParse(parsedBody(exchange));
  if (!args?.success) return refusal(400, 'invalid_arguments');
  return success(perform(providers[emulator], operation, args.data));
}

/**
 * Starts the control API, with which other processes control running test providers. It listens on
 * loopback only.
 * @throws Error when the port is taken
 */
export async function startControlServer(
  providers: DevProviders,
  port: number,
): Promise<ControlServer> {
  const server = await startEmulatorServer({
    name: 'control',
    port,
    now: () => new Date(),
    endpointOf: () => 'control',
    handle: async (exchange) => {
      const { status, body } = responseTo(exchange, providers);
      sendJson(exchange, status, body);
    },
  });
  return { origin: server.origin, stop: () => server.controls.stop() };
}
