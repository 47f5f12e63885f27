import { EgressError } from '../egress_error.ts';

/** Maps real origins to their emulators in development. */
export interface HostOverrides {
  /** Returns the emulator of a real origin. `undefined`: it has none. */
  emulatorOf(origin: string): string | undefined;
  /** Returns `true` if an emulator listens at the origin. */
  isEmulator(origin: string): boolean;
}

/**
 * Checks and compiles `hostOverrides`.
 * @throws EgressError `invalid_url` for a key or value that is not an http(s) origin
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
      `hostOverrides maps origins such as https://api.example.com; [${text}] is not an origin`,
      undefined,
    );
  }
  return url.origin;
}
