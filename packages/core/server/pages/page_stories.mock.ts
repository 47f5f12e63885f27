import type { UrlBuilder } from '../http/index.ts';
import type { PageAppearance } from './page_appearance.ts';

/** One state of a page that the server renders, shown in every theme and width. */
export interface PageStory {
  /** Names the state, for example `wrong password`. Unique in its group. */
  readonly name: string;
  /** Renders the page as the server sends it. */
  readonly render: (appearance: PageAppearance, urls: UrlBuilder) => string | Promise<string>;
  /** File with the script of the page. Absent: the page is rendered without its script. */
  readonly script?: URL;
  /** Form that the user submits before the picture is taken. Absent: none. */
  readonly submitted?: SubmittedStory;
}

/** Form that the user of a story submits, and the response of the server. */
export interface SubmittedStory {
  /** Values by the names of fields. */
  readonly fields: Readonly<Record<string, string>>;
  /** `undefined`: the server does not respond, because the connection is lost. */
  readonly response:
    | {
        readonly statusCode: number;
        readonly body: unknown;
        readonly headers?: Readonly<Record<string, string>>;
      }
    | undefined;
}

/**
 * All states of a page. Exported as `pageStories` by a file `*.stories.ts` beside the page, which
 * `npm run stories` renders.
 */
export interface PageStoryGroup {
  /** Names the page, for example `Login page`. */
  readonly title: string;
  readonly stories: readonly PageStory[];
}
