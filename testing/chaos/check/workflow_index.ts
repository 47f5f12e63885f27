import type { EventOf, HistoryEvent } from '../history/events.ts';
import type { WorkflowTimings } from '../plan/workflow_protocol.ts';
import type { PlannedStep, Shape } from '../plan/workflow_shapes.ts';
import { HistoryIndex } from './history_index.ts';

/** A request of a step, with its response. */
export interface StepRequest {
  readonly sent: EventOf<'service_request'>;
  readonly step: PlannedStep;
  /** Name of the step in results: `step item`. */
  readonly key: string;
  /** Response to the request. `undefined`: there is none, because the harness ended. */
  readonly response: EventOf<'service_response'> | undefined;
}

/** A run and its events. */
export interface RunHistory {
  readonly run: string;
  readonly shape: Shape;
  readonly user: string;
  /** Last state of the run. `undefined`: the run was started, but no server lists it. */
  readonly final: EventOf<'run_final'> | undefined;
  readonly cancelledAt: number | undefined;
  readonly requests: readonly StepRequest[];
  readonly entries: readonly EventOf<'entry_written'>[];
  readonly writes: readonly EventOf<'run_written'>[];
}

/** The history of one round, by run. */
export class WorkflowIndex {
  readonly #timings: WorkflowTimings;
  readonly history: HistoryIndex;
  readonly runs: readonly RunHistory[];

  constructor(events: readonly HistoryEvent[], shapes: readonly Shape[], timings: WorkflowTimings) {
    this.#timings = timings;
    const history = new HistoryIndex(events);
    this.history = history;
    const byId = new Map(shapes.map((shape) => [shape.id, shape]));
    const known = new Map<string, { readonly workflow: string; readonly user: string }>();
    for (const event of [...history.of('run_started'), ...history.of('run_final')])
      known.set(event.run, event);
    const finals = new Map(history.of('run_final').map((event) => [event.run, event]));
    const cancels = new Map(history.of('run_cancelled').map(({ run, at }) => [run, at]));
    const responses = new Map(history.of('service_response').map((each) => [each.request, each]));
    const requests = Map.groupBy(history.of('service_request'), ({ run }) => run);
    const entries = Map.groupBy(history.of('entry_written'), ({ run }) => run);
    const writes = Map.groupBy(history.of('run_written'), ({ run }) => run);
    this.runs = [...known].flatMap(([run, { workflow, user }]) => {
      const shape = byId.get(workflow);
      if (shape === undefined) return [];
      return {
        run,
        shape,
        user,
        final: finals.get(run),
        cancelledAt: cancels.get(run),
        entries: entries.get(run) ?? [],
        writes: writes.get(run) ?? [],
        requests: (requests.get(run) ?? []).flatMap((sent) => {
          const step = shape.steps.find(({ name }) => name === sent.step);
          if (step === undefined) return [];
          const key = `${sent.step} ${sent.item}`;
          return { sent, step, key, response: responses.get(sent.request) };
        }),
      };
    });
  }

  /** Returns `true` if a process was stopped, or could not run, in an interval. */
  wasSuspended(worker: string, from: number, to: number): boolean {
    if (this.history.stoppedMs(worker, from, to) > 0) return true;
    return this.history
      .ofWorker('stalled', worker)
      .some(({ at, forMs }) => at - forMs <= to && at >= from);
  }

  /**
   * Returns `true` if any process was killed, stopped, crashed or disturbed in a way that can
   * interrupt a call.
   */
  get wasDisturbed(): boolean {
    const { history } = this;
    const types = ['killed', 'stopped', 'crashed'] as const;
    return (
      types.some((type) => history.of(type).length > 0) ||
      history.of('store_fault').some(({ mode }) => mode !== 'none') ||
      history.of('stalled').some(({ forMs }) => forMs >= this.#timings.leaseMs / 2)
    );
  }
}
