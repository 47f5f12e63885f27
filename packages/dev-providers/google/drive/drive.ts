import { type Exchange, forwardableHeaders } from '../../http/index.ts';
import { users } from '../../users.ts';
import type { GoogleContext } from '../google_context.ts';
import { apiError } from '../google_responses.ts';
import { subjectOf } from '../id_token.ts';
import { folderType, seedFiles } from '../seed/index.ts';
import { DriveQueryError, parseDriveQuery, type QueriedFile } from './drive_query.ts';
import { exportDocument } from './export_document.ts';
import { applyFieldMask, FieldMaskError } from './partial_response.ts';

type FileResource = Record<string, unknown> & {
  readonly id: string;
  readonly name: string;
  readonly mimeType: string;
  readonly parents: readonly string[];
  readonly createdTime: string;
  readonly modifiedTime: string;
  readonly trashed?: boolean;
};

const seededTimes = new Map(seedFiles.map((seed) => [seed.id, seed.modifiedTime]));
const SEEDED_AT = '2025-05-01T08:00:00.000Z';
const DEFAULT_PAGE = 100;
const MAX_PAGE = 1000;
const sortKeys = new Set(['name', 'name_natural', 'createdTime', 'modifiedTime', 'folder']);

const badRequest = (message: string, reason = 'invalid') =>
  apiError({ status: 400, reason, name: 'INVALID_ARGUMENT', message });

/**
 * Drive v3. The library `@emulators/google` stores the files and checks who may see them. This
 * class adds what the library lacks: the search language, sorting, paging, partial responses,
 * `about` and exports.
 */
export class Drive {
  readonly #context: GoogleContext;

  constructor(context: GoogleContext) {
    this.#context = context;
  }

  /**
   * Serves a request below `/drive/v3` or `/upload/drive/v3`. It is already authenticated as
   * `account`.
   */
  async handle(exchange: Exchange, account: string): Promise<Response> {
    const { method, url } = exchange;
    const [, id, action] = /^\/drive\/v3\/files\/([^/]+)(?:\/([^/]+))?$/.exec(url.pathname) ?? [];
    try {
      if (method !== 'GET') return this.#forward(exchange, account);
      if (url.pathname === '/drive/v3/about') return this.#about(url, account);
      if (url.pathname === '/drive/v3/files') return await this.#list(url, account);
      if (id === undefined) return this.#forward(exchange, account);
      const fileId = decodeURIComponent(id);
      if (action === 'export') return await this.#export(url, account, fileId);
      return await this.#get(exchange, account, fileId);
    } catch (error) {
      if (error instanceof DriveQueryError) return badRequest('Invalid Value');
      if (error instanceof FieldMaskError) {
        return badRequest('Invalid field selection', 'invalidParameter');
      }
      throw error;
    }
  }

  #forward(exchange: Exchange, account: string): Promise<Response> {
    return this.#context.emulator.call(exchange.url.pathname + exchange.url.search, {
      method: exchange.method,
      headers: forwardableHeaders(exchange),
      body: new Uint8Array(exchange.body),
      account,
    });
  }

  #about(url: URL, account: string): Response {
    const fields = url.searchParams.get('fields');
    if (fields === null) {
      return badRequest("The 'fields' parameter is required for this method.", 'required');
    }
    const about = { kind: 'drive#about', user: userOf(account), canCreateDrives: false };
    return Response.json(applyFieldMask(about, fields));
  }

  async #list(url: URL, account: string): Promise<Response> {
    const query = url.searchParams;
    const matches = parseDriveQuery(query.get('q') ?? '');
    const pageSize = Number(query.get('pageSize') ?? DEFAULT_PAGE);
    if (!Number.isInteger(pageSize) || pageSize < 1 || pageSize > MAX_PAGE) {
      return badRequest(`Invalid value '${pageSize}'. Values must be within the range: [1, 1000]`);
    }
    const offset = offsetOf(query.get('pageToken'));
    if (offset === undefined) return badRequest('Invalid Value: pageToken');
    const compare = comparison(query.get('orderBy') ?? 'modifiedTime desc');
    const all = await this.#allFiles(account);
    const found = all.filter((file) => matches(this.#queriedFile(file, account))).sort(compare);
    const hasMore = offset + pageSize < found.length;
    const page = {
      kind: 'drive#fileList',
      incompleteSearch: false,
      ...(hasMore ? { nextPageToken: pageTokenOf(offset + pageSize) } : {}),
      files: found.slice(offset, offset + pageSize).map((file) => complete(file, account)),
    };
    const fields =
      query.get('fields') ?? 'kind,incompleteSearch,nextPageToken,files(kind,id,name,mimeType)';
    return Response.json(applyFieldMask(page, fields));
  }

  async #get(exchange: Exchange, account: string, fileId: string): Promise<Response> {
    const { searchParams } = exchange.url;
    const found = await this.#find(account, fileId);
    if (found === undefined) return notFound(fileId);
    if (searchParams.get('alt') !== 'media') {
      const fields = searchParams.get('fields') ?? 'kind,id,name,mimeType';
      return Response.json(applyFieldMask(complete(found, account), fields));
    }
    if (isGoogleNative(found)) {
      return apiError({
        status: 403,
        reason: 'fileNotDownloadable',
        name: 'PERMISSION_DENIED',
        message:
          'Only files with binary content can be downloaded. Use Export with Docs Editors files.',
      });
    }
    return this.#forward(exchange, account);
  }

  async #export(url: URL, account: string, fileId: string): Promise<Response> {
    const found = await this.#find(account, fileId);
    if (found === undefined) return notFound(fileId);
    if (!isGoogleNative(found)) {
      return apiError({
        status: 403,
        reason: 'fileNotExportable',
        name: 'PERMISSION_DENIED',
        message: 'Export only supports Docs Editors files.',
      });
    }
    const mimeType = url.searchParams.get('mimeType') ?? '';
    const text = this.#context.emulator.contentOf(account, fileId) ?? '';
    const body = exportDocument({ text, from: found.mimeType, to: mimeType });
    if (body === undefined) {
      return badRequest('The requested conversion is not supported.', 'badRequest');
    }
    return new Response(body, { headers: { 'content-type': mimeType } });
  }

  async #find(account: string, fileId: string): Promise<FileResource | undefined> {
    const path = `/drive/v3/files/${encodeURIComponent(fileId)}`;
    const response = await this.#context.emulator.call(path, { account });
    return response.ok ? withTimes((await response.json()) as FileResource) : undefined;
  }

  async #allFiles(account: string): Promise<FileResource[]> {
    const files: FileResource[] = [];
    let pageToken = '';
    do {
      const path = `/drive/v3/files?pageSize=${MAX_PAGE}&pageToken=${pageToken}`;
      const response = await this.#context.emulator.call(path, { account });
      const page = (await response.json()) as { files: FileResource[]; nextPageToken?: string };
      files.push(...page.files.map(withTimes));
      pageToken = page.nextPageToken ?? '';
    } while (pageToken !== '');
    return files;
  }

  #queriedFile(file: FileResource, account: string): QueriedFile {
    const content = this.#context.emulator.contentOf(account, file.id) ?? '';
    return {
      name: file.name,
      mimeType: file.mimeType,
      parents: file.parents,
      owner: account,
      trashed: file.trashed === true,
      createdTime: file.createdTime,
      modifiedTime: file.modifiedTime,
      fullText: `${file.name}\n${content}`,
    };
  }
}

