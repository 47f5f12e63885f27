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

/** Processes of one server process for large or unusual texts. */
const PROCESSES = 2;
/**
 * Milliseconds to read and check a text, by default: the response leaves within 3 s, also if a
 * process has to start.
 */
const LIMIT_MS = 2_250;
/** Milliseconds to edit a text, which reads it several times, and to check it. */
const EDIT_LIMIT_MS = 10_000;
/** Milliseconds to read the text of a run: it was accepted when it was saved. */
const RUN_LIMIT_MS = 30_000;
/** Texts of one user that wait or are read. */
const MAX_PER_USER = 10;
/** Texts of all users that wait or are read. Each may have 1 MB. */
const MAX_TOTAL = 60;
/** Characters of the texts whose values are kept. */
const KEPT_CHARACTERS = 2_000_000;

/** The user whose request needs the value of a text. */
export interface DocumentOwner {
  readonly profileUid: string;
  /** True: a run or schedule needs it. It is never refused. Default: false. */
  readonly isInBackground?: boolean;
}

/** Properties of {@link DocumentReader}. */
export interface DocumentReaderOptions {
  /** Actions of the registry, for the processes. */
  readonly actions: readonly ConnectorAction[];
  readonly registry: StepRegistry;
  /** Absent: processes of this reader. */
  readonly processes?: Pick<SharedWorkers<DocumentRequest, DocumentResult>, 'run' | 'close'>;
  /** Milliseconds to read and check a text. Absent: 2,250. */
  readonly limitMs?: number;
}

/** A process could not start, or ended before its result. The text may have no fault. */
class ProcessFailure extends Error {
  override readonly name = 'ProcessFailure';
}

/**
 * Reads, edits and checks the YAML of workflows. Small texts are read at once. Others are read in a
 * process with limits, because reading 1 MB takes a second, and a hostile text any time and memory.
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
   * The value of a text. Undefined: the text is not YAML, or takes longer than the limit and is not
   * read in the background. Do not change it: later calls return the same.
   * @throws WorkflowError `too_many_yaml_checks`; Error if a process failed twice, or a text in the
   * background takes longer than the limit
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
   * @returns undefined: an edit is not possible in this text
   * @throws WorkflowError `workflow_too_complex`, `too_many_yaml_checks`; Error as `read`
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

  /** Ends the processes. Requests that have no result yet, and later ones, fail. */
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

  /** A stored text was accepted before, so in the background only the server can have a fault. */
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
  actions: readonly ConnectorAction[],
): SharedWorkers<DocumentRequest, DocumentResult> {
  return new SharedWorkers({
    // The production build keeps names of files and removes types.
    module: new URL('./document_process.ts', import.meta.url),
    data: () => actions,
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
