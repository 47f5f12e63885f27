import { parseArgs } from 'node:util';
import {
  type ChaosResult,
  type ChaosSettings,
  MUTATIONS,
  runChaos,
  sliceOf,
} from '../chaos/index.ts';
import { EsError } from './es/index.ts';

const USAGE = `Refreshes and endings under chaos, in several processes on one store; docs/chaos.md says what is decided and how.

  npm run chaos -- [options]

  --seed N         what the rounds are made from (default 1)
  --rounds N       storms to play (default 100)
  --from-round N   the first of them, for replays (default 1)
  --store S        sqlite (default) or elasticsearch
  --whole-server   workers are whole servers, and callers speak HTTP
  --nodes N        Elasticsearch nodes to start (default 1); of three and more, one at a time is lost
  --elasticsearch-url U[,U]  a cluster that runs already, without credentials; nothing of it is ended
  --processes N    processes on the store (default 4)
  --callers N      callers of one storm, over all processes (default 40)
  --minutes N      stop after so long, whatever --rounds says
  --mutate M       switch a safeguard off and expect a violation: ${MUTATIONS.join(', ')}
`;

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    rounds: { type: 'string', default: '100' },
    'from-round': { type: 'string', default: '1' },
    store: { type: 'string', default: 'sqlite' },
    'whole-server': { type: 'boolean', default: false },
    nodes: { type: 'string', default: '1' },
    'elasticsearch-url': { type: 'string' },
    processes: { type: 'string', default: '4' },
    callers: { type: 'string', default: '40' },
    minutes: { type: 'string' },
    mutate: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

const UNUSABLE = 2;
const INTERRUPTED = 130;
/** Aborted by the first Ctrl-C: the round that is played is the last one. */
const interruption = new AbortController();
process.once('SIGTERM', () => process.exit(INTERRUPTED));
process.once('SIGINT', () => {
  process.stderr.write('The run ends after this round; once more to end it now.\n');
  interruption.abort();
  process.once('SIGINT', () => process.exit(INTERRUPTED));
});

if (values.help) process.stdout.write(USAGE);
else process.exitCode = await main();

async function main(): Promise<number> {
  const mutation = MUTATIONS.find((known) => known === values.mutate);
  if (values.mutate !== undefined && mutation === undefined)
    return refuse(`--mutate must be one of ${MUTATIONS.join(', ')}`);
  const { store } = values;
  if (store !== 'sqlite' && store !== 'elasticsearch')
    return refuse('--store must be sqlite or elasticsearch');
  const seed = whole('seed', values.seed);
  const settings: ChaosSettings = {
    seed,
    rounds: whole('rounds', values.rounds),
    fromRound: whole('from-round', values['from-round']),
    store,
    wholeServer: values['whole-server'],
    elasticsearch: {
      nodes: whole('nodes', values.nodes),
      urls: values['elasticsearch-url']?.split(','),
    },
    processes: whole('processes', values.processes),
    callers: whole('callers', values.callers),
    mutation,
    ...(values.minutes === undefined
      ? {}
      : { stopAfterMs: whole('minutes', values.minutes) * 60_000 }),
  };
  const result = await runOrExplain(settings, {
    signal: interruption.signal,
    onRound: (round, { storms, refreshes, tookMs }) => {
      if (round % 10 !== 0) return;
      const seconds = Math.round(tookMs / 1000);
      process.stdout.write(
        `round ${round}: ${storms} storms, ${refreshes} refreshes, ${seconds} s\n`,
      );
    },
  });
  if (result === undefined) return UNUSABLE;
  const { failure, ...figures } = result;
  process.stdout.write(`${JSON.stringify(figures, undefined, 2)}\n`);
  if (figures.undecided.length > 0)
    process.stdout.write(
      `Rounds ${figures.undecided.join(', ')} are undecided: the machine stood still each time. Play them again on a quieter one.\n`,
    );
  if (failure === undefined) {
    process.stdout.write(`No invariant was violated (seed ${seed}).\n`);
    return mutation === undefined ? 0 : 1;
  }
  for (const violation of failure.violations.slice(0, 5)) {
    process.stdout.write(`\nInvariant ${violation.invariant}: ${violation.sentence}\n`);
    for (const line of sliceOf(failure.history, violation)) process.stdout.write(`  ${line}\n`);
  }
  process.stdout.write(
    `\n${failure.violations.length} violations in round ${failure.round} of seed ${seed}. ${mutation === undefined ? `Everything is kept in ${failure.folder}` : ''}\n` +
      `Replay: npm run chaos -- --seed ${seed} --from-round ${failure.round} --rounds 20 --processes ${settings.processes} --callers ${settings.callers} --store ${store}${values['whole-server'] ? ' --whole-server' : ''}${settings.elasticsearch?.nodes === 1 ? '' : ` --nodes ${values.nodes}`}${mutation === undefined ? '' : ` --mutate ${mutation}`}\n`,
  );
  return mutation === undefined ? 1 : 0;
}

/** `undefined`, with the reason on standard error: there is no Elasticsearch to be had, or the run broke off, which says nothing about the promises. */
async function runOrExplain(...run: Parameters<typeof runChaos>): Promise<ChaosResult | undefined> {
  try {
    return await runChaos(...run);
  } catch (error) {
    const text = error instanceof EsError ? error.message : describe(error);
    process.stderr.write(`${text}\n`);
    return undefined;
  }
}

function describe(error: unknown): string {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `The run broke off, and nothing is decided: ${text}`;
}

function whole(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1)
    throw new RangeError(`--${name} must be a whole number from 1`);
  return value;
}

function refuse(sentence: string): number {
  process.stderr.write(`${sentence}\n`);
  return UNUSABLE;
}
