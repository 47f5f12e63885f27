import { type ConnectorAction, StepRegistry } from '@latchkey/workflow-language';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DocumentReader } from './document_reader.ts';
import type { DocumentRequest, DocumentResult } from './document_work.ts';
import { WorkflowError } from './workflow_error.ts';

const ACTION: ConnectorAction = {
  connectorTypeId: '.files',
  connectorTypeName: 'Files',
  name: 'list',
  description: 'For tests.',
  scope: 'read',
  input: { type: 'object' },
};
const OWNER = { profileUid: 'u_ana' };
const BACKGROUND = { ...OWNER, isInBackground: true };
const STEP = '  - { name: s, type: files.list, connector-id: c1 }\n';
const SMALL = `name: small\ntriggers: [{ type: manual }]\nsteps:\n${STEP}`;
const LARGE = `${SMALL}# ${'x'.repeat(70_000)}\n`;
/** A text that takes many seconds to read. */
const HOSTILE = `name: a\nsteps: [${'1,'.repeat(500_000)}1]`;

const actions = (): readonly ConnectorAction[] => [ACTION];
const steps = new StepRegistry([ACTION]);
const registry = (): StepRegistry => steps;

describe('DocumentReader', () => {
  let reader: DocumentReader;
  let inProcess: DocumentRequest[];
  beforeEach(() => {
    inProcess = [];
    reader = new DocumentReader({ actions, registry });
  });
  afterEach(() => reader.close());

  /** Creates a reader whose processes only record their requests. */
  const recording = () =>
    new DocumentReader({
      actions,
      registry,
      processes: {
        run: async (request): Promise<DocumentResult> => {
          inProcess.push(request);
          return request.kind === 'read'
            ? { kind: 'read', document: undefined }
            : { kind: 'analyze', text: undefined };
        },
        close: async () => undefined,
      },
    });

  it.each([
    ['a small text in this process', SMALL, 0],
    ['a text of 30,000 characters in this process', `${SMALL}# ${'x'.repeat(30_000)}`, 0],
    ['a text of 40,000 characters in a separate process', `${SMALL}# ${'x'.repeat(40_000)}`, 1],
    ['a large text in a separate process', LARGE, 1],
    ['aliases in a separate process', 'a: &a 1\nb: *a', 1],
    ['many values in a separate process', `a: [${'1,'.repeat(5_000)}1]`, 1],
    ['deep lists in a separate process', '- '.repeat(5_000), 1],
    ['deep lists with tabs in a separate process', '-\t'.repeat(5_000), 1],
  ])('checks %s', async (_, yaml, count) => {
    const recorder = recording();
    await recorder.analyze(yaml, {}, OWNER);
    await recorder.read(`${yaml} `, OWNER);
    expect(inProcess).toHaveLength(count * 2);
  });

  it('uses a process when edits make the check of a text slow that is fast without them', async () => {
    const yaml = `${SMALL}# ${'x'.repeat(10_000)}\n`;
    const recorder = recording();
    await recorder.analyze(yaml, { edits: { name: undefined } }, OWNER);
    expect(inProcess).toHaveLength(0);
    await recorder.analyze(yaml, { edits: { name: 'other' } }, OWNER);
    expect(inProcess).toHaveLength(1);
    const shorter = `${SMALL}# ${'x'.repeat(6_000)}\n`;
    await recorder.analyze(shorter, { edits: { name: 'other' } }, OWNER);
    expect(inProcess).toHaveLength(1);
  });

  it('returns the same result from another process as from this one', async () => {
    const connectors = [{ id: 'c1', name: 'Files', connectorTypeId: '.files' }];
    const edits = { name: 'new', enabled: false };
    const large = await reader.analyze(LARGE, { connectors, edits }, OWNER);
    const small = await reader.analyze(SMALL, { connectors, edits }, OWNER);
    expect(small).toMatchObject({
      valid: true,
      document: { name: 'new', enabled: false },
      connectors: [{ stepId: 's', reference: 'c1' }],
    });
    expect(large).toEqual({ ...small, yaml: expect.stringContaining('name: new') });
    const other = await reader.analyze(LARGE, { connectors: [] }, OWNER);
    expect(other?.diagnostics).toMatchObject([{ ruleId: 'connectorNotFound' }]);
  });

  it('does not parse the same text twice', async () => {
    const recorder = recording();
    await recorder.analyze(SMALL, {}, OWNER);
    const first = await recorder.read(SMALL, OWNER);
    expect(first).toMatchObject({ name: 'small' });
    expect(await recorder.read(SMALL, OWNER)).toBe(first);
  });

  it('refuses a text that takes longer than the limit, and then checks the next text', async () => {
    reader = new DocumentReader({ actions, registry, limitMs: 50 });
    const refused = reader.analyze(HOSTILE, {}, OWNER);
    await expect(refused).rejects.toMatchObject({
      code: 'workflow_too_complex',
      message: expect.stringContaining('longer than 0.05 s'),
    });
    expect(await reader.read(HOSTILE, OWNER)).toBeUndefined();
    expect(await reader.analyze(LARGE, {}, BACKGROUND)).toMatchObject({ valid: true });
  });

  /** Actions of connectors with which the first processes cannot start. */
  const failingAtStart = (processes: number): (() => readonly ConnectorAction[]) => {
    let started = 0;
    const list = Object.defineProperty<ConnectorAction[]>([], 0, {
      enumerable: true,
      get: () => {
        started += 1;
        return started > processes ? ACTION : undefined;
      },
    });
    return () => list;
  };

  it('reads a text in a second process when the first process fails', async () => {
    reader = new DocumentReader({ actions: failingAtStart(1), registry });
    expect(await reader.read(LARGE, BACKGROUND)).toMatchObject({ name: 'small' });
  });

  it('reports a server error, not a faulty text, when two processes fail, and keeps no result', async () => {
    reader = new DocumentReader({ actions: failingAtStart(2), registry });
    const name = 'ProcessFailure';
    await expect(reader.read(LARGE, BACKGROUND)).rejects.toMatchObject({ name });
    expect(await reader.read(LARGE, BACKGROUND)).toMatchObject({ name: 'small' });
  });

  it('reports a server error when a stored text takes too long', async () => {
    const expired = new WorkflowError('workflow_too_complex', 'too long');
    const processes = { run: () => Promise.reject(expired), close: async () => undefined };
    reader = new DocumentReader({ actions, registry, processes });
    const name = 'Error';
    await expect(reader.read(LARGE, BACKGROUND)).rejects.toMatchObject({ name });
    await expect(reader.analyze(LARGE, {}, BACKGROUND)).rejects.toMatchObject({ name });
    expect(await reader.read(LARGE, OWNER)).toBeUndefined();
  });
});
