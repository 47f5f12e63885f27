import { EgressError } from '../egress_error.ts';

/** Real origins and the stand-ins that answer for them in development. */
export interface HostOverrides {
  /** @returns `undefined` when the origin is reached as it is */
  emulatorOf(origin: string): string | undefined;
  /** Origin of a stand-in, asked for directly. */
  isEmulator(origin: string): boolean;
}

/**
 * Checks and compiles `hostOverrides`.
 * @throws EgressError `invalid_url` when a key or a value is not a bare http(s) origin
 */
export function compileHostOverrides(overrides: Readonly<Record<string, string>>): HostOverrides {
  const emulators = new Map(
    Object.entries(overrides).map(([real, emulator]) => [toOrigin(real), toOrigin(emulator)]),
  );
  const targets = new Set(emulators.values());
  return {
    emulatorOf: (origin) => emulators.get(origin),
    isEmulator: (origin) => targets.has(origin),
  };
}

function toOrigin(text: string): string {
  const url = URL.parse(text);
  const isBareOrigin =
    url !== null &&
    (url.protocol === 'https:' || url.protocol === 'http:') &&
    url.href === `${url.origin}/`;
  if (!isBareOrigin) {
    throw new EgressError(
      'invalid_url',
      `hostOverrides maps origins such as https://api.example.com; [${text}] is none`,
      undefined,
    );
  }
  return url.origin;
}
