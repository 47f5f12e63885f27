import type { ReactElement } from 'react';

// Stories of whole pages and flyouts bring their own services, such as a fake server.
export { StoryCore } from './story_core.tsx';

/** One state of a view, rendered by the stories command in every theme and width. */
export interface Story {
  /** Names the state, for example `empty`. Unique in its group. */
  readonly name: string;
  readonly render: () => ReactElement;
}

/** All states of a view. Exported as `stories` by a file `*.stories.tsx` beside the view. */
export interface StoryGroup {
  /** Names the view, for example `My connections`. */
  readonly title: string;
  /** `true`: the stories fill the window. Default: they have the padding of pages. */
  readonly isWholeWindow?: boolean;
  readonly stories: readonly Story[];
}
