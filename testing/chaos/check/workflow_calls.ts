import type { Violation } from './history_index.ts';
import type { RunHistory, StepRequest, WorkflowIndex } from './workflow_index.ts';

/**
 * Invariant 2: a step with a stored result is not executed again.
 * The check is made per request. When a process verified that it owns the run, right before the
 * call, no process may have stored a result of that step. A request that was verified before the
 * result was stored, and arrived later, is correct only if its process was suspended in between.
 */
export function checkResultsCount(index: WorkflowIndex): Violation[] {
  return index.runs.flatMap((history) => {
    const stored = storedResults(history);
    return history.requests.flatMap(({ sent, key }) => {
      const storedAt = stored.get(key);
      if (storedAt === undefined || sent.at <= storedAt) return [];
      const checks = index.history.ofWorker('call_checked', sent.worker);
      const checkedAt = checks.findLast(({ run, at }) => run === sent.run && at <= sent.at)?.at;
      const isSuspended =
        checkedAt !== undefined &&
        checkedAt <= storedAt &&
        index.wasSuspended(sent.worker, checkedAt, sent.at);
      if (isSuspended) return [];
      const sentence = `${sent.worker} executed step ${key}of run ${sent.run} (${sent.request}) after its result had been stored.`;
      return [{ invariant: 2, sentence, about: [sent.run, sent.request] } as const];
    });
  });
}

/** Returns the instants at which the first result of each step was stored. */
function storedResults({ entries, writes }: RunHistory): ReadonlyMap<string, number> {
  const stored = new Map<string, number>();
  for (const { results, at } of [...entries, ...writes].toSorted((a, b) => a.at - b.at))
    for (const key of results) if (!stored.has(key)) stored.set(key, at);
  return stored;
}

/**
 * Invariant 3: a call that must not be repeated is not repeated.
 * The check is made per step and iteration at the service. A second request is correct only if the
 * service refused the first one and the response to it arrived.
 */
export function checkNoRepetition({ runs }: WorkflowIndex): Violation[] {
  return runs.flatMap(({ run, requests }) => {
    const posts = requests.filter(({ step }) => step.effect === 'post');
    return [...Map.groupBy(posts, ({ key }) => key)].flatMap(([key, all]) =>
      all.flatMap((request, index) => {
        const before = all[index - 1];
        if (before === undefined || mayFollow(before, request)) return [];
        const { worker, request: id } = request.sent;
        const first = before.sent;
        const sentence = `${first.worker} sent ${first.request} for step ${key}of run ${run}, and ${worker} repeated it (${id}).`;
        return [{ invariant: 3, sentence, about: [run, first.request, id] } as const];
      }),
    );
  });
}

/**
 * Invariant 3: a call that is sent again because its result is not known has the content of the
 * first request, also if the content contains the time. Reads are not announced, so they are
 * rendered again.
 */
export function checkSameContent({ runs }: WorkflowIndex): Violation[] {
  return runs.flatMap(({ run, requests }) => {
    const puts = requests.filter(({ step }) => step.effect === 'put');
    return [...Map.groupBy(puts, ({ key }) => key)].flatMap(([key, [first, ...repeated]]) =>
      repeated.flatMap(({ sent }) => {
        if (first === undefined || sent.content === first.sent.content) return [];
        const sentence = `${sent.worker} repeated ${first.sent.request} for step ${key}of run ${run} with other content (${sent.request}).`;
        return [
          { invariant: 3, sentence, about: [run, first.sent.request, sent.request] } as const,
        ];
      }),
    );
  });
}

function mayFollow({ response }: StepRequest, { sent }: StepRequest): boolean {
  const hasEnded = response !== undefined && response.at <= sent.at && !response.isAborted;
  return hasEnded && response.status >= 400;
}
