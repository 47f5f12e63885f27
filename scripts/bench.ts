import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { FULL_GROWTH, QUICK_GROWTH } from '../testing/bench/growth/growth_plan.ts';
import { runGrowth } from '../testing/bench/growth/run_growth.ts';
import { FULL_PLAN, QUICK_PLAN, runBench, runProfile } from '../testing/bench/run_bench.ts';
import { readArguments, refuse } from './arguments.ts';

const USAGE = `Measures the server on this machine. testing/bench/README.md explains the results.

  npm run bench -- [--quick] [--profile | --growth [--store sqlite|elasticsearch]]
  npm run bench -- migrations | operations | mass_revocation | egress [options; see --help]

  --quick    a short run, to see the effect of a change
  --profile  profiles an execution instead of measuring
  --growth   how cost and latency grow with stored tokens, connectors and processes
  --store    for --growth: one store instead of both
`;

const ALONE = ['migrations', 'operations', 'mass_revocation', 'egress'];

// Child processes end with this process.
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));
const [name] = process.argv.slice(2);
if (name !== undefined && ALONE.includes(name)) await runAlone(name);
else await runMain();

/** Runs a benchmark with its own options, which it reads from the command line without its name. */
async function runAlone(benchmark: string): Promise<void> {
  process.argv.splice(2, 1);
  // These benchmarks collect garbage before they measure memory.
  setFlagsFromString('--expose-gc');
  globalThis.gc = runInNewContext('gc');
  await import(`../testing/bench/${benchmark}.bench.ts`);
}

async function runMain(): Promise<void> {
  const { values } = readArguments(USAGE, {
    options: {
      quick: { type: 'boolean', default: false },
      profile: { type: 'boolean', default: false },
      growth: { type: 'boolean', default: false },
      store: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.profile) await runProfile();
  else if (values.growth)
    await runGrowth(values.quick ? QUICK_GROWTH : FULL_GROWTH, storesOf(values.store));
  else await runBench(values.quick ? QUICK_PLAN : FULL_PLAN);
}

function storesOf(store: string | undefined): readonly ('sqlite' | 'elasticsearch')[] {
  switch (store) {
    case undefined:
      return ['sqlite', 'elasticsearch'];
    case 'sqlite':
    case 'elasticsearch':
      return [store];
    default:
      return refuse('--store takes sqlite or elasticsearch', USAGE);
  }
}
