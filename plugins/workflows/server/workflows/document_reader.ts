import { type SharedRequestOptions, SharedWorkers } from '@latchkey/workflow-engine';
import type { ConnectorAction, StepRegistry } from '@latchkey/workflow-language';
import { LRUCache } from 'lru-cache';
import { isQuicklyRead } from './document_cost.ts';
import {
  type AnalysisOptions,
  type AnalyzedText,
  type DocumentRequest,
  type DocumentResult,
  workOn,
} from './document_work.ts';
import { WorkflowError } from './workflow_error.ts';

/** Maximum number of processes that one server process starts for large or unusual texts. */
const PROCESSES = 2;
/**
 * Default maximum milliseconds to read and check a text. With it, a response takes less than 3 s,
 * even if a process has to start.
 */
const LIMIT_MS = 2_250;
/** Maximum milliseconds to edit a text and to check it. An edit reads the text several times. */
const EDIT_LIMIT_MS = 10_000;
/**
 * Maximum milliseconds to read the text of a run. It is long because the text was already accepted
 * when it was saved.
 */
const RUN_LIMIT_MS = 30_000;
/** Maximum number of texts of one user that wait or are being read. */
const MAX_PER_USER = 10;
/** Maximum number of texts of all users that wait or are being read. Each may have 1 MB. */
const MAX_TOTAL = 60;
/** Maximum characters of all texts whose parsed values are kept. */
const KEPT_CHARACTERS = 2_000_000;

/** The user whose request needs a text. Users take turns when many texts wait. */
export interface DocumentOwner {
  readonly profileUid: string;
  /** `true`: a run or schedule needs the text. It is then never refused. Default: false. */
  readonly isInBackground?: boolean;
}

/** Properties of {@link DocumentReader}. */
export interface DocumentReaderOptions {
  /**
   * Returns the connector actions of the step registry, which the processes need for their checks.
   */
  readonly actions: () => readonly ConnectorAction[];
  /** Returns the step types. Called when the first text is checked. */
  readonly registry: () => StepRegistry;
  /** Processes to use. Absent: the reader starts its own. */
  readonly processes?: Pick<SharedWorkers<DocumentRequest, DocumentResult>, 'run' | 'close'>;
  /** Milliseconds to read and check a text. Absent: 2,250. */
  readonly limitMs?: number;
}

/** A process could not start, or ended before it returned a result. The text may be correct. */
class ProcessFailure extends Error {
  override readonly name = 'ProcessFailure';
}

/**
 * Reads, edits and checks the YAML of workflows. Small texts are read in this process. Other texts
 * are read in separate processes with limits: reading 1 MB takes a second, and a hostile text can
 * take any time and memory.
 */
export class DocumentReader {
  readonly #options: DocumentReaderOptions;
  readonly #processes: Pick<SharedWorkers<DocumentRequest, DocumentResult>, 'run' | 'close'>;
  readonly #documents = new LRUCache<string, { readonly document: unknown }>({
    maxSize: KEPT_CHARACTERS,
    sizeCalculation: (_, yaml) => yaml.length + 1,
  });

  constructor(options: DocumentReaderOptions) {
    this.#options = options;
    this.#processes = options.processes ?? documentProcesses(options.actions);
  }

  /**
   * Parses a text. `undefined`: the text is not YAML, or takes longer than the limit (only if not
   * in the background). Do not change the value: later calls return the same object.
   * @throws WorkflowError `too_many_yaml_checks`; Error if a process failed twice, or if a text in
   *   the background takes longer than the limit
   */
  async read(yaml: string, owner: DocumentOwner): Promise<unknown> {
    const kept = this.#documents.get(yaml);
    if (kept !== undefined) return kept.document;
    try {
      const { document } = await this.#work({ kind: 'read', yaml }, owner);
      this.#documents.set(yaml, { document });
      return document;
    } catch (error) {
      if (error instanceof WorkflowError && error.code === 'workflow_too_complex') return undefined;
      throw error;
    }
  }

  /**
   * Edits and checks a text.
   * @returns `undefined`: an edit is not possible in this text
   * @throws WorkflowError `workflow_too_complex`, `too_many_yaml_checks`; Error under the same
   *   conditions as {@link read}
   */
  async analyze(
    yaml: string,
    options: AnalysisOptions,
    owner: DocumentOwner,
  ): Promise<AnalyzedText | undefined> {
    const { text } = await this.#work({ kind: 'analyze', yaml, ...options }, owner);
    if (text !== undefined) this.#documents.set(text.yaml, { document: text.document });
    return text;
  }

  /** Ends the processes. Requests in progress and later requests fail. */
  close(): Promise<void> {
    return this.#processes.close();
  }

  async #work<Kind extends DocumentRequest['kind']>(
    request: DocumentRequest & { readonly kind: Kind },
    { profileUid, isInBackground = false }: DocumentOwner,
  ): Promise<DocumentResult & { readonly kind: Kind }> {
    const edits = numberOfEdits(request);
    const { registry, limitMs: textMs = LIMIT_MS } = this.#options;
    const limitMs = isInBackground ? RUN_LIMIT_MS : edits > 0 ? EDIT_LIMIT_MS : textMs;
    const shared: SharedRequestOptions = {
      user: profileUid,
      limitMs,
      isAlwaysAccepted: isInBackground,
    };
    const result = isQuicklyRead(request.yaml, edits)
      ? workOn(request, registry)
      : await this.#runInProcess(request, shared);
    if (!isOfKind(result, request.kind)) throw new Error('The result belongs to another request.');
    return result;
  }

  /**
   * Runs a request in a process. In the background, every failure is a failure of the server,
   * because a stored text was accepted before.
   */
  async #runInProcess(
    request: DocumentRequest,
    options: SharedRequestOptions,
  ): Promise<DocumentResult> {
    try {
      return await this.#processes.run(request, options).catch((error: unknown) => {
        if (!(error instanceof ProcessFailure)) throw error;
        return this.#processes.run(request, options);
      });
    } catch (error) {
      if (options.isAlwaysAccepted !== true || !(error instanceof WorkflowError)) throw error;
      throw new Error('The YAML of a stored workflow could not be read.', { cause: error });
    }
  }
}

function numberOfEdits(request: DocumentRequest): number {
  const edits = request.kind === 'analyze' ? (request.edits ?? {}) : {};
  return Object.values(edits).filter((value) => value !== undefined).length;
}

function isOfKind<Kind extends DocumentRequest['kind']>(
  result: DocumentResult,
  kind: Kind,
): result is DocumentResult & { readonly kind: Kind } {
  return result.kind === kind;
}

function documentProcesses(
  actions: DocumentReaderOptions['actions'],
): SharedWorkers<DocumentRequest, DocumentResult> {
  return new SharedWorkers({
    // The production build keeps names of files and removes types.
    module: new URL('./document_process.ts', import.meta.url),
    data: actions,
    processes: PROCESSES,
    expired: (limitMs) =>
      new WorkflowError(
        'workflow_too_complex',
        `Checking the YAML takes longer than ${limitMs / 1_000} s. Shorten it, or divide it into several workflows.`,
      ),
    failed: ({ isOutOfMemory, reason }) =>
      isOutOfMemory
        ? new WorkflowError('workflow_too_complex', 'Checking the YAML needs too much memory.')
        : new ProcessFailure(`The YAML could not be checked: ${reason}`),
    limits: {
      maxPerUser: MAX_PER_USER,
      maxTotal: MAX_TOTAL,
      refused: () =>
        new WorkflowError(
          'too_many_yaml_checks',
          'Too many large workflows are being checked. Wait a few seconds.',
        ),
    },
  });
}
