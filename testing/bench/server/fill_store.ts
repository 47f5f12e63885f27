import type { StoreLocation } from '@latchkey/test-environment';
import type { ConnectorFilling } from '../processes/connector_filler.ts';
import { startRole } from '../processes/role.ts';
import type { Filling } from '../processes/token_filler.ts';
import type { BenchConnector } from './bench_connector.ts';

/** Tokens written between two reports of the progress. */
const STEP = 50_000;

/** Tokens to write, and the store. */
export interface TokensToFill {
  readonly location: StoreLocation;
  readonly connector: BenchConnector;
  readonly count: number;
  /** Called with the number of tokens written so far. */
  readonly report?: (written: number) => void;
}

/** Writes the tokens of that many users, in a separate process. */
export async function fillTokens(filling: TokensToFill): Promise<void> {
  const { location, connector, count, report = () => undefined } = filling;
  const filler = startRole<Filling, void>('token_filler');
  try {
    await filler.ask({ open: location, connector });
    for (let from = 0; from < count; from += STEP) {
      const step = Math.min(STEP, count - from);
      await filler.ask({ from, count: step });
      report(from + step);
    }
    await filler.ask('close');
  } finally {
    await filler.stop();
  }
}

/** Writes connectors and one user's tokens for them, in a separate process. */
export async function fillConnectors(filling: ConnectorFilling): Promise<void> {
  const filler = startRole<ConnectorFilling, void>('connector_filler');
  try {
    await filler.ask(filling);
  } finally {
    await filler.stop();
  }
}
