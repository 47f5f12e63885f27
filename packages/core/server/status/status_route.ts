import { readStatus } from '../../common/index.ts';
import { HttpError, type HttpSetup, respond, type ServerRequest } from '../http/index.ts';
import { CONTRACT_VERSION } from './contract_version.ts';
import { legacyStatusOf } from './legacy_status.ts';
import type { OpsMetrics } from './ops_metrics.ts';
import type { StatusReport, StatusService } from './status_service.ts';
import type { ServiceStatus } from './types.ts';

/** Placeholder for the build, which clients of Kibana expect. The server runs from source. */
const BUILD = {
  build_hash: '0'.repeat(40),
  build_number: 0,
  build_snapshot: false,
  build_flavor: 'traditional',
  build_date: new Date(0).toISOString(),
} as const;

/**
 * Identity of the server: `server.name`, the instance id of the process, the version of this
 * server.
 */
interface ServerIdentity {
  readonly name: string;
  readonly uuid: string;
  readonly version: string;
}

/** Sources of the status response. */
export interface StatusRouteDeps {
  readonly status: StatusService;
  readonly identity: ServerIdentity;
  readonly metrics: OpsMetrics;
  /** Returns the number of open connections. */
  readonly connections: () => Promise<number>;
}

/**
 * Registers `GET /api/status`: 200, or 503 when an essential service is unavailable. Callers
 * without credentials, and users without a role, get only the overall level.
 */
export function registerStatusRoute(http: HttpSetup, deps: StatusRouteDeps): void {
  http.createRouter().handle(readStatus, async (request) => {
    const { v7format, v8format } = request.query;
    if (v7format === 'true' && v8format === 'true') {
      throw new HttpError(400, 'Provide only one format: v7format or v8format.');
    }
    const isLegacy = v7format === 'true' || v8format === 'false';
    const report = await deps.status.report();
    const body = maySeeDetails(request)
      ? await fullBody(report, deps, isLegacy)
      : { status: { overall: { level: report.overall.level } } };
    return report.overall.level === 'unavailable' ? respond.json(503, body) : respond.ok(body);
  });
}

/**
 * Returns `true` if a user may see details. Kibana lets every signed-in user read the status. Here
 * an account without a role may not see internals of the server.
 */
const maySeeDetails = ({ user }: Pick<ServerRequest, 'user'>): boolean =>
  user !== undefined && user.roles.length > 0;

async function fullBody(report: StatusReport, deps: StatusRouteDeps, isLegacy: boolean) {
  const { identity, metrics, connections } = deps;
  const core = withElasticsearch(report.core);
  const figures = metrics.report(await connections());
  const common = {
    name: identity.name,
    uuid: identity.uuid,
    version: { number: CONTRACT_VERSION, ...BUILD },
    latchkey: { version: identity.version },
  };
  if (isLegacy) {
    const format = { version: CONTRACT_VERSION, since: figures.last_updated };
    return { ...common, status: legacyStatusOf({ ...report, core }, format), metrics: figures };
  }
  const status = {
    overall: withMeta(report.overall),
    core: mapValues(core, withMeta),
    plugins: mapValues(report.plugins, withMeta),
  };
  return { ...common, status, metrics: figures };
}

/**
 * Adds the status of the store under the name that clients of Kibana look for, whichever store is
 * used.
 */
function withElasticsearch(core: StatusReport['core']): StatusReport['core'] {
  const store = core['savedObjects'];
  return store === undefined ? core : { elasticsearch: store, ...core };
}

const withMeta = ({ level, summary }: ServiceStatus) => ({ level, summary, meta: {} });

const mapValues = <T>(
  of: Readonly<Record<string, ServiceStatus>>,
  map: (status: ServiceStatus) => T,
): Record<string, T> =>
  Object.fromEntries(Object.entries(of).map(([name, status]) => [name, map(status)]));
