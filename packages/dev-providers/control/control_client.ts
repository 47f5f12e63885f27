import { z } from 'zod';
import type { EarsEmulator, EarsSettings } from '../ears/index.ts';
import type { GoogleEmulator, GoogleSettings } from '../google/index.ts';
import type { FakeOAuthServer, StrictSettings } from '../strict/index.ts';
import { descriptionSchema } from './description.ts';
import { type EmulatorName, operations } from './operations.ts';

/**
 * The functions of `T`, executed in another process. They return promises, so callers use `await`
 * for local and remote handles alike.
 */
type Remote<T> = {
  readonly [K in keyof T as T[K] extends (...args: never[]) => unknown ? K : never]: T[K] extends (
    ...args: infer A
  ) => infer R
    ? (...args: A) => Promise<Awaited<R>>
    : never;
};

/**
 * The functions of a handle that can be called remotely. A hold is an object of the provider's
 * process, so it cannot.
 */
type Controls<T> = Omit<Remote<T>, 'stop' | 'holdNext'>;

/** Test providers that run in another process. */
export interface RemoteDevProviders {
  readonly google: z.infer<typeof descriptionSchema>['google'] &
    Controls<GoogleEmulator> & {
      /** Changes the given settings and returns all settings. */
      changeSettings(change: Partial<GoogleSettings>): Promise<GoogleSettings>;
    };
  readonly ears: z.infer<typeof descriptionSchema>['ears'] &
    Controls<EarsEmulator> & {
      changeSettings(change: Partial<EarsSettings>): Promise<EarsSettings>;
    };
  readonly strict: z.infer<typeof descriptionSchema>['strict'] &
    Controls<FakeOAuthServer> & {
      changeSettings(change: Partial<StrictSettings>): Promise<StrictSettings>;
    };
}

/**
 * The error when the control API refused the request or did not respond. The message names the
 * operation and the status.
 */
export class ControlError extends Error {
  override readonly name = 'ControlError';
}

const responseSchema = z.object({ result: z.unknown() });
const recordedAt = z.looseObject({ at: z.coerce.date() });

async function call(origin: string, path: string, args: readonly unknown[]): Promise<unknown> {
  const response = await fetch(`${origin}/_control/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    // JSON has no `undefined`, but a missing argument means the same.
    body: JSON.stringify(args.filter((arg) => arg !== undefined)),
  });
  if (!response.ok) throw new ControlError(`${path} responded with status ${response.status}`);
  return responseSchema.parse(await response.json()).result;
}

const returnsRecords = (operation: string): boolean =>
  operation === 'requests' || operation === 'tokenRequests';

function controlsOf(origin: string, emulator: EmulatorName): Record<string, unknown> {
  const controls = Object.keys(operations[emulator]).map((operation) => {
    const name = operation === 'settings' ? 'changeSettings' : operation;
    const invoke = async (...args: readonly unknown[]) => {
      const result = await call(origin, `${emulator}/${operation}`, args);
      if (returnsRecords(operation)) return z.array(recordedAt).parse(result);
      return result ?? undefined;
    };
    return [name, invoke] as const;
  });
  return Object.fromEntries(controls);
}

/**
 * Connects to the control API of `main.ts`.
 * @param origin for example `http://127.0.0.1:4040`
 * @throws ControlError when another service responds at this origin
 */
export async function connectDevProviders(origin: string): Promise<RemoteDevProviders> {
  const description = descriptionSchema.parse(await call(origin, 'describe', []));
  // The names of the operations equal those of the functions of the handles. Types cannot express
  // this over JSON.
  return {
    google: { ...description.google, ...controlsOf(origin, 'google') },
    ears: { ...description.ears, ...controlsOf(origin, 'ears') },
    strict: { ...description.strict, ...controlsOf(origin, 'strict') },
  } as RemoteDevProviders;
}
