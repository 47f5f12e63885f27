import type { StoreKind } from '../environment/bench_environment.ts';
import { ensureNothingFailed } from '../load/rounds.ts';
import type { Aim } from '../report/aims.ts';
import { conditionsText, machine, say, writeResult } from '../report/conditions.ts';
import { aimTable } from '../report/table.ts';
import { evaluateGrowth } from './growth_aims.ts';
import type { GrowthPlan } from './growth_plan.ts';
import { renderGrowth } from './growth_tables.ts';
import { measureStore, type StoreGrowth } from './measure_growth.ts';

/**
 * Fills and measures one store after the other, prints tables and writes `results/<time>.json`.
 * @throws Error when any measured request failed, because figures of a broken server are
 * meaningless
 */
export async function runGrowth(plan: GrowthPlan, stores: readonly StoreKind[]): Promise<void> {
  const conditions = machine();
  say(conditionsText(conditions));
  const results: StoreGrowth[] = [];
  const aims: Aim[] = [];
  for (const store of stores) {
    say(`\n${store}: preparing …`);
    const growth = await measureStore(store, plan, say);
    const { list, status, page, neighbours } = growth.lists;
    const { executions, processes } = growth;
    ensureNothingFailed([executions, processes, list, status, page, neighbours].flat());
    results.push(growth);
    aims.push(...evaluateGrowth(growth));
    say(`\n${renderGrowth(growth, plan)}`);
  }
  say(`\n${aimTable(aims)}`);
  const file = await writeResult(
    'json',
    JSON.stringify({ ...conditions, kind: 'growth', plan, results, aims }, null, 2),
  );
  say(`\nWritten to ${file}`);
}