const isGoogleNative = (file: FileResource): boolean =>
  file.mimeType.startsWith('application/vnd.google-apps.');

const notFound = (fileId: string): Response =>
  apiError({
    status: 404,
    reason: 'notFound',
    name: 'NOT_FOUND',
    message: `File not found: ${fileId}.`,
  });

/**
 * Replaces the dates of a file. The library dates every seeded file with the time of its own start.
 */
function withTimes(file: FileResource): FileResource {
  const modifiedTime = seededTimes.get(file.id);
  return modifiedTime === undefined ? file : { ...file, createdTime: SEEDED_AT, modifiedTime };
}

function userOf(account: string): object {
  const user = Object.values(users).find((candidate) => candidate.email === account);
  return {
    kind: 'drive#user',
    displayName: user === undefined ? account : `${user.givenName} ${user.familyName}`,
    me: true,
    permissionId: subjectOf(account),
    emailAddress: account,
  };
}

/** Adds the fields of a file that the library does not know. */
const complete = (file: FileResource, account: string): object => ({
  ...file,
  trashed: file.trashed === true,
  starred: false,
  shared: false,
  ownedByMe: true,
  owners: [userOf(account)],
  lastModifyingUser: userOf(account),
  permissions: [{ kind: 'drive#permission', id: subjectOf(account), type: 'user', role: 'owner' }],
  capabilities: { canDownload: true, canEdit: true },
  version: '1',
});

const pageTokenOf = (offset: number): string =>
  `~page~${Buffer.from(String(offset)).toString('base64url')}`;

function offsetOf(pageToken: string | null): number | undefined {
  if (pageToken === null || pageToken === '') return 0;
  const encoded = /^~page~([A-Za-z0-9_-]+)$/.exec(pageToken)?.[1] ?? '';
  const text = Buffer.from(encoded, 'base64url').toString('utf8');
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

type Comparison = (left: FileResource, right: FileResource) => number;

function comparison(orderBy: string): Comparison {
  const steps = orderBy.split(',').map((part): Comparison => {
    const [key = '', direction, ...rest] = part.trim().split(/\s+/);
    const isKnown = sortKeys.has(key) && rest.length === 0;
    if (!isKnown || (direction !== undefined && direction !== 'desc')) {
      throw new DriveQueryError('Invalid orderBy');
    }
    const sign = direction === 'desc' ? -1 : 1;
    return (left, right) => sign * compareBy(key, left, right);
  });
  return (left, right) => {
    for (const step of steps) {
      const result = step(left, right);
      if (result !== 0) return result;
    }
    return left.id.localeCompare(right.id);
  };
}

function compareBy(key: string, left: FileResource, right: FileResource): number {
  if (key === 'folder') return Number(isFolder(right)) - Number(isFolder(left));
  if (key === 'createdTime' || key === 'modifiedTime') return left[key].localeCompare(right[key]);
  return left.name.localeCompare(right.name, 'en', { numeric: key === 'name_natural' });
}

const isFolder = (file: FileResource): boolean => file.mimeType === folderType;
