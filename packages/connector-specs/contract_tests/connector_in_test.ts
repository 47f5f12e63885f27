import { afterAll, beforeAll, beforeEach } from 'vitest';
import type { ActionContext, AuthContext, ConnectorSpec } from '../contract/types.ts';
import { createTestContext, runAction } from './action_context.ts';
import {
  type LocalService,
  type ReceivedRequest,
  type ServiceResponse,
  startLocalService,
} from './local_service.ts';

/** A connector in a test, with a local service in place of the API. */
export interface ConnectorInTest extends Pick<LocalService, 'received' | 'response'> {
  readonly context: ActionContext;
  /** Origins that the actions of the test called. */
  readonly origins: ReadonlySet<string>;
  /** Changes the connector for the rest of the test. */
  use(connection: Connection): Promise<void>;
  /** Runs an action, even with an input that the action rejects as invalid. */
  run(name: string, input: unknown): Promise<unknown>;
  /** Runs the connection test. */
  test(): Promise<unknown>;
  /** Received requests as `{ request: 'GET /path?query', body }`, without the base path. */
  sent(): readonly SentRequest[];
}

/**
 * Decisions of a user or an administrator. An absent member is the same as for all tests of the
 * file.
 */
interface Connection {
  readonly secrets?: Readonly<Record<string, unknown>>;
  readonly config?: Readonly<Record<string, unknown>>;
  readonly grant?: Readonly<Record<string, string>>;
  readonly getToken?: AuthContext['getToken'];
}

interface SentRequest {
  readonly request: string;
  /** Body of the request as parsed JSON. Absent: the request has no body. */
  // biome-ignore lint/suspicious/noExplicitAny: a test knows what it sent.
  readonly body?: any;
}

/**
 * Prepares a connector for the tests of a file. Each test begins with the default response and
 * without received requests.
 * @param options.response default response, depending on the request
 * @param options.basePath prefix of all paths, which `sent` leaves out
 */
export function useConnector(
  spec: ConnectorSpec,
  options: Connection & {
    readonly response?: (request: ReceivedRequest) => ServiceResponse;
    readonly basePath?: string;
  },
): ConnectorInTest {
  const { response = () => ({}), basePath = '', ...connection } = options;
  let service: LocalService;
  let context: ActionContext;
  let origins: ReadonlySet<string>;
  const use = async (changed: Connection) => {
    ({ context, origins } = await createTestContext({ spec, service, ...connection, ...changed }));
  };
  beforeAll(async () => {
    service = await startLocalService();
  });
  beforeEach(async () => {
    service.received.length = 0;
    service.response = response;
    await use({});
  });
  afterAll(() => service.close());
  return {
    get received() {
      return service.received;
    },
    get response() {
      return service.response;
    },
    set response(replacement) {
      service.response = replacement;
    },
    get context() {
      return context;
    },
    get origins() {
      return origins;
    },
    use,
    run: async (name, input) => runAction(spec, context, { name, input }),
    test: async () => spec.test.handler(context),
    sent: () =>
      service.received.map(({ method, url, body }) => ({
        request: `${method} ${url.replace(basePath, '')}`,
        ...(body === '' ? {} : { body: JSON.parse(body) }),
      })),
  };
}
