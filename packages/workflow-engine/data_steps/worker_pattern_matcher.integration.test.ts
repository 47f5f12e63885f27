import { spawnSync } from 'node:child_process';
import { afterEach, describe, expect, it } from 'vitest';
import { StepFailure } from '../failures/step_failure.ts';
import { failureOf } from './data_step.mock.ts';
import { WorkerPatternMatcher } from './worker_pattern_matcher.ts';

/** A pattern that tries 2^40 ways to divide the letters before it fails. */
const ENDLESS = { pattern: '(a+)+$', flags: '', texts: [`${'a'.repeat(40)}b`] };
const SIMPLE = { pattern: 'b', flags: 'g', texts: ['abb'], replacement: 'c' };
const SIMPLE_RESULT = [{ replaced: 'acc', count: 2 }];

const MODULE = new URL('./worker_pattern_matcher.ts', import.meta.url).href;

describe('WorkerPatternMatcher', () => {
  let workers = new WorkerPatternMatcher();
  let matcher = workers.forUser('ana');
  afterEach(async () => {
    await workers.close();
    workers = new WorkerPatternMatcher();
    matcher = workers.forUser('ana');
  });

  it('serves another user while patterns of one user take all of their time', async () => {
    // Both processes run, so that the time of their start does not count.
    for (let each = 0; each < 2; each += 1) await matcher.match(SIMPLE);
    const endless = [1, 2, 3].map(() => Promise.allSettled([matcher.match(ENDLESS)]));
    // Of the three requests, which take a second each, not even the first has ended.
    let ended = 0;
    for (const each of endless) void each.finally(() => (ended += 1));
    expect(await workers.forUser('ben').match(SIMPLE)).toEqual(SIMPLE_RESULT);
    expect(ended).toBeLessThan(3);
    await workers.close();
    await Promise.all(endless);
  });

  it('runs requests one after the other, and returns to each its own results', async () => {
    const texts = ['1', '2', '3'];
    const results = await Promise.all(
      texts.map((text) => matcher.match({ pattern: '.', flags: '', texts: [text] })),
    );
    expect(results).toEqual(texts.map((text) => [{ groups: [text] }]));
  });

  it('fails a pattern that does not end, does not block the event loop, and runs the next request', async () => {
    let isRunning = true;
    const endless = failureOf(matcher.match(ENDLESS)).finally(() => {
      isRunning = false;
    });
    const next = matcher.match(SIMPLE);
    let turns = 0;
    for (; isRunning; turns += 1) await new Promise(setImmediate);
    expect(turns).toBeGreaterThan(10);
    expect(await endless).toBe(
      'PatternTimeout: The pattern took longer than 1000 ms. Avoid nested repetition such as `(a+)+`.',
    );
    expect(await next).toEqual(SIMPLE_RESULT);
    expect(await matcher.match(SIMPLE)).toEqual(SIMPLE_RESULT);
  });

  it('keeps results that arrive while this process is busy longer than the limit', async () => {
    await matcher.match(SIMPLE);
    const result = matcher.match(SIMPLE);
    await new Promise(setImmediate);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_200);
    expect(await result).toEqual(SIMPLE_RESULT);
  });

  /** Ids of the processes that this process has started for patterns. */
  const processes = (): readonly number[] =>
    spawnSync('ps', ['--ppid', String(process.pid), '-o', 'pid=,args='], { encoding: 'utf8' })
      .stdout.split('\n')
      .filter((line) => line.includes('pattern_process'))
      .map((line) => Number.parseInt(line, 10));

  it('J142: repeats a request when its process is killed, and fails the request after three attempts', async () => {
    await matcher.match(SIMPLE);
    const [first] = processes();
    if (first === undefined) throw new Error('There is no process for patterns.');
    // Requests alternate between the two processes: this one uses the second process, the next one
    // the first.
    await matcher.match(SIMPLE);
    process.kill(first, 'SIGSTOP');
    const result = matcher.match(SIMPLE);
    process.kill(first, 'SIGKILL');
    expect(await result).toEqual(SIMPLE_RESULT);

    let isRunning = true;
    const endless = failureOf(matcher.match(ENDLESS)).finally(() => {
      isRunning = false;
    });
    const killed = new Set<number>([first]);
    while (isRunning) {
      for (const id of processes().filter((each) => !killed.has(each))) {
        killed.add(id);
        process.kill(id, 'SIGKILL');
      }
      await new Promise(setImmediate);
    }
    expect(await endless).toContain('PatternProcessFailed: The pattern failed: Its process ended');
    expect(await matcher.match(SIMPLE)).toEqual(SIMPLE_RESULT);
  });

  it('compares values with patterns of property names and in alternatives, in limited time', async () => {
    const schema = {
      patternProperties: { '^n': { anyOf: [{ pattern: '^a' }, { type: 'null' }] } },
    };
    expect(await matcher.mismatches({ schema, value: { n1: 'ab', n2: null, x: 'b' } })).toEqual([]);
    const [mismatch] = await matcher.mismatches({ schema, value: { n1: 'b' } });
    expect(mismatch?.path).toEqual(['n1']);
    const hostile = { anyOf: [{ pattern: ENDLESS.pattern }, { type: 'null' }] };
    const endless = failureOf(matcher.mismatches({ schema: hostile, value: ENDLESS.texts[0] }));
    expect(await endless).toContain('PatternTimeout: The pattern took longer than 2000 ms.');
    expect(await matcher.match(SIMPLE)).toEqual(SIMPLE_RESULT);
  });

  it('fails a pattern that cannot be read and runs the next request', async () => {
    const failed = failureOf(matcher.match({ ...SIMPLE, pattern: '(' }));
    expect(await failed).toContain('InvalidPattern: `with.pattern` is not a regular expression');
    expect(await matcher.match(SIMPLE)).toEqual(SIMPLE_RESULT);
  });

  it('when it is closed, rejects running and later requests with an error that is not a failure of the step', async () => {
    const early = [matcher.match(ENDLESS), matcher.match(SIMPLE)];
    const settled = Promise.allSettled(early);
    await new Promise(setImmediate);
    await workers.close();
    const all = [...(await settled), ...(await Promise.allSettled([matcher.match(SIMPLE)]))];
    // No StepFailure, so that the run continues when a server runs again.
    const reason = new Error('The server is stopping.');
    expect(all).toEqual(all.map(() => ({ status: 'rejected', reason })));
    expect(all.every((each) => !('reason' in each && each.reason instanceof StepFailure))).toBe(
      true,
    );
  });

  it('runs in plain Node, and does not keep the process alive', () => {
    const code = `
      const { WorkerPatternMatcher } = await import(${JSON.stringify(MODULE)});
      const results = await new WorkerPatternMatcher().forUser('ana').match(${JSON.stringify(SIMPLE)});
      console.log(JSON.stringify(results));`;
    const args = ['--input-type=module', '--eval', code];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    expect({ status, stdout, stderr }).toEqual({
      status: 0,
      stdout: `${JSON.stringify(SIMPLE_RESULT)}\n`,
      stderr: '',
    });
  });
});
